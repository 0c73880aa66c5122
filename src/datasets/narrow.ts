/** A dataset cut to a range of time: one rule for the brush in the report and for --from and --to. */
import { withGroups } from './buckets.ts';
import type { Capture } from './capture.ts';
import { eventsAt, withoutUnused } from './cells.ts';
import { picked, rowsWhere } from './columns.ts';
import { countColumns, itemsAt, itemsIn } from './counts.ts';
import { once } from './once.ts';
import { select } from './profile-select.ts';
import type { Dataset, Metric, Timing } from './shapes.ts';
import { hasTimes } from './times.ts';
import { MOMENT, touches } from './timing.ts';

/** Half open, in seconds on the dataset's clock. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A range, or all that lies outside of one; what has no time is in neither. */
export interface Part extends Range {
  readonly outside?: boolean;
}

/**
 * What of the dataset touches the range: samples by their own time, rows, points and printed intervals by the time that they
 * are about (`Timing`). A dataset without times comes back as it is: `hasTimes` tells.
 */
export function narrow<D extends Dataset>(dataset: D, range: Part): D {
  if (!hasTimes(dataset)) return dataset;
  const { timing = MOMENT } = dataset;
  switch (dataset.shape) {
    case 'stacks':
      return { ...dataset, profile: select(dataset.profile, range) };
    case 'histogram':
      return { ...dataset, ...withGroups(dataset, rowsIn(dataset.at, range, timing)) };
    case 'counts':
      return { ...dataset, ...itemsAt(dataset, rowsIn(dataset.at, range, timing)) };
    case 'events':
      return { ...dataset, ...eventsAt(dataset, rowsIn(dataset.at, range, timing)) };
    case 'series':
      return { ...dataset, metrics: metricsIn(dataset.metrics, range, timing) };
    default:
      return dataset;
  }
}

/** The numbers of the rows that touch the range, or of those that have a time and do not. */
function rowsIn(at: Float64Array, { from, to, outside = false }: Part, timing: Timing): Uint32Array {
  return rowsWhere(
    at.length,
    (row) => !Number.isNaN(at[row]) && touches(at[row] as number, timing, from, to) !== outside,
  );
}

/** What metrics shared, they share again. */
function metricsIn(metrics: readonly Metric[], range: Part, timing: Timing): Metric[] {
  const rowsOf = once((at: Float64Array) => rowsIn(at, range, timing));
  const timesIn = once((at: Float64Array) => picked(at, rowsOf(at)));
  const linesIn = new Map<Uint32Array, Uint32Array>();
  return metrics.map((metric) => {
    const { at, values, lines, sinceBoot, spread } = metric;
    const rows = rowsOf(at);
    const ofRows = linesIn.get(lines) ?? picked(lines, rows);
    linesIn.set(lines, ofRows);
    const kept = rows.findIndex((row) => row >= sinceBoot);
    return {
      ...metric,
      at: timesIn(at),
      values: picked(values, rows),
      ...(spread && { spread: { least: picked(spread.least, rows), greatest: picked(spread.greatest, rows) } }),
      lines: ofRows,
      sinceBoot: kept < 0 ? rows.length : kept,
    };
  });
}

/** The same, with nothing left of what lies outside: the text of a row that is gone is gone too. */
function onlyIn(dataset: Dataset, range: Range): Dataset {
  const narrowed = narrow(dataset, range);
  if (narrowed.shape === 'events') return withoutUnused(narrowed);
  return narrowed.shape === 'counts' ? { ...narrowed, ...countColumns([...itemsIn(narrowed)]) } : narrowed;
}

/**
 * The capture cut to a range of its axis: whatever has times on it is narrowed; the rest, and the texts, stay whole.
 */
export function cutCapture(capture: Capture, range: Range, isOnAxis: (dataset: Dataset) => boolean): Capture {
  const datasets = capture.datasets.map((dataset) => (isOnAxis(dataset) ? onlyIn(dataset, range) : dataset));
  return { ...capture, datasets };
}
