/** What the report says of functions, against stacks small enough to count by hand. */
import { expect, test } from 'vitest';
import { stackPath } from '../../src/datasets/fold.ts';
import type { Range } from '../../src/datasets/narrow.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { functionRows, neighbours } from '../../src/render/flame/functions.ts';
import { PLAIN_FLAME } from '../../src/render/flame/view.ts';
import { viewed } from '../../src/render/flame/viewed.ts';
import { stacksOf } from './stacks.ts';

const { profile } = stacksOf(['sh;main;fib 1', 'sh;main;fib;fib;fib 5', 'sh;main;fib;fib;add 2', 'sh;main;add 4']);
const frameOf = (name: string): number => profile.frames.names.indexOf(name);
const said = (rows: readonly { name: string; total: number }[]): string[] =>
  rows.map(({ name, total }) => `${name} ${total}`);

test('a function that calls itself is a caller once a sample', () => {
  const { callers, callees } = neighbours(profile, frameOf('fib'));
  expect(said(callers)).toEqual(['main 8', 'fib 7']);
  expect(said(callees)).toEqual(['fib 7', 'add 2']);
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
  expect(said(neighbours(shown.forward, frameOf('add')).callers)).toEqual(['main 4', 'fib 2']);
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
  const selves = (range: Range | null, order: 'flame' | 'callers'): unknown[] => {
    const { profile: shown, whole } = viewed(spread, { ...PLAIN_FLAME, order }, range);
    const ends = [...shown.self.keys()].filter((node) => shown.self[node] !== 0);
    return [whole, ...ends.map((node) => `${stackPath(shown, node).join(';')} ${shown.self[node]}`).sort()];
  };
  expect(selves({ from: 2500, to: 5000 }, 'flame')).toEqual([2475, 'main;even 1225', 'main;odd 1250']);
  expect(selves({ from: 2500, to: 5000 }, 'callers')).toEqual([2475, 'even;main 1225', 'odd;main 1250']);
  expect(selves({ from: 7001, to: 7002 }, 'callers')).toEqual([1, 'odd;main 1']);
  expect(selves(null, 'callers')).toEqual([10_000, 'even;main 5000', 'odd;main 5000']);
});
