/**
 * Setting a clock that counts from an unknown moment by another tool that saw the same: block I/O that was traced, by the bytes a
 * second that were counted. For captures in which no mark tells.
 */
import type { Capture } from '../datasets/capture.ts';
import { partitionPoint, picked, rowsWhere } from '../datasets/columns.ts';
import type { Events } from '../datasets/shapes.ts';
import { changeTimes } from '../datasets/times.ts';
import { MOMENT } from '../datasets/timing.ts';
import { eventsToldBy, eventTable } from './events.ts';
import { signalsOf } from './index.ts';
import { secondsOf, type Track, timeOf } from './track.ts';

/** Surer clocks need no other to set them, and less sure ones set none. */
const UNSURE = 0.25;
const SURE = 0.1;
/** Fewer intervals agree by chance. */
const LEAST_INTERVALS = 10;
/** What the one leaves of the other's variance, at most; and how much more of it a shift must leave to be ruled out. */
const MOST_UNEXPLAINED = 0.05;
const CLEARLY_WORSE = 4;
/** A peak that is wider tells little. */
const WIDEST = 0.3;
const STEP = 0.01;

/** Moves tables of block I/O whose clock is unsure, in place, to where what iostat counted is. */
export function setByTraffic(capture: Capture): void {
  const unsure = capture.datasets.filter(
    (dataset): dataset is Events =>
      dataset.shape === 'events' &&
      dataset.clock === 'capture' &&
      (dataset.timing?.doubt ?? 0) > UNSURE &&
      eventsToldBy(dataset.tool) === 'block I/O',
  );
  if (unsure.length === 0) return;
  const counted = bytesCounted(capture);
  if (counted === null || counted.ends.length < LEAST_INTERVALS) return;
  for (const events of unsure) {
    const timing = events.timing ?? MOMENT;
    const best = bestShift(tracedBytes(events), counted, timing.doubt);
    if (best === null) continue;
    changeTimes(events, (at) => at + best.shift);
    events.timing = { ...timing, doubt: best.doubt };
  }
}

/** What was moved until when: the times of requests, ascending, and the bytes of all up to each. */
interface Traced {
  times: Float64Array;
  sums: Float64Array;
}

function tracedBytes(events: Events): Traced {
  const table = eventTable({ dataset: events, place: 0, interval: null, siblings: [] }, 'block I/O');
  const order = rowsWhere(table.count, (row) => !Number.isNaN(events.at[row])).sort(
    (a, b) => (events.at[a] as number) - (events.at[b] as number) || a - b,
  );
  const sums = new Float64Array(order.length + 1);
  for (const [i, row] of order.entries()) {
    // Discarded blocks (D) are no traffic.
    const isMoved = /[RW]/.test(table.text(row, 'operation') ?? 'W');
    sums[i + 1] = (sums[i] as number) + (isMoved ? (table.number(row, 'size') ?? 0) : 0);
  }
  return { times: picked(events.at, order), sums };
}

/** Bytes a second of all disks together, by intervals. */
interface Counted {
  ends: number[];
  seconds: number[];
  rates: number[];
}

/** Of the table with most reports; null where there is none that is sure of its times. */
function bytesCounted(capture: Capture): Counted | null {
  const tracks = signalsOf(capture).flatMap((signals) => [
    ...signals.tracks('system.disk.io.read', 'disk'),
    ...signals.tracks('system.disk.io.write', 'disk'),
  ]);
  const isSure = ({ dataset }: Track): boolean => {
    const { clock, timing = MOMENT } = capture.datasets[dataset] ?? { clock: null };
    return clock === 'capture' && timing.grain === 0 && timing.doubt <= SURE;
  };
  const [longest] = tracks.filter(isSure).sort((a, b) => b.values.length - a.values.length);
  if (longest === undefined) return null;
  const sums = new Map<number, { seconds: number; rate: number }>();
  for (const track of tracks.filter(({ dataset }) => dataset === longest.dataset))
    for (const [i, value] of track.values.entries()) {
      const [at, seconds] = [timeOf(track, i), secondsOf(track, i)];
      if (at !== null && seconds !== null) sums.set(at, { seconds, rate: (sums.get(at)?.rate ?? 0) + value });
    }
  const reports = [...sums].sort(([a], [b]) => a - b);
  return {
    ends: reports.map(([at]) => at),
    seconds: reports.map(([, { seconds }]) => seconds),
    rates: reports.map(([, { rate }]) => rate),
  };
}

/**
 * @param reach how far they may have to be moved, either way
 * @returns null where they fit nowhere well, or in too many places
 */
function bestShift(traced: Traced, counted: Counted, reach: number): { shift: number; doubt: number } | null {
  const steps = Math.round(reach / STEP);
  const fits = Array.from({ length: 2 * steps + 1 }, (_, i) => fitOf(traced, counted, (i - steps) * STEP));
  const best = Math.min(...fits);
  if (!(best <= MOST_UNEXPLAINED)) return null;
  const good = [...fits.keys()].filter((i) => (fits[i] as number) <= best * CLEARLY_WORSE);
  const [first, last] = [good[0] as number, good.at(-1) as number];
  const doubt = ((last - first) / 2 + 1) * STEP;
  return doubt > WIDEST ? null : { shift: (fits.indexOf(best) - steps) * STEP, doubt };
}

/** What is unexplained at a shift. */
function fitOf({ times, sums }: Traced, { ends, seconds, rates }: Counted, shift: number): number {
  const until = (time: number): number =>
    sums[partitionPoint(times.length, (i) => (times[i] as number) < time - shift)] as number;
  const traced = ends.map((end, i) => (until(end) - until(end - (seconds[i] as number))) / (seconds[i] as number));
  return unexplained(rates, traced);
}

/** The mean square of the differences, as a part of the variance; NaN or infinite where that is 0. */
function unexplained(values: readonly number[], guesses: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [left, whole] = [0, 0];
  for (const [i, value] of values.entries()) {
    left += (value - (guesses[i] as number)) ** 2;
    whole += (value - mean) ** 2;
  }
  return left / whole;
}
