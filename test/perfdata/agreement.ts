/** Folded stacks against those of perf script's text, name for name, and what may differ. */
import { execFileSync } from 'node:child_process';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
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
  // binutils leaves out the arguments of functions that are named inside of template arguments, too, and the types of numbers.
  ['arguments and types in parentheses', /\([^()]*\)/g, ''],
  ['arguments with arguments in them', /\([^()]*\)/g, ''],
  ['numbers of a type', /(\d+)(?:ul|u|l)(?=[,>])/g, '$1'],
  ['blanks between closing brackets', /> >/g, '>>'],
];

export interface Agreement {
  /** Weight of both, and of the stacks that are in both with the same weight. */
  ours: number;
  theirs: number;
  same: number;
  /** Stacks with their weights that only one of them has, heaviest first. */
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
  const events = own.datasets.map(({ event }) => event as string);
  return new Map(events.map((event) => [event, compared(folded(own, event), folded(parsed, event))]));
}

function compared(ours: readonly string[], theirs: readonly string[]): Agreement {
  const [a, b] = [summed(ours), summed(theirs)];
  const differing = (from: Map<string, number>, other: Map<string, number>) =>
    [...from]
      .filter(([stack, weight]) => other.get(stack) !== weight)
      .sort(([, x], [, y]) => y - x)
      .map(([stack, weight]) => `${stack} ${weight}`);
  const sum = (of: Map<string, number>) => [...of.values()].reduce((total, weight) => total + weight, 0);
  const same = [...a]
    .filter(([stack, weight]) => b.get(stack) === weight)
    .reduce((total, [, weight]) => total + weight, 0);
  return { ours: sum(a), theirs: sum(b), same, onlyOurs: differing(a, b), onlyTheirs: differing(b, a) };
}

function summed(lines: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const at = line.lastIndexOf(' ');
    const stack = CLASSES.reduce(
      (text, [, pattern, replacement]) => text.replace(pattern, replacement),
      line.slice(0, at),
    );
    sums.set(stack, (sums.get(stack) ?? 0) + Number(line.slice(at + 1)));
  }
  return sums;
}
