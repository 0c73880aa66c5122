/** Profiles that are one JSON document. */
import { describe, expect, test } from 'vitest';
import { totalWeight } from '../../src/datasets/fold.ts';
import { read } from '../reading.ts';
import { lines, only, sample } from '../stacks.ts';

describe('.cpuprofile', () => {
  test('each sample weighs the time up to the next', async () => {
    const { datasets } = await read(sample('cpuprofile/node20.json').toString());
    // The sum of its timeDeltas but the first, by Python.
    expect(totalWeight(only(datasets).profile)).toBe(1116116);
    expect(only(datasets).profile.sampleCount).toBe(67);
    expect(lines(only(datasets)).join('\n')).toMatch(/;checkout \[eval\]:1;total \[eval\]:1 \d+/);
  });

  test('without times: hits', async () => {
    const node = (id: number, functionName: string, hitCount: number, children: number[]) => ({
      id,
      callFrame: { functionName, url: '', lineNumber: -1 },
      hitCount,
      children,
    });
    const { datasets } = await read(
      JSON.stringify({ nodes: [node(3, 'b', 4, []), node(1, '(root)', 0, [2]), node(2, 'a', 3, [3])] }),
    );
    expect(lines(only(datasets))).toEqual(['a 3', 'a;b 4']);
  });
});

describe('speedscope', () => {
  const document = (profiles: object[]) =>
    JSON.stringify({
      $schema: 'https://www.speedscope.app/file-format-schema.json',
      shared: { frames: [{ name: 'main' }, { name: 'run', file: 'a.py' }, { name: 'idle' }] },
      profiles,
    });

  test('threads of one recording are one profile', async () => {
    const thread = (name: string, samples: number[][], weights: number[]) => ({
      type: 'sampled',
      name,
      unit: 'milliseconds',
      startValue: 1,
      endValue: 9,
      samples,
      weights,
    });
    const { datasets } = await read(
      document([thread('MainThread', [[0, 1], [0]], [2, 1]), thread('worker', [[2]], [5])]),
    );
    expect(lines(only(datasets))).toEqual(['MainThread;main 1000', 'MainThread;main;run 2000', 'worker;idle 5000']);
    expect(only(datasets)).toMatchObject({ unit: 'usecs', clock: 'elapsed' });
    expect(Array.from(only(datasets).profile.samples?.at ?? [])).toEqual([0.001, 0.003, 0.001]);
  });

  test('calls and returns', async () => {
    const events = [
      ['O', 0, 0],
      ['O', 1, 10],
      ['C', 1, 30],
      ['C', 0, 35],
    ].map(([type, frame, at]) => ({ type, frame, at }));
    const { datasets } = await read(
      document([{ type: 'evented', name: 'one', unit: 'microseconds', startValue: 0, endValue: 35, events }]),
    );
    expect(lines(only(datasets))).toEqual(['main 15', 'main;run 20']);
  });

  test('calls a hundred thousand deep, and returns of what was never called', async () => {
    const deep = 100_000;
    const opens = Array.from({ length: deep }, (_, at) => ({ type: 'O', frame: 0, at }));
    const strays = Array.from({ length: deep }, (_, i) => ({ type: 'C', frame: 1, at: deep + i }));
    const profile = {
      type: 'evented',
      name: 'one',
      unit: 'none',
      startValue: 0,
      endValue: 0,
      events: [...opens, ...strays],
    };
    const { datasets, notes } = await read(document([profile]));
    expect(totalWeight(only(datasets).profile)).toBe(2 * deep - 1);
    expect(only(datasets).profile.parent).toHaveLength(deep + 1);
    expect(notes).toEqual(['calls that do not end in the order of their beginning']);
  });

  test('cut short: it is said', async () => {
    const { datasets, unread } = await read(document([]).slice(0, -20));
    expect(datasets).toEqual([]);
    expect(unread[0]?.why).toMatch(/^not JSON, or cut short/);
  });
});
