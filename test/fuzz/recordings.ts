/**
 * Recordings (perf.data) and what names them, with bytes changed, lost, repeated and cut off. Each is read twice: whole, and
 * in pieces with other bytes behind each piece, so that whatever is read beyond a piece makes a difference.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { foldedStacks, totalWeight } from '../../src/datasets/fold.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
import { type ParsedRecording, readRecording } from '../../src/parsers/perfdata/reader.ts';
import { ArchivedSymbols } from '../../src/symbols/archived.ts';
import type { Bytes } from '../../src/symbols/bytes.ts';
import { bytesOf } from '../../src/symbols/bytes.ts';
import { Symbols } from '../../src/symbols/finder.ts';
import { corpusPlace } from '../corpus.ts';
import { KERNEL_CONTEXT, USER_CONTEXT, USUAL_SAMPLE, Writer } from '../perfdata/writer.ts';
import { mutatedBytes, mutatedText, oneOf, type Random } from './mutate.ts';

const SAMPLE = resolve(import.meta.dirname, '../../samples/recordings/cpp/perf');
const BUILD_ID = 'be084f5b61a6c3beeff945108c232f8cec7eac5c';
/** What one recording may take beside what those before it took: the largest here has 2 MB. */
const MOST_BYTES = 256 << 20;
/** So much behind a piece is other than it was. */
const POISONED = 1 << 10;

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
const recordings: readonly Uint8Array[] = [
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
const KALLSYMS = `ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000100 t do_work
ffffffffc0a00010 t nf_get\t[nf_conntrack]
`;
const PERF_MAP = '1000 100 first /srv/a b.js:1\n0x1040 0x20 second\n9000 40 third\n';

/** Large ones take ten times as long, and have no more kinds of records. */
const SMALL_BYTES = 1 << 15;
const small = recordings.filter(({ length }) => length < SMALL_BYTES);

export const recordingInput = (next: Random): Uint8Array =>
  mutatedBytes(oneOf(next() < 0.9 ? small : recordings, next), next);

/** Symbols, whole or made wrong themselves. */
function symbolsOf(next: Random): () => Symbols {
  const place = new ArchivedSymbols();
  const isDamaged = next() < 0.3;
  const text = (whole: string) => Buffer.from(isDamaged ? mutatedText(whole, whole, next) : whole);
  place.add(`perf/symbols/${BUILD_ID}`, isDamaged ? mutatedBytes(elf, next) : elf);
  place.add('perf/kallsyms', text(KALLSYMS));
  for (const pid of [10, 11]) place.add(`perf/maps/perf-${pid}.map`, text(PERF_MAP));
  return () => new Symbols([place], async (packed) => packed);
}

/** The same bytes, some at a time, and something else in the engine's memory behind them. */
function inPieces(array: Uint8Array, next: Random): Bytes {
  const poison = 1 + Math.floor(next() * 255);
  // Records are a multiple of 8 bytes long: in pieces of 8 the last piece of each is its end.
  const most = array.length < SMALL_BYTES ? 8 : 64 + Math.floor(next() * 4096);
  return {
    size: array.length,
    read: (into, at) => {
      const isEngine = into.buffer instanceof SharedArrayBuffer;
      const part = array.subarray(at, at + (isEngine ? Math.min(into.length, most) : into.length));
      into.set(part);
      if (isEngine) new Uint8Array(into.buffer, into.byteOffset + part.length, POISONED).fill(poison);
      return part.length;
    },
  };
}

/** @throws Error for a fault */
export function checkRecording(bytes: Uint8Array, next: Random): void {
  const symbols = symbolsOf(next);
  const context = { ...NO_CONTEXT, samples: next() < 0.3 };
  const asPerf = next() < 0.3;
  const before = process.memoryUsage.rss();
  const parsed = readRecording(bytesOf(bytes), context, { symbols: symbols(), asPerf });
  const grew = process.memoryUsage.rss() - before;
  if (grew > MOST_BYTES) throw new Error(`memory grew by ${grew >> 20} MiB`);
  checkParsed(parsed);
  const again = readRecording(inPieces(bytes, next), context, { symbols: symbols(), asPerf });
  const [once, twice] = [told(parsed), told(again)];
  if (once !== twice) throw new Error(`reads beyond a record:\n${once}\n\n${twice}`);
}

function checkParsed(parsed: ParsedRecording): void {
  const { read, noise, unreadCount, lines } = parsed;
  if (Math.min(read, noise, unreadCount) < 0 || read + noise + unreadCount !== lines)
    throw new Error('records are not accounted for');
  for (const { profile } of parsed.datasets) {
    if (Number.isNaN(totalWeight(profile))) throw new Error('no weight');
    const frames = Math.max(profile.frames.names.length, 1);
    if (profile.frame.some((frame) => frame >= frames)) throw new Error('a frame that is none');
    if (profile.parent.some((parent, node) => node > 0 && parent >= node)) throw new Error('a stack in itself');
  }
}

function told({ datasets, lines, read, noise, unreadCount, notes, damage, facts }: ParsedRecording): string {
  const stacks = datasets.map(({ event, profile }) => [
    event,
    profile.sampleCount,
    foldedStacks(profile, () => true),
    profile.samples === null ? null : [...profile.samples.at].join(),
  ]);
  const { buildIds, tracing: _, ...plain } = facts;
  const all = [lines, read, noise, unreadCount, notes, damage, plain, [...buildIds], stacks];
  return JSON.stringify(all, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
