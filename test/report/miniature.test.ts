/** The small picture beside a finding shows what the finding says, or is not there. */
import { expect, test } from 'vitest';
import { assess } from '../../src/findings/index.ts';
import { miniature } from '../../src/render/report/miniature.ts';
import { captureOf, mpstat, steady, vmstat } from '../findings/host.ts';

async function picture(rule: string, files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const capture = await captureOf(files);
  const finding = assess(capture).findings.find((each) => each.rule === rule);
  if (finding === undefined) throw new Error(`${rule} found nothing`);
  return miniature(finding, capture, null)?.toString();
}

test('the run queue is drawn as vmstat prints it', async () => {
  expect(await picture('run-queue', { 'vmstat.txt': vmstat(steady({ r: 40 })) })).toContain('aria-label="r over time"');
});

test('busy CPUs are not drawn as the idle time that they follow from', async () => {
  expect(await picture('cpu-busy', { 'mpstat.txt': mpstat(steady({ all: { usr: 100 } })) })).toBeUndefined();
});
