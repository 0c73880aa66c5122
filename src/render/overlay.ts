/** Distributions of two captures over one another, each as shares of its own: captures differ in length. */
import { commas, counted, percent, range } from '../datasets/amounts.ts';
import type { Distribution } from '../datasets/changes.ts';
import { bucketTotal, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket } from '../datasets/shapes.ts';
import { drawSheet, label, line, MARGIN, type Sheet, SMALL, ticks } from './chart.ts';
import { px } from './format.ts';
import { drawBounds } from './histogram-panel.ts';
import { type Domain, domainOf, ends, type Scale, widens } from './histogram-scale.ts';
import { type Markup, markup } from './markup.ts';
import { CAPTURES, type SideNames } from './sides.ts';
import { fitMiddle, textWidth } from './text.ts';

/** One distribution, before and after; null where one has none of that name. */
export interface DistributionPair {
  name: string;
  before: Distribution | null;
  after: Distribution | null;
}

const MAX_PANELS = 12;
const PLOT_HEIGHT = 150;
const AXIS = 44;
const LANE = 26;
const PERCENTILES = [50, 90, 99];
const BARS = 5;

/** Each pair as one panel, on one scale: before as an area, after as a line over it, percentiles of both below. */
export function overlaySvg(
  pairs: readonly DistributionPair[],
  unit: string,
  sheet: Sheet,
  sides: SideNames = CAPTURES,
): Markup {
  const shown = pairs.slice(0, MAX_PANELS);
  const all = shown.flatMap(({ before, after }) => [...filled(before), ...filled(after)]);
  const scale: Scale = widens(all) ? 'log' : 'linear';
  const domain = domainOf(all, scale);
  let top = sheet.top;
  const body = shown.map((pair) => {
    const drawn = drawPanel(sheet, pair, { top, unit, scale, domain, sides });
    top = drawn.bottom + MARGIN;
    return drawn.body;
  });
  const hidden = pairs.length - shown.length;
  const remarks = [
    hidden > 0 ? `${counted(hidden, 'more distribution')} not drawn` : '',
    shown.some(cutsOther) ? 'Buckets of the two have other bounds: their heights do not compare' : '',
  ].filter((remark) => remark !== '');
  return drawSheet(
    sheet,
    Math.max(sheet.top, top - MARGIN),
    body,
    shown.map((pair) => describe(pair, unit, sides)).join('; '),
    remarks,
  );
}

/** The buckets up to the last that holds something, and from one before the first. */
function filled(distribution: Distribution | null): Bucket[] {
  const buckets = distribution?.buckets ?? [];
  const first = buckets.findIndex(([, , count]) => count > 0);
  const last = buckets.findLastIndex(([, , count]) => count > 0);
  return first < 0 ? [] : buckets.slice(Math.max(0, first - 1), last + 1);
}

/** Whether a bucket of one overlaps one of the other without being the same. */
function cutsOther({ before, after }: DistributionPair): boolean {
  return filled(before).some(([low, high]) =>
    filled(after).some(
      ([from, to]) =>
        (low !== from || high !== to) &&
        (low ?? -Infinity) < (to ?? Infinity) &&
        (from ?? -Infinity) < (high ?? Infinity),
    ),
  );
}

interface Place {
  top: number;
  unit: string;
  scale: Scale;
  domain: Domain;
  sides: SideNames;
}

interface Plot extends Place {
  left: number;
  right: number;
  bottom: number;
  /** The greatest share of any bucket, from 0 to 1. */
  most: number;
}

function drawPanel(sheet: Sheet, pair: DistributionPair, place: Place): { body: Markup; bottom: number } {
  const { theme, width } = sheet;
  const [was, is] = [filled(pair.before), filled(pair.after)];
  const counts = countWords(pair, place.sides);
  const head = [pair.name, counts].filter((part) => part !== '').join(' · ');
  const plot: Plot = {
    ...place,
    left: MARGIN + AXIS,
    right: width - MARGIN,
    top: place.top + 40,
    bottom: place.top + 40 + PLOT_HEIGHT,
    most: Math.max(1e-9, ...sharesOf(was), ...sharesOf(is)),
  };
  const lanes = PERCENTILES.flatMap((p, i) => drawPercentile(sheet, p, [was, is], plot, plot.bottom + 30 + i * LANE));
  return {
    body: markup`<g>${label(theme, MARGIN, place.top + 12, fitMiddle(head, width - 2 * MARGIN, 12))}${legend(sheet, place.top + 18, place.sides)}${grid(sheet, plot)}
${area(sheet, was, plot)}${outline(sheet, is, plot)}${drawBounds(sheet, [...was, ...is], plot, (bucket) => edgesOf(bucket, plot))}${lanes}</g>
`,
    bottom: plot.bottom + 30 + PERCENTILES.length * LANE,
  };
}

function sharesOf(buckets: readonly Bucket[]): number[] {
  const total = bucketTotal(buckets);
  return buckets.map(([, , count]) => count / total);
}

/** The colours of before and after, the same on the whole page. */
function colorsOf({ theme }: Sheet): [before: string, after: string] {
  return [theme.series[0] as string, theme.series[1] as string];
}

function countWords({ before, after }: DistributionPair, sides: SideNames): string {
  return `${commas(before?.count ?? 0)} ${sides.before}, ${commas(after?.count ?? 0)} ${sides.after}`;
}

function legend(sheet: Sheet, top: number, sides: SideNames): Markup {
  const [before, after] = colorsOf(sheet);
  const second = MARGIN + 32 + textWidth(sides.before, SMALL);
  return markup`<rect x="${MARGIN}" y="${px(top + 1)}" width="12" height="10" fill="${before}" fill-opacity="0.45"/>${label(sheet.theme, MARGIN + 16, top + 10, sides.before, { size: SMALL })}<path d="M${px(second)} ${px(top + 6)}h12" stroke="${after}" stroke-width="2.5"/>${label(sheet.theme, second + 16, top + 10, sides.after, { size: SMALL })}`;
}

function grid({ theme }: Sheet, { left, right, top, bottom, most }: Plot): Markup[] {
  return ticks(0, 100 * most, 4).map((value) => {
    const y = bottom - (value / 100 / most) * (bottom - top);
    return markup`${line(theme, left, y, right, y, value > 0)}${label(theme, left - 6, y + 4, `${commas(value)}%`, { anchor: 'end', size: SMALL, faint: true })}`;
  });
}

function edgesOf(
  bucket: Bucket,
  { scale, domain, left, right }: Pick<Plot, 'scale' | 'domain' | 'left' | 'right'>,
): [number, number] {
  const [low, high] = ends(bucket, scale, domain.usual);
  const factor = (right - left) / (domain.high - domain.low);
  return [left + (low - domain.low) * factor, left + (high - domain.low) * factor];
}

function wordsOf(side: string, [low, high, count]: Bucket, total: number, unit: string): string {
  return `${side}, ${range(low, high, unit)}: ${commas(count)} (${percent(count, total)})`;
}

function area(sheet: Sheet, buckets: readonly Bucket[], plot: Plot): Markup[] {
  const [color] = colorsOf(sheet);
  const total = bucketTotal(buckets);
  return buckets.map((bucket) => {
    const [x1, x2] = edgesOf(bucket, plot);
    const height = (bucket[2] / total / plot.most) * (plot.bottom - plot.top);
    return markup`<rect x="${px(x1)}" y="${px(plot.bottom - height)}" width="${px(Math.max(0, x2 - x1))}" height="${px(height)}" fill="${color}" fill-opacity="0.45"><title>${wordsOf(plot.sides.before, bucket, total, plot.unit)}</title></rect>`;
  });
}

/** Steps along the tops of the buckets, and over each an unseen place for its words. */
function outline(sheet: Sheet, buckets: readonly Bucket[], plot: Plot): Markup | null {
  if (buckets.length === 0) return null;
  const [, color] = colorsOf(sheet);
  const total = bucketTotal(buckets);
  const tops = buckets.map((bucket) => {
    const [x1, x2] = edgesOf(bucket, plot);
    return { bucket, x1, x2, y: plot.bottom - (bucket[2] / total / plot.most) * (plot.bottom - plot.top) };
  });
  const [first, last] = [tops[0], tops.at(-1)] as [(typeof tops)[number], (typeof tops)[number]];
  const steps = tops
    .map(({ x1, x2, y }, i) => {
      // Buckets that were not printed are empty.
      const gap = i > 0 && x1 - (tops[i - 1] as { x2: number }).x2 > 0.5;
      const floor = gap
        ? `L${px((tops[i - 1] as { x2: number }).x2)} ${px(plot.bottom)}L${px(x1)} ${px(plot.bottom)}`
        : '';
      return `${floor}L${px(x1)} ${px(y)}L${px(x2)} ${px(y)}`;
    })
    .join('');
  return markup`<path d="M${px(first.x1)} ${px(plot.bottom)}${steps}L${px(last.x2)} ${px(plot.bottom)}" fill="none" stroke="${color}" stroke-width="2.5" stroke-linejoin="round"/>${tops.map(
    ({ bucket, x1, x2, y }) =>
      markup`<rect x="${px(x1)}" y="${px(y - 2)}" width="${px(Math.max(0, x2 - x1))}" height="6" fill="${color}" fill-opacity="0"><title>${wordsOf(plot.sides.after, bucket, total, plot.unit)}</title></rect>`,
  )}`;
}

/** The bucket a percentile falls in, before over after, and both in words. */
function drawPercentile(
  sheet: Sheet,
  p: number,
  sides: readonly [before: readonly Bucket[], after: readonly Bucket[]],
  plot: Plot,
  y: number,
): Markup[] {
  const found = sides.map((buckets) => {
    const index = percentileBucket(buckets, p);
    return index === null ? null : (buckets[index] as Bucket);
  });
  const brackets = found.flatMap((bucket, i) => {
    if (bucket === null) return [];
    const [x1, x2] = edgesOf(bucket, plot);
    return [
      markup`<rect x="${px(x1)}" y="${px(y + i * (BARS + 2))}" width="${px(Math.max(2, x2 - x1))}" height="${BARS}" fill="${colorsOf(sheet)[i]}"/>`,
    ];
  });
  if (brackets.length === 0) return [];
  const text = `p${p} ${percentileWords(found[0] ?? null, found[1] ?? null, plot.unit)}`;
  const reach = found.flatMap((bucket) => (bucket === null ? [] : edgesOf(bucket, plot)));
  const [low, high] = [Math.min(...reach), Math.max(...reach)];
  const fits = high + 8 + textWidth(text, SMALL) <= plot.right + 8;
  const at = fits
    ? label(sheet.theme, high + 8, y + 10, text, { size: SMALL })
    : label(sheet.theme, Math.max(low - 8, textWidth(text, SMALL)), y + 10, text, { size: SMALL, anchor: 'end' });
  return [...brackets, at];
}

/** `64 to 128 µs, now 1.02 to 2.05 ms`. */
function percentileWords(before: Bucket | null, after: Bucket | null, unit: string): string {
  const words = (bucket: Bucket | null): string => (bucket === null ? 'none' : range(bucket[0], bucket[1], unit));
  return words(before) === words(after) ? `${words(after)}, the same` : `${words(before)} → ${words(after)}`;
}

function describe(pair: DistributionPair, unit: string, sides: SideNames): string {
  const { name, before, after } = pair;
  const marks = PERCENTILES.map((p) => {
    const at = (side: Distribution | null): Bucket | null => {
      const index = side === null ? null : percentileBucket(side.buckets, p);
      return side === null || index === null ? null : (side.buckets[index] as Bucket);
    };
    return `p${p} ${percentileWords(at(before), at(after), unit)}`;
  });
  return `${name === '' ? '' : `${name}: `}${countWords(pair, sides)}, ${marks.join(', ')}`;
}
