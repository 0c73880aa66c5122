/** When a tool began to watch. */
import { expect, test } from 'vitest';
import type { Run } from '../../src/datasets/capture.ts';
import type { Clock, Events } from '../../src/datasets/shapes.ts';
import { watchedFrom } from '../../src/datasets/window.ts';
import { timesOf } from '../plain.ts';

const rows = (at: number[], clock: Clock = 'capture', span = 0, doubt = 0): Events => ({
  ...{ shape: 'events', source: 0, tool: 'biosnoop', title: '', clock, columns: [], cells: [] },
  ...{ at: timesOf(at), lines: new Uint32Array(at.length), timing: { span, grain: 0, doubt } },
});
const run = (attached: number | null) => ({ attached, started: 1.5 }) as Run;

test.each<[string, number | null, Events[], number | null]>([
  ['when it was seen attached, where no row is earlier', 6.5, [rows([8, 9])], 6.5],
  ['from its first row, where that is earlier', 6.5, [rows([8, 9]), rows([2, 7])], 2],
  ['from where its first interval began', 6.5, [rows([4], 'capture', 1)], 3],
  ['not by a clock that is less sure', 6.5, [rows([2], 'capture', 0, 5)], 6.5],
  ['not before it was started, whatever the kernel logged', 6.5, [rows([-900, 7])], 1.5],
  ['rows on a clock of their own tell nothing', 6.5, [rows([2], 'perf')], 6.5],
  ['nor does what printed nothing', 6.5, [rows([])], 6.5],
  ['unknown, where it was not seen attached', null, [rows([2])], null],
])('%s', (_, attached, datasets, from) => {
  expect(watchedFrom(run(attached), datasets)).toBe(from);
});
