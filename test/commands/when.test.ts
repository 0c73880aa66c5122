import { expect, test } from 'vitest';
import { parseWhen } from '../../src/commands/when.ts';
import type { Capture, PrintedClock } from '../../src/datasets/capture.ts';
import { noTimes } from '../../src/datasets/columns.ts';

const local = (iso: string): number => Date.parse(`${iso}Z`) / 1000;

/** Loose files that tell of so many seconds from a time on. */
function loose(started: string, seconds: number, facts: Partial<PrintedClock> = {}): Capture {
  const at = noTimes(2);
  at.set([0, seconds]);
  return {
    name: 'sar.txt',
    manifest: null,
    printedClock: { started: local(started), utcOffset: 0, zoned: false, dated: true, ...facts },
    damage: [],
    sources: [],
    datasets: [{ shape: 'counts', source: 0, tool: 'sar', title: '', clock: 'capture', unit: '', at } as never],
  };
}

test.each([
  ['23:50:30', 30],
  // After midnight.
  ['00:10', 1200],
  ['2026-03-10T00:10:00', 1200],
  ['12.5', 12.5],
])('%s', (text, at) => {
  expect(parseWhen('--at', text, loose('2026-03-09T23:50:00', 1800))).toBe(at);
});

test('in a whole day every time is of that day', () => {
  const day = loose('2026-03-09T00:10:00', 85_200);
  expect(parseWhen('--at', '14:10', day)).toBe(50_400);
  expect(parseWhen('--at', '23:50', day)).toBe(85_200);
});

test('what nobody printed is not assumed', () => {
  const capture = loose('2026-03-09T14:00:00', 60, { dated: false });
  expect(() => parseWhen('--at', '13:00:00Z', capture)).toThrow("--at 13:00:00Z needs the host's zone");
  expect(() => parseWhen('--at', '2026-03-09T14:00:10', capture)).toThrow('needs a date');
  expect(parseWhen('--at', '13:00:10Z', loose('2026-03-09T13:00:00', 60, { zoned: true }))).toBe(10);
});
