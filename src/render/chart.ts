/** What the charts share: the sheet with its title, scales, ticks and axes. Presentation attributes only, no style. */

import type { HostClock } from '../datasets/capture.ts';
import type { Range } from '../datasets/narrow.ts';
import { px } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { FONT, FONT_SIZE, fitMiddle, textWidth } from './text.ts';
import { type Theme, type ThemeName, themeOf } from './theme.ts';
import { timeTicks } from './time-ticks.ts';

export const pictureNames = ['flamegraph', 'histogram', 'heatmap', 'lines', 'bars', 'table'] as const;
export type PictureName = (typeof pictureNames)[number];

export interface PictureOptions {
  /** In pixels; default 1200. */
  width?: number;
  /** Default: the dataset's title. */
  title?: string;
  /** What those who do not see the picture are told it is; default the title. For pictures with an empty one. */
  name?: string;
  subtitle?: string;
  /** Default `light`. See theme.ts for what a picture inside a page needs. */
  theme?: ThemeName;
  /** Tells the host's clock, where the dataset's times are on the capture's axis; without it times are seconds. */
  clock?: HostClock | null;
  /** The time that is drawn, where it is not that of the dataset alone: pictures over one another share it. */
  span?: Range | null;
  /** When the tool was attached, where that is known: the time before is no quiet time. */
  watchedFrom?: number | null;
  /** Metrics of a series that are drawn before the others. */
  first?: readonly string[];
}

const DEFAULT_WIDTH = 1200;
/** How far the first time of an axis may reach to the left of the plot. */
const AXIS_OVERHANG = 24;
export const MARGIN = 16;
export const SMALL = 11;

export interface Sheet {
  width: number;
  theme: Theme;
  title: string;
  name: string;
  subtitle: string;
  clock: HostClock | null;
  span: Range | null;
  watchedFrom: number | null;
  /** Where the drawing may begin, under the titles. */
  top: number;
}

/** What a dataset is called: its title, after the tool where the title does not say it. */
export function titleOf({ tool, title }: { tool: string; title: string }): string {
  return title.includes(tool) ? title : `${tool} · ${title}`;
}

/** The sheet a chart is drawn on, before its height is known. */
export function sheetFor(options: PictureOptions, title: string, subtitle = ''): Sheet {
  const sheet = {
    width: options.width ?? DEFAULT_WIDTH,
    theme: themeOf(options.theme),
    title: options.title ?? title,
    name: options.name ?? options.title ?? title,
    subtitle: options.subtitle ?? subtitle,
    clock: options.clock ?? null,
    span: options.span ?? null,
    watchedFrom: options.watchedFrom ?? null,
  };
  return { ...sheet, top: MARGIN + (sheet.title === '' ? 0 : 22) + (sheet.subtitle === '' ? 0 : 18) };
}

/**
 * The whole picture.
 *
 * @param description what the picture shows, for those who do not see it
 * @param remarks what was left out and why: written under the drawing, which ends at `bottom`
 */
export function drawSheet(
  sheet: Sheet,
  bottom: number,
  body: readonly Markup[],
  description: string,
  remarks: readonly string[],
): Markup {
  const { width, theme, title, name, subtitle } = sheet;
  const lines = remarks.flatMap((remark) => wrapText(remark, width - 2 * MARGIN, SMALL));
  const height = bottom + MARGIN + lines.length * 15;
  const titleLine =
    title === '' ? null : label(theme, MARGIN, MARGIN + 14, fitMiddle(title, width - 2 * MARGIN, 16), { size: 16 });
  const subtitleLine =
    subtitle === ''
      ? null
      : label(theme, MARGIN, sheet.top - 6, fitMiddle(subtitle, width - 2 * MARGIN, FONT_SIZE), { faint: true });
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" font-family="${FONT}" font-size="${FONT_SIZE}" role="img" aria-label="${name}">
<title>${name}</title>
<desc>${[subtitle, description, ...remarks].filter((part) => part !== '').join('. ')}</desc>
${theme.paper === null ? null : markup`<rect width="100%" height="100%" fill="${theme.paper}"/>\n`}${titleLine}${subtitleLine}${body}
${lines.map((line, i) => label(theme, MARGIN, bottom + MARGIN + 15 * i, line, { size: SMALL, faint: true }))}</svg>
`;
}

export interface LabelOptions {
  anchor?: 'start' | 'middle' | 'end';
  size?: number;
  faint?: boolean;
  fill?: string;
  /** Degrees, about the text's own anchor. */
  rotate?: number;
}

/** A piece of text whose baseline starts, is centred or ends at the point. */
export function label(theme: Theme, x: number, y: number, text: string, options: LabelOptions = {}): Markup {
  const { anchor = 'start', size = FONT_SIZE, faint = false, fill = theme.ink, rotate } = options;
  return markup`<text x="${px(x)}" y="${px(y)}"${anchor === 'start' ? null : markup` text-anchor="${anchor}"`}${size === FONT_SIZE ? null : markup` font-size="${size}"`} fill="${fill}"${faint ? markup` fill-opacity="0.75"` : null}${rotate === undefined ? null : markup` transform="rotate(${rotate} ${px(x)} ${px(y)})"`}>${text}</text>`;
}

/** A filled rectangle; with words, they are its tooltip. */
export function bar(x: number, y: number, width: number, height: number, fill: string, words = ''): Markup {
  const title = words === '' ? null : markup`<title>${words}</title>`;
  return markup`<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, width))}" height="${px(Math.max(0, height))}" fill="${fill}">${title}</rect>`;
}

/** A straight line: an axis, or with `faint` a line of the grid. */
export function line(theme: Theme, x1: number, y1: number, x2: number, y2: number, faint = false): Markup {
  return markup`<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" stroke="${theme.ink}" stroke-opacity="${faint ? 0.14 : 0.55}"/>`;
}

/** Round numbers from `low` to `high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low) || count < 1) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  const step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** The marks and times of a time axis at the lower edge of a plot, each time whole within it. */
export function timeAxis(
  { theme, clock }: Pick<Sheet, 'theme' | 'clock'>,
  span: Range,
  { left, right, bottom }: { left: number; right: number; bottom: number },
): Markup[] {
  const scale = (right - left) / (span.to - span.from);
  const ticks = timeTicks(span, clock, right - left).map(({ at, text }) => {
    const half = textWidth(text, SMALL) / 2;
    const x = left + (at - span.from) * scale;
    // Half of a text may stand over the margin beside the plot.
    return { x, at: Math.min(right + MARGIN - half, Math.max(left - AXIS_OVERHANG + half, x)), text };
  });
  const kept = new Set(spaced(ticks, SMALL));
  return ticks.map(({ x, at, text }, i) => {
    const words = label(theme, at, bottom + 16, text, { anchor: 'middle', size: SMALL, faint: true });
    return markup`${line(theme, x, bottom, x, bottom + 4)}${kept.has(i) && words}`;
  });
}

/** Between the lines that cover what was not watched, in pixels. */
const UNWATCHED_STEP = 7;

/** Covers the time before the tool was attached, so that it does not look quiet. */
export function notWatched(
  { theme, watchedFrom }: Pick<Sheet, 'theme' | 'watchedFrom'>,
  span: Range,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): Markup | null {
  if (watchedFrom === null || watchedFrom <= span.from) return null;
  const share = Math.min(1, (watchedFrom - span.from) / (span.to - span.from));
  const end = left + share * (right - left);
  const height = bottom - top;
  const lines: string[] = [];
  for (let x = left - height; x < end; x += UNWATCHED_STEP) {
    const [from, to] = [Math.max(x, left), Math.min(x + height, end)];
    if (to > from) lines.push(`M${px(from)} ${px(bottom - (from - x))}L${px(to)} ${px(bottom - (to - x))}`);
  }
  return markup`<g><title>not yet watching</title><rect x="${px(left)}" y="${px(top)}" width="${px(end - left)}" height="${px(height)}" fill="${theme.ink}" fill-opacity="0.05"/><path d="${lines.join('')}" stroke="${theme.ink}" stroke-opacity="0.22"/></g>`;
}

/** Those of the labels, in order, that do not run into the one before: their indexes. */
export function spaced(places: readonly { at: number; text: string }[], size: number, gap = 8): number[] {
  const kept: number[] = [];
  let end = -Infinity;
  places.forEach(({ at, text }, i) => {
    const half = textWidth(text, size) / 2;
    if (at - half < end + gap) return;
    kept.push(i);
    end = at + half;
  });
  return kept;
}

/** The text in lines of a width, broken between words; a word longer than a line is cut in its middle. */
function wrapText(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && textWidth(longer, size) > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current].map((each) => fitMiddle(each, width, size));
}
