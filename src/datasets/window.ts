/** From when to when the tools of several datasets looked. */
import { extentOf } from './extent.ts';
import type { Dataset } from './shapes.ts';
import { timesOf } from './times.ts';

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
