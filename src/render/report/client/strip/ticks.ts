/** The marks of a time axis as elements, each text whole within the axis. */

import type { HostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { timeTicks } from '../../../time-ticks.ts';
import { element } from '../shell/dom.ts';

/** Half of a letter, and what is kept free between two texts, in pixels. */
const [HALF_LETTER, APART] = [3.4, 8];

/** @param width of the axis in pixels */
export function drawTicks(host: HTMLElement, span: Range, clock: HostClock | null, width: number): void {
  let end = Number.NEGATIVE_INFINITY;
  const marks = timeTicks(span, clock, width).flatMap(({ at, text }) => {
    const x = ((at - span.from) / (span.to - span.from)) * width;
    const half = text.length * HALF_LETTER;
    // A text that would be cut at an edge stands beside its mark.
    const middle = Math.min(width - half, Math.max(half, x));
    const tick = element('i', {});
    tick.style.left = `${x}px`;
    const words = element('span', {}, text);
    words.style.left = `${middle}px`;
    const isFree = middle - half >= end;
    if (isFree) end = middle + half + APART;
    return isFree ? [tick, words] : [tick];
  });
  host.replaceChildren(...marks);
}
