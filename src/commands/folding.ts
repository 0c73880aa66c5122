/**
 * `export` and `draw` of stacks: the flags of stackcollapse-perf.pl and inferno-collapse-perf, and what narrows a profile.
 *
 * In those, `--pid` and `--tid` put the numbers into the first frame. With a number behind it (`--tid 4242`) the flag
 * narrows to that process or thread instead.
 */

import type { OptionTable, ValuesOf } from '../cli/verb.ts';
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
import { didYouMean } from '../nearest.ts';
import { nothingLeft } from './nothing-left.ts';
import { parseWhen } from './when.ts';

/** What chooses and narrows a profile. */
export const NARROWING = {
  event: {
    alias: ['e', 'event-filter'],
    type: 'string',
    value: 'NAME',
    describe: 'event to use if the input has several (default: first)',
  },
  comm: { type: 'string', value: 'NAME', array: true, describe: 'command to keep; may be repeated' },
  cpu: { type: 'number', value: 'N', array: true, describe: 'CPU to keep; may be repeated' },
  pid: {
    type: 'string',
    value: 'PID',
    optional: true,
    describe: 'process to keep; without a number, PIDs in the first frame',
  },
  tid: {
    type: 'string',
    value: 'TID',
    optional: true,
    describe: 'thread to keep; without a number, PIDs and TIDs in the first frame',
  },
  from: {
    type: 'string',
    value: 'TIME',
    describe: 'start of the range: seconds, or 14:03:20 if the input has a clock',
  },
  to: { type: 'string', value: 'TIME', describe: 'end of the range (exclusive)' },
  idle: { type: 'boolean', default: true, describe: 'include idle samples (default; --no-idle excludes them)' },
  'skip-after': {
    type: 'string',
    value: 'FUNC',
    array: true,
    describe: 'function that stacks start at; callers above it are cut; may be repeated',
  },
  'merge-recursion': { type: 'boolean', default: false, describe: 'merge recursive calls: a;a;a becomes a' },
  addrs: { type: 'boolean', default: false, describe: 'show the addresses of unknown frames' },
} as const satisfies OptionTable;

/** What marks frames in folded stacks. */
export const MARKING = {
  kernel: { type: 'boolean', default: false, describe: 'mark kernel frames with _[k]' },
  jit: { type: 'boolean', default: false, describe: 'mark JIT-compiled frames with _[j]' },
  all: { type: 'boolean', default: false, describe: 'mark both' },
} as const satisfies OptionTable;

export type NarrowingOptions = ValuesOf<typeof NARROWING>;
export type FoldingOptions = NarrowingOptions & ValuesOf<typeof MARKING>;

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
  if (stacks.length === 0) throw new UserError(`${capture.name}: no stacks; ${insteadOf(capture)}`);
  const event =
    wanted === undefined ? names[0] : stacks.filter((dataset) => isOfEvent(dataset, wanted)).map(eventOf)[0];
  if (event === undefined) {
    const near = didYouMean(String(wanted), names);
    throw new UserError(`${capture.name}: no event ${wanted}${near}; it has ${names.join(', ')}`);
  }
  const others = names.filter((name) => name !== event);
  if (wanted === undefined && others.length > 0) {
    note(`event ${event}; excluded: ${others.join(', ')} (choose with --event NAME)`);
  }
  return stacks.filter((dataset) => eventOf(dataset) === event);
}

/** So much is quoted of a line. */
const MAX_QUOTED = 200;
// Unable to find kernel headers. Try …     ERROR: Could not resolve symbol     bpf: Failed to load program: Operation not permitted
const COMPLAINT = /\b(?:unable|cannot|could not|failed|fatal|error|denied|not permitted|exception)\b/i;

/** What there is where stacks were wanted. */
function insteadOf({ datasets }: Capture): string {
  return quotedText(datasets) ?? 'export --format json shows what it has';
}

/**
 * Of an input that no grammar claims, a tool's own complaint perhaps, the line that tells most: `the file says "Unable to …"`.
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
  return `the file ${complaint === undefined ? 'begins' : 'says'} "${quoted}"`;
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
    note(`excluded ${share.toFixed(share < 10 ? 1 : 0)}% as idle`);
  }
  if (options.tid === '')
    profile = rootedByThread(profile, ({ comm, pid, tid }) => `${comm}-${pid ?? '?'}/${tid ?? '?'}`);
  else if (options.pid === '') profile = rootedByThread(profile, ({ comm, pid }: Thread) => `${comm}-${pid ?? '?'}`);
  if (options.skipAfter !== undefined) profile = skipAfter(profile, options.skipAfter);
  return options.mergeRecursion ? mergeRecursion(profile) : profile;
}

/** The times of a selection, as `analyze` reads them. */
function rangeOf({ from, to }: NarrowingOptions, capture: Capture): Pick<Selection, 'from' | 'to'> {
  return {
    from: from === undefined ? undefined : parseWhen('--from', from, capture),
    to: to === undefined ? undefined : parseWhen('--to', to, capture),
  };
}

/** The rest of a selection. */
function selectionOf({ comm, cpu, pid, tid }: NarrowingOptions): Selection {
  return { comms: comm, cpus: cpu, pids: numbers('--pid', pid), tids: numbers('--tid', tid) };
}

function numbers(flag: string, list: string | undefined): number[] {
  if (!list) return [];
  if (!/^\d+(?:,\d+)*$/.test(list))
    throw new UserError(`${flag} must be a number or several, such as 4242,4243 (got ${list})`, 2);
  return list.split(',').map(Number);
}
