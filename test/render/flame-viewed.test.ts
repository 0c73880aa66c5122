/** What the report says of functions, against stacks small enough to count by hand. */
import { expect, test } from 'vitest';
import { stackPath } from '../../src/datasets/fold.ts';
import type { Part } from '../../src/datasets/narrow.ts';
import { FrameKind, type Profile, type Thread } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { withoutTracer } from '../../src/datasets/profile-map.ts';
import { functionRows } from '../../src/render/flame/functions.ts';
import { sandwichOf } from '../../src/render/flame/sandwich.ts';
import { flameTree } from '../../src/render/flame/tree.ts';
import { PLAIN_FLAME } from '../../src/render/flame/view.ts';
import { viewed } from '../../src/render/flame/viewed.ts';
import { statusWords } from '../../src/render/report/client/flame/words.ts';
import { stacksOf } from './stacks.ts';

const { profile } = stacksOf(['sh;main;fib 1', 'sh;main;fib;fib;fib 5', 'sh;main;fib;fib;add 2', 'sh;main;add 4']);
const frameOf = (name: string): number => profile.frames.names.indexOf(name);

/** The stacks of a profile that end anywhere, with what ends there, root first. */
function endings(profile: Profile): string[] {
  const ends = [...profile.self.keys()].filter((node) => (profile.self[node] as number) > 0);
  return ends.map((node) => `${stackPath(profile, node).join(';')} ${profile.self[node]}`.trim()).sort();
}

test('a function stands once a sample between its callers and its callees', () => {
  const { callers, callees } = sandwichOf(profile, frameOf('fib'));
  // 1 + 5 + 2 samples have fib on their stack, all of them called by main; the innermost fib ran in 1 + 5.
  expect(endings(callers)).toEqual(['main;sh 8']);
  expect(endings(callees)).toEqual(['1', 'fib;add 2', 'fib;fib 5']);
  expect(endings(sandwichOf(profile, frameOf('add')).callers)).toEqual(['fib;fib;main;sh 2', 'main;sh 4']);
  expect(endings(sandwichOf(profile, frameOf('sh')).callers)).toEqual(['12']);
});

test('self is self whichever way the stacks are drawn', () => {
  const shown = viewed(profile, { ...PLAIN_FLAME, order: 'callers' }, null);
  const rows = functionRows(shown.forward).map(({ name, self, total }) => [name, self, total]);
  expect(rows).toEqual([
    ['fib', 6, 8],
    ['add', 6, 6],
    ['sh', 0, 12],
    ['main', 0, 12],
  ]);
});

test('a range of samples that lie in no order, also from the callers side', () => {
  const builder = new ProfileBuilder({ samples: true });
  const [odd, even] = ['odd', 'even'].map((name) =>
    builder.child(builder.child(0, builder.frame('main')), builder.frame(name)),
  );
  // 7919 is prime to 10,000: each of the times 0 to 9999 comes once. Every hundredth has none.
  for (let i = 0; i < 10_000; i++) {
    const at = (i * 7919) % 10_000;
    const thread = { comm: 'sh', pid: 1, tid: 1 };
    builder.add((at % 2 === 1 ? odd : even) as number, 1, { at: at % 100 === 0 ? Number.NaN : at, cpu: 0, thread });
  }
  const spread = builder.build();
  const selves = (range: Part | null, order: 'flame' | 'callers'): unknown[] => {
    const { profile: shown, whole } = viewed(spread, { ...PLAIN_FLAME, order }, range);
    const ends = [...shown.self.keys()].filter((node) => shown.self[node] !== 0);
    return [whole, ...ends.map((node) => `${stackPath(shown, node).join(';')} ${shown.self[node]}`).sort()];
  };
  expect(selves({ from: 2500, to: 5000 }, 'flame')).toEqual([2475, 'main;even 1225', 'main;odd 1250']);
  expect(selves({ from: 2500, to: 5000 }, 'callers')).toEqual([2475, 'even;main 1225', 'odd;main 1250']);
  expect(selves({ from: 7001, to: 7002 }, 'callers')).toEqual([1, 'odd;main 1']);
  expect(selves({ from: 2500, to: 5000, outside: true }, 'flame')).toEqual([7425, 'main;even 3675', 'main;odd 3750']);
  expect(selves(null, 'callers')).toEqual([10_000, 'even;main 5000', 'odd;main 5000']);
});

test('of more boxes than may be drawn the heaviest are, and it is told', () => {
  const many = stacksOf(['sh;a 5', 'sh;b 3', 'sh;c 2', 'sh;d 1']).profile;
  const boxes = (most: number): unknown[] => {
    const { root, isCut } = flameTree(many, 0, 1000, most);
    return [isCut, ...(root.children[0]?.children ?? []).map(({ name, value }) => `${name} ${value}`)];
  };
  expect(boxes(6)).toEqual([false, 'a 5', 'b 3', 'c 2', 'd 1']);
  expect(boxes(5)).toEqual([true, 'a 5', 'b 3', '2 frames too narrow to draw 3']);
});

test.each([1, 0.1])('a range that is dragged to and fro, samples of weight %d', (weight) => {
  const profileOf = (): Profile => {
    const builder = new ProfileBuilder({ samples: true });
    const nodes = ['a', 'b', 'c'].map((name) => builder.child(0, builder.frame(name)));
    for (const cpu of [0, 1])
      for (let at = 0; at < 300; at++)
        builder.add(nodes[at % 3] as number, weight, { at, cpu, thread: { comm: 'sh', pid: 1, tid: 1 } });
    return builder.build();
  };
  const shown = (profile: Profile, from: number, to: number): unknown => {
    const { self, sampleCount } = viewed(profile, PLAIN_FLAME, { from, to }).profile;
    return [sampleCount, ...self];
  };
  const dragged = profileOf();
  // To the right, back over where it began, and away; two CPUs, so that each second has two samples of one function.
  const ranges = [
    [90, 150],
    [90, 153],
    [99, 153],
    [99, 149],
    [10, 99],
    [11, 95],
    [200, 203],
    [201, 203],
  ] as const;
  const counts = ranges.map(([from, to]) => (shown(dragged, from, to) as number[])[0]);
  expect(counts).toEqual([120, 126, 108, 100, 178, 168, 6, 4]);
  // As exact as of a profile of which nothing was summed before: 0 where nothing is left.
  expect(shown(dragged, 99, 153)).toEqual(shown(profileOf(), 99, 153));
  expect(shown(dragged, 201, 203)).toEqual([4, 0, 2 * weight, 2 * weight, 0]);
});

test('the tracer is part of what it traced, where it stands on top', () => {
  const traced = stacksOf([
    'db;schedule;__traceiter_sched_switch;bpf_trace_run4;bpf_prog_6896e0c2a1d5d7a4_sched_switch 7',
    'db;schedule 1',
    'db;bpf_prog_6896e0c2a1d5d7a4_sched_switch;work 2',
    'bpf_prog_6896e0c2a1d5d7a4_sched_switch 3',
  ]).profile;
  expect(endings(withoutTracer(traced))).toEqual([
    'bpf_prog_6896e0c2a1d5d7a4_sched_switch 3',
    'db;bpf_prog_6896e0c2a1d5d7a4_sched_switch;work 2',
    'db;schedule 8',
  ]);
});

test('what the collector ran is left out of waits, by number where it is told, and what that hides is said', () => {
  const builder = new ProfileBuilder({ samples: true });
  const wait = (comm: string, pid: number, weight: number): void => {
    const node = builder.child(builder.child(0, builder.frame(comm, FrameKind.process)), builder.frame('schedule'));
    builder.add(node, weight, { at: 1, cpu: 0, thread: { comm, pid, tid: pid } });
  };
  wait('db', 1, 10);
  wait('sh', 2, 20);
  wait('sh', 3, 40);
  wait('offcputime', 4, 80);
  const waits = builder.build();
  const left = (isOwn: (thread: Thread) => boolean, view = PLAIN_FLAME): unknown => {
    const { profile: shown, hidden } = viewed(waits, view, null, isOwn);
    return [endings(shown), hidden.map(({ weight }) => weight)];
  };
  expect(left(({ pid }) => pid === 3 || pid === 4)).toEqual([['db;schedule 10', 'sh;schedule 20'], [120]]);
  expect(left(({ pid }) => pid === 4, { ...PLAIN_FLAME, rooting: 'thread' })).toEqual([
    ['db 1;schedule 10', 'sh 2;schedule 20', 'sh 3;schedule 40'],
    [80],
  ]);
  expect(left(() => true, { ...PLAIN_FLAME, collector: true })).toEqual([
    ['db;schedule 10', 'offcputime;schedule 80', 'sh;schedule 60'],
    [],
  ]);
});

test('what hides nothing is not said', () => {
  const builder = new ProfileBuilder({ samples: true });
  const stack = (comm: string): number => builder.child(0, builder.frame(comm, FrameKind.process));
  builder.add(stack('db'), 10, { at: 1, cpu: 0, thread: { comm: 'db', pid: 1, tid: 1 } });
  builder.add(stack('sh'), 40, { at: 9, cpu: 0, thread: { comm: 'sh', pid: 2, tid: 2 } });
  const waits = builder.build();
  const status = (part: Part | null): string => {
    const seen = viewed(waits, PLAIN_FLAME, part, ({ pid }) => pid === 2);
    const stacks = { ...stacksOf([]), unit: 'samples', profile: waits };
    const drawn = { stacks, seen, tree: flameTree(seen.profile, 0, 500), view: PLAIN_FLAME };
    return statusWords(drawn, { isCut: false, timeline: null, isTracerFolded: false, marked: '' });
  };
  expect(status(null)).toBe('10 samples of 50 samples (20%) · without the collector’s own processes, 40 samples (80%)');
  // Before the collector's shell ran.
  expect(status({ from: 0, to: 2 } as Part)).toBe('10 samples');
});
