/** The pictures of each shape, drawn without a script: what prints, and what a ticket viewer shows. */
import { type Capture, type HostClock, hostClock, type Source } from '../../datasets/capture.ts';
import type { Comparison } from '../../datasets/compare.ts';
import { alongTime, eventTotals } from '../../datasets/event-sums.ts';
import type { HeatMap } from '../../datasets/heatmap.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { Counts, Dataset, Stacks } from '../../datasets/shapes.ts';
import { watchedFrom } from '../../datasets/window.ts';
import { barsSvg } from '../bars.ts';
import type { PictureOptions } from '../chart.ts';
import type { FlameOptions } from '../flame/options.ts';
import { flamegraphSvg } from '../flame/svg.ts';
import { heatmapSvg } from '../heatmap.ts';
import { histogramSvg } from '../histogram.ts';
import { linesSvg } from '../lines.ts';
import { Markup } from '../markup.ts';
import { heatMapsOf } from '../picture.ts';
import { weightColumn } from '../table.ts';
import type { ThemeName } from '../theme.ts';
import { type Axis, isOnAxis } from './axis.ts';

/** As wide as the page's column is on a laptop. */
const WIDTH = 1000;
const TOP_PROCESSES = 10;
/** Of /proc/vmstat two hundred would be drawn: the script draws whichever is asked for. */
const STILL_PANELS = 12;
/** Frames of the still flame graph are at least this part of the whole: some hundreds, not some thousands. */
const STATIC_SHARE = { value: 0.4, unit: '%' } as const;

/** How a picture is drawn: for a page or as a file, how wide, and along which time. */
export interface Drawn {
  /** Default `page`: no title and no paper of its own; as a file it has both. */
  theme?: ThemeName;
  width?: number | undefined;
  clock?: HostClock | null;
  span?: Range | null;
  watchedFrom?: number | null;
  first?: readonly string[];
}

/** What pictures of a dataset lie along: the report's time where the dataset is on it. */
export function alongAxis(
  capture: Pick<Capture, 'manifest' | 'printedClock'> & { sources: readonly Pick<Source, 'run'>[] },
  axis: Axis | null,
  dataset: Dataset,
  span: Range | null = axis,
): Pick<Drawn, 'clock' | 'span' | 'watchedFrom'> {
  if (axis === null || !isOnAxis(dataset, axis)) return {};
  const run = capture.manifest?.runs[capture.sources[dataset.source]?.run ?? -1];
  const from = run === undefined ? null : watchedFrom(run, [dataset]);
  return { clock: axis.source === null ? hostClock(capture) : null, span, watchedFrom: from };
}

function optionsFor({ theme = 'page', width = WIDTH, ...along }: Drawn, name: string): PictureOptions {
  const all = { width, theme, name, ...along };
  return theme === 'page' ? { ...all, title: '' } : all;
}

/** What of a dataset is drawn for a range of time alone: narrow it first. Null where it has no such picture. */
export function sumPicture(dataset: Dataset, drawn: Drawn = {}): Markup | null {
  const options = optionsFor(drawn, dataset.title);
  switch (dataset.shape) {
    case 'stacks':
      return stillFlame(dataset);
    case 'histogram':
      return histogramSvg(dataset, options);
    case 'counts':
      return barsSvg(dataset, options);
    case 'series':
      return linesSvg(dataset, options, options.theme === 'page' ? STILL_PANELS : undefined);
    case 'events': {
      const totals = eventTotals(dataset, weightColumn(dataset.columns));
      return totals === null || isAllAlike(totals)
        ? null
        : barsSvg(totals, { ...options, title: totals.title, most: TOP_PROCESSES });
    }
    default:
      return null;
  }
}

/** Rows are counted, and each key has as many: bars say no more than the table does. */
function isAllAlike({ unit, values }: Counts): boolean {
  return unit === 'rows' && values.length > 1 && values.every((value) => value === values[0]);
}

/** What is drawn along the whole of the time there is; null where the dataset has no such picture. */
export function timePicture(dataset: Dataset, drawn: Drawn = {}): Markup | null {
  const maps = mapsOf(dataset);
  const title = `${maps[0]?.rowTitle || dataset.title} over time`;
  if (maps.length > 0) return heatmapSvg(maps, title, { ...optionsFor(drawn, title), title });
  const rate = dataset.shape === 'events' ? alongTime(dataset) : null;
  return rate === null ? null : linesSvg(rate, optionsFor(drawn, rate.title));
}

/** The heat maps of a dataset, but for the one of samples, which the page draws itself. */
export function mapsOf(dataset: Dataset): HeatMap[] {
  return dataset.shape === 'stacks' ? [] : heatMapsOf(dataset);
}

/** A flame graph that does not move, without the ids that only its script would need: a page may hold several. */
export function stillFlame(dataset: Stacks, options: FlameOptions = {}, comparison?: Comparison): Markup {
  const drawn = flamegraphSvg(dataset, { width: WIDTH, minWidth: STATIC_SHARE, theme: 'page', ...options }, comparison);
  return new Markup([...drawn].join('').replace('<g id="frames">', '<g class="frames">'));
}
