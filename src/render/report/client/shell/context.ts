/** What every part of the page is given. */

import { hostClock } from '../../../../datasets/capture.ts';
import { narrow, type Range } from '../../../../datasets/narrow.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { hostTime } from '../../../when.ts';
import { type Axis, isOnAxis } from '../../axis.ts';
import { namedOnly } from '../../name-filter.ts';
import type { ReportData } from '../../wire/report-data.ts';
import type { Crosshair } from './crosshair.ts';
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
  /** Asks for a note about what is seen, named in words. */
  note(about: string): void;
}

/** A part of the page that follows the view once it is there. */
export interface Widget {
  update(): void;
  /** The crosshair moved. */
  point?(): void;
  /** Another part takes its place: it must not draw again. */
  stop?(): void;
}

/** Several parts as one. */
export function together(widgets: readonly Widget[]): Widget {
  return {
    update() {
      for (const widget of widgets) widget.update();
    },
    point() {
      for (const widget of widgets) widget.point?.();
    },
    stop() {
      for (const widget of widgets) widget.stop?.();
    },
  };
}

/** The time that pictures show: all of it, or what was zoomed to. */
export function spanShown({ store, axis }: Context): Range | null {
  return axis === null ? null : (store.view.window ?? axis);
}

/** A time of a dataset in words: on the host's clock where it is on the axis. */
export function timeText({ data }: Context, dataset: Pick<Dataset, 'clock'>, at: number, decimals = 1): string {
  return hostTime(at, dataset.clock === 'capture' ? hostClock(data.capture) : null, decimals);
}

/** Whether the dataset's times are those of the page. */
export function isTimed({ axis }: Context, dataset: Dataset): boolean {
  return axis !== null && isOnAxis(dataset, axis);
}

/** The range that applies to a dataset: null where none is set, or where it has no time on the axis. */
export function rangeFor(context: Context, dataset: Dataset): Range | null {
  return isTimed(context, dataset) ? context.store.view.range : null;
}

/** What of a dataset the name that the page is filtered to leaves: all of it where nothing in it has that name. */
export function named<D extends Dataset>({ store }: Context, dataset: D): D {
  const { name } = store.view;
  return name === null ? dataset : (namedOnly(dataset, name) ?? dataset);
}

/** The dataset cut to the range and to the name that are set, where it can be. */
export function narrowed<D extends Dataset>(context: Context, dataset: D): D {
  const range = rangeFor(context, dataset);
  const part = named(context, dataset);
  return range === null ? part : narrow(part, range);
}
