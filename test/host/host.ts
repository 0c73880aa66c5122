/**
 * Runs the catalogue's tools for real, each by every way that a host may have it, on a virtual host whose whole workload is
 * ours: `npm run host -- [SUITE] [TOOL…]`. It builds the image where that is missing, boots it, lets the collector's own
 * script run there beside the workload, brings the archives back, reads them, holds them against what the workload measured
 * itself, and says how each fared. `--write` puts that into tried.json, from which docs/tools.md has its table.
 * `--set 60s,bcc` collects sets as a person would (sets.ts).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectScript } from '../../src/collectors/script.ts';
import { tools } from '../../src/tools/index.ts';
import { OPTIONS } from '../script-options.ts';
import { boot, FOLDER, prepared, SUITES } from './machine.ts';
import { reading } from './outcome.ts';
import { collectSets } from './sets.ts';
import { batchesOf, cannot, type Flavour, flavours, scenesOf, type Trial, trialsOf } from './trials.ts';
import { printed, TRIED, type Tried, written } from './tried.ts';

const HERE = import.meta.dirname;
const SECONDS = 16;
/** Where nothing attaches the window begins at once, and perf alone takes ten seconds to start there. */
const SECONDS_UNAWAITED = 40;
/** Clang takes half a minute of CPU time there, which is long where the machine has other work. */
const ATTACH_WAIT = 1800;
/** The ways that the window waits for. */
const ATTACHED: ReadonlySet<Flavour> = new Set(['bcc', 'libbpf-tools', 'bpftrace', 'own']);
/** Stands for the process of the scene: no kernel gives it to anybody. */
const NOBODY = '4194304';

export default async function host(words: readonly string[]): Promise<number> {
  const { suite, sets, names, ways, write } = asked(words);
  if (sets.length > 0) return collectSets(suite, sets);
  const chosen = trialsOf(tools.filter(({ name }) => names.length === 0 || names.includes(name))).filter(
    ({ flavour }) => ways.length === 0 || ways.includes(flavour),
  );
  if (chosen.length === 0) throw new Error(`none of ${names.join(', ')} is collected by ${ways.join(', ')}`);
  prepared(suite);
  const share = mkdtempSync(join(FOLDER, 'share.'));
  try {
    const batches = batchesOf(chosen);
    prepare(share, batches);
    const ended = await boot(suite, share);
    process.stdout.write(readFileSync(join(share, 'job.log'), 'utf8'));
    const tried = (await Promise.all(batches.map((batch, i) => outcomes(suite, share, `batch-${i}`, batch)))).flat();
    process.stdout.write(`\n${printed(tried)}`);
    keep(suite, share, batches);
    if (write) writeFileSync(TRIED, written(tried));
    return ended === 0 && tried.every(isSound) ? 0 : 1;
  } finally {
    rmSync(share, { recursive: true, force: true });
  }
}

interface Asked {
  suite: string;
  /** Sets to collect as a person would, in place of trying each tool, a capture each; none where none is named. */
  sets: string[];
  /** Tools and ways to run them; all where none is named. */
  names: string[];
  ways: string[];
  write: boolean;
}

function asked(words: readonly string[]): Asked {
  const rest = words.filter((word) => word !== '--write');
  const suite = SUITES.includes(rest[0] ?? '') ? (rest.shift() as string) : (SUITES[0] as string);
  if (rest[0] === '--set')
    return { suite, sets: rest.length > 1 ? rest.slice(1) : ['all'], names: [], ways: [], write: false };
  const isWay = (word: string) =>
    flavours.some((flavour) => flavour === word) &&
    !tools.some(({ name, capture }) => name === word && capture.length > 0);
  const [ways, names] = [rest.filter(isWay), rest.filter((word) => !isWay(word))];
  const unknown = names.find((name) => !tools.some((tool) => tool.name === name && tool.capture.length > 0));
  if (unknown !== undefined)
    throw new Error(
      `no tool ${unknown} that is collected; suites are ${SUITES.join(', ')}, ways are ${flavours.join(', ')}`,
    );
  return { suite, sets: [], names, ways, write: words.includes('--write') };
}

/** What the machine finds under /mnt: the workload, a script for each batch, and the list of them. */
function prepare(share: string, batches: readonly Trial[][]): void {
  cpSync(join(HERE, 'guest'), join(share, 'guest'), { recursive: true });
  cpSync(join(HERE, 'guest/job.sh'), join(share, 'job.sh'));
  batches.forEach((batch, i) => {
    const alone = batch.map(({ tool, recipe }) => ({ ...tool, capture: [recipe] }));
    const script = collectScript(alone, {
      ...OPTIONS,
      seconds: isAwaited(batch) ? SECONDS : SECONDS_UNAWAITED,
      attachWait: ATTACH_WAIT,
      named: alone.map(({ name }) => name),
      marks: true,
      output: '',
      scope: batch[0]?.recipe.target === 'pid' ? { target: 'pid', pid: NOBODY } : { target: 'host' },
      minFree: 64,
    });
    writeFileSync(join(share, `batch-${i}.sh`), script);
  });
  const lines = batches.map((batch, i) => {
    const weight = isAwaited(batch) ? 'heavy' : 'light';
    return `batch-${i} ${weight} ${scenesOf(batch).join(' ')}\n`;
  });
  writeFileSync(join(share, 'batches'), lines.join(''));
}

function isAwaited(batch: readonly Trial[]): boolean {
  return batch.some(({ flavour }) => ATTACHED.has(flavour));
}

/** How each trial of a batch fared. */
async function outcomes(suite: string, share: string, name: string, batch: readonly Trial[]): Promise<Tried[]> {
  const archive = join(share, 'out', `${name}.tar`);
  const about = ({ tool, flavour }: Trial) => ({ suite, tool: tool.name, flavour });
  if (!existsSync(archive)) return batch.map((trial) => ({ ...about(trial), ...NO_ARCHIVE }));
  const read = await reading(archive, join(share, 'out', `${name}.truth`));
  return batch.map((trial) => {
    const outcome = read(trial);
    // What can work all the same does.
    return { ...about(trial), ...outcome, cannot: outcome.fault === null ? null : cannot(trial, suite) };
  });
}

function isSound({ fault, cannot, truth }: Tried): boolean {
  return (fault === null || cannot !== null) && truth?.agrees !== false;
}

const NO_ARCHIVE = {
  kernel: '',
  rows: null,
  unit: '',
  attached: null,
  cpu: null,
  fault: 'no archive came back',
  cannot: null,
  why: '',
  truth: null,
} as const;

/** What the tools printed stays in FOLDER/printed/SUITE/TOOL/FLAVOUR.txt, for samples to be taken from. */
function keep(suite: string, share: string, batches: readonly Trial[][]): void {
  batches.forEach((batch, i) => {
    const archive = join(share, 'out', `batch-${i}.tar`);
    if (!existsSync(archive)) return;
    const unpacked = mkdtempSync(join(share, 'unpacked.'));
    execFileSync('tar', ['-xf', archive, '-C', unpacked]);
    for (const { tool, flavour } of batch) {
      const folder = join(FOLDER, 'printed', suite, tool.name);
      mkdirSync(folder, { recursive: true });
      for (const file of readdirSync(unpacked))
        if (file === `${tool.name}.txt`) cpSync(join(unpacked, file), join(folder, `${flavour}.txt`));
      cpSync(join(unpacked, 'manifest.json'), join(folder, `${flavour}.manifest.json`));
    }
    rmSync(unpacked, { recursive: true });
  });
}
