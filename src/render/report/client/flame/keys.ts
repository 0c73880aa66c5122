/** A flame graph worked from the keyboard. */
import { stackPath } from '../../../../datasets/fold.ts';
import type { FlameNode } from '../../../flame/tree.ts';
import { copyAndSay } from '../shell/dom.ts';
import type { FlameSubject } from './subject.ts';
import type { FlameTools } from './tools.ts';

/** What the keys do, for a screen reader; the report's documentation has them all. */
export const KEYS_SAID =
  'Arrow keys go from frame to frame, Enter zooms, Escape zooms out, Space marks a frame, S shows callers and callees, C copies the stack.';

/** @returns whether the key means something to the frame at hand */
export function flameKey(
  { key }: KeyboardEvent,
  node: FlameNode,
  flame: FlameSubject,
  tools: Pick<FlameTools, 'focusSearch'>,
): boolean {
  const { frame } = node;
  const { zoom } = flame.view();
  if ((key === 'Escape' || key === 'Backspace') && zoom.length > 0) flame.set({ zoom: zoom.slice(0, -1) });
  else if (key === 'Home') flame.set({ zoom: [] });
  else if (key === '/') tools.focusSearch();
  else if (key === ' ') flame.mark(node);
  else if (key === 'i') flame.set({ icicle: !flame.view().icicle });
  else if (key === 'f' && frame >= 0) flame.set({ focus: frame, zoom: [] });
  else if (key === 'h' && frame >= 0) flame.set({ hidden: [...flame.view().hidden, frame], zoom: [] });
  else if (key === 's' && frame >= 0) flame.set({ sandwich: frame });
  else if (key === 'c') void copyAndSay(stackPath(flame.profile(), node.node).join(';'), 'Stack');
  else return false;
  return true;
}
