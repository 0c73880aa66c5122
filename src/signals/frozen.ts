/** Columns that a known defect of a tool repeats in every row: no reading behind the first is one. */
import type { Capture } from '../datasets/capture.ts';
import type { SignalName } from '../datasets/signals.ts';
import { runOf } from './sources.ts';
import type { Placed } from './told.ts';
import { maxOf, minOf, type Track } from './track.ts';

/** procps-ng 4.0.2 (Debian 12): vmstat repeats the memory columns of its first row; the rest is live. */
const DEFECT = { tool: 'vmstat', version: /\bprocps-ng 4\.0\.2\b/ };
const FROZEN: ReadonlySet<SignalName> = new Set([
  'system.paging.usage',
  'system.memory.usage.free',
  'system.memory.usage.buffers',
  'system.memory.usage.cached',
]);
/** With so many readings memory that does not move by a page, while the host works, is no chance. */
const FEWEST = 5;

/** Whether the track repeats its first reading by the defect. */
export function isFrozen(
  capture: Capture,
  track: Track,
  placed: readonly Placed[],
  tracksOf: (each: Placed, signal: SignalName) => readonly Track[],
): boolean {
  const source = capture.sources[track.source];
  if (!FROZEN.has(track.signal) || source === undefined || source.tool !== DEFECT.tool || track.values.length < 2)
    return false;
  const version = runOf(capture, source) === null ? undefined : capture.manifest?.versions[DEFECT.tool];
  if (version !== undefined) return DEFECT.version.test(version);
  if (track.values.length < FEWEST) return false;
  const table = placed.filter(({ place }) => place === track.dataset);
  const still = [...FROZEN].flatMap((signal) => table.flatMap((each) => tracksOf(each, signal)));
  const moves = table.flatMap((each) => tracksOf(each, 'system.context_switches'));
  return still.every((each) => maxOf(each) === minOf(each)) && moves.some((each) => maxOf(each) > minOf(each));
}
