/** What every part of the page is given. */

import { narrow, type Range } from '../../../../datasets/narrow.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { hostTime } from '../../../when.ts';
import { type Axis, isOnAxis } from '../../axis.ts';
import type { ReportData } from '../../wire/report-data.ts';
import type { Crosshair } from '../strip/crosshair.ts';
import type { Store } from './store.ts';

export interface Context {
  data: ReportData;
  store: Store;
  /** All the time there is. */
  axis: Axis | null;
  crosshair: Crosshair;
  /** The incident, in seconds on the axis. */
  mark: number | null;
  /** Opens the text of a source at a line. */
  openText(source: number, first: number, last: number): void;
}

/** A part of the page that follows the view once it is there. */
export interface Widget {
  update(): void;
}

/** The time that pictures show: all of it, or what was zoomed to. */
export function spanShown({ store, axis }: Context): Range | null {
  return axis === null ? null : (store.view.window ?? axis);
}

/** A time of a dataset in words: on the host's clock where it is on the axis. */
export function timeText({ data }: Context, dataset: Pick<Dataset, 'clock'>, at: number, decimals = 1): string {
  return hostTime(at, dataset.clock === 'capture' ? data.capture.manifest : null, decimals);
}

/** Whether the dataset's times are those of the page. */
export function isTimed({ axis }: Context, dataset: Dataset): boolean {
  return axis !== null && isOnAxis(dataset, axis);
}

/** The range that applies to a dataset: null where none is set, or where it has no time on the axis. */
export function rangeFor(context: Context, dataset: Dataset): Range | null {
  return isTimed(context, dataset) ? context.store.view.range : null;
}

/** The dataset cut to the range that is set, where it can be. */
export function narrowed<D extends Dataset>(context: Context, dataset: D): D {
  const range = rangeFor(context, dataset);
  return range === null ? dataset : narrow(dataset, range);
}
