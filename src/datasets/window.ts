/** From when to when the tools of several datasets looked. */
import type { Run } from './capture.ts';
import { extentOf } from './extent.ts';
import type { Dataset } from './shapes.ts';
import { timesOf } from './times.ts';
import { MOMENT } from './timing.ts';

/** From the first time to the last. */
export interface Window {
  from: number;
  to: number;
}

/** How far events may lie from what the other tools reported and still belong to it. */
const BESIDE = 3600;

/**
 * The window of what reports again and again. Tables of events widen it where all of theirs is near: a log of the kernel holds
 * what is weeks old. Null where nothing has a time.
 */
export function windowOf(datasets: readonly Dataset[]): Window | null {
  const steady = unionOf(datasets.filter(({ shape }) => shape !== 'events'));
  const events = datasets.filter(({ shape }) => shape === 'events');
  if (steady === null) return unionOf(events);
  return unionOf(events, steady, (own) => own.from >= steady.from - BESIDE && own.to <= steady.to + BESIDE);
}

function unionOf(
  datasets: readonly Dataset[],
  start: Window | null = null,
  counts: (own: Window) => boolean = () => true,
): Window | null {
  let union = start;
  for (const dataset of datasets) {
    const [from, to] = extentOf(timesOf(dataset));
    if (from > to || !counts({ from, to })) continue;
    union = { from: Math.min(union?.from ?? from, from), to: Math.max(union?.to ?? to, to) };
  }
  return union;
}

/**
 * When a tool began to watch: at the latest when it was seen attached, for the collector looks a few times a second, or less on a busy
 * host; earlier, where a row of it says so. Null where it was not seen.
 *
 * @param datasets what the tool said
 */
export function watchedFrom({ attached, started }: Run, datasets: readonly Dataset[]): number | null {
  if (attached === null) return null;
  const firsts = datasets.map((dataset) => {
    const { clock, timing = MOMENT } = dataset;
    if (clock !== 'capture') return Number.POSITIVE_INFINITY;
    return extentOf(timesOf(dataset))[0] - timing.span + timing.grain + timing.doubt;
  });
  // dmesg prints what the kernel logged before anybody watched.
  return Math.min(attached, Math.max(started ?? 0, Math.min(...firsts)));
}
