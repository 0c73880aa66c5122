/** Histograms: a panel for each group of a dataset, all on one scale. */
import { commas, counted, range } from '../datasets/amounts.ts';
import { groupsByName, mergedBuckets } from '../datasets/buckets.ts';
import { bucketTotal, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket, Histogram } from '../datasets/shapes.ts';
import { drawSheet, MARGIN, type PictureOptions, sheetFor, titleOf } from './chart.ts';
import { drawPanel, type Panel, PERCENTILES } from './histogram-panel.ts';
import { domainOf, type Scale, widens } from './histogram-scale.ts';
import type { Markup } from './markup.ts';

export interface HistogramOptions extends PictureOptions {
  /** Default: log where the buckets widen, linear where they are of one width. */
  scale?: Scale;
}

/** The most groups drawn side by side. */
const MAX_PANELS = 24;
const PANEL_HEIGHT = 210;
const MIN_PANEL_WIDTH = 340;

/** All groups of the dataset as small multiples on one scale, the fullest first; what repeats in time is added up. */
export function histogramSvg(dataset: Histogram, options: HistogramOptions = {}): Markup {
  const panels = panelsOf(dataset);
  const shown = panels.slice(0, MAX_PANELS);
  const sheet = sheetFor(options, titleOf(dataset));
  const bounds = shown.flatMap(({ buckets }) => buckets);
  const scale = options.scale ?? (widens(bounds) ? 'log' : 'linear');
  const domain = domainOf(bounds, scale);
  const across =
    shown.length === 1 ? 1 : Math.max(1, Math.min(shown.length, Math.floor((sheet.width - MARGIN) / MIN_PANEL_WIDTH)));
  const width = (sheet.width - MARGIN) / across - MARGIN;
  const tall = shown.length === 1 ? 320 : PANEL_HEIGHT + 40;
  const body = shown.map((panel, i) => {
    const place = {
      left: MARGIN + (i % across) * (width + MARGIN),
      top: sheet.top + Math.floor(i / across) * (tall + MARGIN),
      width,
      height: tall,
    };
    return drawPanel(sheet, panel, { place, scale, unit: dataset.unit, domain });
  });
  const bottom = sheet.top + Math.ceil(shown.length / across) * (tall + MARGIN) - MARGIN;
  return drawSheet(sheet, bottom, body, describe(shown, dataset.unit), remarksOf(panels, dataset));
}

/** Groups that differ in their time only are one panel. Of a cumulative tool the last state is all there is. */
function panelsOf(histogram: Histogram): Panel[] {
  return [...groupsByName(histogram)]
    .map(([label, groups]) => {
      const counted = histogram.cumulative ? groups.slice(-1) : groups;
      return { label, buckets: filledPart(mergedBuckets(histogram, counted)), intervals: counted.length };
    })
    .sort((a, b) => bucketTotal(b.buckets) - bucketTotal(a.buckets));
}

/** From the first to the last bucket that holds something, and one empty one before: the zeros below tell nothing more. */
function filledPart(buckets: Bucket[]): Bucket[] {
  const first = buckets.findIndex(([, , count]) => count > 0);
  const last = buckets.findLastIndex(([, , count]) => count > 0);
  return first < 0 ? buckets : buckets.slice(Math.max(0, first - 1), last + 1);
}

function remarksOf(panels: readonly Panel[], { cumulative }: Histogram): string[] {
  const intervals = panels.reduce((most, panel) => Math.max(most, panel.intervals), 0);
  const hidden = panels.slice(MAX_PANELS);
  const rest = hidden.reduce((sum, { buckets }) => sum + bucketTotal(buckets), 0);
  return [
    cumulative ? 'The tool repeats its counts from the start: the last report is drawn' : '',
    intervals > 1 ? `${intervals} intervals are added up` : '',
    hidden.length > 0 ? `${counted(hidden.length, 'more group')} not drawn, with ${commas(rest)} in all` : '',
  ].filter((remark) => remark !== '');
}

function describe(panels: readonly Panel[], unit: string): string {
  return panels
    .slice(0, 4)
    .map(({ label: name, buckets }) => {
      const marks = PERCENTILES.map((p) => {
        const index = percentileBucket(buckets, p);
        const [low = null, high = null] = index === null ? [] : (buckets[index] as Bucket);
        return index === null ? '' : `p${p} ${range(low, high, unit)}`;
      });
      return `${name === '' ? '' : `${name}: `}${commas(bucketTotal(buckets))} in all, ${marks.filter(Boolean).join(', ')}`;
    })
    .join('; ');
}
