/**
 * Recordings of many versions of perf, on several kinds of machine, against what `perf script` prints for them. They are not
 * part of the project: see corpus.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
import { perfScriptReader } from '../../src/parsers/perf/script-reader.ts';
import { corpusPlace } from '../corpus.ts';
import { folded, readBytes } from './reading.ts';

const place = join(corpusPlace, 'perfdata');
const names = existsSync(place) ? readdirSync(place) : [];
const recordings = names.filter((name) => names.includes(`${name}.script.gz`));

/** perf decodes the trace of Intel's PT into events of its own. */
const DECODED = ['psb', 'cbr', 'branches'];

/**
 * Where the recording does not tell the kernel's build ID, or that of the vdso, perf 6.1 names addresses by those of the
 * machine it runs on: names of another kernel. Ours have none.
 */
function withoutForeignNames(stack: string): string {
  return stack
    .replace(/[^;]*_\[k\]/g, '[kernel]_[k]')
    .replace(/__vdso_\w+|__kernel_\w+|(?<=;|^)@plt(?=;|$)/g, '[[vdso]]');
}

/** Lines of stacks that are the same when some of their frames are. */
function summed(lines: readonly string[]): string[] {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const at = line.lastIndexOf(' ');
    const stack = withoutForeignNames(line.slice(0, at));
    sums.set(stack, (sums.get(stack) ?? 0) + Number(line.slice(at + 1)));
  }
  return Array.from(sums, ([stack, weight]) => `${stack} ${weight}`).sort();
}

async function script(name: string) {
  const reader = perfScriptReader(NO_CONTEXT);
  reader.write(gunzipSync(readFileSync(join(place, `${name}.script.gz`))));
  return reader.end();
}

describe.skipIf(recordings.length === 0)('folds to what perf script prints', () => {
  test.each(recordings)('%s', async (name) => {
    const own = readBytes(readFileSync(join(place, name)), { asPerf: true });
    const { datasets } = await script(name);
    const events = (datasets as Stacks[])
      .map(({ event }) => event ?? '')
      .filter((event) => !name.includes('intel_pt') || !DECODED.includes(event));
    expect((own.datasets as Stacks[]).map(({ event }) => event).sort()).toEqual(events.sort());
    for (const event of events)
      expect(summed(folded(own, event))).toEqual(summed(folded({ ...own, datasets: datasets as Stacks[] }, event)));
    expect(own.read + own.noise + own.unreadCount).toBe(own.lines);
  });
});

describe.skipIf(names.length === 0)('what is damaged is said to be', () => {
  test('a record without a size in a pipe: 570 records before it are read', () => {
    const parsed = readBytes(readFileSync(join(place, 'perf.data.piped.corrupted.zero_size_sample-3.2')));
    expect(parsed.damage).toEqual(['damaged behind record 570: the next one has no size']);
    expect(parsed.lines).toBe(570);
  });
});
