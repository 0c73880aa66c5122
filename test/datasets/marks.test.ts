/** The collector's marks in a tool's rows tell its clock: the tables are written by hand, and so is where they must lie. */
import { expect, test } from 'vitest';
import type { Mark } from '../../src/datasets/capture.ts';
import { calibrate } from '../../src/datasets/marks.ts';
import type { Cell, Events, Timing } from '../../src/datasets/shapes.ts';
import { eventsOf } from '../plain.ts';

/** A process started at 5 s, a file synced from 5.10 s to 5.13 s; the same again at 35 s. */
const marks: Mark[] = [
  { kind: 'exec', at: 5, until: 5.02, word: 'coldflame-mark-1', pid: 100 },
  { kind: 'fsync', at: 5.1, until: 5.13, word: 'coldflame-mark-1', pid: 101 },
  { kind: 'exec', at: 35, until: 35.02, word: 'coldflame-mark-2', pid: 200 },
  { kind: 'fsync', at: 35.1, until: 35.13, word: 'coldflame-mark-2', pid: 201 },
];

function table(rows: readonly [at: number, pid: number, args: string][], timing: Timing): Events {
  const columns = [
    { name: 'PID', type: 'number', unit: '', role: 'pid' },
    { name: 'ARGS', type: 'text', unit: '', role: null },
  ] as const;
  const head = { shape: 'events', source: 0, tool: 't', title: '', clock: 'capture', timing } as const;
  const events = eventsOf(
    { ...head, columns: [...columns] },
    rows.map(([, pid, args]): Cell[] => [pid, args]),
  );
  events.at = Float64Array.from(rows, ([at]) => at);
  return events;
}

const FAR: Timing = { span: 0, grain: 0, doubt: 9 };
const KNOWN: Timing = { span: 0, grain: 0, doubt: 0.02 };

test('times from an unknown moment are moved to where the marks were left', () => {
  // biosnoop counted from its first request: its 2.61 s were 5.11 s.
  const events = table(
    [
      [1, 7, ''],
      [2.61, 101, ''],
      [32.62, 201, ''],
    ],
    FAR,
  );
  // 2.49 to 2.53 fits the first, 2.48 to 2.52 the second: 2.49 to 2.52 both.
  expect(calibrate(events, marks)).toBeCloseTo(2.505, 9);
  expect(events.at[0]).toBeCloseTo(3.505, 9);
  expect(events.timing?.doubt).toBeCloseTo(0.015, 9);
});

test('a stamp that was cut to the second and fits stays as it was printed', () => {
  const events = table([[5, 101, '']], { ...KNOWN, grain: 1 });
  expect(calibrate(events, marks)).toBe(0);
  expect([...events.at]).toEqual([5]);
  expect(events.timing).toEqual({ span: 0, grain: 1, doubt: 0.02 });
});

test('a tool that stamps when it prints is doubted by how late it was', () => {
  const events = table([[5.44, 101, '']], KNOWN);
  expect(calibrate(events, marks)).toBe(0);
  expect([...events.at]).toEqual([5.44]);
  expect(events.timing?.doubt).toBeCloseTo(0.3, 9);
});

test('a clock that is off by hours is set by the marks', () => {
  const events = table([[7205.12, 101, '']], KNOWN);
  expect(calibrate(events, marks)).toBeCloseTo(-7200, 1);
});

test('what the shell that leaves the marks does else is none, nor is anybody with no mark', () => {
  const other = table([[50, 100, '/bin/sleep 1']], FAR);
  expect(calibrate(other, marks)).toBeNull();
  expect(calibrate(table([[50, 7, 'coldflame-mark-1']], FAR), marks)).toBeNull();
  expect(calibrate(table([[50, 100, 'sh /tmp/marks coldflame-mark-1']], FAR), marks)).toBeCloseTo(-44.985, 9);
});

test('a mark that never came back tells nothing', () => {
  const stuck: Mark = { kind: 'fsync', at: 5, until: null, word: 'coldflame-mark-1', pid: 101 };
  expect(calibrate(table([[9, 101, '']], FAR), [stuck])).toBeNull();
});
