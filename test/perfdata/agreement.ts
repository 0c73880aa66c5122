/** Folded stacks against those of perf script's text, name for name, and what may differ. */
import { execFileSync } from 'node:child_process';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
import { OFF_CPU } from '../../src/parsers/perf/event-kind.ts';
import { perfScriptReader } from '../../src/parsers/perf/script-reader.ts';
import { readRecording } from '../../src/parsers/perfdata/reader.ts';
import { bytesOf } from '../../src/symbols/bytes.ts';
import { type SymbolPlace, Symbols } from '../../src/symbols/finder.ts';
import { folded } from './reading.ts';

const FIELDS = 'comm,pid,tid,time,event,period,ip,sym,dso';

/**
 * Names that perf and we write in other words, each with why. They are made the same on both sides.
 */
const CLASSES: readonly [why: string, pattern: RegExp, replacement: string][] = [
  ['blanks before the arguments of a type', / (?=\([^()]*\)[,>])/g, ''],
  // binutils leaves out the arguments of functions that are named inside of template arguments, too, and the types of numbers.
  ['arguments and types in parentheses', /\([^()]*\)/g, ''],
  ['what is said of a member function', / const(?=::|;|$)/g, ''],
  ['numbers of a type', /(\d+)(?:ul|u|l)(?=[,>])/g, '$1'],
  // What the compiler split off or made again: perf leaves out that it did.
  ['parts of functions', / \[clone [^\]]*\]/g, ''],
  ['blanks between closing brackets', /> (?=[>,])/g, '>'],
];

/** Code over other code: of a JIT's names perf takes any of those of an address, we the last. */
const OF_A_JIT = /[^;]*_\[j\]/g;

export interface Agreement {
  /** Weight of both, and of the stacks that are in both with the same weight. */
  ours: number;
  theirs: number;
  same: number;
  /** The weight of those that are the same but for which function of a JIT it was. */
  sameButJit: number;
  /** The weight of those in which perf names a file that was not found by whatever lies at its path here. */
  sameButGuessed: number;
  /** Stacks with their weights that only one of them has, those of a JIT without its names, heaviest first. */
  onlyOurs: string[];
  onlyTheirs: string[];
}

/** Reads a recording as perf reads it, and by perf script; an agreement for each event. */
export function agreementOf(
  path: string,
  bytes: Uint8Array,
  places: readonly SymbolPlace[],
  more: readonly string[] = [],
): Map<string, Agreement> {
  const own = readRecording(
    bytesOf(bytes),
    { ...NO_CONTEXT },
    { symbols: new Symbols(places, async (packed) => packed), asPerf: true },
  );
  const script = perfScriptReader(NO_CONTEXT);
  script.write(
    execFileSync('perf', ['script', '--no-inline', '-f', '-F', FIELDS, '-i', path, ...more], {
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const theirs = { ...own, datasets: script.end() as never };
  const parsed = { ...own, datasets: (theirs.datasets as { datasets: Stacks[] }).datasets };
  const events = own.datasets.map(({ event }) => event as string).filter((event) => event !== OFF_CPU);
  return new Map(events.map((event) => [event, compared(folded(own, event), folded(parsed, event))]));
}

function compared(ours: readonly string[], theirs: readonly string[]): Agreement {
  const [a, b] = [summed(ours), summed(theirs)];
  const sum = (of: Map<string, number>) => [...of.values()].reduce((total, weight) => total + weight, 0);
  const [leftOfOurs, leftOfTheirs] = [differing(a, b), differing(b, a)];
  const same = sum(a) - sum(leftOfOurs);
  const [c, d] = [leftOfOurs, leftOfTheirs].map((left) => added(left, (stack) => stack.replace(OF_A_JIT, 'J'))) as [
    Map<string, number>,
    Map<string, number>,
  ];
  const [onlyOurs, onlyTheirs] = [differing(c, d), differing(d, c)];
  const sameButJit = sum(c) - sum(onlyOurs);
  const sameButGuessed = takeGuessed(onlyOurs, onlyTheirs);
  return {
    ours: sum(a),
    theirs: sum(b),
    same,
    sameButJit,
    sameButGuessed,
    onlyOurs: heaviest(onlyOurs),
    onlyTheirs: heaviest(onlyTheirs),
  };
}

// [libc.so.6]   [ld-linux-x86-64.so.2]
const NOT_FOUND = /^\[[^[\]]+\]$/;

/** Takes out what is the same but for frames of files that were not found: the one at the path is another. Returns its weight. */
function takeGuessed(ours: Map<string, number>, theirs: Map<string, number>): number {
  let taken = 0;
  for (const [stack, weight] of ours) {
    const frames = stack.split(';');
    for (const [guessed, other] of theirs) {
      const names = guessed.split(';');
      const isSame =
        names.length === frames.length &&
        names.every((name, i) => name === frames[i] || NOT_FOUND.test(frames[i] as string));
      if (!isSame || other < weight) continue;
      ours.delete(stack);
      if (other === weight) theirs.delete(guessed);
      else theirs.set(guessed, other - weight);
      taken += weight;
      break;
    }
  }
  return taken;
}

/** The stacks of the one that the other has not, or with another weight. */
function differing(from: Map<string, number>, other: Map<string, number>): Map<string, number> {
  return new Map([...from].filter(([stack, weight]) => other.get(stack) !== weight));
}

function heaviest(stacks: Map<string, number>): string[] {
  return [...stacks].sort(([, x], [, y]) => y - x).map(([stack, weight]) => `${stack} ${weight}`);
}

function summed(lines: readonly string[]): Map<string, number> {
  const stacks = lines
    .map((line) => line.lastIndexOf(' '))
    .map((at, i) => {
      const line = lines[i] as string;
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    });
  return added(stacks, inOurWords);
}

function inOurWords(stack: string): string {
  const changed = CLASSES.reduce((text, [, pattern, replacement]) => text.replace(pattern, replacement), stack);
  return changed === stack ? stack : inOurWords(changed);
}

/** Weights by stack, once each is changed. */
function added(stacks: Iterable<readonly [string, number]>, change: (stack: string) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [stack, weight] of stacks) sums.set(change(stack), (sums.get(change(stack)) ?? 0) + weight);
  return sums;
}
