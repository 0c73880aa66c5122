/** One distribution: its bars, their bounds, and its percentiles under them. */
import { commas, hasScale, percent, range, short } from '../datasets/amounts.ts';
import { bucketTotal, modes, percentileBucket } from '../datasets/percentiles.ts';
import type { Bucket } from '../datasets/shapes.ts';
import { bar, label, line, type Sheet, SMALL, spaced, ticks } from './chart.ts';
import { tick } from './format.ts';
import { type Domain, ends, type Scale } from './histogram-scale.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, fitText, textWidth } from './text.ts';

export const PERCENTILES = [50, 90, 99];

export interface Panel {
  label: string;
  buckets: Bucket[];
  intervals: number;
}

export interface PanelContext {
  place: { left: number; top: number; width: number; height: number };
  scale: Scale;
  unit: string;
  domain: Domain;
}

const AXIS = 44;
const LANE = 15;

export function drawPanel(sheet: Sheet, panel: Panel, context: PanelContext): Markup {
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
  return markup`${grid}${bars}${drawBounds(sheet, buckets, { ...plot, unit: context.unit }, place)}`;
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

/**
 * The bounds of buckets under the axis: as many as there is room for.
 * @param edgesOf where a bucket begins and ends, in pixels
 */
export function drawBounds(
  { theme }: Sheet,
  buckets: readonly Bucket[],
  plot: { right: number; bottom: number; unit: string },
  edgesOf: (bucket: Bucket) => readonly [number, number],
): Markup[] {
  const bounds = new Map<number, string>();
  for (const bucket of buckets) {
    const [x1, x2] = edgesOf(bucket);
    if (bucket[0] !== null) bounds.set(x1, tick(bucket[0], plot.unit));
    if (bucket[1] !== null) bounds.set(x2, tick(bucket[1], plot.unit));
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
