/** What stands around the frames: title, background, remarks, and the places that the script fills. */
import { px } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { FONT, FONT_SIZE, fitMiddle } from '../text.ts';
import { themeOf } from '../theme.ts';
import type { PaletteName } from './colors.ts';
import type { FlameOptions } from './options.ts';
import { CONTROLS, SIDE, TITLE_SIZE } from './sizes.ts';

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

/** What stands around the frames of a picture. */
export interface Surroundings {
  title: string;
  /** What is told to those who do not see it, sentence by sentence. */
  description: readonly (string | undefined)[];
  width: number;
  height: number;
  /** Where the frames begin, and where they end. */
  top: number;
  bottom: number;
  /** Written under the frames, one line each. */
  remarks: readonly string[];
  /** What the background goes by. */
  colors: PaletteName;
  isDifferential: boolean;
  /** The id of the pattern of merged frames; `isHatched` tells whether there are any. */
  hatch: string;
  isHatched: boolean;
  /** What the script reads, as `data-` attributes. */
  facts: Readonly<Record<string, string | number>>;
}

/** The file up to its frames. */
export function svgHead(around: Surroundings, options: FlameOptions): string {
  const { width, height, title, facts, isHatched, hatch } = around;
  const { script, subtitle, theme } = options;
  const { ink } = themeOf(theme);
  // A picture that reacts is no image to a screen reader: its frames are read one by one.
  const role = script === undefined ? markup` role="img" aria-label="${title}"` : '';
  const data = Object.entries({ ...facts, side: SIDE }).map(([name, value]) => markup` data-${name}="${value}"`);
  return `${script === undefined ? '' : '<?xml version="1.0" encoding="UTF-8"?>\n'}${markup`<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" font-family="${FONT}" font-size="${FONT_SIZE}"${role}${script === undefined ? null : data}>
<title>${title}</title>
<desc>${around.description.filter(Boolean).join('. ')}</desc>
${isHatched && hatchPattern(hatch)}${theme === 'page' ? null : background(around, options)}<text x="${px(width / 2)}" y="${SIDE + TITLE_SIZE}" font-size="${TITLE_SIZE}" text-anchor="middle" fill="${ink}">${fitMiddle(title, width - 2 * SIDE, TITLE_SIZE)}</text>
${subtitle ? markup`<text x="${px(width / 2)}" y="${SIDE + TITLE_SIZE + 20}" text-anchor="middle" fill="${ink}" fill-opacity="0.75">${fitMiddle(subtitle, width - 2 * SIDE, FONT_SIZE)}</text>\n` : null}`}`;
}

/** What merged frames are filled with: no frame has it, and it reads on light and on dark. */
function hatchPattern(id: string): Markup {
  return markup`<defs><pattern id="${id}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="#a3a8b0" fill-opacity="0.3"/><rect width="1.5" height="5" fill="#6f7680"/></pattern></defs>
`;
}

function background({ colors, isDifferential }: Surroundings, { background: asked, theme }: FlameOptions): Markup {
  const { paper } = themeOf(theme);
  if (asked === undefined && theme === 'dark') return markup`<rect width="100%" height="100%" fill="${paper}"/>\n`;
  const name = asked ?? (isDifferential ? 'silver' : (BACKGROUND_OF[colors] ?? 'yellow'));
  const [upper, lower] = BACKGROUNDS[name] ?? [name, name];
  // Named by its colours: several pictures may stand in one page.
  const id = `paper${upper}${lower}`.replaceAll('#', '-');
  return markup`<defs><linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="5%" stop-color="${upper}"/><stop offset="95%" stop-color="${lower}"/></linearGradient></defs>
<rect width="100%" height="100%" fill="url(#${id})"/>
`;
}

/** The file behind its frames. */
export function svgFoot({ width, top, bottom, remarks }: Surroundings, { script, theme }: FlameOptions): string {
  const { ink } = themeOf(theme);
  const first = bottom + 18;
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
