/** The Markdown for a ticket tells of waits whose they are: nothing of an off-CPU profile ran. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { summaryMarkdown } from '../../src/render/report/markdown.ts';

test('an off-CPU profile is told by process', async () => {
  const capture = await readCapture([join(import.meta.dirname, '../../samples/sick/lock-contention.tar.gz')], {
    samples: false,
  });
  const text = summaryMarkdown(capture, [], []);
  // awk over the stacks of offcputime.txt by the name before (PID): 328789227 in all, of which ledger 35.86 %, perf 5.84 %
  expect(text).toMatch(/Whose they are, of 328,789,227 usecs:\n\n +35\.9% █+·* ledger\n +5\.8% █+·* perf\n/);
});
