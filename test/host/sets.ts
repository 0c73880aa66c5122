/**
 * Collects whole sets on the virtual host as a person would, `npm run host -- [SUITE] --set 60s,bcc,offcpu`: twenty seconds beside
 * the workload, each tool by the way that the collector takes. It must come back whole: no tool killed, no line unread, and left
 * out only what that host lacks. `--set 60s bcc offcpu` makes a capture of each. The archives stay in FOLDER/sets/SUITE-SETS.tar.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseTools } from '../../src/collectors/choose.ts';
import { collectScript } from '../../src/collectors/script.ts';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture, Run } from '../../src/datasets/capture.ts';
import { tools } from '../../src/tools/index.ts';
import { OPTIONS } from '../script-options.ts';
import { boot, FOLDER, prepared } from './machine.ts';

const HERE = import.meta.dirname;
const SECONDS = 20;
/** Clang takes half a minute of CPU time there for each of bcc's tools. */
const ATTACH_WAIT = 1800;
/** File systems that the sets' tools look at; ZFS is not in Debian's kernel. */
const SCENES = 'on_xfs on_btrfs on_nfs';

/**
 * @param captures the sets of each, as `60s,bcc`: one after another in one boot
 * @returns 0 where all came back whole, else 1
 */
export async function collectSets(suite: string, captures: readonly string[]): Promise<number> {
  prepared(suite);
  const share = mkdtempSync(join(FOLDER, 'share.'));
  try {
    prepare(share, captures);
    await boot(suite, share);
    process.stdout.write(readFileSync(join(share, 'job.log'), 'utf8'));
    mkdirSync(join(FOLDER, 'sets'), { recursive: true });
    const wrong = [];
    for (const sets of captures) {
      const archive = join(share, 'out', `${sets}.tar`);
      if (!existsSync(archive)) throw new Error(`no archive of ${sets} came back`);
      const kept = join(FOLDER, 'sets', `${suite}-${sets}.tar`);
      copyFileSync(archive, kept);
      process.stdout.write(`\n${kept}\n`);
      wrong.push(report(await readCapture([archive], { samples: true })));
    }
    return Math.max(...wrong);
  } finally {
    rmSync(share, { recursive: true, force: true });
  }
}

function prepare(share: string, captures: readonly string[]): void {
  cpSync(join(HERE, 'guest'), join(share, 'guest'), { recursive: true });
  cpSync(join(HERE, 'guest/job.sh'), join(share, 'job.sh'));
  const options = { ...OPTIONS, seconds: SECONDS, attachWait: ATTACH_WAIT, marks: true, output: '', minFree: 64 };
  for (const sets of captures) {
    const chosen = chooseTools(tools, { sets: sets.split(','), tools: [], skip: [] });
    writeFileSync(join(share, `${sets}.sh`), collectScript(chosen, options));
  }
  writeFileSync(join(share, 'batches'), captures.map((sets) => `${sets} heavy ${SCENES}\n`).join(''));
}

/** A line for each tool, and what is wrong. */
function report(capture: Capture): number {
  const runs = capture.manifest?.runs ?? [];
  const faults = runs.map((run, i) => faultOf(run, unreadOf(capture, i)));
  runs.forEach((run, i) => {
    const cells = [
      run.tool.padEnd(12),
      run.via.padEnd(13),
      run.late ? 'late' : '',
      run.cpu === null ? '' : `${run.cpu} CPU s`,
      run.outcome === 'ok' ? '' : `${run.outcome}: ${run.reason}`,
      faults[i] === null ? '' : `FAULT ${faults[i]}`,
    ];
    process.stdout.write(`${cells.filter((cell) => cell !== '').join('  ')}\n`);
  });
  const wrong = faults.filter((fault) => fault !== null).length;
  const ran = runs.filter(({ started }) => started !== null).length;
  process.stdout.write(`\n${ran} of ${runs.length} tools ran on ${capture.manifest?.host.kernel}, ${wrong} at fault\n`);
  return runs.length > 0 && wrong === 0 ? 0 : 1;
}

function unreadOf({ sources }: Capture, run: number): number {
  return sources.reduce((sum, source) => sum + (source.run === run ? source.unreadCount : 0), 0);
}

/** What should not be; null where the tool did what it was asked, or the host lacks it. */
function faultOf({ tool, outcome, file }: Run, unread: number): string | null {
  if (unread > 0) return `${unread} of its lines unread`;
  if (outcome === 'missing' || (outcome === 'skipped' && tool.startsWith('zfs'))) return null;
  if (outcome !== 'ok') return outcome;
  return file === null ? 'it has no file' : null;
}
