/** Operations on profiles. Expectations are worked out by hand on small ones, and by plain strings on random ones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedStacks, stackPath, totalWeight } from '../../src/datasets/fold.ts';
import { FrameKind, type Profile } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { functionWeights, nodeTotals } from '../../src/datasets/profile-functions.ts';
import { mergeRecursion, reversed, skipAfter, withoutIdle } from '../../src/datasets/profile-map.ts';
import { diffed, merged } from '../../src/datasets/profile-merge.ts';
import { rootedByThread } from '../../src/datasets/profile-roots.ts';
import { select } from '../../src/datasets/profile-select.ts';

interface Sample {
  stack: string;
  weight?: number;
  at?: number;
  tid?: number;
  cpu?: number;
}

/** A profile of samples written as folded stacks; the first frame is the command. */
function profileOf(samples: readonly Sample[]): Profile {
  const builder = new ProfileBuilder({ samples: true });
  for (const { stack, weight = 1, at = 0, tid = 1, cpu = 0 } of samples) {
    const [comm = '', ...names] = stack.split(';');
    let node = builder.child(0, builder.frame(comm, FrameKind.process));
    for (const name of names) node = builder.child(node, builder.frame(name));
    builder.add(node, weight, { at, cpu, thread: { comm, pid: 100, tid } });
  }
  return builder.build();
}

const folded = (profile: Profile) => foldedStacks(profile, () => false).map(([stack, weight]) => `${stack} ${weight}`);

const four = profileOf([
  { stack: 'a;f;g', at: 1, tid: 1, cpu: 0 },
  { stack: 'a;f', at: 2, tid: 2, cpu: 1 },
  { stack: 'b;f;g;g', weight: 3, at: 3, tid: 3, cpu: 0 },
  { stack: 'b;f', at: Number.NaN, tid: 3, cpu: 1 },
]);

describe('select', () => {
  test.each([
    [{ from: 2, to: 3 }, ['a;f 1']],
    [{ from: 2 }, ['a;f 1', 'b;f;g;g 3']],
    [{ comms: ['b'] }, ['b;f 1', 'b;f;g;g 3']],
    [{ tids: [1, 3], cpus: [0] }, ['a;f;g 1', 'b;f;g;g 3']],
    [{ pids: [7] }, []],
    [{}, ['a;f 1', 'a;f;g 1', 'b;f 1', 'b;f;g;g 3']],
  ])('%o', (selection, expected) => {
    const chosen = select(four, selection);
    expect(folded(chosen)).toEqual(expected);
    expect(chosen.sampleCount).toBe(expected.length);
  });
});

describe('stacks in another form', () => {
  test('direct recursion is one frame', () => expect(folded(mergeRecursion(four))).toContain('b;f;g 3'));
  test('leaf first', () => expect(folded(reversed(four))).toEqual(['f;a 1', 'f;b 1', 'g;f;a 1', 'g;g;f;b 3']));
  test('a stack starts at the innermost of the named functions, under its command', () => {
    expect(folded(skipAfter(four, ['g']))).toEqual(['a;f 1', 'a;g 1', 'b;f 1', 'b;g 3']);
  });
  test('the first frame by thread', () => {
    const byThread = rootedByThread(four, ({ comm, pid, tid }) => `${comm}-${pid}/${tid}`);
    expect(folded(byThread)).toEqual(['a-100/1;f;g 1', 'a-100/2;f 1', 'b-100/3;f 1', 'b-100/3;f;g;g 3']);
  });
  test('processes under one root are one where they call the same', () => {
    expect(folded(rootedByThread(four, () => 'CPU 0'))).toEqual(['CPU 0;f 2', 'CPU 0;f;g 1', 'CPU 0;f;g;g 3']);
  });
  test('every sample keeps its stack under its thread, however threads take turns', () => {
    const texts = Array.from({ length: 200 }, (_, i) =>
      ['sh', ...[i % 2, i % 3, i % 5].map(String)].slice(0, 2 + (i % 3)),
    );
    const turns = profileOf(texts.map((names, i) => ({ stack: names.join(';'), tid: (i * 7) % 6 })));
    const rooted = rootedByThread(turns, ({ tid }) => `thread ${tid}`);
    const said = [...(rooted.samples?.stack ?? [])].map((node) => stackPath(rooted, node).join(';'));
    expect(said).toEqual(texts.map((names, i) => [`thread ${(i * 7) % 6}`, ...names.slice(1)].join(';')));
    expect(totalWeight(rooted)).toBe(200);
  });
  test('idle by the leaf only: a softirq that woke an idle CPU is work', () => {
    const idle = profileOf([
      { stack: 'swapper;do_idle;cpuidle_enter_state;intel_idle', weight: 9 },
      { stack: 'swapper;do_idle;irq_exit;net_rx_action', weight: 2 },
      { stack: 'default_idle', weight: 4 },
    ]);
    expect(folded(withoutIdle(idle))).toEqual(['default_idle 4', 'swapper;do_idle;irq_exit;net_rx_action 2']);
  });
});

describe('several profiles', () => {
  const other = profileOf([{ stack: 'b;f', weight: 10 }, { stack: 'c;f' }]);
  test('sum', () => {
    const sum = merged([four, other]);
    expect(folded(sum)).toEqual(['a;f 1', 'a;f;g 1', 'b;f 11', 'b;f;g;g 3', 'c;f 1']);
    expect(sum.sampleCount).toBe(6);
    expect(sum.samples?.thread.length).toBe(6);
    expect(sum.threads[sum.samples?.thread[5] as number]?.comm).toBe('c');
  });
  test('a difference holds what vanished, scaled to the second total where asked', () => {
    const { profile, base } = diffed(four, other, { normalised: false });
    const at = (text: string) => {
      const node = Array.from(profile.parent.keys()).find((n) => n > 0 && stackOf(profile, n) === text) as number;
      return [base[node], profile.self[node]];
    };
    expect(at('b;f')).toEqual([1, 10]);
    expect(at('b;f;g;g')).toEqual([3, 0]);
    expect(diffed(four, other, { normalised: true }).base.reduce((a, b) => a + b, 0)).toBeCloseTo(11);
  });
});

function stackOf(profile: Profile, node: number): string {
  const names: string[] = [];
  for (let at = node; at > 0; at = profile.parent[at] as number)
    names.unshift(profile.frames.names[profile.frame[at] as number] as string);
  return names.join(';');
}

test('self and total of functions: one that calls itself counts once a sample', () => {
  const { self, total } = functionWeights(four);
  const of = (name: string) => [self[four.frames.names.indexOf(name)], total[four.frames.names.indexOf(name)]];
  expect(of('f')).toEqual([2, 6]);
  expect(of('g')).toEqual([4, 4]);
  expect(of('b')).toEqual([0, 4]);
  expect(nodeTotals(four)[0]).toBe(6);
});

const stacks = fc.array(
  fc
    .array(fc.constantFrom('a', 'a.b', 'a b', 'A', 'b', 'é', '~'), { minLength: 1, maxLength: 6 })
    .map((names) => names.join(';')),
  { minLength: 1, maxLength: 40 },
);

test('folded stacks are each distinct text once, in the order of the texts, with nothing lost', () => {
  fc.assert(
    fc.property(stacks, (texts) => {
      const sums = new Map<string, number>();
      for (const text of texts) sums.set(text, (sums.get(text) ?? 0) + 1);
      const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(foldedStacks(profileOf(texts.map((stack) => ({ stack }))), () => false)).toEqual(sorted);
    }),
  );
});

test('frames of one name and several kinds are one text where kinds are not printed', () => {
  const builder = new ProfileBuilder({ samples: false });
  builder.add(builder.child(0, builder.frame('f', FrameKind.user)), 1);
  builder.add(builder.child(0, builder.frame('f', FrameKind.kernel)), 2);
  expect(foldedStacks(builder.build(), () => false)).toEqual([['f', 3]]);
  expect(foldedStacks(builder.build(), () => true)).toEqual([
    ['f', 1],
    ['f_[k]', 2],
  ]);
});

test('every operation conserves weight, and works on stacks 100,000 deep', () => {
  const deep = profileOf([
    { stack: Array.from({ length: 100_000 }, (_, i) => (i % 3 === 0 ? 'r' : `f${i}`)).join(';'), weight: 5 },
  ]);
  const all = [deep, mergeRecursion(deep), reversed(deep), skipAfter(deep, ['f50000']), merged([deep, deep])];
  expect(all.map(totalWeight)).toEqual([5, 5, 5, 5, 10]);
  expect(functionWeights(deep).total[deep.frames.names.indexOf('r')]).toBe(5);
});
