/**
 * The outputs of bcc, libbpf-tools and bpftrace's own tools. What the samples hold is told by what wrote them
 * (bcc-expected.json: the values that were put into the tools' format strings; for real captures, counts by grep).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../src/datasets/shapes.ts';
import type { Parsed } from '../src/parsers/grammar.ts';
import expected from './bcc-expected.json' with { type: 'json' };
import { groupsOf, itemsOf, plain, rowsOf as rowsIn } from './plain.ts';
import { claimants, read } from './reading.ts';

const SAMPLES = join(import.meta.dirname, '../samples');
const sampleText = (name: string) => readFileSync(join(SAMPLES, name), 'utf8');

function only<Name extends Dataset['shape']>(parsed: Parsed, shape: Name) {
  return parsed.datasets.filter((dataset): dataset is Extract<Dataset, { shape: Name }> => dataset.shape === shape);
}

const rowsOf = (parsed: Parsed) => only(parsed, 'events').flatMap(rowsIn);

/** The sum of a column over all tables, or of a metric. */
function sumOf(parsed: Parsed, name: string): number {
  const cells = only(parsed, 'events').flatMap((table) =>
    table.columns.flatMap((column, i) => (column.name === name ? rowsIn(table).map((row) => row[i] ?? null) : [])),
  );
  const points = only(parsed, 'series').flatMap(({ metrics }) =>
    metrics.filter((metric) => metric.name === name).flatMap(({ values }) => [...values]),
  );
  return [...cells, ...points].reduce<number>((sum, cell) => sum + (typeof cell === 'number' ? cell : 0), 0);
}

interface Expected {
  sample: string;
  tool: string;
  shape: string;
  grammar: string;
  rows?: number;
  row?: Record<string, unknown[]>;
  first?: unknown[];
  sums?: Record<string, number>;
  nulls?: number;
  lastAt?: number;
  tables?: number;
  stacks?: number;
  notes?: string[];
  points?: number;
  items?: [string[], number][];
  unit?: string;
  groups?: [string | null, unknown[][]][];
  total?: number;
  buckets?: number;
  groupCount?: number;
}
const cases = expected as unknown as Expected[];

describe('each sample is read for what was put into it', () => {
  test.each(cases)('$sample', async (wanted) => {
    const parsed = await read(sampleText(wanted.sample));
    expect(plain(parsed)).toMatchObject({
      grammar: wanted.grammar,
      unread: [],
      unreadCount: 0,
      notes: wanted.notes ?? [],
    });
    expect(parsed.read + parsed.noise).toBe(parsed.lines);
    expect(plain(parsed.datasets[0])).toMatchObject({ tool: wanted.tool, shape: wanted.shape });
    const rows = rowsOf(parsed);
    if (wanted.rows !== undefined) expect(rows).toHaveLength(wanted.rows);
    if (wanted.first !== undefined) expect(rows[0]).toEqual(wanted.first);
    for (const [index, row] of Object.entries(wanted.row ?? {})) expect(rows[Number(index)]).toEqual(row);
    for (const [name, sum] of Object.entries(wanted.sums ?? {})) expect(sumOf(parsed, name)).toBeCloseTo(sum, 6);
    if (wanted.rows !== undefined) expect(rows.flat().filter((cell) => cell === null)).toHaveLength(wanted.nulls ?? 0);
    checkTimes(wanted, parsed);
    checkOthers(wanted, parsed);
  });

  function checkTimes({ lastAt }: Expected, parsed: Parsed) {
    const at = only(parsed, 'events').flatMap((dataset) => [...dataset.at]);
    if (lastAt !== undefined) expect((at.at(-1) as number) - (at[0] as number)).toBeCloseTo(lastAt, 6);
  }

  function checkOthers(wanted: Expected, parsed: Parsed) {
    const counted = only(parsed, 'counts').flatMap((counts) => itemsOf(counts).map(({ key, value }) => [key, value]));
    if (wanted.items !== undefined) expect(counted).toEqual(wanted.items);
    if (wanted.tables !== undefined) expect(only(parsed, 'events')).toHaveLength(wanted.tables);
    if (wanted.points !== undefined)
      for (const { metrics } of only(parsed, 'series'))
        for (const { values } of metrics) expect(values.length).toBeLessThanOrEqual(wanted.points);
    const stacks = only(parsed, 'stacks').flatMap(({ profile }) => [...profile.self]);
    expect(stacks.reduce((sum, weight) => sum + weight, 0)).toBe(wanted.stacks ?? 0);
    const groups = only(parsed, 'histogram').flatMap(groupsOf);
    if (wanted.unit !== undefined)
      expect(new Set(only(parsed, 'histogram').map(({ unit }) => unit))).toEqual(new Set([wanted.unit]));
    if (wanted.groups !== undefined) {
      expect(groups.map(({ buckets }) => buckets)).toEqual(wanted.groups.map(([, buckets]) => buckets));
      wanted.groups.forEach(([label], i) => {
        if (label !== null) expect(Object.values(groups[i]?.labels ?? {})).toContain(label);
      });
    }
    const buckets = groups.flatMap((group) => group.buckets);
    if (wanted.total !== undefined) {
      expect(buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(wanted.total);
      expect([buckets.length, groups.length]).toEqual([wanted.buckets, wanted.groupCount]);
    }
  }
});

test.each(cases)('$sample is claimed by its grammar alone', ({ sample, grammar }) => {
  expect(claimants(sampleText(sample))).toEqual([grammar]);
});

/** Tables as other versions, other programs and other people's editors leave them. */
const variants: [what: string, tool: string, lines: string[], rows: unknown[][]][] = [
  [
    'columns in front that a cluster adds',
    'execsnoop',
    [
      'NODE     NAMESPACE  PODNAME     PCOMM            PID    PPID   RET ARGS',
      'ip-10-0  default    web-1       date             155963 155894   0 /usr/bin/date +%s',
      'ip-10-0  default    web-1       my cron job      155964 155894   0 ',
    ],
    [
      ['ip-10-0', 'default', 'web-1', 'date', 155963, 155894, 0, '/usr/bin/date +%s'],
      ['ip-10-0', 'default', 'web-1', 'my cron job', 155964, 155894, 0, null],
    ],
  ],
  [
    'indented as a whole',
    'opensnoop',
    ['\tPID    COMM               FD ERR PATH', '\t17123  go build            3   0 /etc/passwd'],
    [[17123, 'go build', 3, 0, '/etc/passwd']],
  ],
  [
    'a pid that is too wide moves the rest',
    'tcplife',
    [
      'PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS',
      '4194303 my ssh     10.105.112.34   59214 39.156.69.79    22        0     0 3064.70',
    ],
    [[4194303, 'my ssh', '10.105.112.34', 59214, '39.156.69.79', 22, 0, 0, 3064.7]],
  ],
  [
    'a header whose blanks were lost',
    'biosnoop',
    ['TIME(s) COMM PID DISK T SECTOR BYTES LAT(ms)', '1.5    supervise      1   xvda1   W 13092560   4096       45'],
    [[1.5, 'supervise', 1, 'xvda1', 'W', 13092560, 4096, 45]],
  ],
  [
    'a sector that a double cannot hold stays text',
    'biosnoop',
    [
      '[root@db1 tools]# biosnoop',
      'TIME(s)     COMM           PID    DISK    T SECTOR     BYTES  LAT(ms)',
      '0.000000    kworker/23:1   9126           R 18446744073709551615 0         0.61',
    ],
    [[0, 'kworker/23:1', 9126, null, 'R', '18446744073709551615', 0, 0.61]],
  ],
];

test.each(variants)('%s', async (_, tool, lines, rows) => {
  const parsed = await read(`${lines.join('\n')}\n`);
  expect(plain(parsed)).toMatchObject({ unreadCount: 0, datasets: [{ tool, shape: 'events', rows }] });
});

test('a row that fits its columns in two ways is unread', async () => {
  const header = 'PID    COMM               FD ERR PATH\n';
  for (const row of ['7 foo 12 3 0 4', `7 ${'1 '.repeat(40)}`]) {
    const parsed = await read(`${header}${row}\n`);
    expect(plain(parsed)).toMatchObject({ unread: [{ line: 2 }], datasets: [{ rows: [] }] });
  }
});

test("perf-tools' cachestat, whose ratio has another name, is series", async () => {
  const text =
    '    HITS   MISSES  DIRTIES    RATIO   BUFFERS_MB   CACHE_MB\n    1811      632        2    74.1%           17      48009\n';
  const parsed = await read(text);
  const ratio = only(parsed, 'series').flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'RATIO'));
  expect(plain(ratio)).toMatchObject([{ unit: '%', points: [[null, 74.1]] }]);
});

test('two tools that print one header are told apart by what ran', async () => {
  const text = sampleText('opensnoop/bcc.txt');
  expect((await read(text, { tool: 'statsnoop' })).datasets[0]?.tool).toBe('statsnoop');
  expect((await read(text, { tool: 'biolatency' })).datasets[0]?.tool).toBe('opensnoop');
});

test('reports without a stamp are counted by the interval that was asked for', async () => {
  const header = 'FUNC                                    COUNT\n';
  const row = (count: string) => `vfs_read                             ${count.padStart(8)}\n`;
  const text = `${header}${row('7')}\n${header}\n${header}${row('9')}`;
  expect(plain((await read(text, { tool: 'funccount', interval: 5 })).datasets)).toMatchObject([
    { clock: 'elapsed', items: [{ at: 5 }, { at: 15 }] },
  ]);
});

/** Every value that was read, with what it stands for. */
function valuesOf({ datasets }: Parsed): string[] {
  return datasets.flatMap((dataset) => {
    if (dataset.shape === 'events') return rowsIn(dataset).map((row) => JSON.stringify(row));
    if (dataset.shape === 'counts') return itemsOf(dataset).map(({ key, value }) => JSON.stringify([key, value]));
    if (dataset.shape === 'histogram')
      return groupsOf(dataset).flatMap(({ labels, buckets }) =>
        buckets.map((bucket) => JSON.stringify([labels, bucket])),
      );
    return [];
  });
}

test.each(cases)('$sample cut behind any line has the same beginning', async ({ sample }) => {
  const text = sampleText(sample);
  const lines = text.split('\n');
  const whole = new Set(valuesOf(await read(text)));
  for (let count = 1; count < lines.length; count++) {
    const parsed = await read(`${lines.slice(0, count).join('\n')}\n`);
    expect(parsed.read + parsed.noise + parsed.unreadCount).toBe(count);
    if (parsed.grammar === 'text') continue;
    // What comes later may say more of a group (its average), a row (klockstat's longest wait) or a last bucket.
    const invented = valuesOf(parsed).filter((value) => !whole.has(value) && !/avg = |runqlen|Max PID/.test(text));
    expect(invented).toEqual([]);
  }
});

/** Joined outputs are of both tools, or something is left unread: never one table that nobody printed. */
test('the outputs of two tools in one file are not taken as one', async () => {
  const texts = cases.map(({ sample, tool }) => ({ tool, sample, text: sampleText(sample) }));
  const merged: string[] = [];
  for (const first of texts)
    for (const second of texts) {
      const parsed = await read(first.text + second.text);
      const tools = new Set(parsed.datasets.map(({ tool }) => tool));
      const both = tools.has(first.tool) && tools.has(second.tool);
      if (!both && parsed.unreadCount === 0) merged.push(`${first.sample} ${second.sample}`);
    }
  expect(merged).toEqual([]);
});

/** What damage there may be: characters, lines, and the order of lines. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom('drop', 'repeat', 'swap', 'cut', 'insert', 'blank'),
    line: fc.nat(200),
    at: fc.nat(120),
    text: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('\u001b[2J', '^C', '%', '-', ' : 1 |', 'COMM', '\t', ',', '"'),
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

function damaged(text: string, changes: readonly { kind: string; line: number; at: number; text: string }[]): string {
  const lines = text.split('\n');
  for (const { kind, line, at, text: piece } of changes) {
    const i = line % lines.length;
    const old = lines[i] ?? '';
    if (kind === 'drop') lines.splice(i, 1);
    else if (kind === 'repeat') lines.splice(i, 0, old);
    else if (kind === 'swap') lines.push(...lines.splice(i, 1));
    else if (kind === 'cut') lines[i] = old.slice(0, at);
    else if (kind === 'insert') lines[i] = old.slice(0, at) + piece + old.slice(at);
    else lines[i] = '';
    if (lines.length === 0) lines.push('');
  }
  return lines.join('\n');
}

test('damaged outputs are accounted for line by line, and no more is read than was printed', async () => {
  const sample = fc.constantFrom(...cases.map((wanted) => sampleText(wanted.sample)));
  await fc.assert(
    fc.asyncProperty(sample, damage, async (text, changes) => {
      const broken = damaged(text, changes);
      const parsed = await read(broken);
      expect(parsed.read + parsed.noise + parsed.unreadCount).toBe(parsed.lines);
      expect(rowsOf(parsed).length).toBeLessThanOrEqual(parsed.read);
      for (const group of only(parsed, 'histogram').flatMap(groupsOf)) expectAscending(group.buckets);
      for (const { columns, cells } of only(parsed, 'events')) expect(cells).toHaveLength(columns.length);
    }),
    { numRuns: 2000, seed: 4 },
  );
});

function expectAscending(buckets: readonly (readonly [number | null, number | null, number])[]) {
  buckets.forEach(([low, high], i) => {
    expect(low as number).toBeLessThan(high as number);
    expect(low as number).toBeGreaterThanOrEqual(
      (buckets[i - 1]?.[1] as number | undefined) ?? Number.NEGATIVE_INFINITY,
    );
  });
}

test('arguments of several lines stay in their row where the manifest says whose the file is', async () => {
  const text =
    'TIME     PCOMM            PID     PPID    RET ARGS\n15:29:31 sh               13013   12880     0 /bin/sh -c set -e\nmake\n\ndate\n15:29:31 date             13016   13013     0 /bin/date\n';
  const told = await read(text, { tool: 'execsnoop', command: 'execsnoop -T' });
  expect(plain(told)).toMatchObject({ unreadCount: 0, lines: 6 });
  expect(plain(told.datasets[0])).toMatchObject({
    rows: [
      ['15:29:31', 'sh', 13013, 12880, 0, '/bin/sh -c set -e\nmake\ndate'],
      ['15:29:31', 'date', 13016, 13013, 0, '/bin/date'],
    ],
  });
  expect(plain(await read(text, { tool: 'execsnoop' }))).toMatchObject({ unreadCount: 2 });
  // One of them may look like a frame of a stack.
  const program = text.replace('\nmake\n', "\n  awk '{\n      parent[pid] = field[2]\n");
  const awk = await read(program, { tool: 'execsnoop', command: 'execsnoop -T' });
  expect(awk.datasets.map(({ shape }) => shape)).toEqual(['events']);
  expect(JSON.stringify(plain(awk.datasets[0]))).toContain('parent[pid] = field[2]\\ndate');
});
