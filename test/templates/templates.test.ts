/** The templates that CONTRIBUTING.md says to copy: they compile, work, and come with the tests that each new one needs. */
import { expect, test } from 'vitest';
import { collectScript } from '../../src/collectors/script.ts';
import { countColumns } from '../../src/datasets/counts.ts';
import type { Rule } from '../../src/findings/facts.ts';
import { NO_CONTEXT } from '../../src/parsers/grammar.ts';
import { signalsOf } from '../../src/signals/index.ts';
import { captureOf, steady, vmstat } from '../findings/host.ts';
import { eventsOf, rowsOf } from '../parsers/read.ts';
import { OPTIONS } from '../script-options.ts';
import { foo as grammar } from './grammar.ts';
import { template as panel } from './panel.ts';
import { template as rule } from './rule.ts';
import { foo as tool } from './tool.ts';

const OUTPUT =
  'foo 1.2, 2 queues\nQUEUE      COUNT   WAIT(ms)\nfast          12       0.35\nslow           3      41.20\n^C\n!!\n';

test('a grammar: it claims its own, every line has a verdict, and the numbers are those that were printed', async () => {
  const lines = OUTPUT.trimEnd().split('\n');
  expect(grammar.claims({ lines, complete: true })).toBe(true);
  expect(grammar.claims({ lines: lines.slice(1), complete: true })).toBe(false);
  const reader = grammar.reader(NO_CONTEXT);
  await reader.write(Buffer.from(OUTPUT));
  const parsed = await reader.end();
  expect([parsed.lines, parsed.read, parsed.noise, parsed.unreadCount]).toEqual([6, 4, 1, 1]);
  expect(parsed.unread).toEqual([{ line: 6, text: '!!', why: 'not a queue, a count and a wait' }]);
  expect(rowsOf(parsed)).toEqual([
    { QUEUE: 'fast', COUNT: 12, 'WAIT(ms)': 0.35 },
    { QUEUE: 'slow', COUNT: 3, 'WAIT(ms)': 41.2 },
  ]);
  expect([...(eventsOf(parsed.datasets)[0]?.lines ?? [])]).toEqual([3, 4]);
});

test('a row of the catalogue: the script runs it', () => {
  expect(collectScript([tool], OPTIONS)).toMatch(/way classic '[^']*interval=1[^']*' foo --interval 1 "\$span"/);
});

test('a rule: it fires with the right numbers, and a near miss does not', async () => {
  const distances = async (r: number) => {
    const [signals] = signalsOf(await captureOf({ 'vmstat.txt': vmstat(steady({ r })) }));
    return (rule as Rule).judge(signals as NonNullable<typeof signals>, { perCpu: 2 }).map(({ distance }) => distance);
  };
  // On 4 CPUs: 12 of 8, 7 of 8.
  expect([await distances(12), await distances(7)]).toEqual([[1.5], [0.875]]);
});

test('a panel: it draws what is there, and a name stays a name', () => {
  const columns = countColumns(
    ['a', '<b>'].map((key, i) => ({ key: [key], value: 1024 * (i + 1), at: null, line: i + 1 })),
  );
  const about = { shape: 'counts', source: 0, tool: 'foo', title: 'queues', unit: 'bytes', clock: null } as const;
  const svg = panel({ ...about, ...columns, cumulative: false }).text;
  expect(svg).toContain('&lt;b&gt;: 2 KiB');
  expect(svg).not.toContain('<b>');
});
