/** The flame graphs of `draw`: their options, what they are compared with, and what is written on them. */
import { basename } from 'node:path';
import type { Argv, Options } from 'yargs';
import { compareProfiles } from '../datasets/compare.ts';
import type { Profile } from '../datasets/profile.ts';
import { reversed } from '../datasets/profile-map.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { paletteNames } from '../render/flame/colors.ts';
import type { MinWidth } from '../render/flame/options.ts';
import { given } from './given.ts';

const GROUP = 'Flame graphs:';

/** By name, as yargs takes them. */
const OPTIONS = {
  notes: { type: 'string', describe: 'kept in the description of the file' },
  inverted: { type: 'boolean', describe: 'roots on top: an icicle graph' },
  reversed: { alias: 'reverse', type: 'boolean', describe: 'leaves at the root, their callers above' },
  flamechart: { type: 'boolean', describe: 'in the order of time, nothing put together' },
  colors: { alias: 'color', choices: paletteNames, describe: 'palette (default: by what is measured)' },
  hash: { type: 'boolean', describe: 'names that begin alike look alike' },
  bgcolors: { type: 'string', describe: 'yellow, blue, green, grey or #rrggbb' },
  height: { type: 'number', describe: 'of a frame, in pixels (default 16)' },
  'min-width': { alias: 'minwidth', type: 'string', describe: 'of a drawn frame: 0.1 (pixels) or 0.5%' },
  'count-name': { alias: 'countname', type: 'string', describe: 'the unit (default: the input says)' },
  'name-type': { alias: 'nametype', type: 'string', describe: 'what a frame is (default Function:)' },
  base: { type: 'string', describe: 'an earlier profile: draw what changed since' },
  'raw-counts': { type: 'boolean', describe: 'with --base: do not scale to the same total' },
  negate: { type: 'boolean', describe: 'with --base: swap red and blue' },
} as const satisfies Record<string, Options>;

/** Adds the options of flame graphs to a command. */
export function flameOptions<T>(yargs: Argv<T>) {
  return yargs.options(OPTIONS).group(Object.keys(OPTIONS), GROUP);
}

type FlameOptions = Awaited<ReturnType<typeof flameOptions<object>>['argv']>;

/** The first option, as it is written, that says something of flame graphs; undefined where none was given. */
export function flameOptionOf(options: FlameOptions): string | undefined {
  const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
  const name = names.find((option) => options[option] !== undefined);
  return name && `--${name}`;
}

/** @throws UserError for values that mean nothing, and for options that exclude one another. */
export function checkFlameOptions(options: FlameOptions): void {
  const { height, bgcolors, flamechart, reversed: reverse, base } = options;
  if (height !== undefined && !(height >= 8 && height <= 100))
    throw new UserError(`--height ${height}: a frame is 8 to 100 pixels high`, 2);
  if (bgcolors !== undefined && !/^(yellow|blue|green|grey|#[0-9a-f]{6})$/i.test(bgcolors))
    throw new UserError(`--bgcolors ${bgcolors}: say yellow, blue, green, grey or a colour like #f8f8f8`, 2);
  if (flamechart && (reverse || base !== undefined))
    throw new UserError('--flamechart keeps the order of time: leave out --reversed and --base', 2);
}

/** What else of the command line a flame graph heeds. */
interface PageOptions {
  files: readonly string[];
  title?: string | undefined;
  subtitle?: string | undefined;
  width: number;
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
  if (flamechart && stacks.profile.samples === null && stacks.profile.sampleCount > 0)
    throw new UserError(
      '--flamechart needs samples with their times, as perf script prints them: folded stacks have none',
    );
  const { flamegraphSvg } = await import('../render/flame/svg.ts');
  const turn = (profile: Profile): Profile => (reverse ? reversed(profile) : profile);
  const comparison =
    before && compareProfiles(turn(before.profile), turn(stacks.profile), { raw: rawCounts, unit: stacks.unit });
  const { title, subtitle, notes, width, height, colors, hash, countName, nameType, inverted, negate } = options;
  const words = { title, subtitle: subtitle ?? subtitleOf(stacks, options), notes, countName, nameType };
  const looks = { width, height, colors, hash, inverted, negate, background: bgcolors, flamechart, reversed: reverse };
  const script = interactive ? (await import('../generated/flame-script.ts')).flameScript : undefined;
  return flamegraphSvg(
    { ...stacks, profile: turn(stacks.profile) },
    given({ ...words, ...looks, script, minWidth: minWidthOf(minWidth) }),
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
  if (value === undefined) throw new UserError(`--min-width ${text}: say pixels, as 0.1, or a share, as 0.5%`, 2);
  return { value: Number(value), unit: unit === '%' ? '%' : 'px' };
}
