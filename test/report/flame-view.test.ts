/** What the report says of functions, against stacks small enough to count by hand. */
import { expect, test } from 'vitest';
import { functionRows, neighbours, viewed } from '../../src/render/report/flame-view.ts';
import { PLAIN_FLAME } from '../../src/render/report/view.ts';
import { stacksOf } from '../render/stacks.ts';

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
