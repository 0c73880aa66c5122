import { expect, test } from 'vitest';
import { totalWeight } from '../../src/datasets/fold.ts';
import { read } from '../reading.ts';
import { only, sample } from '../stacks.ts';

test('jfr print: samples, and waits by how long they were', async () => {
  const { datasets, notes } = await read(sample('jfr/print.txt').toString());
  expect(totalWeight(only(datasets).profile)).toBe(4);
  // 10.1 + 11.6 + 104 + 14.5 + 44.3 + 20.3 ms
  expect(totalWeight(only(datasets, 1).profile)).toBeCloseTo(204_800, 3);
  expect(only(datasets, 1)).toMatchObject({ event: 'jdk.ThreadSleep', kind: 'off-cpu', unit: 'usecs' });
  expect(notes).toEqual(['jfr print cut stacks: --stack-depth 64 prints more of them']);
});
