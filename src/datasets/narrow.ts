/** A dataset cut to a range of time: one rule for the brush in the report and for --from and --to. */
import type { Capture } from './capture.ts';
import { select } from './profile-select.ts';
import type { Dataset } from './shapes.ts';

/** Half open, in seconds on the dataset's clock. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

function inRange(at: number | null, { from, to }: Range): boolean {
  return at !== null && at >= from && at < to;
}

/** Whether a dataset carries times to narrow by. */
export function hasTimes(dataset: Dataset): boolean {
  switch (dataset.shape) {
    case 'stacks':
      return dataset.profile.samples?.at.some((at) => !Number.isNaN(at)) ?? false;
    case 'histogram':
      return dataset.groups.some(({ at }) => at !== null);
    case 'events':
      return dataset.at.some((at) => at !== null);
    case 'counts':
      return dataset.items.some(({ at }) => at !== null);
    case 'series':
      return dataset.metrics.some(({ points }) => points.some(([at]) => at !== null));
    case 'text':
      return false;
  }
}

/**
 * What of the dataset lies in the range: samples, rows, points and printed intervals by their own time. An interval
 * counts to where its stamp stands. A dataset without times comes back as it is: `hasTimes` tells.
 */
export function narrow<D extends Dataset>(dataset: D, range: Range): D {
  if (!hasTimes(dataset)) return dataset;
  switch (dataset.shape) {
    case 'stacks':
      return { ...dataset, profile: select(dataset.profile, range) };
    case 'histogram':
      return { ...dataset, groups: dataset.groups.filter(({ at }) => inRange(at, range)) };
    case 'counts':
      return { ...dataset, items: dataset.items.filter(({ at }) => inRange(at, range)) };
    case 'events': {
      const kept = (_: unknown, row: number): boolean => inRange(dataset.at[row] ?? null, range);
      return {
        ...dataset,
        rows: dataset.rows.filter(kept),
        at: dataset.at.filter(kept),
        lines: dataset.lines.filter(kept),
      };
    }
    case 'series': {
      const metrics = dataset.metrics.map((metric) => {
        const kept = (_: unknown, i: number): boolean => inRange(metric.points[i]?.[0] ?? null, range);
        const sinceBoot = metric.points.slice(0, metric.sinceBoot).filter(([at]) => inRange(at, range)).length;
        return { ...metric, points: metric.points.filter(kept), lines: metric.lines.filter(kept), sinceBoot };
      });
      return { ...dataset, metrics };
    }
    default:
      return dataset;
  }
}

/**
 * The capture cut to a range of its axis: whatever has times on it is narrowed; the rest, and the texts, stay whole.
 */
export function cutCapture(capture: Capture, range: Range, isOnAxis: (dataset: Dataset) => boolean): Capture {
  const datasets = capture.datasets.map((dataset) => (isOnAxis(dataset) ? narrow(dataset, range) : dataset));
  return { ...capture, datasets };
}
