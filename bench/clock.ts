// How true the clock is: bursts of exec, open, fsync, connect, kill, CPU and log lines at known times, beside a real capture of this
// host. What each tool printed of them is read as analyze reads it, and docs/clock.md gets the table.
// `npm run bench -- clock`, as root; COLDFLAME_TOOLS=vmstat,iostat for some tools, COLDFLAME_SECONDS=60 for a longer window.
import { spawn } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { readCapture } from '../src/commands/read.ts';
import { Bursts, type Truth } from './lib/bursts.ts';
import { judgeTools, type ToolClock } from './lib/clock-truth.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');
const PAGE = join(import.meta.dirname, '../docs/clock.md');
const SECONDS = Number(process.env.COLDFLAME_SECONDS ?? 40);
/** Those of the set `all` that print a time and tell of something that a burst does; they need tracepoints alone. */
const TOOLS =
  process.env.COLDFLAME_TOOLS ??
  'perf,perf-stat,vmstat,iostat,mpstat,pidstat,top,sar-dev,sar-tcp,pressure,proc-vmstat,proc-net,execsnoop,exitsnoop,opensnoop,statsnoop,biosnoop,biolatency,biopattern,bitesize,killsnoop,tcplife,tcpstates,dmesg';

/** Collects while bursts go on, and rewrites the table. */
export default async function clock(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) {
    process.stderr.write('bench clock: most tools that it measures need root\n');
    return;
  }
  const archive = join(folder, 'clock.tar');
  const truths = await captured(archive, folder);
  const tools = judgeTools(await readCapture([archive], { samples: true }), truths);
  const text = tableOf(tools);
  process.stdout.write(`${text}\n`);
  if (process.env.COLDFLAME_TOOLS === undefined) writeTable(text);
}

/** @returns what was done when, in seconds of the monotonic clock */
async function captured(archive: string, folder: string): Promise<Truth[]> {
  const bursts = new Bursts(folder);
  const words = ['collect', '--tool', TOOLS, '--for', `${SECONDS}s`, '-o', archive];
  const collect = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  collect.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    // the window begins, 6.50 s after the start
    if (said.includes('the window begins')) begin();
  });
  const ended = new Promise<number | null>((resolve) => collect.on('close', resolve));
  await Promise.race([begun, ended]);
  await bursts.run(SECONDS - 4);
  const status = await ended;
  if (process.env.COLDFLAME_KEEP !== undefined) {
    copyFileSync(archive, process.env.COLDFLAME_KEEP);
    writeFileSync(`${process.env.COLDFLAME_KEEP}.json`, JSON.stringify(bursts.truths));
  }
  if (status !== 0) throw new Error(`collect ended with ${status}:\n${said}`);
  return bursts.truths;
}

const ms = (seconds: number | null): string => (seconds === null ? '–' : String(Math.round(seconds * 1000) + 0));
const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(0)}%`);

function tableOf(tools: readonly ToolClock[]): string {
  const rows = tools.map(
    ({ tool, rows, error, width, doubt, within, kept, foreign }) =>
      `| ${tool} | ${rows} | ${ms(error)} | ${ms(width)} | ${ms(doubt)} | ${percent(within)} | ${percent(kept)} | ${percent(foreign)} |`,
  );
  const load = loadavg()
    .map((each) => each.toFixed(1))
    .join(', ');
  return [
    `Linux ${release()}, ${cpus().length} CPUs, load ${load}; ${SECONDS} s. Times in ms; an error below 0 is too early.`,
    '',
    '| tool | rows of bursts | median error | width | doubt | within | brush keeps | foreign |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function writeTable(text: string): void {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(/(<!-- measured -->\n)[\s\S]*?(<!-- end -->)/, (_, head, tail) => `${head}${text}\n${tail}`),
  );
}
