/**
 * Makes the virtual host, or this one, ill in known ways and says what the first finding of each capture is: `npm run sick --
 * [SUITE|here] [ILLNESS…]`. An illness is a function of guest/illnesses.sh; what it is called here must be the first finding, by name. The
 * tools are the default set, and another where only that shows it (SICK_SET for others); the script is the collector's own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseTools } from '../../src/collectors/choose.ts';
import { collectScript } from '../../src/collectors/script.ts';
import { readCapture } from '../../src/commands/read.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { assess } from '../../src/findings/index.ts';
import type { RuleName } from '../../src/findings/names.ts';
import { tools } from '../../src/tools/index.ts';
import type { SetName } from '../../src/tools/tool.ts';
import { OPTIONS } from '../script-options.ts';
import { boot, FOLDER, prepared, SUITES } from './machine.ts';

const HERE = import.meta.dirname;
const SECONDS = 15;
/** As the disk of a small virtual machine is. */
const SLOW_DISK = 'throttling.bps-total=20000000,throttling.iops-total=200';

/** The rules of which any tells the true cause, and who must be named: by its title, or first of its actors. */
interface Illness {
  causes: readonly RuleName[];
  who: RegExp;
  /** The set that its tools are of, where no tool of the default set shows it. */
  set?: SetName;
}

const ILLNESSES: Readonly<Record<string, Illness>> = {
  pinned_hog: { causes: ['one-cpu', 'cpu-consumer'], who: /pricing/ },
  many_hogs: { causes: ['cpu-consumer', 'run-queue'], who: /pricing/ },
  mutex: { causes: ['off-cpu-locks', 'off-cpu-futex', 'context-switches'], who: /ledger/, set: 'offcpu' },
  mutex_stripped: { causes: ['off-cpu-locks', 'off-cpu-futex', 'context-switches'], who: /teller/, set: 'offcpu' },
  cpu_quota: { causes: ['cpu-throttled'], who: /batch/ },
  memory_reclaim: { causes: ['memory-limit'], who: /index/ },
  memory_oom: { causes: ['oom-kill', 'oom-kill-events', 'memory-limit'], who: /thumb/ },
  growth: { causes: ['process-growth'], who: /importer/ },
  swapping: { causes: ['swapping', 'memory-limit'], who: /sessions/ },
  bursts: { causes: ['disk-saturated', 'disk-writer'], who: /archiver/ },
  io_limit: { causes: ['io-stalls', 'io-throttled'], who: /backup/ },
  frozen: { causes: ['blocked-tasks', 'io-stalls'], who: /reports/ },
  fsyncs: { causes: ['disk-saturated'], who: /orderdb/ },
  fork_storm: { causes: ['short-lived-processes'], who: /healthcheck/ },
  missing_files: { causes: ['failing-opens', 'path-lookups', 'cpu-consumer', 'one-cpu'], who: /loader/ },
  ping_pong: { causes: ['context-switches'], who: /relay/ },
  timers: { causes: ['context-switches', 'timers'], who: /ticker/ },
  log_writer: { causes: ['disk-saturated', 'disk-writer'], who: /auditlog/ },
  page_faults: { causes: ['page-fault-rate', 'page-faults', 'cpu-consumer'], who: /mapper/ },
  garbage: { causes: ['cpu-consumer', 'one-cpu', 'garbage-collection'], who: /node|cart/ },
  python_regex: { causes: ['cpu-consumer', 'one-cpu', 'regular-expressions'], who: /mailfilter/ },
  v8_regex: { causes: ['cpu-consumer', 'one-cpu', 'regular-expressions'], who: /node|router/ },
  backlog: { causes: ['listen-overflows', 'listen-backlog'], who: /8080|gateway/ },
  churn: { causes: ['connection-churn'], who: /api|poller|8081/ },
  loss: { causes: ['tcp-retransmits', 'tcp-retransmit-peers'], who: /./ },
  slow_names: { causes: ['slow-dns'], who: /checkout/, set: 'network' },
};
/** These need no disk, control group or network of their own: `npm run sick -- here`. */
const HERE_TOO = [
  ...['pinned_hog', 'many_hogs', 'mutex', 'mutex_stripped', 'growth', 'fork_storm', 'missing_files', 'ping_pong'],
  ...['timers', 'page_faults', 'garbage', 'python_regex', 'v8_regex', 'backlog', 'churn'],
];
/** Hosts that are well: nothing above a notice may be found. */
const WELL = ['idle', 'healthy_web', 'healthy_batch', 'healthy_disk'];

export default async function sick(words: readonly string[]): Promise<number> {
  const [first = '', ...others] = words;
  const isHere = first === 'here';
  const [suite, named] = isHere || SUITES.includes(first) ? [first, others] : [SUITES[0] as string, words];
  const names = named.length > 0 ? named : isHere ? HERE_TOO : [...Object.keys(ILLNESSES), ...WELL];
  const unknown = names.find((name) => !Object.hasOwn(ILLNESSES, name) && !WELL.includes(name));
  if (unknown !== undefined)
    throw new Error(`no illness ${unknown}; there are ${[...Object.keys(ILLNESSES), ...WELL].join(', ')}`);
  const kept = join(FOLDER, 'sick', suite);
  // What an earlier run has kept is judged again.
  if (process.env.SICK_AGAIN !== undefined) return report(kept, names);
  if (isHere) mkdirSync(FOLDER, { recursive: true });
  else prepared(suite);
  const share = mkdtempSync(join(FOLDER, 'sick.'));
  try {
    prepare(share, names, isHere);
    process.env.HOST_DISK = SLOW_DISK;
    if (isHere) spawnSync('sh', [join(share, 'guest/here.sh'), share], { stdio: 'inherit' });
    else await boot(suite, share);
    mkdirSync(kept, { recursive: true });
    for (const name of names)
      if (existsSync(join(share, 'out', `${name}.tar`)))
        cpSync(join(share, 'out', `${name}.tar`), join(kept, `${name}.tar`));
    return await report(kept, names);
  } finally {
    rmSync(share, { recursive: true, force: true });
  }
}

function prepare(share: string, names: readonly string[], isHere: boolean): void {
  cpSync(join(HERE, 'guest'), join(share, 'guest'), { recursive: true });
  cpSync(join(HERE, 'guest/ill.sh'), join(share, 'job.sh'));
  writeFileSync(join(share, 'illnesses'), names.map((name) => `${name}\n`).join(''));
  for (const name of names) writeFileSync(join(share, `collect-${name}.sh`), scriptFor(name, isHere));
}

function scriptFor(name: string, isHere: boolean): string {
  const also = ILLNESSES[name]?.set ?? [];
  const sets = process.env.SICK_SET?.split(',') ?? ['60s', 'cpu'].concat(also);
  return collectScript(chooseTools(tools, { sets, tools: [], skip: [] }), {
    ...OPTIONS,
    seconds: SECONDS,
    attachWait: isHere ? 15 : 120,
    marks: true,
    hz: 49,
    output: '',
    minFree: 64,
  });
}

/** Reads the archives of a folder again and says how each was judged. */
async function report(folder: string, names: readonly string[]): Promise<number> {
  const rows: string[] = [];
  let [first, somewhere, ill, falseFindings] = [0, 0, 0, 0];
  for (const name of names) {
    const path = join(folder, `${name}.tar`);
    if (!existsSync(path)) {
      rows.push(`| ${name} | no archive | | |`);
      continue;
    }
    const { findings } = assess(await readCapture([path], { samples: true }));
    const found = findings.filter(({ verdict }) => verdict === 'found');
    const [top] = found;
    const said = top === undefined ? 'nothing' : `${top.severity}: ${top.title}`;
    const illness = ILLNESSES[name];
    if (illness === undefined) {
      const loud = found.filter(({ severity, isPast }) => severity !== 'notice' && !isPast);
      falseFindings += loud.length;
      rows.push(`| ${name} | ${said} | ${loud.length === 0 ? 'well' : `**${loud.length} too many**`} | |`);
      continue;
    }
    ill++;
    const place = found.findIndex((finding) => isCause(finding, illness));
    const roots = found.slice(0, Math.max(0, place)).filter(({ cause }) => cause === null);
    if (place === 0) first++;
    if (place >= 0) somewhere++;
    const how = place === 0 ? 'first' : place < 0 ? '**missing**' : `**below ${roots.length}**`;
    rows.push(`| ${name} | ${said} | ${how} | ${place > 0 ? found[place]?.title : ''} |`);
  }
  process.stdout.write(
    `| illness | first finding | true cause | where below |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`,
  );
  process.stdout.write(
    `\n${first} of ${ill} first, ${somewhere} found; ${falseFindings} false findings on hosts that are well\n`,
  );
  return first === ill && falseFindings === 0 ? 0 : 1;
}

function isCause({ rule, also = [], title, actors, subject }: Finding, { causes, who }: Illness): boolean {
  if (![rule, ...also].some((name) => causes.some((cause) => cause === name))) return false;
  // Whoever stands second among its actors is not who it blames.
  return [title, subject.name, actors[0]?.name ?? ''].some((text) => who.test(text));
}
