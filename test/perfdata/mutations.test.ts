/**
 * Recordings with bytes changed, lost, repeated and cut: each is read as far as it goes, and what is said of it holds. A
 * thorough run takes COLDFLAME_MUTATIONS=200000.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, test } from 'vitest';
import { totalWeight } from '../../src/datasets/fold.ts';
import type { ParsedRecording } from '../../src/parsers/perfdata/reader.ts';
import { ArchivedSymbols } from '../../src/symbols/archived.ts';
import { Symbols } from '../../src/symbols/finder.ts';
import { corpusPlace } from '../corpus.ts';
import { mutatedBytes, random } from '../fuzz/mutate.ts';
import { readBytes } from './reading.ts';
import { KERNEL_CONTEXT, USER_CONTEXT, USUAL_SAMPLE, Writer } from './writer.ts';

const RUNS = Number(process.env.COLDFLAME_MUTATIONS ?? 200);
/** No recording here takes a tenth of it. */
const MOST_MILLISECONDS = 5000;
const SAMPLE = resolve(import.meta.dirname, '../../samples/recordings/cpp/perf');
const BUILD_ID = 'be084f5b61a6c3beeff945108c232f8cec7eac5c';

/** A recording with a record of every kind. */
function everything(writer: Writer): Writer {
  writer
    .comm(10, 'work')
    .mmap(10, '/bin/work', 0x1000n, 0x2000n)
    .kernelMmap('[kernel.kallsyms]_text', 0xffffffff81000000n, 0x1000000n, 0xffffffff81000000n);
  writer.fork(11, 10, 20n).mmap(11, '//anon', 0x9000n, 0x1000n, 0n, 30n).mmap(10, '[vdso]', 0x7000n, 0x1000n, 0n, 30n);
  writer
    .record(17, 0, 0xffffffffc0000000n, 64, 0, 'bpf_prog_1', new Uint8Array(40))
    .record(2, 0, 0n, 3n)
    .record(13, 0, 3n)
    .record(5, 0, 0n, 0n, 0n);
  for (let i = 0; i < 12; i++)
    writer.sample(
      10 + (i % 3),
      BigInt(i * 10),
      [KERNEL_CONTEXT, -0x7effff00n, USER_CONTEXT, 0x1010n, BigInt(0x1100 + i)],
      { id: BigInt(1 + (i % 2)) },
    );
  return writer
    .record(71, 0, 16n, 0n, 0n, 0, 0, 0, 0)
    .raw(new Uint8Array(16))
    .record(68, 0)
    .record(81, 0, new Uint8Array(24))
    .record(82, 0);
}

const EVENTS = [
  { ids: [1n], sampleType: USUAL_SAMPLE },
  { ids: [2n], config: 3n },
];
const FEATURES = (writer: Writer) => ({
  2: writer.bytes(0, 0, 0, new Uint8Array(24), '/bin/work'),
  3: writer.text('db1'),
  11: writer.bytes(1, writer.text('perf')),
  29: writer.bytes(1, 1, 9n, 5n),
});
const [little, big] = [new Writer(), new Writer({ little: false })];
const corpus = join(corpusPlace, 'perfdata');
const recordings: Uint8Array[] = [
  everything(little).file(EVENTS, FEATURES(little)),
  everything(new Writer()).pipe(EVENTS),
  everything(big).file(EVENTS, FEATURES(big)),
  readFileSync(join(SAMPLE, 'perf.data')),
  ...(existsSync(corpus)
    ? readdirSync(corpus)
        .filter((name) => !/\.gz$|README/.test(name))
        .map((name) => readFileSync(join(corpus, name)))
    : []),
];
const elf = readFileSync(join(SAMPLE, 'symbols', BUILD_ID));

function faultsOf(parsed: ParsedRecording, milliseconds: number): string[] {
  const faults: string[] = [];
  if (milliseconds > MOST_MILLISECONDS) faults.push(`took ${milliseconds} ms`);
  if (parsed.read + parsed.noise + parsed.unreadCount !== parsed.lines) faults.push('records are not accounted for');
  for (const { profile } of parsed.datasets) {
    if (Number.isNaN(totalWeight(profile))) faults.push('no weight');
    const frames = Math.max(profile.frames.names.length, 1);
    if (profile.frame.some((frame) => frame >= frames)) faults.push('a frame that is none');
    if (profile.parent.some((parent, node) => node > 0 && parent >= node)) faults.push('a stack in itself');
  }
  return faults;
}

describe('what is damaged is read as far as it goes', () => {
  test(`${RUNS} recordings`, () => {
    const next = random(4711);
    for (let run = 0; run < RUNS; run++) {
      const bytes = mutatedBytes(recordings[run % recordings.length] as Uint8Array, next);
      const place = new ArchivedSymbols();
      if (run % 2 === 0) place.add(`perf/symbols/${BUILD_ID}`, run % 4 === 0 ? mutatedBytes(elf, next) : elf);
      const started = performance.now();
      const parsed = readBytes(bytes, { symbols: new Symbols([place], async (packed) => packed) }, run % 3 === 0);
      const faults = faultsOf(parsed, performance.now() - started);
      if (faults.length > 0) throw new Error(`run ${run}: ${faults.join(', ')}`);
    }
  }, 3_600_000);
});
