/** Findings of a capture that is written down as text, through the parsers that a real one goes through. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCapture } from '../../src/commands/read.ts';
import type { Manifest, Run } from '../../src/datasets/capture.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { findingsOf, type ThresholdOverrides } from '../../src/findings/index.ts';

const STARTED = Date.UTC(2026, 0, 5, 14, 0, 0) / 1000;

/** What was asked for and gave nothing, by tool: how it ended and why. */
export type Absent = Readonly<Record<string, Pick<Run, 'outcome' | 'reason'>>>;

/** A host with 4 CPUs, captured from 14:00:00 UTC for 10 seconds. */
function manifestFor(files: readonly string[], absent: Absent): Manifest {
  return {
    coldflame: 1,
    host: {
      hostname: 'db-7',
      kernel: '6.1.0',
      arch: 'x86_64',
      os: 'Debian 12',
      cpus: 4,
      memoryBytes: 8 * 2 ** 30,
      disks: { '259:3': 'nvme0n1' },
    },
    started: STARTED,
    ended: STARTED + 10,
    monotonic: 1000,
    utcOffset: 0,
    zone: 'UTC',
    versions: {},
    windowBegan: null,
    notes: [],
    collector: { pids: [], cpu: null },
    marks: [],
    runs: [
      ...files.map((file) => runOf(file.replace('.txt', ''), { file })),
      ...Object.entries(absent).map(([tool, how]) => runOf(tool, { file: null, ...how })),
    ],
  };
}

function runOf(tool: string, facts: Partial<Run>): Run {
  return {
    tool,
    via: 'classic',
    command: `${tool} 1`,
    outcome: 'ok',
    reason: '',
    file: null,
    stderr: '',
    started: 0,
    ended: 10,
    status: 0,
    attached: null,
    late: false,
    bytes: 0,
    interval: 1,
    pids: [],
    cpu: null,
    cpuAttaching: null,
    cpuInWindow: null,
    ...facts,
  };
}

/**
 * @param files what each tool printed, by file name (`vmstat.txt`: the name tells the tool, as a manifest would)
 * @returns the findings of that capture
 */
export async function judge(
  files: Record<string, string>,
  overrides: ThresholdOverrides = {},
  absent: Absent = {},
): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'coldflame-findings-'));
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestFor(Object.keys(files), absent)));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return findingsOf(await readCapture([folder], { samples: true }), overrides);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The findings of one rule. */
export async function judgeBy(rule: string, files: Record<string, string>, absent: Absent = {}): Promise<Finding[]> {
  return (await judge(files, {}, absent)).filter((finding) => finding.rule === rule);
}
