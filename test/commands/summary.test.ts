/** What the terminal says first. */
import { expect, test } from 'vitest';
import { summaryLines } from '../../src/commands/summary.ts';
import { assess } from '../../src/findings/index.ts';
import { captureOf, type Files, folded, iostat, steady } from '../findings/host.ts';

async function summaryOf(files: Files): Promise<string[]> {
  const capture = await captureOf(files, { isLoose: true });
  return summaryLines(capture, assess(capture));
}

test('of a profile alone no table of what it does not tell is shown', async () => {
  const lines = await summaryOf({ 'a.folded': folded({ 'app;main;work': 70, 'app;main;wait': 30 }) });
  expect(lines.filter((line) => /not captured|utilization/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('not known'))).toEqual([
    expect.stringMatching(/^not known +\d+ checks: only stacks were captured; coldflame collect captures the rest$/),
  ]);
});

test('of what tells of one resource the others are said to be missing, with the tool', async () => {
  const lines = await summaryOf({ 'iostat.txt': iostat(steady({ vda: { util: 20 } })) });
  expect(lines.some((line) => /^Disk vda .*20% busy/.test(line))).toBe(true);
  expect(lines.some((line) => /^Memory .*not captured: /.test(line))).toBe(true);
});
