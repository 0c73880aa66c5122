/** Putting what a section said in its place in the file: lines that count from the file's first, times of what stood above. */
import { timeAt } from './columns.ts';
import type { Clock, Dataset } from './shapes.ts';

/** Gives every record the line of the file that it stands on. */
export function renumber(dataset: Dataset, numberOf: (line: number) => number): void {
  const placed = remembering((lines: Uint32Array) => lines.map((line) => numberOf(line)));
  if (dataset.shape === 'series') for (const metric of dataset.metrics) metric.lines = placed(metric.lines);
  else if ('lines' in dataset && dataset.shape !== 'text') dataset.lines = placed(dataset.lines);
}

/**
 * Gives every record a time on `clock` by the line it stands on.
 * @param timeOf is given the record's own time, null where it has none
 */
export function retime(
  dataset: Dataset,
  clock: Clock | null,
  timeOf: (line: number, at: number | null) => number | null,
): void {
  dataset.clock = clock;
  for (const track of tracksOf(dataset)) {
    const { at, lines } = track;
    track.put(Float64Array.from(lines, (line, i) => timeOf(line, timeAt(at, i)) ?? Number.NaN));
  }
}

/** Calls `visit` with each record's line and time, in the order they were printed. */
export function eachRecord(dataset: Dataset, visit: (line: number, at: number | null) => void): void {
  for (const { at, lines } of tracksOf(dataset))
    for (let i = 0; i < lines.length; i++) visit(lines[i] as number, timeAt(at, i));
}

interface Track {
  /** Empty where the records have no times. */
  at: Float64Array;
  lines: ArrayLike<number>;
  put(at: Float64Array): void;
}

/** Times and lines that belong together; what metrics share is there once, and they share it again. */
function tracksOf(dataset: Dataset): Track[] {
  switch (dataset.shape) {
    case 'histogram': {
      const lines = dataset.starts.subarray(0, -1).map((start) => dataset.lines[start] ?? 0);
      return [{ at: dataset.at, lines, put: (at) => Object.assign(dataset, { at }) }];
    }
    case 'events':
    case 'counts':
      return [{ at: dataset.at, lines: dataset.lines, put: (at) => Object.assign(dataset, { at }) }];
    case 'series':
      return [...new Set(dataset.metrics.map(({ at }) => at))].map((shared) => {
        const metrics = dataset.metrics.filter(({ at }) => at === shared);
        const put = (at: Float64Array) => {
          for (const metric of metrics) metric.at = at;
        };
        return { at: shared, lines: metrics[0]?.lines ?? [], put };
      });
    default:
      return [];
  }
}

function remembering<A extends object, B>(make: (a: A) => B): (a: A) => B {
  const made = new Map<A, B>();
  return (a) => {
    const known = made.get(a) ?? make(a);
    made.set(a, known);
    return known;
  };
}
