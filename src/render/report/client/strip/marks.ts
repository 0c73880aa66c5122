/** What stands on the clock of the strip: its marks, and the events that have a name. */
import { hostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Mark } from '../../marks.ts';
import type { Context } from '../shell/context.ts';
import { element } from '../shell/dom.ts';
import { drawTicks } from './ticks.ts';

/** About the width of a letter, in pixels. */
const LETTER = 6;
/** Longer names are cut. */
const MAX_LETTERS = 40;
/** Fewer times tell no scale: what would leave fewer is not written. */
const LEAST_TIMES = 3;

export function drawMarks(host: HTMLElement, { data }: Context, span: Range, width: number): void {
  drawTicks(host, span, hostClock(data.capture), width);
  const taken: [from: number, to: number][] = [];
  for (const mark of data.marks) {
    if (mark.at < span.from || mark.at > span.to) continue;
    const x = ((mark.at - span.from) / (span.to - span.from)) * width;
    const text = mark.label.length > MAX_LETTERS ? `${mark.label.slice(0, MAX_LETTERS - 1)}…` : mark.label;
    const room = (text.length + 2) * LETTER;
    const from = Math.min(x, width - room);
    const isFree = (low: number, high: number): boolean => taken.every(([first, last]) => high < first || low > last);
    // Where its name has no room, the arrow alone may have.
    if (isFree(from, from + room) && place(mark, text, { x, from }, room)) taken.push([from, from + room]);
    else if (isFree(x, x + LETTER)) place(mark, '', { x, from: x }, LETTER);
  }

  /** @returns whether it stands there: a name that would leave too few times does not. */
  function place(mark: Mark, text: string, at: { x: number; from: number }, room: number): boolean {
    const hidden = timesUnder(host, at.from, at.from + room);
    if (hidden.length > 0 && host.querySelectorAll('span').length - hidden.length < LEAST_TIMES) return false;
    for (const time of hidden) time.remove();
    host.append(markElement(mark, text, at));
    return true;
  }
}

function markElement({ label, severity }: Mark, text: string, { x, from }: { x: number; from: number }): HTMLElement {
  const made = element('b', { class: `event-mark ${severity}`, title: label }, text === '' ? '↑' : `↑ ${text}`);
  // The arrow stands at its time; near the right edge the words would be cut.
  made.style.left = `${text === '' ? x : from}px`;
  return made;
}

/** A time under a name is left out: the others tell the scale. */
function timesUnder(host: HTMLElement, from: number, to: number): HTMLElement[] {
  return [...host.querySelectorAll<HTMLElement>('span')].filter((time) => {
    const middle = Number.parseFloat(time.style.left);
    const half = ((time.textContent ?? '').length * LETTER) / 2 + 4;
    return middle + half > from && middle - half < to;
  });
}
