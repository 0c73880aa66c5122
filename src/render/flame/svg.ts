/**
 * The flame graph as one SVG file, after Brendan Gregg's flamegraph.pl: what it draws, how it is read and its options,
 * https://github.com/brendangregg/FlameGraph.
 */
import type { Comparison } from '../../datasets/compare.ts';
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';
import type { Stacks, StacksKind } from '../../datasets/shapes.ts';
import { commas, percent, px } from '../format.ts';
import { escapeText, markup } from '../markup.ts';
import { FONT, FONT_SIZE, fitMiddle, fitText } from '../text.ts';
import { type ThemeName, themeOf } from '../theme.ts';
import { changeColor, frameColor, type PaletteName, paletteOf } from './colors.ts';
import { type FlameLayout, layoutChart, layoutFlame } from './layout.ts';
import { frameWords } from './words.ts';

/** The narrowest frame that is drawn: in pixels, or as a share of everything. */
export interface MinWidth {
  value: number;
  unit: 'px' | '%';
}

export interface FlameOptions {
  /** Default: by what the profile measures and how it is drawn. */
  title?: string;
  subtitle?: string;
  /** Kept in the file's description. */
  notes?: string;
  /** Of the picture, in pixels; default 1200. */
  width?: number;
  /** Of a frame, in pixels; default 16. */
  height?: number;
  /** Default 0.1 px. */
  minWidth?: MinWidth;
  /** Default: by what the profile measures. */
  colors?: PaletteName;
  hash?: boolean;
  /** `yellow`, `blue`, `green`, `grey` or `#rrggbb`; default by the palette. */
  background?: string;
  /** The unit as it is said; default the dataset's. */
  countName?: string;
  /** Default `Function:`. */
  nameType?: string;
  /** Roots on top. */
  inverted?: boolean;
  /** The profile's stacks were turned over: callers stand above their callees. For the title only. */
  reversed?: boolean;
  /** In the order of time, without putting together what is not adjacent. */
  flamechart?: boolean;
  /** Swaps the colours of growth and shrinking. */
  negate?: boolean;
  /** The script that zooms and searches; none makes a still picture. */
  script?: string;
  /** Default `light`; `page` has no background, for pictures inside an HTML page. */
  theme?: ThemeName;
}

const SIDE = 10;
const TITLE_SIZE = 17;
/** The row of the search field, which the script fills. */
const CONTROLS = 28;
/** Deeper stacks are drawn to here: at the default height this is as high a picture as PNG and browsers hold. */
export const MAX_LEVELS = 2000;
/** Frames that vanished, listed under a differential. */
const MAX_REMOVED = 10;

const TITLE_OF_KIND: Readonly<Record<StacksKind, string>> = {
  'on-cpu': '',
  'off-cpu': 'Off-CPU Time ',
  wakeup: 'Wakeup ',
  chain: 'Chain ',
  memory: 'Memory ',
  events: '',
};

/**
 * Draws a profile.
 *
 * @param comparison of the profile with an earlier one, for a differential; its profile is the one drawn
 * @returns the file in pieces. A profile without weight gives a file that says so.
 * @throws RangeError where a flame chart is asked of a profile whose samples have no times
 */
export function* flamegraphSvg(stacks: Stacks, options: FlameOptions = {}, comparison?: Comparison): Generator<string> {
  const profile = comparison?.profile ?? stacks.profile;
  const picture = measure(stacks, profile, options, comparison);
  yield head(picture, options);
  if (picture.layout.total > 0) {
    yield '<g id="frames">\n';
    yield* boxes(picture);
    yield '</g>\n';
  } else {
    yield `${markup`<text x="${px(picture.width / 2)}" y="${px(picture.top + 12)}" text-anchor="middle" fill="${picture.ink}">No stacks to draw: the profile is empty</text>`}\n`;
  }
  yield foot(picture, options);
}

interface Picture {
  profile: Profile;
  layout: FlameLayout;
  comparison: Comparison | undefined;
  /** The weight before of each node; null without a differential. */
  beforeTotals: Float64Array | null;
  largestChange: number;
  colors: PaletteName;
  options: FlameOptions;
  unit: string;
  /** The unit as it stands in markup. */
  unitText: string;
  title: string;
  width: number;
  rowHeight: number;
  top: number;
  framesHeight: number;
  height: number;
  /** Pixels of one of the weight. */
  scale: number;
  ink: string;
  /** What is written under the frames, each a line. */
  remarks: string[];
}

function measure(stacks: Stacks, profile: Profile, options: FlameOptions, comparison: Comparison | undefined): Picture {
  const { width = 1200, height: rowHeight = 16 } = options;
  const layout = layoutOf(profile, options, width - 2 * SIDE);
  const remarks = [...hiddenWords(layout, options), ...(comparison === undefined ? [] : removedWords(comparison))];
  const controls = options.script === undefined ? 0 : CONTROLS;
  const top = SIDE + TITLE_SIZE + 14 + (options.subtitle ? 18 : 0) + controls;
  const framesHeight = Math.max(1, layout.levels) * rowHeight;
  const { ink } = themeOf(options.theme);
  const unit = options.countName ?? stacks.unit;
  return {
    profile,
    layout,
    comparison,
    beforeTotals: comparison === undefined ? null : nodeTotals({ parent: profile.parent, self: comparison.before }),
    largestChange: comparison === undefined ? 0 : largest(layout, comparison),
    colors: options.colors ?? paletteOf[stacks.kind],
    options,
    unit,
    unitText: escapeText(unit),
    title: options.title ?? titleOf(stacks.kind, options),
    width,
    rowHeight,
    top,
    framesHeight,
    height: top + framesHeight + 28 + remarks.length * 16,
    scale: layout.total === 0 ? 0 : (width - 2 * SIDE) / layout.total,
    ink,
    remarks,
  };
}

function layoutOf(profile: Profile, { minWidth, flamechart }: FlameOptions, room: number): FlameLayout {
  const { value, unit } = minWidth ?? { value: 0.1, unit: 'px' };
  const share = unit === '%' ? value / 100 : value / room;
  const total = profile.self.reduce((sum, weight) => sum + weight, 0);
  const limits = { minWeight: share * total, maxLevels: MAX_LEVELS };
  if (!flamechart) return layoutFlame(profile, limits);
  const chart = layoutChart(profile, limits);
  if (chart === null) throw new RangeError('a flame chart needs samples with times');
  return chart;
}

function titleOf(kind: StacksKind, { inverted, reversed, flamechart }: FlameOptions): string {
  const form = flamechart ? 'Flame Chart' : inverted ? 'Icicle Graph' : 'Flame Graph';
  return `${reversed ? 'Reverse ' : ''}${TITLE_OF_KIND[kind]}${form}`;
}

/** What is not drawn is said. */
function hiddenWords({ narrow, deep, total }: FlameLayout, { minWidth }: FlameOptions): string[] {
  const least = `${minWidth?.value ?? 0.1}${minWidth?.unit === '%' ? '%' : ' px'}`;
  return [
    narrow.frames > 0
      ? `Not drawn: ${commas(narrow.frames)} frames narrower than ${least}, ${percent(narrow.weight, total)} of all`
      : '',
    deep.frames > 0
      ? `Not drawn: ${commas(deep.frames)} frames above level ${commas(MAX_LEVELS)}, ${percent(deep.weight, total)} of all`
      : '',
  ].filter((words) => words !== '');
}

/** The greatest growth or shrinking of a drawn frame's own weight, which is the fullest colour. */
function largest({ node, self }: FlameLayout, { before }: Comparison): number {
  return node.reduce((most, n, i) => Math.max(most, Math.abs((self[i] as number) - (before[n] as number))), 0);
}

/** Frames that are in the earlier profile only have no width: they are listed, the heaviest first. */
function removedWords({ removed, beforeTotal, normalised, note }: Comparison): string[] {
  const lines = [note];
  for (const { path, weight } of removed.slice(0, MAX_REMOVED))
    lines.push(
      `Gone: ${path.join(';')} (was ${percent(weight, beforeTotal)}${normalised ? '' : `, ${commas(weight)}`})`,
    );
  const more = removed.length - MAX_REMOVED;
  if (more > 0) lines.push(`… and ${commas(more)} more that are gone`);
  return lines;
}

const BACKGROUNDS: Readonly<Record<string, readonly [string, string]>> = {
  yellow: ['#eeeeee', '#eeeeb0'],
  blue: ['#eeeeee', '#e0e0ff'],
  green: ['#eef2ee', '#e0ffe0'],
  grey: ['#f8f8f8', '#e8e8e8'],
  silver: ['#e6e6e6', '#d2d4d8'],
};
const BACKGROUND_OF: Partial<Record<PaletteName, string>> = {
  mem: 'green',
  io: 'blue',
  wakeup: 'blue',
  chain: 'blue',
  red: 'grey',
  green: 'grey',
  blue: 'grey',
  yellow: 'grey',
  purple: 'grey',
  aqua: 'grey',
  orange: 'grey',
  package: 'grey',
  colorblind: 'grey',
};

function head(picture: Picture, options: FlameOptions): string {
  const { width, height, title, layout, rowHeight, unit, ink } = picture;
  const { script, subtitle, notes, nameType = 'Function:', inverted, theme } = options;
  const description = [subtitle, notes, `${commas(layout.total)} ${unit}`, ...picture.remarks]
    .filter(Boolean)
    .join('. ');
  // A picture that reacts is no image to a screen reader: its frames are read one by one.
  const role = script === undefined ? markup` role="img" aria-label="${title}"` : '';
  const facts = markup` data-total="${layout.total}" data-unit="${unit}" data-label="${nameType}" data-side="${SIDE}" data-row="${rowHeight}" data-hidden="${layout.narrow.frames + layout.deep.frames}" data-inverted="${inverted ? 1 : 0}"`;
  return `${script === undefined ? '' : '<?xml version="1.0" encoding="UTF-8"?>\n'}${markup`<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" font-family="${FONT}" font-size="${FONT_SIZE}"${role}${script === undefined ? null : facts}>
<title>${title}</title>
<desc>${description}</desc>
${theme === 'page' ? null : background(picture, options)}<text x="${px(width / 2)}" y="${SIDE + TITLE_SIZE}" font-size="${TITLE_SIZE}" text-anchor="middle" fill="${ink}">${fitMiddle(title, width - 2 * SIDE, TITLE_SIZE)}</text>
${subtitle ? markup`<text x="${px(width / 2)}" y="${SIDE + TITLE_SIZE + 20}" text-anchor="middle" fill="${ink}" fill-opacity="0.75">${fitMiddle(subtitle, width - 2 * SIDE, FONT_SIZE)}</text>\n` : null}`}`;
}

function background(picture: Picture, { background: asked, theme }: FlameOptions) {
  const { paper } = themeOf(theme);
  if (asked === undefined && theme === 'dark') return markup`<rect width="100%" height="100%" fill="${paper}"/>\n`;
  const name = asked ?? (picture.comparison === undefined ? (BACKGROUND_OF[picture.colors] ?? 'yellow') : 'silver');
  const [upper, lower] = BACKGROUNDS[name] ?? [name, name];
  // Named by its colours: several pictures may stand in one page.
  const id = `paper${upper}${lower}`.replaceAll('#', '-');
  return markup`<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="5%" stop-color="${upper}"/><stop offset="95%" stop-color="${lower}"/></linearGradient></defs>
<rect width="100%" height="100%" fill="url(#${id})"/>
`;
}

/** About how much text is handed on at once. */
const PIECE = 1 << 16;

function* boxes(picture: Picture): Generator<string> {
  const names = new Map<number, string>();
  const colors = new Map<number, string>();
  let piece = '';
  for (let box = 0; box < picture.layout.frame.length; box++) {
    piece += boxMarkup(picture, box, names, colors);
    if (piece.length > PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

/** One frame. Written without the markup template, which is for people: there are a hundred thousand of these. */
function boxMarkup(picture: Picture, box: number, names: Map<number, string>, colors: Map<number, string>): string {
  const { layout, scale, top, rowHeight, framesHeight, options, profile, unitText: unit } = picture;
  const frame = layout.frame[box] as number;
  const depth = layout.depth[box] as number;
  const start = layout.start[box] as number;
  const weight = layout.weight[box] as number;
  const self = layout.self[box] as number;
  const name = frame < 0 ? 'all' : (profile.frames.names[frame] as string);
  const x = SIDE + start * scale;
  const width = weight * scale;
  const y = top + (options.inverted ? depth * rowHeight : framesHeight - (depth + 1) * rowHeight);
  const before = picture.beforeTotals === null ? null : (picture.beforeTotals[layout.node[box] as number] as number);
  const title = frameWords(escaped(names, frame, name), {
    weight,
    self,
    total: layout.total,
    unit,
    zoomed: null,
    before,
  });
  const text = width < FONT_SIZE * 1.5 ? '' : fitText(name, width - 6, FONT_SIZE);
  const label = text === '' ? '' : `<text x="${px(x + 3)}" y="${px(y + rowHeight - 4.5)}">${escapeText(text)}</text>`;
  const facts =
    options.script === undefined
      ? ''
      : ` data-d="${depth}" data-o="${start}" data-n="${weight}" data-s="${self}"${before === null ? '' : ` data-b="${before}"`}`;
  return `<g${facts}><title>${title}</title><rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0.1))}" height="${px(rowHeight - 1)}" fill="${fill(picture, box, colors)}" rx="2"/>${label}</g>\n`;
}

function escaped(names: Map<number, string>, frame: number, name: string): string {
  let text = names.get(frame);
  if (text === undefined) {
    text = escapeText(name);
    names.set(frame, text);
  }
  return text;
}

function fill(picture: Picture, box: number, colors: Map<number, string>): string {
  const { layout, comparison, largestChange, options, profile } = picture;
  const frame = layout.frame[box] as number;
  if (comparison !== undefined) {
    const change = (layout.self[box] as number) - (comparison.before[layout.node[box] as number] as number);
    return changeColor(options.negate ? -change : change, largestChange);
  }
  let color = colors.get(frame);
  if (color === undefined) {
    const { names, kinds, modules } = profile.frames;
    const facts =
      frame < 0
        ? { name: 'all', kind: 0 as const, module: '' }
        : { name: names[frame] ?? '', kind: kinds[frame] ?? 0, module: modules[frame] ?? '' };
    color = frameColor(facts, { palette: picture.colors, hash: options.hash ?? false });
    colors.set(frame, color);
  }
  return color;
}

function foot(picture: Picture, { script }: FlameOptions): string {
  const { width, top, framesHeight, remarks, ink } = picture;
  const first = top + framesHeight + 18;
  const lines = remarks.map(
    (text, i) =>
      markup`<text x="${SIDE}" y="${px(first + 16 * (i + 1))}" font-size="11" fill="${ink}" fill-opacity="0.8"><title>${text}</title>${fitMiddle(text, width - 2 * SIDE, 11)}</text>\n`,
  );
  const live =
    script === undefined
      ? null
      : markup`<text id="matched" x="${SIDE}" y="${px(top - CONTROLS + 10)}" fill="${ink}"> </text>
<text id="details" x="${SIDE}" y="${px(first)}" fill="${ink}"> </text>
`;
  const code =
    script === undefined ? '' : `<script><![CDATA[\n${script.replaceAll(']]>', ']]]]><![CDATA[>')}]]></script>\n`;
  return `${live?.text ?? ''}${lines.join('')}${code}</svg>\n`;
}
