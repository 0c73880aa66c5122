/** perf.data as it may be: byte orders, pipes, order of time, who was called what and had what mapped, and what is damaged. */
import { describe, expect, test } from 'vitest';
import { readHeader } from '../../src/parsers/perfdata/header.ts';
import { bytesOf } from '../../src/symbols/bytes.ts';
import type { SymbolFinder } from '../../src/symbols/table.ts';
import { folded, readBytes, stacksOf } from './reading.ts';
import { KERNEL_CONTEXT, USER_CONTEXT, USUAL_SAMPLE, Writer } from './writer.ts';

const CYCLES = [{ ids: [1n] }];

/** Functions `a`, `b`, … of 0x100 bytes each, from offset 0 of every file on. */
const LETTERS: SymbolFinder = {
  find: ({ what }) => {
    if (what !== 'file') return null;
    const starts = Uint32Array.from({ length: 52 }, (_, i) => (i % 2 === 0 ? i * 0x80 : 0));
    const ends = starts.map((start, i) => (i % 2 === 0 ? start + 0x100 : 0));
    return { length: 26, starts, ends, name: (i) => String.fromCharCode(97 + i), origin: 'the test' };
  },
};

/** One process with /bin/x mapped from 0x1000 on. */
function process(writer = new Writer()): Writer {
  return writer.comm(10, 'x').mmap(10, '/bin/x', 0x1000n, 0x2000n);
}

describe.each([
  ['little-endian, a file', true, false],
  ['little-endian, a pipe', true, true],
  ['big-endian, a file', false, false],
  ['big-endian, a pipe', false, true],
])('%s', (_, little, isPipe) => {
  const written = () => {
    const writer = process(new Writer({ little })).kernelMmap(
      '[kernel.kallsyms]_text',
      0xffffffff81000000n,
      0x1000000n,
      0xffffffff81000000n,
    );
    writer.sample(10, 5n, [KERNEL_CONTEXT, -0x7effff00n, USER_CONTEXT, 0x1010n, 0x1180n], { period: 7n });
    writer.sample(10, 6n, [USER_CONTEXT, 0x1110n], { period: 2n, cpu: 3 });
    return writer;
  };
  const parsed = readBytes(isPipe ? written().pipe(CYCLES) : written().file(CYCLES), { symbols: LETTERS }, true);

  test('stacks root first, with their periods', () => {
    expect(folded(parsed)).toEqual(['x;b 2', 'x;b;a;[[kernel.kallsyms]]_[k] 7']);
  });

  test('samples with thread, time and CPU', () => {
    const { samples, threads, sampleCount } = stacksOf(parsed).profile;
    expect(sampleCount).toBe(2);
    expect(samples?.cpu).toEqual(Int16Array.of(0, 3));
    expect(Array.from(samples?.at ?? [])).toEqual([5e-9, 6e-9]);
    expect(threads[samples?.thread[0] ?? 9]).toEqual({ comm: 'x', pid: 10, tid: 10 });
  });

  test('every record is accounted for', () => {
    expect(parsed).toMatchObject({ lines: isPipe ? 6 : 5, noise: 0, unreadCount: 0, damage: [] });
    expect(parsed.read).toBe(parsed.lines);
  });
});

describe('what held when a sample was taken, wherever its record stands', () => {
  test('a name that was given later in time is not its name yet', () => {
    const writer = process();
    writer.comm(10, 'late', 100n).sample(10, 50n, [USER_CONTEXT, 0x1010n]).sample(10, 150n, [USER_CONTEXT, 0x1010n]);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['late;a 1', 'x;a 1']);
  });

  test('a sample before the record of what was mapped, in the file, is after it in time', () => {
    const writer = new Writer().comm(10, 'x').sample(10, 50n, [USER_CONTEXT, 0x1010n]);
    writer.mmap(10, '/bin/x', 0x1000n, 0x2000n, 0n, 40n);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['x;a 1']);
  });

  test('a child has what its parent had mapped, and not what that maps later', () => {
    const writer = process().fork(11, 10, 20n).mmap(10, '/lib/y', 0x9000n, 0x1000n, 0n, 30n);
    writer.sample(11, 40n, [USER_CONTEXT, 0x1010n]).sample(11, 41n, [USER_CONTEXT, 0x9010n]);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['x;[unknown] 1', 'x;a 1']);
  });

  test('a thread has its process’s mappings and its own name', () => {
    const writer = process().fork(10, 10, 20n, 12, 10).comm(12, 'worker', 21n, 10);
    writer.sample(12, 40n, [USER_CONTEXT, 0x1010n], { pid: 10 });
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['worker;a 1']);
  });

  test('what is mapped later covers what was there, and leaves the rest of it', () => {
    const writer = process().mmap(10, '/lib/y', 0x1100n, 0x100n, 0x300n, 20n);
    writer.sample(10, 10n, [USER_CONTEXT, 0x1110n]);
    for (const address of [0x1010n, 0x1110n, 0x1210n]) writer.sample(10, 30n, [USER_CONTEXT, address]);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['x;a 1', 'x;b 1', 'x;c 1', 'x;d 1']);
  });

  test('a number that is used again is another process', () => {
    const writer = process().comm(1, 'init').fork(10, 1, 50n).sample(10, 60n, [USER_CONTEXT, 0x1010n]);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual(['init;[unknown] 1']);
  });

  test('threads of which nothing was recorded are called by their number', () => {
    const writer = new Writer().sample(77, 5n, [USER_CONTEXT, 0x1010n]).sample(0, 6n, [KERNEL_CONTEXT, -0x7effff00n]);
    expect(folded(readBytes(writer.file(CYCLES)))).toEqual([':77;[unknown] 1', 'swapper;[unknown] 1']);
  });
});

describe('call chains', () => {
  // 0x1100 is where `b` begins: a return there is from `a`, whose last instruction is the call.
  const chain = [USER_CONTEXT, 0x1210n, 0x1100n];

  test('a caller is looked up where it called, not where that returns to', () => {
    const bytes = process().sample(10, 5n, chain).file(CYCLES);
    expect(folded(readBytes(bytes, { symbols: LETTERS }))).toEqual(['x;a;c 1']);
    expect(folded(readBytes(bytes, { symbols: LETTERS, asPerf: true }))).toEqual(['x;b;c 1']);
  });

  test('an instruction that was interrupted is looked up where it is', () => {
    const bytes = process().sample(10, 5n, [KERNEL_CONTEXT, -0x7effff00n, USER_CONTEXT, 0x1100n]).file(CYCLES);
    expect(folded(readBytes(bytes, { symbols: LETTERS }))).toEqual(['x;b;[unknown] 1']);
  });

  test('a word that is no address ends the stack and not the sample', () => {
    const bytes = process().sample(10, 5n, [USER_CONTEXT, 0x1210n, -1n, 0x1010n]).file(CYCLES);
    const parsed = readBytes(bytes, { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;c 1']);
    expect(parsed.notes).toEqual(['1 stacks end early: the chain goes on with what is no address']);
    expect(folded(readBytes(bytes, { symbols: LETTERS, asPerf: true }))).toEqual(['x 1']);
  });

  test('a thread that comes back to where it was called from', () => {
    const writer = process();
    writer.sample(10, 1n, [USER_CONTEXT, 0x1010n, 0x1120n, 0x1220n]);
    writer.sample(10, 2n, [USER_CONTEXT, 0x1310n, 0x1120n, 0x1220n]);
    writer.sample(10, 3n, [USER_CONTEXT, 0x1120n, 0x1220n]);
    // The same words, of the kernel: they are not the same frames.
    writer.sample(10, 4n, [KERNEL_CONTEXT, 0x1120n, 0x1220n]);
    writer.sample(10, 5n, [KERNEL_CONTEXT, 0x1310n, USER_CONTEXT, 0x1120n, 0x1220n]);
    expect(folded(readBytes(writer.file(CYCLES), { symbols: LETTERS }))).toEqual([
      'x;[unknown];[unknown] 1',
      'x;c;b 1',
      'x;c;b;[unknown] 1',
      'x;c;b;a 1',
      'x;c;b;d 1',
    ]);
  });

  test('of a stack that was copied to be unwound there is the instruction, and the rest is told', () => {
    const copied = { ids: [1n], sampleType: USUAL_SAMPLE | (1 << 12) | (1 << 13) };
    // No chain, no registers, no stack.
    const writer = process().record(9, 2, 1n, 0x1110n, 10, 10, 5n, 0, 0, 3n, 0n, 0n, 0n);
    const parsed = readBytes(writer.file([copied]), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;b 3']);
    expect(parsed.notes[0]).toMatch(/^1 samples have a copy of their stack/);
  });

  test('calls of a branch stack stand for those of the user', () => {
    const callStack = { ids: [1n], sampleType: USUAL_SAMPLE | (1 << 11), branchSampleType: 1n << 11n };
    const writer = process();
    const branches = [2n, 0x1150n, 0x1210n, 0n, 0x1310n, 0x1100n, 0n];
    writer.record(9, 2, 1n, 0x1210n, 10, 10, 5n, 0, 0, 3n, 3n, KERNEL_CONTEXT, -0x7effff00n, USER_CONTEXT, ...branches);
    expect(folded(readBytes(writer.file([callStack]), { symbols: LETTERS }))).toEqual(['x;d;b;c;[unknown] 3']);
  });
});

describe('events', () => {
  const two = [
    { ids: [1n, 2n], config: 0n },
    { ids: [3n], config: 3n },
  ];

  test('each is a profile of its own, told by the identifier of its samples', () => {
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n], { id: 3n, period: 9n });
    writer.sample(10, 6n, [USER_CONTEXT, 0x1010n], { id: 2n }).sample(10, 7n, [USER_CONTEXT, 0x1010n], { id: 1n });
    const parsed = readBytes(writer.file(two), { symbols: LETTERS });
    expect(folded(parsed, 'cycles:HG')).toEqual(['x;a 2']);
    expect(folded(parsed, 'cache-misses:HG')).toEqual(['x;a 9']);
  });

  test('a group’s sample stands for what each of its events has counted on', () => {
    const READ = 1 << 4;
    // PERF_FORMAT_GROUP and PERF_FORMAT_ID
    const group = two.map((event) => ({ ...event, sampleType: USUAL_SAMPLE | READ, readFormat: 12 }));
    const writer = process();
    const sample = (time: bigint, first: bigint, second: bigint) =>
      writer.record(9, 2, 1n, 0x1010n, 10, 10, time, 0, 0, 99n, 2n, first, 1n, second, 3n, 2n, USER_CONTEXT, 0x1010n);
    sample(5n, 100n, 7n);
    sample(6n, 130n, 7n);
    const parsed = readBytes(writer.file(group), { symbols: LETTERS });
    expect(folded(parsed, 'cycles:HG')).toEqual(['x;a 130']);
    expect(folded(parsed, 'cache-misses:HG')).toEqual(['x;a 7']);
    expect(stacksOf(parsed, 'cache-misses:HG').profile.sampleCount).toBe(1);
  });
});

describe('what perf says of itself', () => {
  test('lost events and samples, and how often the kernel slowed it down', () => {
    const writer = process().record(2, 0, 0n, 12n).record(13, 0, 30n).record(5, 0, 0n, 0n, 0n);
    const { notes } = readBytes(writer.file(CYCLES));
    expect(notes).toEqual([
      'perf lost 42 events',
      'throttled 1 times: the kernel took fewer samples than were asked for',
    ]);
  });

  test('the host, perf’s command line, and what clock the times are of', () => {
    const writer = process();
    const facts = {
      3: writer.text('db1'),
      4: writer.text('6.1.0'),
      6: writer.text('x86_64'),
      7: writer.bytes(8, 4),
      10: writer.bytes(1024n),
      11: writer.bytes(2, writer.text('perf'), writer.text('record')),
      29: writer.bytes(1, 1, 1_700_000_000_000_000_000n, 5_000_000_000n),
    };
    const parsed = readBytes(writer.sample(10, 5n, []).file(CYCLES, facts), {}, true);
    expect(parsed.facts).toMatchObject({
      hostname: 'db1',
      kernel: '6.1.0',
      arch: 'x86_64',
      cpus: 4,
      memoryBytes: 1048576,
      command: 'perf record',
      clock: { id: 1, wall: 1_700_000_000_000_000_000n, own: 5_000_000_000n },
    });
    expect(stacksOf(parsed).clock).toBe('monotonic');
  });
});

test('what perf record --threads wrote beside it, cut short', () => {
  const beside = new Writer().sample(10, 5n, [USER_CONTEXT, 0x1010n]).sample(10, 6n, [USER_CONTEXT, 0x1110n]).data;
  const more = [beside, beside.subarray(0, beside.length - 8)].map(bytesOf);
  const parsed = readBytes(process().file(CYCLES), { symbols: LETTERS, more });
  expect(folded(parsed)).toEqual(['x;a 2', 'x;b 1']);
  expect(parsed.damage).toEqual(['cut short behind record 5']);
});

describe('damage', () => {
  const whole = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).sample(10, 6n, [USER_CONTEXT, 0x1010n]).file(CYCLES);

  test('cut in a sample: what comes before it is kept, and the cut is said', () => {
    const parsed = readBytes(whole.subarray(0, whole.length - 8), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed.damage).toEqual([
      `cut short: ${whole.length - 8} of ${whole.length} bytes of records are there`,
      'cut short behind record 3',
    ]);
  });

  test('a record without a size: what comes before it is kept', () => {
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).raw(new Uint8Array(64));
    const parsed = readBytes(writer.file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed.damage).toEqual(['damaged behind record 3: the next one has no size']);
  });

  test('events that all say that their identifiers are the whole file', () => {
    const count = 4000;
    const file = Buffer.from(process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).file(Array(count).fill(CYCLES[0])));
    const attributesAt = Number(file.readBigUInt64LE(24));
    for (let i = 0; i < count; i++) file.writeBigUInt64LE(BigInt(file.length), attributesAt + i * 128 + 120);
    const { events, damage } = readHeader(bytesOf(file));
    expect(damage).toEqual(['identifiers of its events: damaged']);
    expect(events.reduce((sum, { ids }) => sum + ids.length, 0)).toBeLessThanOrEqual(file.length / 8);
  });

  test('a chain that says it is longer than its record', () => {
    const writer = process().record(9, 2, 1n, 0n, 10, 10, 5n, 0, 0, 1n, 1000n, USER_CONTEXT, 0x1010n);
    const parsed = readBytes(writer.sample(10, 6n, [USER_CONTEXT, 0x1010n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed).toMatchObject({ unreadCount: 1, lines: 4, read: 3 });
  });

  test('a recording that perf did not finish has all its records', () => {
    const open = Buffer.from(whole);
    open.writeBigUInt64LE(0n, 48);
    const parsed = readBytes(open, { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 2']);
    expect(parsed.damage[0]).toMatch(/did not finish/);
  });

  test('what is said to stand behind a record and does not', () => {
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).record(71, 0, 4096n, 0n, 0n, 0, 0, 0, 0);
    const parsed = readBytes(writer.file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed.damage).toEqual(['cut short behind record 4: 4096 bytes of it are missing']);
  });

  test('a record of tracepoint formats, which only a pipe has, in a file: what follows is read', () => {
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).record(66, 0, 0xfffffff0, 0);
    const parsed = readBytes(writer.sample(10, 6n, [USER_CONTEXT, 0x1110n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1', 'x;b 1']);
  });

  test('damage in what is compressed: what stands before and beside it is kept', () => {
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]).record(81, 0, new Uint8Array(24).fill(7));
    const parsed = readBytes(writer.sample(10, 6n, [USER_CONTEXT, 0x1110n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1', 'x;b 1']);
    expect(parsed).toMatchObject({ lines: 5, read: 5 });
    expect(parsed.damage[0]).toMatch(/^damaged in record 4: what was compressed there is damaged/);
  });

  test.each([
    ['a record without a size', new Uint8Array(64), 'bytes in it are no record'],
    [
      'what stands behind a record',
      new Writer().record(71, 0, 24n, 0n, 0n, 0, 0, 0, 0).data,
      'bytes in it are no record',
    ],
    ['what is compressed', new Writer().record(81, 0, new Uint8Array(8)).data, 'it is compressed twice'],
  ])('in what is compressed %s: what stands before and beside it is kept', (_, wrong, why) => {
    // zstd, RFC 8878: a frame with a window of 1 MB, its only block as it is.
    const inside = Buffer.concat([new Writer().sample(10, 5n, [USER_CONTEXT, 0x1010n]).data, wrong]);
    const frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3, ((inside.length << 3) & 255) | 1, inside.length >> 5, 0];
    const writer = process().record(81, 0, Buffer.concat([Buffer.from(frame), inside]));
    const parsed = readBytes(writer.sample(10, 6n, [USER_CONTEXT, 0x1110n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1', 'x;b 1']);
    expect(parsed.damage).toEqual([expect.stringContaining(`what was compressed there is damaged (${why})`)]);
  });

  test('a compressed record that ends before its length does', () => {
    const writer = process().record(83, 0).sample(10, 6n, [USER_CONTEXT, 0x1110n]);
    const parsed = readBytes(writer.file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;b 1']);
    expect(parsed).toMatchObject({ lines: 4, read: 3, unreadCount: 1 });
  });

  test('what unpacks to far more than any recording does is not unpacked to its end', () => {
    // zstd, RFC 8878: a frame with a window of 1 MB, of blocks that say "128 KiB of 0x08": records of 2,056 bytes each.
    const head = ((128 << 10) << 3) | 2;
    const block = Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16, 8);
    const blocks = Buffer.concat(Array.from({ length: 2500 }, () => block));
    const writer = process().sample(10, 5n, [USER_CONTEXT, 0x1010n]);
    writer.record(81, 0, Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3]), blocks, Buffer.alloc(2)]));
    const parsed = readBytes(writer.file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed.damage[0]).toMatch(/more than 256 times its size/);
  });

  test.each([
    // zstd, RFC 8878: a window of 960 MB; one segment of 64 MB; 40,000 empty blocks, for each of which 7 MB would be moved.
    ['for a large window', [0, (19 << 3) | 7], new Uint8Array(64), /its window is 1006632960 bytes/],
    ['for a large segment', [0xa0, 0, 0, 0, 4], new Uint8Array(64), /its window is 67108864 bytes/],
    ['for much work', [0, (12 << 3) | 6], new Uint8Array(60_000), /it is cut into too many blocks/],
  ])('what is compressed is not unpacked where it asks %s', (_, head, blocks, why) => {
    const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...head]), blocks]);
    const writer = process().record(81, 0, Buffer.concat([frame, Buffer.alloc(8 - (frame.length % 8))]));
    const parsed = readBytes(writer.sample(10, 5n, [USER_CONTEXT, 0x1010n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
    expect(parsed.damage).toEqual([expect.stringMatching(why)]);
  });

  test('records of a type that nobody knows are counted', () => {
    const parsed = readBytes(process().record(40, 0, 0n).record(200, 0, 0n).record(20, 0, 0n).file(CYCLES));
    expect(parsed).toMatchObject({ lines: 5, unreadCount: 2, noise: 1 });
  });

  test('what stands behind a record of a hardware trace is left out', () => {
    const writer = process().record(71, 0, 24n, 0n, 0n, 0, 0, 0, 0).raw(new Uint8Array(24).fill(9));
    const parsed = readBytes(writer.sample(10, 6n, [USER_CONTEXT, 0x1010n]).file(CYCLES), { symbols: LETTERS });
    expect(folded(parsed)).toEqual(['x;a 1']);
  });
});
