/** A finding has the same times in the terminal, the ticket and the page. */
import { expect, test } from 'vitest';
import type { Capture } from '../../src/datasets/capture.ts';
import { axisOf } from '../../src/render/report/axis.ts';
import { rangeOfFinding, rangeText, whenText } from '../../src/render/report/finding-view.ts';
import { findingOf } from '../finding.ts';
import { captureOf } from '../findings/host.ts';

let capture: Capture;
/** Thirty seconds from 14:00:00. */
const page = (since: number, until: number) => {
  const range = rangeOfFinding(findingOf({ since, until }), axisOf(capture));
  return range === null ? '' : rangeText(range, capture.manifest);
};

test.each([
  [5, 25, ', 14:00:05 to 14:00:25'],
  // Cut to what was captured.
  [-1, 25, ', 14:00:00 to 14:00:25'],
  // A stamp that a subtraction left a hair short of its second.
  [4.9999999, 24.9999999, ', 14:00:05 to 14:00:25'],
  [5, 5, ', since 14:00:05'],
])('from %d to %d', async (since, until, text) => {
  capture = await captureOf({ 'uptime.txt': '' }, { seconds: 30 });
  expect(whenText(findingOf({ since, until }), capture)).toBe(text);
  if (until > since) expect(`, ${page(since, until).replace(' – ', ' to ')}`).toBe(text);
});
