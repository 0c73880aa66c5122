/** What an address keeps, and what it must not bring in. */
import { expect, test } from 'vitest';
import { PLAIN_FLAME } from '../../src/render/flame/view.ts';
import {
  isLinkOfOther,
  PLAIN_VIEW,
  type View,
  viewFromFragment,
  viewToFragment,
} from '../../src/render/report/view.ts';

const view: View = {
  range: { from: 1.5, to: 3 },
  base: { from: 4, to: 5 },
  window: { from: 0, to: 8 },
  name: 'nightly backup=&',
  panel: 'panel-perf',
  flames: new Map([[2, { ...PLAIN_FLAME, search: 'a+b&c', zoom: [1, 2, 3], sandwich: 7 }]]),
};

test('a view comes back from its address', () => {
  expect(viewFromFragment(viewToFragment(view, 'abcd'), 'abcd')).toEqual(view);
  expect(viewToFragment(PLAIN_VIEW, 'abcd')).toBe('');
  expect(viewFromFragment(viewToFragment({ ...PLAIN_VIEW, range: view.range, base: 'rest' }, ''), '').base).toBe(
    'rest',
  );
});

test('in another report the numbers of frames are left out, times and names stay', () => {
  const fragment = viewToFragment(view, 'abcd');
  expect(isLinkOfOther(fragment, 'ffff')).toBe(true);
  expect(viewFromFragment(fragment, 'ffff')).toEqual({ ...view, flames: new Map() });
  expect(isLinkOfOther(fragment, 'abcd')).toBe(false);
  expect(isLinkOfOther('t=1,2', 'abcd')).toBe(false);
});

test.each([
  ['t=9,1', 'an end before its start'],
  ['t=NaN,4', 'no numbers'],
  ['b=everything', 'a base that is none'],
  [`n=${'x'.repeat(301)}`, 'a name too long for one'],
  ['w=0,', 'half a window'],
])('%s is left out: %s', (fragment) => {
  expect(viewFromFragment(fragment, '')).toEqual(PLAIN_VIEW);
});

test('a bare anchor is a panel', () => {
  expect(viewFromFragment('panel-iostat', '')).toEqual({ ...PLAIN_VIEW, panel: 'panel-iostat' });
});
