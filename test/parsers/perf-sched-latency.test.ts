/** perf sched latency of perf 6.1, and of 4.15 as its sources print it. Numbers are read off the text. */
import { expect, test } from 'vitest';
import { claimants, read } from '../reading.ts';
import { eventsOf, rowsOf } from './read.ts';

const NEW = `
 -------------------------------------------------------------------------------------------------------------------------------------------
  Task                  |   Runtime ms  | Switches | Avg delay ms    | Max delay ms    | Max delay start           | Max delay end          |
 -------------------------------------------------------------------------------------------------------------------------------------------
  ThreadPoolForeg:(3)   |     21.308 ms |        4 | avg:   7.823 ms | max:  31.293 ms | max start: 11473.408432 s | max end: 11473.439725 s
  kworker/0:1H-kb:3199  |      0.050 ms |        1 | avg:   0.000 ms | max:   0.000 ms | max start:     0.000000 s | max end:     0.000000 s
 -----------------------------------------------------------------------------------------------------------------
  TOTAL:                |     21.358 ms |        5 |
 ---------------------------------------------------
  INFO: 0.012% lost events (72 out of 600000)
`;
const OLD = ` -----------------------------------------------------------------------------------------------------------------
  Task                  |   Runtime ms  | Switches | Average delay ms | Maximum delay ms | Maximum delay at       |
 -----------------------------------------------------------------------------------------------------------------
  gcc:22414             |    148.102 ms |       51 | avg:    0.521 ms | max:   12.004 ms | max at:  96042.123456 s
  cut:1                 |    148.102 ms |
`;

test('each task with its delays; what was lost is said', async () => {
  const parsed = await read(NEW);
  expect(claimants(NEW)).toEqual(['perf sched latency']);
  expect([parsed.unread, parsed.notes]).toEqual([[], ['INFO: 0.012% lost events (72 out of 600000)']]);
  expect(rowsOf(parsed)).toMatchObject([
    { Task: 'ThreadPoolForeg', tid: null, threads: 3, 'Runtime ms': 21.308, Switches: 4, 'Max delay ms': 31.293 },
    { Task: 'kworker/0:1H-kb', tid: 3199, threads: 1, 'Max delay start': 0 },
  ]);
});

test('older columns, and a row that is cut', async () => {
  const parsed = await read(OLD);
  expect(rowsOf(parsed)).toMatchObject([{ Task: 'gcc', 'Average delay ms': 0.521, 'Maximum delay at': 96042.123456 }]);
  expect(eventsOf(parsed.datasets)[0]?.columns.map(({ unit }) => unit)).toEqual([
    '',
    '',
    '',
    'ms',
    '',
    'ms',
    'ms',
    's',
  ]);
  expect(parsed.unread.map(({ line }) => line)).toEqual([5]);
});
