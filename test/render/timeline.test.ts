/** Stacks laid out in time, against samples whose times are counted by hand. */
import { describe, expect, test } from 'vitest';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { MERGED } from '../../src/render/flame/layout.ts';
import { hasTimeline, layoutTimeline, type Timeline, type TimelineLimits } from '../../src/render/flame/timeline.ts';

interface Taken {
  at: number;
  stack: string;
  tid?: number;
  cpu?: number;
  weight?: number;
}

function stacksOf(samples: readonly Taken[], more: Partial<Stacks> = {}): Stacks {
  const builder = new ProfileBuilder({ samples: true });
  for (const { at, stack, tid = 1, cpu = 0, weight = 1 } of samples) {
    const node = stack
      .split(';')
      .reduce(
        (above, name) => builder.child(above, builder.frame(name)),
        builder.child(0, builder.frame('app', FrameKind.process)),
      );
    builder.add(node, weight, { at, cpu, thread: { comm: 'app', pid: 1, tid } });
  }
  const head = { source: 0, tool: 't', title: 't', clock: 'capture' } as const;
  return { ...head, shape: 'stacks', kind: 'on-cpu', unit: 'samples', profile: builder.build(), ...more };
}

const LIMITS: TimelineLimits = {
  lanes: 'thread',
  from: 0,
  to: 10,
  minTime: 0,
  maxBoxes: 1e6,
  maxLanes: 100,
  maxLevels: 100,
};

function boxes(stacks: Stacks, limits: Partial<TimelineLimits> = {}): string[] {
  const timeline = layoutTimeline(stacks, { ...LIMITS, ...limits }) as Timeline;
  const name = (box: number): string =>
    timeline.frame[box] === MERGED
      ? `${timeline.merged[box]} merged`
      : (stacks.profile.frames.names[timeline.frame[box] as number] as string);
  return timeline.frame
    .map((_, box) => ({
      text: `${timeline.lane[box]}/${timeline.depth[box]} ${name(box)} ${round(timeline.start[box])}-${round(timeline.end[box])}`,
      order: [timeline.lane[box], timeline.start[box], timeline.depth[box]] as number[],
    }))
    .sort((a, b) => a.order.reduce((found, each, i) => found || each - (b.order[i] as number), 0))
    .map(({ text }) => text);
}

const round = (at = 0): number => Math.round(at * 1000) / 1000;

test('a sample stands until the next one on its CPU, neighbours are one box, silence is a gap', () => {
  // Once a second; nothing was sampled from 4 to 7.
  const stacks = stacksOf([
    { at: 1, stack: 'main;read' },
    { at: 2, stack: 'main;read' },
    { at: 3, stack: 'main;write' },
    { at: 7, stack: 'main;read' },
    { at: 8, stack: 'main;read' },
  ]);
  expect(boxes(stacks)).toEqual(['0/0 main 1-4', '0/1 read 1-3', '0/1 write 3-4', '0/0 main 7-9', '0/1 read 7-9']);
});

test('the usual time between samples is that of many short threads, too', () => {
  // 60,000 threads, each sampled twice, a quarter of a second apart, on CPUs that are not told.
  const stacks = stacksOf(
    Array.from({ length: 120_000 }, (_, i) => ({ at: 1 + (i % 2) / 4, stack: 'main', tid: i >> 1, cpu: -1 })),
  );
  expect(boxes(stacks, { maxLanes: 1 })).toEqual(['0/0 main 1-1.5']);
});

test('each thread has its lane, the busiest first, also where they run by turns; a CPU has its own', () => {
  const stacks = stacksOf([
    { at: 1, stack: 'a', tid: 1 },
    { at: 2, stack: 'b', tid: 2 },
    { at: 3, stack: 'b', tid: 2 },
    { at: 4, stack: 'a', tid: 1 },
    { at: 5, stack: 'b', tid: 2 },
  ]);
  expect(boxes(stacks)).toEqual(['0/0 b 2-4', '0/0 b 5-6', '1/0 a 1-2', '1/0 a 4-5']);
  expect(boxes(stacks, { lanes: 'cpu' })).toEqual([
    // The process stands in the lane of a CPU, which runs many.
    '0/0 app 1-6',
    '0/1 a 1-2',
    '0/1 b 2-4',
    '0/1 a 4-5',
    '0/1 b 5-6',
  ]);
});

test('a wait stands for as long as it took', () => {
  const stacks = stacksOf(
    [
      { at: 1, stack: 'schedule', weight: 2_500_000 },
      { at: 6, stack: 'schedule', weight: 1_000_000 },
    ],
    { kind: 'off-cpu', unit: 'usecs' },
  );
  expect(boxes(stacks)).toEqual(['0/0 schedule 1-3.5', '0/0 schedule 6-7']);
});

test('a part of the time cuts boxes at its ends', () => {
  const stacks = stacksOf([0, 1, 2, 3, 4].map((at) => ({ at, stack: 'work' })));
  expect(boxes(stacks, { from: 1.5, to: 3.25 })).toEqual(['0/0 work 1.5-3.25']);
});

describe('what is too thin is merged where it is', () => {
  const busy = stacksOf(
    Array.from({ length: 1000 }, (_, i) => ({ at: i / 100, stack: i < 500 ? `main;f${i % 2}` : 'main;long' })),
  );

  test('as one box of the time that it took', () => {
    expect(boxes(busy, { minTime: 0.05 })).toEqual(['0/0 main 0-10', '0/1 500 merged 0-5', '0/1 long 5-10']);
  });

  test('as much as it takes for no more boxes than asked for', () => {
    const timeline = layoutTimeline(busy, { ...LIMITS, maxBoxes: 20 }) as Timeline;
    expect(timeline.frame.length).toBeLessThanOrEqual(20);
    const length = timeline.depth.reduce(
      (sum, depth, box) => sum + (depth === 1 ? (timeline.end[box] as number) - (timeline.start[box] as number) : 0),
      0,
    );
    expect(length).toBeCloseTo(10, 6);
  });
});

test('lanes beyond those that are drawn are counted', () => {
  const stacks = stacksOf([1, 2, 3, 4].map((tid) => ({ at: tid, stack: 'a', tid })));
  expect(layoutTimeline(stacks, { ...LIMITS, maxLanes: 3 })?.hidden).toEqual({ lanes: 1, samples: 1 });
});

test('sums that are stamped alike have no place in time', () => {
  expect(hasTimeline(stacksOf(Array.from({ length: 100 }, (_, i) => ({ at: 5, stack: `f${i}` }))))).toBe(false);
  expect(hasTimeline(stacksOf(Array.from({ length: 100 }, (_, i) => ({ at: i, stack: 'f' }))))).toBe(true);
  expect(hasTimeline(stacksOf([{ at: Number.NaN, stack: 'f' }]))).toBe(false);
});
