/** What the summaries tell: of waits whose they are, of CPUs what ran while they were not idle, of findings what to do next. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { summaryLines } from '../../src/commands/summary.ts';
import { percent } from '../../src/datasets/amounts.ts';
import { type Finding, foundOf } from '../../src/datasets/finding.ts';
import { assess } from '../../src/findings/index.ts';
import { summaryMarkdown } from '../../src/render/report/markdown.ts';

test('an off-CPU profile is told by process', async () => {
  const capture = await readCapture([join(import.meta.dirname, '../../samples/sick/lock-contention.tar.gz')], {
    samples: false,
  });
  const text = summaryMarkdown(capture, { findings: [], use: [] }, []);
  // awk over the stacks of offcputime.txt by the name before (PID): 328789227 in all, of which ledger 35.86 %, perf 5.84 %
  expect(text).toMatch(/Whose they are, of 328,789,227 usecs:\n\n +35\.9% █+·* ledger\n +5\.8% █+·* perf\n/);
});

test('what idle CPUs ran is counted apart', async () => {
  const sample = (comm: string, ...frames: string[]) =>
    `${comm} 1 [000] 1.000000: 1 cpu-clock: \n${frames.map((name) => `\t ffff ${name}+0x1 ([kernel.kallsyms])\n`).join('')}\n`;
  const idle = sample('swapper', 'pv_native_safe_halt', 'default_idle', 'do_idle');
  const interrupted = sample('swapper', 'handle_irq', 'default_idle', 'do_idle');
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-idle-'));
  try {
    writeFileSync(join(folder, 'perf.txt'), idle.repeat(6) + interrupted + sample('sh', 'vfs_read').repeat(3));
    const capture = await readCapture([join(folder, 'perf.txt')], { samples: false });
    expect(summaryMarkdown(capture, { findings: [], use: [] }, [])).toMatch(
      /What ran, of 4 nsecs \(6 more are of idle CPUs\):\n\n +75% █+ vfs_read\n +25% █+·* handle_irq\n/,
    );
    expect(summaryLines(capture, { findings: [], use: [] }).join('\n')).toContain(
      'cpu-clock: 10 ns, 60% of it idle CPUs; on top of the rest vfs_read 75%, handle_irq 25%',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a next step is a command to be copied whole, or a sentence', async () => {
  const capture = await readCapture([join(import.meta.dirname, '../../samples/sick/lock-contention.tar.gz')], {
    samples: false,
  });
  const assessment = assess(capture);
  const [found] = foundOf(assessment.findings);
  const tools = 'runqlat,runqlen,cpudist,offcputime,perf,biolatency,biosnoop,ext4slower';
  const next = [
    { collect: tools.split(','), command: `coldflame collect --tool ${tools}` },
    { advise: 'Move or pace this work: ionice, a rate_limit, another time of day, another host, or not at all.' },
  ];
  const text = summaryMarkdown(capture, { findings: [{ ...(found as Finding), next }], use: [] }, []);
  expect(text).toContain(
    `  - Next: \`coldflame collect --tool ${tools}\`; Move or pace this work: ionice, a rate\\_limit, another time of day, another host, or not at all.\n`,
  );
});

test('the incident stands above the findings, with those of its time', async () => {
  const capture = await readCapture([join(import.meta.dirname, '../../samples/sick/build-and-backup.tar.gz')], {
    samples: false,
  });
  const assessment = assess(capture);
  const at = (mark: number) => summaryMarkdown(capture, assessment, [], mark).split('\n\n')[2];
  // 15 s after 21:00:05; the backup ran from 21:00:18 to 21:00:23.
  expect(at(15)).toMatch(/^\*\*Incident at 21:00:20\.\*\* Found then: nightly-backup .* saturates disk vda/);
  expect(at(1)).not.toContain('nightly-backup');
});

test('what would round to nothing is not 0%', () => {
  expect([percent(1, 3000, 1), percent(1, 3000), percent(1, 30_000), percent(0, 3, 1), percent(0, 0)]).toEqual([
    'under 0.1%',
    '0.03%',
    'under 0.01%',
    '0%',
    '0%',
  ]);
});
