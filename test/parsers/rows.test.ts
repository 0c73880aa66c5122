/** Rows read from bytes say what the same rows read as text say. */
import { describe, expect, test } from 'vitest';
import { itemsIn } from '../../src/datasets/counts.ts';
import { raiseLimits } from '../../src/datasets/limits.ts';
import type { Counts, Events, Series } from '../../src/datasets/shapes.ts';
import { numberIn } from '../../src/parsers/rows/words.ts';
import { rowsOf } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { goldenOf, samples } from '../samples.ts';

const TOOLS = ['vmstat', 'iostat', 'mpstat', 'sar', 'sar-dev', 'sar-tcp', 'pidstat'];
/** What reads rows from bytes; sadf's output is another's. */
const GRAMMARS = ['vmstat', 'iostat', 'sysstat'];
const ROW = /^.*\d[ \t]+\d.*$/gm;
const tables = samples.filter(({ tool, name, text }) => {
  if (!TOOLS.includes(tool) || !name.endsWith('.txt') || text.search(ROW) < 0) return false;
  return claimants(text).some((grammar) => GRAMMARS.includes(grammar));
});

describe.each(tables)('$name', ({ text, tool }) => {
  test('a blank that is not ASCII behind a row changes nothing', async () => {
    const rows = text.replaceAll(ROW, '$&\u00a0');
    expect(goldenOf(await read(rows, { tool }))).toBe(goldenOf(await read(text, { tool })));
  });

  test('it may come in pieces of any length', async () => {
    expect(goldenOf(await read(text, { tool }, 7))).toBe(goldenOf(await read(text, { tool })));
  });
});

test.each(['', '\u00a0'])('disks beyond the first 4096 are unread, those before go on%s', async (behind) => {
  const report = Array.from({ length: 5000 }, (_, i) => `d${i}  1.00  0.00  0.00  0  0${behind}\n`).join('');
  const heading = 'Device  tps  kB_read/s  kB_wrtn/s  kB_read  kB_wrtn\n';
  const { datasets, unreadCount, unread } = await read(heading + report + heading + report, { tool: 'iostat' });
  expect(unreadCount).toBe(2 * (5000 - 4096));
  expect(unread[0]).toMatchObject({
    line: 4098,
    why: expect.stringMatching(/beyond the first 4096: COLDFLAME_LIMITS/),
  });
  const [disks] = datasets as [Series];
  expect(new Set(disks.metrics.map(({ labels }) => labels.Device)).size).toBe(4096);
  expect(disks.metrics.every(({ values }) => values.length === 2)).toBe(true);
});

/** Tables of bcc's tools, libbpf-tools and bpftrace's own. */
const traced = samples.filter(({ name, text }) => {
  const [grammar] = name.endsWith('.txt') ? claimants(text) : [];
  return (grammar === 'bcc-columns' || grammar === 'bcc-counts') && text.search(ROW) >= 0;
});

test.each(traced)('$name: what was typed before a row changes nothing', async ({ text, tool }) => {
  // Not before what clears the screen: the two are read in the order that they come in.
  const rows = text.replaceAll(/^[ \w].*\d[ \t]+\d.*$/gm, '^C$&');
  const { unread: _, ...typed } = await read(rows, { tool });
  const { unread, ...plain } = await read(text, { tool });
  expect(goldenOf({ ...typed, unread })).toBe(goldenOf({ ...plain, unread }));
});

const maps = samples.filter(({ name, text }) => name.endsWith('.txt') && claimants(text)[0] === 'bpftrace');

test.each(maps)('$name: a blank behind the number of an element changes nothing', async ({ text, tool }) => {
  // Twice: the first of each element is read as text either way.
  const twice = `${text}\n${text}`;
  const blank = twice.replaceAll(/^(@.*: \d+)$/gm, '$1 ');
  expect(goldenOf(await read(blank, { tool }))).toBe(goldenOf(await read(twice, { tool })));
});

test('elements with numbers are those that were printed, each at its time', async () => {
  const text = `Attaching 1 probe...
07:11:03
@reads[sshd, 1]: 5
@reads[bash, 2]: 7
07:11:04
@reads[sshd, 1]: 6
@reads[sshd, 1]: 8
@reads[bash, 2]: 9
`;
  const { datasets } = await read(text, { tool: 'bpftrace' });
  const [counts] = datasets as [Counts];
  const [first, second] = [7 * 3600 + 11 * 60 + 3, 7 * 3600 + 11 * 60 + 4];
  // What comes a second time after a stamp was printed at exit, as all that follows.
  expect([...itemsIn(counts)]).toEqual([
    { key: ['sshd', '1'], value: 5, at: first, line: 3 },
    { key: ['bash', '2'], value: 7, at: first, line: 4 },
    { key: ['sshd', '1'], value: 6, at: second, line: 6 },
    { key: ['sshd', '1'], value: 8, at: null, line: 7 },
    { key: ['bash', '2'], value: 9, at: null, line: 8 },
  ]);
});

test('of more keys than are told apart those that were met before go on', async () => {
  raiseLimits(1 / 1024);
  const report = Array.from({ length: 200 }, (_, i) => `@[k${i}]: 1\n`).join('');
  const { datasets, unreadCount, unread } = await read(`Attaching 1 probe...\n${report}${report}`, {
    tool: 'bpftrace',
  });
  raiseLimits(1);
  const [counts] = datasets as [Counts];
  expect(counts.keys.length).toBe(128);
  expect(counts.values.length).toBe(256);
  expect(unreadCount).toBe(2 * (200 - 128));
  expect(unread[0]).toMatchObject({ line: 130, why: expect.stringMatching(/^an element behind the first 128 keys/) });
});

/** The same records with each field in quotes, which are read as text. */
function quoted(csv: string): string {
  return csv.replaceAll(/^.+$/gm, (line) =>
    line
      .split(',')
      .map((field) => `"${field}"`)
      .join(','),
  );
}

const CSV = `time,whole,fixed,padded,long,exponent,late,gone
1700000000.1234567,1,1.50,007,0.30000000000000004,1e3,1.10,1
1700000001.25,-2,-2.25,8,12345678901234567890,2e3,-0.0,
1700000002.5,,10.00,9,3,4,0.10,2
1700000003,3,7.00,10,4,5,none,
`;

test('fields of CSV say the same in quotes', async () => {
  const { datasets } = await read(CSV, { tool: 'csv' });
  const [events] = datasets as [Events];
  expect(events.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'time number',
    'whole number',
    'fixed number',
    'padded text',
    'long text',
    'exponent number',
    'late text',
    'gone number',
  ]);
  expect(rowsOf(events)).toEqual([
    [1700000000.1234567, 1, 1.5, '007', '0.30000000000000004', 1000, '1.10', 1],
    [1700000001.25, -2, -2.25, '8', '12345678901234567890', 2000, '-0.0', null],
    [1700000002.5, null, 10, '9', '3', 4, '0.10', 2],
    [1700000003, 3, 7, '10', '4', 5, 'none', null],
  ]);
  expect(goldenOf(await read(quoted(CSV), { tool: 'csv' }))).toBe(goldenOf(await read(CSV, { tool: 'csv' })));
});

const logs = samples.filter(({ tool, name }) => tool === 'dmesg' && name.endsWith('.txt'));

test.each(logs)('$name: a colour behind the time of a message changes nothing', async ({ text, tool }) => {
  const coloured = text.replaceAll(/^(\[ *\d+\.\d{6}\]) /gm, '$1\x1b[0m ');
  expect(goldenOf(await read(coloured, { tool }))).toBe(goldenOf(await read(text, { tool })));
});

test('the first column of a log is its time as long as that is a number', async () => {
  const lines = [
    '[    0.500000] a',
    '[    1.250000] a b kernel: c',
    '[00002.000000] db1 kernel: d',
    '[    3.000000][ T12] e',
  ];
  const { datasets } = await read(`${lines.join('\n')}\n`, { tool: 'dmesg' });
  expect(rowsOf(datasets[0] as Events).map(([time, , , message]) => [time, message])).toEqual([
    [0.5, 'a'],
    [1.25, 'a b kernel: c'],
    [2, 'd'],
    [3, 'e'],
  ]);
});

test('a row that is moved as a whole is read where its texts cannot reach over the next word', async () => {
  // biosnoop.bt: from the tenth second on all stands one further to the right.
  const text = `TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)
0.014930    orderdb        6055    254:0       WS 90322944   4096      0.070
10.000573    kworker/1:2H   27837   254:0       WS 381521904  8192      0.058
10.000574    Web Content 1  27837   254:0       WS 381521904  8192      0.058
`;
  const { datasets } = await read(text, { tool: 'biosnoop' });
  const [events] = datasets as [Events];
  expect(rowsOf(events).map((row) => row.slice(0, 4))).toEqual([
    [0.01493, 'orderdb', 6055, '254:0'],
    [10.000573, 'kworker/1:2H', 27837, '254:0'],
    [10.000574, 'Web Content 1', 27837, '254:0'],
  ]);
});

test.each([
  ['12', 12],
  ['-0.50', -0.5],
  ['0,14', 0.14],
  ['0.1', 0.1],
  ['99999999.9999999', 99999999.9999999],
  ['123456789012345', 123456789012345],
])('%s is a number', (text, number) => {
  expect(numberIn(Buffer.from(text), 0, text.length, ','.charCodeAt(0))).toBe(number);
});

test.each(['', '-', '.5', '5.', '1.2.3', '1e5', '0x1', '1234567890123456', '12345678.90123456'])(
  '%s is left to be read as text',
  (text) => {
    expect(numberIn(Buffer.from(text), 0, text.length)).toBeNaN();
  },
);

test('a minus without digits, a number of a word before, and signs are not numbers', () => {
  expect(numberIn(Buffer.from('1 -'), 2, 3)).toBeNaN();
  expect(numberIn(Buffer.from('+1'), 0, 2)).toBeNaN();
});

test('a byte order mark and returns at the ends of lines are not of the rows', async () => {
  const text = samples.find(({ name }) => name === 'vmstat/plain.txt')?.text ?? '';
  const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
  expect(goldenOf(await read(windows))).toBe(goldenOf(await read(text)));
});
