/** The flame graphs of `draw`: their options, what they are compared with, and what is written on them. */
import { basename } from 'node:path';
import { camelCase, type OptionTable, type ValuesOf } from '../cli/verb.ts';
import type { HostClock } from '../datasets/capture.ts';
import { compareProfiles } from '../datasets/compare.ts';
import type { Profile } from '../datasets/profile.ts';
import { reversed } from '../datasets/profile-map.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { paletteNames } from '../render/flame/colors.ts';
import type { MinWidth } from '../render/flame/options.ts';
import { given } from './given.ts';

/** What only a flame graph heeds. */
export const FLAME = {
  base: { type: 'string', value: 'FILE', describe: 'earlier profile: draw the difference (red grew, blue shrank)' },
  'raw-counts': { type: 'boolean', describe: 'with --base: compare counts as they are, not scaled to the same total' },
  negate: { type: 'boolean', describe: 'with --base: swap red and blue' },
  inverted: { type: 'boolean', describe: 'icicle graph: roots on top' },
  reversed: { alias: 'reverse', type: 'boolean', describe: 'callers graph: leaves at the root' },
  flamechart: {
    type: 'boolean',
    conflicts: ['reversed', 'base'],
    describe: 'flame chart: samples at their times, not merged',
  },
  'min-width': {
    alias: 'minwidth',
    type: 'string',
    value: 'WIDTH',
    describe: 'narrowest frame to draw: pixels (0.1) or a share (0.5%)',
  },
  height: { type: 'number', value: 'PIXELS', describe: 'height of a frame (default: 16)' },
  colors: {
    type: 'string',
    value: 'PALETTE',
    choices: paletteNames,
    describe: `palette: ${paletteNames.join(', ')} (default: by what is measured)`,
  },
  hash: { type: 'boolean', describe: 'similar colors for names that begin alike' },
  bgcolors: { type: 'string', value: 'COLOR', describe: 'background: yellow, blue, green, grey or #rrggbb' },
  'count-name': {
    alias: 'countname',
    type: 'string',
    value: 'UNIT',
    describe: 'unit of the counts (default: from the input)',
  },
  'name-type': {
    alias: 'nametype',
    type: 'string',
    value: 'WORD',
    describe: 'what frames are called (default: Function:)',
  },
  notes: { type: 'string', value: 'TEXT', describe: 'text for the SVG description' },
} as const satisfies OptionTable;

type FlameOptions = ValuesOf<typeof FLAME>;

/** The first option, as it is written, that says something of flame graphs; undefined where none was given. */
export function flameOptionOf(options: FlameOptions): string | undefined {
  const given = options as Readonly<Record<string, unknown>>;
  const name = Object.keys(FLAME).find((option) => given[camelCase(option)] !== undefined);
  return name && `--${name}`;
}

function hasTimes({ samples }: Profile): boolean {
  return samples?.at.some((at) => !Number.isNaN(at)) ?? false;
}

/** @throws UserError for values that mean nothing. */
export function checkFlameOptions(options: FlameOptions): void {
  const { height, bgcolors } = options;
  if (height !== undefined && !(height >= 8 && height <= 100))
    throw new UserError(`--height must be between 8 and 100 (got ${height})`, 2);
  if (bgcolors !== undefined && !/^(yellow|blue|green|grey|#[0-9a-f]{6})$/i.test(bgcolors))
    throw new UserError(`--bgcolors must be yellow, blue, green, grey or a color such as #f8f8f8 (got ${bgcolors})`, 2);
}

/** What else of the command line a flame graph heeds. */
interface PageOptions {
  files: readonly string[];
  title?: string | undefined;
  subtitle?: string | undefined;
  width: number;
  /** Of the capture that the stacks are of. */
  clock?: HostClock | null;
}

/**
 * The picture as SVG text.
 * @param before what to show the changes since
 * @param interactive whether to put in the script that zooms and searches: a PNG has no use for it
 * @throws UserError for a flame chart of samples without times
 */
export async function drawFlamegraph(
  stacks: Stacks,
  options: FlameOptions & PageOptions,
  interactive: boolean,
  before?: Stacks,
): Promise<Iterable<string>> {
  const { rawCounts = false, reversed: reverse = false, flamechart = false, minWidth, bgcolors } = options;
  if (flamechart && stacks.profile.sampleCount > 0 && !hasTimes(stacks.profile))
    throw new UserError('--flamechart needs samples with times, as perf script prints them; folded stacks have none');
  const { flamegraphSvg } = await import('../render/flame/svg.ts');
  const turn = (profile: Profile): Profile => (reverse ? reversed(profile) : profile);
  const comparison =
    before && compareProfiles(turn(before.profile), turn(stacks.profile), { raw: rawCounts, unit: stacks.unit });
  const { title, subtitle, notes, width, height, colors, hash, countName, nameType, inverted, negate } = options;
  const words = { title, subtitle: subtitle ?? subtitleOf(stacks, options), notes, countName, nameType };
  const looks = { width, height, colors, hash, inverted, negate, background: bgcolors, flamechart, reversed: reverse };
  const clock = stacks.clock === 'capture' ? (options.clock ?? null) : null;
  const script = interactive ? (await import('../generated/flame-script.ts')).flameScript : undefined;
  return flamegraphSvg(
    { ...stacks, profile: turn(stacks.profile) },
    given({ ...words, ...looks, clock, script, minWidth: minWidthOf(minWidth) }),
    comparison,
  );
}

function subtitleOf({ tool, event, title }: Stacks, { files, base }: FlameOptions & PageOptions): string {
  const compared =
    base === undefined
      ? ''
      : `${files.map((file) => basename(file)).join(', ')} (after) against ${basename(base)} (before)`;
  return [...new Set([tool, event ?? title, compared])].filter((part) => part !== '').join(', ');
}

/** `0.1`, `0.1px` or `0.5%`. */
function minWidthOf(text: string | undefined): MinWidth | undefined {
  if (text === undefined) return undefined;
  const [, value, unit] = /^(\d+(?:\.\d+)?)(px|%)?$/.exec(text) ?? [];
  if (value === undefined)
    throw new UserError(`--min-width must be pixels, such as 0.1, or a share, such as 0.5% (got ${text})`, 2);
  return { value: Number(value), unit: unit === '%' ? '%' : 'px' };
}
