/** Histograms: a bar for each bucket, standing where the bucket's bounds are. */
import { extent } from '../datasets/extent.ts';
import { timelessWords } from '../datasets/labels.ts';
import { bucketTotal, mergeBuckets, modes, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket, Histogram } from '../datasets/shapes.ts';
import {
  bar,
  drawSheet,
  label,
  line,
  MARGIN,
  type PictureOptions,
  type Sheet,
  SMALL,
  sheetFor,
  spaced,
  ticks,
  titleOf,
} from './chart.ts';
import { commas, counted, hasScale, percent, range, short, tick } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, fitText, textWidth } from './text.ts';

export interface HistogramOptions extends PictureOptions {
  /** Default: log where the buckets widen, linear where they are of one width. */
  scale?: 'log' | 'linear';
}

/** The most groups drawn side by side. */
const MAX_PANELS = 24;
const PANEL_HEIGHT = 210;
const MIN_PANEL_WIDTH = 340;
const PERCENTILES = [50, 90, 99];

/** All groups of the dataset as small multiples on one scale, the fullest first; what repeats in time is added up. */
export function histogramSvg(dataset: Histogram, options: HistogramOptions = {}): Markup {
  const panels = panelsOf(dataset);
  const shown = panels.slice(0, MAX_PANELS);
  const sheet = sheetFor(options, titleOf(dataset));
  const bounds = shown.flatMap(({ buckets }) => buckets);
  const scale = options.scale ?? (widens(bounds) ? 'log' : 'linear');
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
    return drawPanel(sheet, panel, { place, scale, unit: dataset.unit, domain: domainOf(bounds, scale) });
  });
  const bottom = sheet.top + Math.ceil(shown.length / across) * (tall + MARGIN) - MARGIN;
  return drawSheet(sheet, bottom, body, describe(shown, dataset.unit), remarksOf(panels, dataset));
}

interface Panel {
  label: string;
  buckets: Bucket[];
  intervals: number;
}

/** Groups that differ in their time only are one panel. Of a cumulative tool the last state is all there is. */
function panelsOf({ groups, cumulative }: Histogram): Panel[] {
  const byLabel = new Map<string, Bucket[][]>();
  for (const group of groups) {
    const text = timelessWords(group);
    const before = cumulative ? [] : (byLabel.get(text) ?? []);
    byLabel.set(text, [...before, group.buckets]);
  }
  return [...byLabel]
    .map(([text, parts]) => ({ label: text, buckets: filledPart(mergeBuckets(parts)), intervals: parts.length }))
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

/** True where the buckets grow in width, as powers of two do. */
export function widens(buckets: readonly Bucket[]): boolean {
  const widths = buckets.flatMap(([low, high]) => (low === null || high === null ? [] : [high - low]));
  const negative = buckets.some(([low, high]) => (low ?? high ?? 0) < 0);
  const [narrowest, widest] = extent(widths);
  return !negative && widest > 1.5 * narrowest;
}

export type Scale = 'log' | 'linear';

/** A bucket's place on the scale before pixels. Zero has none on a log scale: it stands one doubling below the next bound. */
export function ends([low, high]: Bucket, scale: Scale, usual: number): [number, number] {
  if (scale === 'linear') {
    if (low === null) return [(high ?? 0) - usual, high ?? 0];
    return [low, high ?? low + usual];
  }
  if (low === null || low <= 0) return [Math.log2((high ?? 1) / 2), Math.log2(high ?? 1)];
  return [Math.log2(low), Math.log2(high ?? low * 2)];
}

export interface Domain {
  low: number;
  high: number;
  /** How wide an unbounded bucket is drawn on a linear scale. */
  usual: number;
}

export function domainOf(buckets: readonly Bucket[], scale: Scale): Domain {
  const widths = buckets
    .flatMap(([low, high]) => (low === null || high === null ? [] : [high - low]))
    .sort((a, b) => a - b);
  const usual = widths[widths.length >> 1] ?? 1;
  let [low, high] = [Infinity, -Infinity];
  for (const bucket of buckets) {
    const [from, to] = ends(bucket, scale, usual);
    low = Math.min(low, from);
    high = Math.max(high, to);
  }
  return low < high ? { low, high, usual } : { low: 0, high: 1, usual };
}

interface PanelContext {
  place: { left: number; top: number; width: number; height: number };
  scale: Scale;
  unit: string;
  domain: Domain;
}

const AXIS = 44;
const LANE = 15;

function drawPanel(sheet: Sheet, panel: Panel, context: PanelContext): Markup {
  const { theme } = sheet;
  const { place, unit } = context;
  const total = bucketTotal(panel.buckets);
  const named = modes(panel.buckets);
  const own = !hasScale(unit) && unit !== '' ? `in ${unit}` : '';
  const head = [panel.label, own, `${commas(total)} in all`].filter((part) => part !== '');
  const title = label(theme, place.left, place.top + 12, fitMiddle(head.join(' · '), place.width, 12));
  const gathered = named.length > 1 ? fitText(modeWords(panel, unit), place.width, SMALL) : '';
  const subtitle = label(theme, place.left, place.top + 27, gathered, { size: SMALL, faint: true });
  const plot = {
    left: place.left + AXIS,
    right: place.left + place.width - 8,
    top: place.top + (named.length > 1 ? 64 : 50),
    bottom: place.top + place.height - 34 - PERCENTILES.length * LANE,
  };
  return markup`<g>${title}${gathered === '' ? null : subtitle}${total === 0 ? label(theme, plot.left, plot.top + 20, 'nothing was counted', { faint: true }) : null}
${drawBars(sheet, panel.buckets, plot, context)}${drawPercentiles(sheet, panel.buckets, plot, context)}</g>
`;
}

/** Where values gather, each with its share. */
function modeWords({ buckets }: Panel, unit: string): string {
  const total = bucketTotal(buckets);
  const hills = modes(buckets).map(({ first, last, count }) => {
    return `${range(buckets[first]?.[0] ?? null, buckets[last]?.[1] ?? null, unit)} (${percent(count, total, 0)})`;
  });
  return `${hills.length} modes: ${hills.join(', ')}`;
}

interface Plot {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function placeOf({ domain, scale }: PanelContext, plot: Plot): (bucket: Bucket) => [number, number] {
  const factor = (plot.right - plot.left) / (domain.high - domain.low);
  return (bucket) => {
    const [low, high] = ends(bucket, scale, domain.usual);
    return [plot.left + (low - domain.low) * factor, plot.left + (high - domain.low) * factor];
  };
}

function drawBars(sheet: Sheet, buckets: readonly Bucket[], plot: Plot, context: PanelContext): Markup {
  const { theme } = sheet;
  const total = bucketTotal(buckets);
  const most = Math.max(1, ...buckets.map(([, , count]) => count));
  const place = placeOf(context, plot);
  const whole = ticks(0, most, 4).filter((value) => most > 8 || Number.isInteger(value));
  const grid = whole.map((value) => {
    const y = plot.bottom - (value / most) * (plot.bottom - plot.top);
    return [
      line(theme, plot.left, y, plot.right, y, value > 0),
      label(theme, plot.left - 6, y + 4, short(value), { anchor: 'end', size: SMALL, faint: true }),
    ];
  });
  const bars = buckets.map((bucket) => {
    const [x1, x2] = place(bucket);
    const height = (bucket[2] / most) * (plot.bottom - plot.top);
    const words = `${range(bucket[0], bucket[1], context.unit)}: ${commas(bucket[2])} (${percent(bucket[2], total)})`;
    const y = plot.bottom - (bucket[2] > 0 ? Math.max(height, 1) : 0);
    return [
      bar(x1 + 0.5, y, x2 - x1 - 1, plot.bottom - y, theme.mark, words),
      barLabel(sheet, bucket, total, (x1 + x2) / 2, y, x2 - x1, plot.top),
    ];
  });
  return markup`${grid}${bars}${drawBounds(sheet, buckets, plot, context)}`;
}

/** Count and share above the bar: upright where they fit, on end where the bar is narrow, nowhere where it is a hair. */
function barLabel(
  sheet: Sheet,
  [, , count]: Bucket,
  total: number,
  x: number,
  y: number,
  room: number,
  top: number,
): Markup | null {
  if (count === 0 || room < 12) return null;
  const [number, share] = [commas(count), percent(count, total, 1)];
  const size = 10;
  if (textWidth(number, size) <= room - 2 && textWidth(share, size) <= room - 2)
    return markup`${label(sheet.theme, x, y - 15, number, { anchor: 'middle', size })}${label(sheet.theme, x, y - 4, share, { anchor: 'middle', size, faint: true })}`;
  const text = `${number} ${share}`;
  const inside = y - textWidth(text, size) - 4 < top - 36;
  const from = inside ? y + 4 + textWidth(text, size) : y - 4;
  return label(sheet.theme, x + 3.5, from, text, {
    size,
    rotate: -90,
    ...(inside ? { fill: sheet.theme.paper ?? '#ffffff' } : {}),
  });
}

/** The bounds under the axis: as many as there is room for. */
function drawBounds({ theme }: Sheet, buckets: readonly Bucket[], plot: Plot, context: PanelContext): Markup[] {
  const place = placeOf(context, plot);
  const bounds = new Map<number, string>();
  for (const bucket of buckets) {
    const [x1, x2] = place(bucket);
    if (bucket[0] !== null) bounds.set(x1, tick(bucket[0], context.unit));
    if (bucket[1] !== null) bounds.set(x2, tick(bucket[1], context.unit));
  }
  const places = [...bounds]
    .map(([edge, text]) => ({ edge, text, at: Math.min(edge, plot.right + 8 - textWidth(text, SMALL) / 2) }))
    .sort((a, b) => a.edge - b.edge);
  return spaced(places, SMALL).map((i) => {
    const { edge, at, text } = places[i] as { edge: number; at: number; text: string };
    return markup`${line(theme, edge, plot.bottom, edge, plot.bottom + 4)}${label(theme, at, plot.bottom + 16, text, { anchor: 'middle', size: SMALL })}`;
  });
}

/** Each percentile as a bracket under the whole bucket it falls in: where inside, nobody knows. */
function drawPercentiles({ theme }: Sheet, buckets: readonly Bucket[], plot: Plot, context: PanelContext): Markup[] {
  const place = placeOf(context, plot);
  return PERCENTILES.flatMap((p, lane) => {
    const index = percentileBucket(buckets, p);
    if (index === null) return [];
    const bucket = buckets[index] as Bucket;
    const [x1, x2] = place(bucket);
    const y = plot.bottom + 26 + lane * LANE;
    const text = `p${p} is ${range(bucket[0], bucket[1], context.unit)}`;
    const words = textWidth(text, SMALL);
    if (x2 - x1 > words + 24) {
      const middle = (x1 + x2) / 2;
      const side = (x2 - x1 - words) / 2 - 5;
      return [
        bar(x1, y, side, 5, theme.accent, text),
        label(theme, middle, y + 7, text, { size: SMALL, anchor: 'middle' }),
        bar(x2 - side, y, side, 5, theme.accent, text),
      ];
    }
    const left = x2 + 6 + words > plot.right + 8;
    return [
      bar(x1, y, Math.max(2, x2 - x1), 5, theme.accent, text),
      label(theme, left ? x1 - 6 : x2 + 6, y + 7, text, { size: SMALL, anchor: left ? 'end' : 'start' }),
    ];
  });
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
