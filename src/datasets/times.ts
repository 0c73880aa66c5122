/** The columns of times of any dataset. */
import { distinctTimes, hasTime } from './columns.ts';
import type { Dataset } from './shapes.ts';

/** Each column of times by itself, in the order in which its rows were printed; what metrics share is there once. */
export function timesOf(dataset: Dataset): Float64Array[] {
  switch (dataset.shape) {
    case 'stacks':
      return dataset.profile.samples === null ? [] : [dataset.profile.samples.at];
    case 'histogram':
    case 'events':
    case 'counts':
      return [dataset.at];
    case 'series':
      return [...new Set(dataset.metrics.map(({ at }) => at))];
    case 'text':
      return [];
  }
}

/** The times there are in any column, each once, ascending. */
export function distinctTimesOf(dataset: Dataset): Float64Array {
  return distinctTimes(Float64Array.from(timesOf(dataset).flatMap((at) => [...distinctTimes(at)])));
}

/** Puts what `visit` returns in the place of each time there is. */
export function changeTimes(dataset: Dataset, visit: (at: number) => number): void {
  for (const times of timesOf(dataset)) {
    for (let i = 0; i < times.length; i++) {
      const at = times[i] as number;
      if (!Number.isNaN(at)) times[i] = visit(at);
    }
  }
}

/** Whether a dataset carries times to narrow by. */
export function hasTimes(dataset: Dataset): boolean {
  return timesOf(dataset).some(hasTime);
}

/** The dataset with other times: what metrics share, they share again. */
export function withTimes<D extends Dataset>(dataset: D, change: (at: Float64Array) => Float64Array): D {
  switch (dataset.shape) {
    case 'stacks': {
      const { samples } = dataset.profile;
      if (samples === null) return dataset;
      return { ...dataset, profile: { ...dataset.profile, samples: { ...samples, at: change(samples.at) } } };
    }
    case 'histogram':
    case 'events':
    case 'counts':
      return { ...dataset, at: change(dataset.at) };
    case 'series': {
      const changed = new Map(timesOf(dataset).map((at) => [at, change(at)]));
      return {
        ...dataset,
        metrics: dataset.metrics.map((each) => ({ ...each, at: changed.get(each.at) as Float64Array })),
      };
    }
    default:
      return dataset;
  }
}
