/**
 * `export` and `draw` of stacks: the flags of stackcollapse-perf.pl and inferno-collapse-perf, and what narrows a profile.
 *
 * In those, `--pid` and `--tid` put the numbers into the first frame. With a number behind it (`--tid 4242`) the flag
 * narrows to that process or thread instead.
 */
import type { Argv } from 'yargs';
import type { Capture } from '../datasets/capture.ts';
import { totalWeight } from '../datasets/fold.ts';
import type { Profile, Thread } from '../datasets/profile.ts';
import { mergeRecursion, skipAfter, withoutIdle } from '../datasets/profile-map.ts';
import { merged } from '../datasets/profile-merge.ts';
import { rootedByThread } from '../datasets/profile-roots.ts';
import { isNarrow, type Selection, select } from '../datasets/profile-select.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { toFolded } from '../exports/folded.ts';
import { nothingLeft } from './nothing-left.ts';
import { parseWhen } from './when.ts';

const GROUP = 'Stacks:';

/** Adds the options of folding to a command. */
export function foldingOptions<T>(yargs: Argv<T>) {
  return narrowingOptions(yargs)
    .option('kernel', { group: GROUP, type: 'boolean', default: false, describe: 'mark kernel frames _[k]' })
    .option('jit', { group: GROUP, type: 'boolean', default: false, describe: 'mark JIT frames _[j]' })
    .option('all', { group: GROUP, type: 'boolean', default: false, describe: 'mark both' });
}

/** Adds the options that choose and narrow a profile. */
export function narrowingOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('pid', {
      group: GROUP,
      type: 'string',
      describe: 'PIDs in the first frame; with a number, only that process',
    })
    .option('tid', { group: GROUP, type: 'string', describe: 'PIDs and TIDs there; with a number, only that thread' })
    .option('addrs', { group: GROUP, type: 'boolean', default: false, describe: 'unknown frames with their address' })
    .option('event', {
      group: GROUP,
      alias: 'event-filter',
      type: 'string',
      describe: 'which, where there are several (default: the first)',
    })
    .option('skip-after', { group: GROUP, type: 'string', array: true, describe: 'start stacks at this function' })
    .option('merge-recursion', { group: GROUP, type: 'boolean', default: false, describe: 'a;a;a as a' })
    .option('idle', { group: GROUP, type: 'boolean', default: true, describe: '--no-idle leaves out idle CPUs' })
    .option('from', { group: GROUP, type: 'string', describe: 'only samples from here: seconds, or 14:03:20' })
    .option('to', { group: GROUP, type: 'string', describe: 'and before this' })
    .option('comm', { group: GROUP, type: 'string', array: true, describe: 'only this command' })
    .option('cpu', { group: GROUP, type: 'number', array: true, describe: 'only this CPU' });
}

export type NarrowingOptions = Awaited<ReturnType<typeof narrowingOptions<object>>['argv']>;
export type FoldingOptions = Awaited<ReturnType<typeof foldingOptions<object>>['argv']>;

/** The first option, as it is written, that chooses or narrows stacks; undefined where none was given. */
export function foldingOptionOf(options: NarrowingOptions): string | undefined {
  const { addrs, mergeRecursion, idle, ...named } = options;
  if (addrs) return '--addrs';
  if (mergeRecursion) return '--merge-recursion';
  if (!idle) return '--no-idle';
  if (named.skipAfter !== undefined) return '--skip-after';
  const names = ['pid', 'tid', 'event', 'from', 'to', 'comm', 'cpu'] as const;
  const name = names.find((option) => named[option] !== undefined);
  return name && `--${name}`;
}

/** The first option that marks frames in their names. */
export function markingOptionOf(options: FoldingOptions): string | undefined {
  const name = (['kernel', 'jit', 'all'] as const).find((option) => options[option]);
  return name && `--${name}`;
}

/** What folding needs of the reading. */
export function readOptionsFor(options: NarrowingOptions): { samples: boolean; addresses: boolean } {
  const { pid, tid, from, to, addrs } = options;
  const byThread = pid === '' || tid === '';
  const byTime = from !== undefined || to !== undefined;
  return { samples: byThread || byTime || isNarrow(selectionOf(options)), addresses: addrs };
}

/**
 * The folded stacks of one event of a capture.
 * @param note is told what was left out
 * @throws UserError when there are no stacks, or none of the event or samples asked for
 */
export function foldedOf(
  capture: Capture,
  options: FoldingOptions,
  note: (text: string) => void,
): Iterable<Uint8Array> {
  const { profile, annotated } = stacksOf(capture, options, note);
  const all = options.all || annotated === true;
  return toFolded(profile, { kernel: options.kernel || all, jit: options.jit || all });
}

/**
 * The stacks of one event of a capture, all its profiles together, narrowed.
 * @param note is told what was left out
 * @throws UserError when there are no stacks, or none of the event or samples asked for
 */
export function stacksOf(capture: Capture, options: NarrowingOptions, note: (text: string) => void): Stacks {
  const left = stacksLeft(capture, options, note);
  if (left !== null) return left;
  const chosen = chooseEvent(capture, options.event, () => {});
  throw nothingLeft(
    capture.name,
    chosen.map(({ profile }) => profile),
    options,
  );
}

/** The same; null where none of the samples asked for is among them. */
export function stacksLeft(capture: Capture, options: NarrowingOptions, note: (text: string) => void): Stacks | null {
  const chosen = chooseEvent(capture, options.event, note);
  const selection = { ...selectionOf(options), ...rangeOf(options, capture) };
  const selected = select(merged(chosen.map(({ profile }) => profile)), selection);
  if (isNarrow(selection) && totalWeight(selected) === 0) return null;
  const profile = reshaped(selected, options, note);
  return { ...(chosen[0] as Stacks), annotated: chosen.some(({ annotated }) => annotated), profile };
}

/** Profiles of the event asked for, else of the first one: weights of different events do not add up. */
function chooseEvent(capture: Capture, wanted: string | undefined, note: (text: string) => void): Stacks[] {
  const stacks = capture.datasets.filter((dataset) => dataset.shape === 'stacks');
  const names = [...new Set(stacks.map(eventOf))];
  if (stacks.length === 0) throw new UserError(`${capture.name}: no stacks in it; ${insteadOf(capture)}`);
  const event =
    wanted === undefined ? names[0] : stacks.filter((dataset) => isOfEvent(dataset, wanted)).map(eventOf)[0];
  if (event === undefined) throw new UserError(`${capture.name}: no event ${wanted}; there is ${names.join(', ')}`);
  const others = names.filter((name) => name !== event);
  if (wanted === undefined && others.length > 0) {
    note(`folded ${event}; left out ${others.join(', ')} (--event NAME folds another)`);
  }
  return stacks.filter((dataset) => eventOf(dataset) === event);
}

/** So much is quoted of a line. */
const MAX_QUOTED = 200;
// Unable to find kernel headers. Try …     ERROR: Could not resolve symbol     bpf: Failed to load program: Operation not permitted
const COMPLAINT = /\b(?:unable|cannot|could not|failed|fatal|error|denied|not permitted|exception)\b/i;

/** What there is where stacks were wanted. */
function insteadOf({ datasets }: Capture): string {
  return quotedText(datasets) ?? '--format json shows what there is';
}

/**
 * Of an input that no grammar claims, a tool's own complaint perhaps, the line that tells most: `it says "Unable to …"`.
 * Null where there is more than text, or none.
 */
export function quotedText(datasets: readonly Dataset[]): string | null {
  if (datasets.some(({ shape }) => shape !== 'text')) return null;
  const lines = datasets
    .flatMap((dataset) => (dataset.shape === 'text' ? dataset.lines : []))
    .map((line) => line.trim());
  const complaint = lines.find((line) => COMPLAINT.test(line));
  const line = complaint ?? lines.find((each) => each !== '');
  if (line === undefined) return null;
  const quoted = line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
  return `${complaint === undefined ? 'it is text that begins' : 'it says'} "${quoted}"`;
}

/** `cycles` finds `cycles:u`, and `offcputime` finds `offcputime (usecs)`. */
export function isOfEvent(dataset: Stacks, wanted: string): boolean {
  const name = eventOf(dataset);
  return [name, name.replace(/:[a-zA-Z]*$/, ''), name.replace(/ \([a-z]+\)$/, '')].includes(wanted);
}

/** What a user calls a profile: perf's event, bpftrace's map, else the tool. */
function eventOf({ event, tool, unit }: Stacks): string {
  if (event) return event;
  return unit === 'samples' ? tool : `${tool} (${unit})`;
}

/** What was selected, without idle CPUs, on other roots, and without what a function called again, as the options say. */
function reshaped(selected: Profile, options: NarrowingOptions, note: (text: string) => void): Profile {
  let profile = selected;
  if (!options.idle) {
    const before = totalWeight(profile);
    profile = withoutIdle(profile);
    const share = before === 0 ? 0 : (1 - totalWeight(profile) / before) * 100;
    note(`left out ${share.toFixed(1)} % as idle`);
  }
  if (options.tid === '')
    profile = rootedByThread(profile, ({ comm, pid, tid }) => `${comm}-${pid ?? '?'}/${tid ?? '?'}`);
  else if (options.pid === '') profile = rootedByThread(profile, ({ comm, pid }: Thread) => `${comm}-${pid ?? '?'}`);
  if (options.skipAfter !== undefined) profile = skipAfter(profile, options.skipAfter);
  return options.mergeRecursion ? mergeRecursion(profile) : profile;
}

/** The times of a selection, as `analyze` reads them. */
function rangeOf({ from, to }: NarrowingOptions, { manifest }: Capture): Pick<Selection, 'from' | 'to'> {
  return {
    from: from === undefined ? undefined : parseWhen('--from', from, manifest),
    to: to === undefined ? undefined : parseWhen('--to', to, manifest),
  };
}

/** The rest of a selection. */
function selectionOf({ comm, cpu, pid, tid }: NarrowingOptions): Selection {
  return { comms: comm, cpus: cpu, pids: numbers('--pid', pid), tids: numbers('--tid', tid) };
}

function numbers(flag: string, list: string | undefined): number[] {
  if (!list) return [];
  if (!/^\d+(?:,\d+)*$/.test(list)) throw new UserError(`${flag} ${list}: not a number, as in ${flag} 4242`, 2);
  return list.split(',').map(Number);
}
