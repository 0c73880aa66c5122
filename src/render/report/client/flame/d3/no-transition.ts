/**
 * Stands in for d3-transition in the bundle. A report redraws its flame graphs while a range is dragged over them:
 * a timer for every frame would be slow to no one's joy, and some people asked their system for less motion.
 */
import { selection } from 'd3-selection';

function itself(this: unknown): unknown {
  return this;
}

Object.assign(selection.prototype, { transition: itself, duration: itself, delay: itself, ease: itself });
