/** Symbols by what they are found in: which name an address gets, and whose files are refused. */
import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArchivedSymbols } from '../../src/symbols/archived.ts';
import { SymbolBuilder, Trait } from '../../src/symbols/build.ts';
import { type Bytes, bytesOf } from '../../src/symbols/bytes.ts';
import { demangled } from '../../src/symbols/demangle.ts';
import { Symbols } from '../../src/symbols/finder.ts';
import { readJitdump } from '../../src/symbols/jitdump.ts';
import { readKallsyms } from '../../src/symbols/kallsyms.ts';
import { ThisMachine } from '../../src/symbols/on-disk.ts';
import { readPerfMap } from '../../src/symbols/perf-map.ts';
import type { SymbolTable } from '../../src/symbols/table.ts';
import { folded, readBytes } from './reading.ts';

const SAMPLES = resolve(import.meta.dirname, '../../samples/recordings');
const sample = (name: string) => readFileSync(join(SAMPLES, name));
const utf8 = (text: string) => new TextEncoder().encode(text);
const asIs = async (packed: Uint8Array) => packed;

/** The name at an address, as the loop looks it up. */
function at({ length, starts, ends, name }: SymbolTable, address: bigint): string | null {
  const value = (halves: Uint32Array, i: number) =>
    (BigInt(halves[i * 2 + 1] as number) << 32n) | BigInt(halves[i * 2] as number);
  for (let i = 0; i < length; i++) if (address >= value(starts, i) && address < value(ends, i)) return name(i);
  return null;
}

/** The ELF file without its `.symtab`: its section is of no kind. */
function stripped(elf: Buffer): Bytes {
  const copy = Buffer.from(elf);
  const [sections, size, count] = [Number(copy.readBigUInt64LE(40)), copy.readUInt16LE(58), copy.readUInt16LE(60)];
  const SYMTAB = 2;
  for (let i = 0; i < count; i++) {
    const type = sections + i * size + 4;
    if (copy.readUInt32LE(type) === SYMTAB) copy.writeUInt32LE(0, type);
  }
  return bytesOf(copy);
}

function table(symbols: readonly [name: string, start: number, size: number, traits?: number][]): SymbolTable {
  const builder = new SymbolBuilder(0, symbols.length);
  symbols.forEach(([, start, size, traits = 0], i) => {
    builder.add(BigInt(start), BigInt(size), traits, i);
  });
  return builder.table('the test', (i) => symbols[i]?.[0] ?? '');
}

describe('which name an address gets', () => {
  test('one without a size goes on to the next, whatever their order', () => {
    const symbols = table([
      ['b', 0x200, 0],
      ['a', 0x100, 0x80],
      ['c', 0x300, 0x10],
    ]);
    expect([0x100n, 0x17fn, 0x180n, 0x2ffn, 0x30fn, 0x310n].map((address) => at(symbols, address))).toEqual([
      'a',
      'a',
      null,
      'b',
      'c',
      null,
    ]);
  });

  // choose_best_symbol in tools/perf/util/symbol.c
  test.each([
    [
      'one with a size before one without',
      [
        ['a', 0, 0],
        ['b', 0, 8],
        ['c', 0, 0],
      ],
      'b',
    ],
    [
      'a strong one before a weak one',
      [
        ['weakling', 0, 8, Trait.weak | Trait.global],
        ['s', 0, 8],
      ],
      's',
    ],
    [
      'a global one before a local one',
      [
        ['longer_local', 0, 8],
        ['g', 0, 8, Trait.global],
      ],
      'g',
    ],
    [
      'fewer underscores',
      [
        ['__libc_read', 0, 8, Trait.global],
        ['read', 0, 8, Trait.global],
      ],
      'read',
    ],
    [
      'then the longer name',
      [
        ['memcpy', 0, 8],
        ['memcpy@GLIBC_2.2.5', 0, 8],
      ],
      'memcpy@GLIBC_2.2.5',
    ],
    [
      'names of C++ as they were written',
      [
        ['_ZN1a1bEv', 0, 8],
        ['abcdefgh', 0, 8],
      ],
      'abcdefgh',
    ],
  ] as const)('%s', (_, symbols, chosen) => {
    expect(at(table(symbols as never), 4n)).toBe(chosen);
  });

  test('a label inside of a function does not cut it, another function does', () => {
    const symbols = table([
      ['whole', 0, 0x100],
      ['label', 0x40, 0, Trait.untyped],
      ['inner', 0x80, 0x10],
    ]);
    expect([0x50n, 0x88n, 0x90n].map((address) => at(symbols, address))).toEqual(['whole', 'inner', 'whole']);
  });
});

describe('/proc/kallsyms', () => {
  const text = utf8(`0000000000000000 A fixed_percpu_data
ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000100 t do_work
ffffffff81000180 r some_table
ffffffff81000200 t last_of_kernel
ffffffffc0a00010 t nf_get\t[nf_conntrack]
ffffffffc0a00900 t other_module\t[xfs]
`);
  const { table: symbols, text: start } = readKallsyms(text, 'kallsyms');

  test('the last of those at one address, and functions up to the next symbol', () => {
    expect(start).toBe(0xffffffff81000000n);
    expect(at(symbols, 0xffffffff81000010n)).toBe('_text');
    expect(at(symbols, 0xffffffff810001ffn)).toBe('do_work');
  });

  test('the last of the kernel or of a module ends with its page', () => {
    expect(at(symbols, 0xffffffff81000201n)).toBe('last_of_kernel');
    expect(at(symbols, 0xffffffff81003000n)).toBeNull();
    expect(at(symbols, 0xffffffffc0a00800n)).toBe('nf_get');
    expect(symbols.moduleOf?.(symbols.length - 1)).toBe('[xfs]');
  });

  test('addresses that were hidden from who read it name nothing', () => {
    expect(readKallsyms(utf8('0000000000000000 T _text\n0000000000000000 T other\n'), '').text).toBeNull();
  });
});

describe('which file is taken', () => {
  const BUILD_ID = 'be084f5b61a6c3beeff945108c232f8cec7eac5c';
  const whole = sample(`cpp/perf/symbols/${BUILD_ID}`);
  const bytes = { size: whole.length, read: (into: Uint8Array, from: number) => whole.copy(into, 0, from) };
  const none = { kallsyms: () => [], kernels: () => [], processes: () => [] };
  const wanted = { what: 'file', path: '/bin/work', buildId: '', inode: null, code: 0n } as const;
  const host = { hostname: '', kernel: '' };

  test('a file at the path is no reason where the recording tells no build ID, but that it is the one that was mapped', () => {
    const found = (isSame: boolean) =>
      new Symbols([{ ...none, files: () => [{ name: 'work', bytes, isSame }] }], asIs).find(wanted, host);
    expect(found(false)).toBeNull();
    expect(found(true)).toMatchObject({ origin: 'work', byPath: false });
  });

  test('the one that was mapped tells by which build ID its debug file is known', () => {
    const asked: string[] = [];
    const files = ({ buildId }: { buildId: string }) => {
      asked.push(buildId);
      return [{ name: 'program', bytes: stripped(whole), isSame: true }];
    };
    new Symbols([{ ...none, files }], asIs).find(wanted, host);
    expect(asked).toEqual(['', BUILD_ID]);
  });
});

test.skipIf(process.platform !== 'linux')(
  'a vdso without a build ID is that of this machine where it was recorded',
  () => {
    const wanted = { what: 'file', path: '[vdso]', buildId: '', inode: null, code: 0n } as const;
    const isSame = (kernel: string) =>
      [...new ThisMachine().files(wanted, { hostname: hostname(), kernel })][0]?.isSame;
    expect([isSame(release()), isSame('6.1.0-other')]).toEqual([true, undefined]);
  },
);

test.skipIf(process.platform !== 'linux')(
  'a path in the recording is not read where it is no file with a size: /proc/kmsg never ends',
  () => {
    // It ends, which those in question do not; /proc/kallsyms is read for it is named here, not there.
    const files = (buildId: string) => {
      const wanted = { what: 'file', path: '/proc/self/status', buildId, inode: null, code: 0n } as const;
      return [...new ThisMachine().files(wanted, { hostname: hostname(), kernel: release() })];
    };
    expect([files(''), files('be084f5b61a6c3be')]).toEqual([[], []]);
    const [kallsyms] = new ThisMachine().kallsyms('', { hostname: hostname(), kernel: release() });
    expect(kallsyms?.name).toBe('/proc/kallsyms');
  },
);

describe('code of a JIT', () => {
  test('later code over earlier code, which keeps what is left of it', () => {
    const symbols = readPerfMap(
      Buffer.from('1000 100 first /srv/a b.js:1\n0x1040 0X20 second\n\n2000 zz no\n3000\n4000 10\n5000 10 last'),
      '',
    );
    const first = 'first /srv/a b.js:1';
    const addresses = [0x1000n, 0x1050n, 0x1060n, 0x1100n, 0x2000n, 0x3000n, 0x4000n, 0x5000n];
    expect(addresses.map((address) => at(symbols, address))).toEqual([
      ...[first, 'second', first, null],
      ...[null, null, null, 'last'],
    ]);
  });

  test('a jitdump: functions where they were loaded, and where they moved to', () => {
    const view = new DataView(new ArrayBuffer(40 + 72 + 64));
    view.setUint32(0, 0x4a695444, true);
    view.setUint32(8, 40, true);
    view.setUint32(20, 77, true);
    const u64 = (offset: number, value: number) => view.setBigUint64(offset, BigInt(value), true);
    // JIT_CODE_LOAD: pid, tid, address twice, size, number, name, code.
    view.setUint32(40 + 4, 72, true);
    u64(40 + 32, 0x5000);
    u64(40 + 40, 0x10);
    u64(40 + 48, 9);
    new Uint8Array(view.buffer).set(utf8('run\0'), 40 + 56);
    // JIT_CODE_MOVE: from, to, size, number.
    view.setUint32(112, 1, true);
    view.setUint32(112 + 4, 64, true);
    u64(112 + 40, 0x9000);
    u64(112 + 48, 0x10);
    u64(112 + 56, 9);
    const read = readJitdump(new Uint8Array(view.buffer), '');
    expect(read?.pid).toBe(77);
    expect([0x5008n, 0x9008n, 0x7000n].map((address) => at((read as { table: SymbolTable }).table, address))).toEqual([
      'run',
      'run',
      null,
    ]);
  });
});

describe('names as they were written', () => {
  // c++filt and rustfilt print the same.
  test.each([
    ['_ZN4shop4CartIdE5totalEi', 'shop::Cart<double>::total(int)'],
    ['_ZN4core3fmt5write17h0123456789abcdefE', 'core::fmt::write'],
    ['_RNvCs1234_7mycrate3foo', 'mycrate::foo'],
    ['_Znwm@plt', 'operator new@plt'],
    ['_ZThn16_N4node10StreamBase9ReadStartEv', 'non-virtual thunk to node::StreamBase::ReadStart()'],
    ['_Zbroken', '_Zbroken'],
    ['main', 'main'],
  ])('%s', (name, written) => {
    expect(demangled(name)).toBe(written);
  });
});

describe('a recording of a C++ program with the symbols that travelled with it', () => {
  const archived = () => {
    const place = new ArchivedSymbols();
    const id = 'be084f5b61a6c3beeff945108c232f8cec7eac5c';
    place.add(`perf/symbols/${id}`, sample(`cpp/perf/symbols/${id}`));
    return place;
  };
  const recording = sample('cpp/perf/perf.data');

  test('folds to what inferno makes of perf script, name for name', () => {
    const parsed = readBytes(recording, { symbols: new Symbols([archived()], asIs), asPerf: true });
    expect(folded(parsed)).toEqual(readFileSync(join(SAMPLES, 'cpp.folded'), 'utf8').trim().split('\n'));
  });

  test('what has no symbols is told, with what would name it', () => {
    const { notes } = readBytes(recording, { symbols: new Symbols([archived()], asIs) });
    expect(notes).toEqual([
      expect.stringMatching(
        /^no symbols: \/usr\/lib\/x86_64-linux-gnu\/libc\.so\.6, 7\.9 % of samples; .*93ac61ec5a8eb1396f9fbd350e3169a558528a40/,
      ),
    ]);
  });

  test('a file of another build names nothing, and that is told', () => {
    const other = Buffer.from(sample('cpp/perf/symbols/be084f5b61a6c3beeff945108c232f8cec7eac5c'));
    other.set([0, 0, 0, 0], other.indexOf(Buffer.from('be084f5b', 'hex')));
    const files = [
      {
        name: 'work',
        bytes: { size: other.length, read: (into: Uint8Array, from: number) => other.copy(into, 0, from) },
      },
    ];
    const none = { kallsyms: () => [], kernels: () => [], processes: () => [] };
    const symbols = new Symbols([{ ...none, files: () => files }], asIs);
    expect(folded(readBytes(recording, { symbols })).join()).not.toContain('shop');
    expect([...symbols.refused]).toContain('work is not the /tmp/pd/work that was recorded');
  });
});
