/** Reports that come each second, by when the first and the last line were printed: worked out by hand. */
import { expect, test } from 'vitest';
import type { Run } from '../../src/datasets/capture.ts';
import { uncut } from '../../src/datasets/reports.ts';
import type { Events } from '../../src/datasets/shapes.ts';
import { timesOf } from '../plain.ts';

/** Started on the second, 0.1 s before its first line; four reports. */
const run = { via: 'classic', interval: 1, attached: 0.1, lastPrinted: 4.3 } as Run;

function stamped(at: number[], grain = 1): Events {
  return {
    ...{ shape: 'events', source: 0, tool: 'pidstat', title: '', clock: 'capture', columns: [], cells: [] },
    ...{ at: timesOf(at), lines: new Uint32Array(at.length), timing: { span: 1, grain, doubt: 0.02 } },
  } as Events;
}

const laid = (at: number[], of: Partial<Run> = {}, grain = 1) => {
  const dataset = stamped(at, grain);
  uncut(dataset, { ...run, ...of });
  return { at: [...dataset.at].map((time) => Math.round(time * 1000) / 1000), timing: dataset.timing };
};

test('the fraction that was cut off comes back, with what they drifted as doubt', () => {
  // From 0.1 to 4.3 s in four steps of 1.05 s.
  const { at, timing } = laid([1, 1, 2, 3, 4]);
  expect(at).toEqual([1.15, 1.15, 2.2, 3.25, 4.3]);
  expect(timing?.grain).toBe(0);
  expect(timing?.doubt).toBeCloseTo(0.02 + 0.1, 9);
});

test('a tool that reports at once begins with its first line', () => {
  expect(laid([0, 5, 10], { interval: 5, attached: 0.2, lastPrinted: 10.2 }).at).toEqual([0.2, 5.2, 10.2]);
});

test.each<[string, number[], Partial<Run>, number]>([
  ['a report that is missing leaves a gap', [1, 2, 4], {}, 0],
  ['a second that was skipped fits no even distance', [1, 3, 4], { lastPrinted: 3.3 }, 1],
  ['the last line is of something else', [1, 2, 3, 4], { lastPrinted: 9 }, 1],
  ['nobody saw the last line', [1, 2, 3, 4], { lastPrinted: null }, 1],
  ['the clock was set meanwhile', [1, 2, 3603, 3604], {}, 1],
  ['a tool that attaches late', [1, 2, 3, 4], { via: 'bcc' }, 1],
])('%s', (_, stamps, of, grain) => {
  const { at, timing } = laid(stamps, of);
  expect(timing?.grain).toBe(grain);
  if (grain === 1) expect(at).toEqual(stamps);
});
