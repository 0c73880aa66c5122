/** Counts as bars, the greatest first, the long tail put together. */
import { commas, counted, hasScale, percent, quantity, weightText } from '../datasets/amounts.ts';
import { distinctTimes } from '../datasets/columns.ts';
import { countSums } from '../datasets/counts.ts';
import type { Counts } from '../datasets/shapes.ts';
import { bar, drawSheet, label, MARGIN, type PictureOptions, sheetFor, titleOf } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import { fitMiddle, textWidth } from './text.ts';

export interface BarsOptions extends PictureOptions {
  /** How many bars are drawn before the rest is put together; default 40. */
  most?: number;
}

const ROW = 20;
const SIZE = 12;

/** The items of a count, intervals added up (the last one alone of a tool that accumulates). */
export function barsSvg(counts: Counts, options: BarsOptions = {}): Markup {
  const { most = 40 } = options;
  const items = itemsOf(counts);
  const total = counts.noSum ? 0 : items.reduce((sum, { value }) => sum + value, 0);
  const tail = items.slice(most);
  const shown = items.slice(0, most);
  const rest = tail.reduce((sum, { value }) => sum + value, 0);
  const sheet = sheetFor(
    options,
    titleOf(counts),
    `${counts.noSum ? '' : `${weightText(total, counts.unit)} in all, `}${counted(items.length, 'key')}`,
  );
  const rows =
    tail.length > 0 ? [...shown, { key: `and ${commas(tail.length)} more`, value: rest, tail: true }] : shown;
  const nameWidth = Math.min(sheet.width * 0.45, Math.max(0, ...rows.map(({ key }) => textWidth(key, SIZE))) + 4);
  const numbers = rows.map(({ value, tail: isTail }) =>
    isTail && counts.noSum ? '' : numberWords(value, total, counts.unit),
  );
  const numberWidth = Math.max(0, ...numbers.map((text) => textWidth(text, SIZE))) + 8;
  const left = MARGIN + nameWidth + 8;
  const longest = rows.reduce((longestYet, { value }) => Math.max(longestYet, Math.abs(value)), 0) || 1;
  const scale = Math.max(20, sheet.width - MARGIN - left - numberWidth) / longest;
  const body = rows.map(({ key, value, tail: isTail }, i) => {
    const y = sheet.top + 6 + i * ROW;
    const words = `${key}: ${numbers[i]}`;
    const length = Math.abs(value) * scale;
    return markup`<g><title>${words}</title>${label(sheet.theme, left - 8, y + 14, fitMiddle(key, nameWidth, SIZE), { anchor: 'end', faint: isTail ?? false })}${bar(left, y + 2, value === 0 ? 0 : Math.max(length, 1), ROW - 5, isTail ? '#8a8a8a' : sheet.theme.mark)}${label(sheet.theme, left + length + 6, y + 14, numbers[i] ?? '', { faint: true })}</g>
`;
  });
  const empty = rows.length === 0 ? [label(sheet.theme, MARGIN, sheet.top + 20, 'nothing was counted')] : [];
  const bottom = sheet.top + 6 + Math.max(1, rows.length) * ROW;
  return drawSheet(
    sheet,
    bottom,
    [...body, ...empty],
    shown
      .slice(0, 5)
      .map(({ key, value }) => `${key} ${commas(value)}`)
      .join(', '),
    remarksOf(counts),
  );
}

function numberWords(value: number, total: number, unit: string): string {
  const amount = hasScale(unit) ? quantity(value, unit) : commas(value);
  return value < 0 || total <= 0 ? amount : `${amount} (${percent(value, total, 1)})`;
}

interface Item {
  key: string;
  value: number;
  tail?: boolean;
}

/** The greatest first. */
function itemsOf(counts: Counts): Item[] {
  return [...countSums(counts)]
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => b.value - a.value || (a.key < b.key ? -1 : 1));
}

function remarksOf({ at, cumulative }: Counts): string[] {
  const intervals = distinctTimes(at).length + (at.some(Number.isNaN) ? 1 : 0);
  if (cumulative) return ['The tool repeats its counts from the start: the last report is drawn'];
  return intervals > 1 ? [`${intervals} intervals are added up`] : [];
}
