/** How far outputs are looked for in a file: a small one may unpack to a hundred million lines. */
import { expect, test } from 'vitest';
import { folded } from '../../src/parsers/folded.ts';
import { cut, type Looking } from '../../src/sections/cut.ts';

const ALL: Looking = { rows: 1000, between: 1000, stampsInVain: 1000 };
const CSV = `host,rack\n${'web1,a7\n'.repeat(20)}`;
const STACK = `    schedule\n    -                dd (12)\n        5\n\n`;
const TABLE =
  'TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)\n0.000004    dd             12     vda     W 1144600    4096      0.30\n';

/** What each piece is and how many lines it has, those that go on joined. */
async function pieces(text: string, less: Partial<Looking> = {}): Promise<string[]> {
  const found: { what: string; lines: number }[] = [];
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  for await (const piece of cut(bytes(), { ...ALL, ...less })) {
    const what = piece.grammar?.name ?? piece.kind;
    const last = found.at(-1);
    const lines = piece.bytes.filter((byte) => byte === 10).length;
    if (last !== undefined && last.what === what && (piece.kind === 'between' || !piece.begins)) last.lines += lines;
    else found.push({ what, lines });
  }
  return found.map(({ what, lines }) => `${what} ${lines}`);
}

test('in so many rows, and no further', async () => {
  expect(await pieces(`${CSV}${TABLE}`)).toEqual(['csv 21', 'bcc-columns 2']);
  // Each of the 20 rows begins with a word, which counts as four: 80 are not enough for the heading behind them.
  expect(await pieces(`${CSV}${TABLE}`, { rows: 80 })).toEqual(['csv 23']);
  expect(await pieces(`${CSV}${TABLE}`, { rows: 84 })).toEqual(['csv 21', 'bcc-columns 2']);
  const banner = 'Tracing off-CPU time (us) of all threads by kernel stack for 5 secs.\n';
  expect(await pieces(`${banner}${STACK}${TABLE}`, { rows: 7 })).toEqual(['bcc-stacks 7']);
  expect(await pieces(`${banner}${STACK}${TABLE}`, { rows: 8 })).toEqual(['bcc-stacks 5', 'bcc-columns 2']);
});

test('in so many lines between outputs', async () => {
  expect(await pieces(`${'\n'.repeat(9)}${TABLE}`)).toEqual(['between 9', 'bcc-columns 2']);
  expect(await pieces(`${'\n'.repeat(9)}${TABLE}`, { between: 5 })).toEqual(['between 6', 'unknown 5']);
});

test('whose a stamp is, of so many that are of no output', async () => {
  const stamps = '10:10:10\n'.repeat(20);
  // Of a stamp the seven lines below it tell: those of the last seven hold the heading.
  expect(await pieces(`${stamps}${TABLE}`)).toEqual(['between 13', 'bcc-columns 9']);
  expect(await pieces(`${stamps}${TABLE}`, { stampsInVain: 13 })).toEqual(['between 20', 'bcc-columns 2']);
});

test('a stack of 20,000 frames that is cut off is looked at once', () => {
  // Tried anew from each semicolon, it took ten seconds.
  const line = 'f3;'.repeat(20_000);
  expect(folded.claims({ lines: [line], complete: false })).toBe(false);
  expect([folded.begins?.like, folded.own].map((like) => like?.test(line))).toEqual([false, false]);
});
