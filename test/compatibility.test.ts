/**
 * FlameGraph's own inputs and expected results, line for line. Where ours differ, the difference belongs to a named
 * class (docs/compatibility.md): undoing the class makes the results equal, and without it they are not.
 */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FoldingOptions, foldedOf, readOptionsFor } from '../src/commands/folding.ts';
import { readCapture } from '../src/commands/read.ts';
import { corpusPlace } from './corpus.ts';

const INPUTS = join(corpusPlace, 'flamegraph/test');
const flags = ['pid', 'tid', 'kernel', 'jit', 'all', 'addrs'] as const;
type Flag = (typeof flags)[number];

/** How the original's fault is put into our side or taken out of its. */
interface Difference {
  input?(text: string): string;
  ours?(line: string): string;
  theirs?(line: string, flag: Flag): string;
  flags: readonly Flag[];
}

const differences: Record<string, Difference> = {
  'the last sample without a blank line behind it is lost': {
    input: (text) => (text.endsWith('\n\n') ? text : text.slice(0, text.lastIndexOf('\n\n') + 2)),
    flags,
  },
  'quotes are removed from names': { ours: (line) => line.replace(/["']/g, ''), flags },
  'regular expressions are cut at their first parenthesis': {
    ours: (line) => line.replace(/(RegExp:[^;(]*)\([^;]*?(?=;|(?:_\[j\])? \d+$)/g, (_, name) => name),
    flags,
  },
  'the vdso, which is user code, is marked as kernel': {
    theirs: (line) => line.replace(/(;__vdso_\w+)_\[k\]/g, '$1'),
    flags: ['kernel', 'all'],
  },
  'the L of Java types stays where the first frame has a PID': {
    theirs: (line) => (line.startsWith('java-') ? line.replace(/;L(?=[^;]*\/)/g, ';') : line),
    flags: ['pid', 'tid'],
  },
};
const [lastSample, quotes, regexps, vdso, javaPid] = Object.keys(differences) as [
  string,
  string,
  string,
  string,
  string,
];

const inputs: Record<string, string[]> = {
  'perf-cycles-instructions-01': [],
  'perf-dd-stacks-01': [lastSample],
  'perf-funcab-cmd-01': [],
  'perf-funcab-pid-01': [],
  'perf-iperf-stacks-pidtid-01': [lastSample, vdso],
  'perf-java-faults-01': [javaPid],
  'perf-java-stacks-01': [lastSample, javaPid],
  'perf-java-stacks-02': [javaPid],
  'perf-js-stacks-01': [quotes, regexps],
  'perf-mirageos-stacks-01': [lastSample],
  'perf-numa-stacks-01': [lastSample],
  'perf-rust-Yamakaky-dcpu': [],
  'perf-vertx-stacks-01': [lastSample, javaPid],
};

const options: FoldingOptions = {
  pid: undefined,
  tid: undefined,
  kernel: false,
  jit: false,
  all: false,
  addrs: false,
  event: undefined,
  skipAfter: undefined,
  mergeRecursion: false,
  idle: true,
  from: undefined,
  to: undefined,
  comm: undefined,
  cpu: undefined,
};

async function fold(text: string, flag: Flag): Promise<string[]> {
  const path = join(mkdtempSync(join(tmpdir(), 'coldflame-')), 'perf.txt');
  writeFileSync(path, text);
  const chosen = { ...options, [flag]: flag === 'pid' || flag === 'tid' ? '' : true };
  const capture = await readCapture([path], readOptionsFor(chosen));
  // A chunk lasts until the next one.
  const chunks = Array.from(
    foldedOf(capture, chosen, () => {}),
    (chunk) => Buffer.from(chunk),
  );
  return Buffer.concat(chunks).toString().trimEnd().split('\n');
}

async function bothSides(name: string, flag: Flag, undone: readonly string[]): Promise<[string[], string[]]> {
  const used = undone
    .map((key) => differences[key] as Difference)
    .filter((difference) => difference.flags.includes(flag));
  const read = (path: string) => readFileSync(join(INPUTS, path), 'utf8');
  const text = used.reduce((input, { input: change }) => change?.(input) ?? input, read(`${name}.txt`));
  const expected = read(`results/${name}-collapsed-${flag}.txt`).trimEnd().split('\n');
  const ours = (await fold(text, flag)).map((line) =>
    used.reduce((all, { ours: change }) => change?.(all) ?? all, line),
  );
  const theirs = expected.map((line) => used.reduce((all, { theirs: change }) => change?.(all, flag) ?? all, line));
  return [ours.sort(), theirs.sort()];
}

describe.runIf(existsSync(INPUTS))('stackcollapse-perf.pl', () => {
  describe.each(Object.entries(inputs))('%s', (name, classes) => {
    test.each(flags)('--%s', async (flag) => {
      const [ours, theirs] = await bothSides(name, flag, classes);
      expect(ours).toEqual(theirs);
    });

    test.runIf(classes.length > 0).each(classes)('differs because %s', async (key) => {
      const [flag] = (differences[key] as Difference).flags;
      const rest = classes.filter((other) => other !== key);
      const [ours, theirs] = await bothSides(name, flag as Flag, rest);
      expect(ours).not.toEqual(theirs);
    });
  });
});
