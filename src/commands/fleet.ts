import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Worker } from 'node:worker_threads';
import { MANIFEST_NAME } from '../archive/manifest.ts';
import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { bytesText, counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { UserError } from '../errors.ts';
import { byWorst, type Digest, worstOf } from '../fleet/digest.ts';
import { fleetPage } from '../fleet/page.ts';
import { SYMBOLS } from './files.ts';
import { inputsAt } from './inputs.ts';
import { MODE, modeOf, outputAt, tell } from './output.ts';
import { PRIVACY, type Privacy, privacyOf } from './privacy.ts';
import { pathBeside } from './report-file.ts';
import { note, printable, say } from './terminal.ts';

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    demandOption: true,
    describe: 'page to write (- is standard output)',
  },
  mode: MODE,
} as const satisfies OptionTable;

const READING = {
  jobs: { alias: 'j', type: 'number', value: 'N', describe: 'captures to read at once (default: one per CPU)' },
  ...SYMBOLS,
} as const satisfies OptionTable;

export const verb = {
  operands: [{ name: 'CAPTURE|DIR', several: true, needed: 'captures, or a folder of them' }],
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Reading', options: READING },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    ['coldflame fleet captures/ -o fleet.html', 'one page for all of them, the worst first'],
    ['coldflame fleet web*.tar db*.tar -o fleet.html', 'links to web1.html if analyze has written it beside web1.tar'],
  ],
  run: (values: Options, { operands }: Given) => run(operands, values),
} satisfies VerbTable;

type Options = ValuesOf<typeof OUTPUT & typeof READING & typeof PRIVACY>;

/** A capture for a thread to read. */
export interface FleetReading {
  path: string;
  mask: boolean;
  symbols: string[] | undefined;
}

/** What became of it: one of the two. */
export type FleetReply = { digest: Digest; fault: null } | { digest: null; fault: string };

/** The worst captures that the terminal names. */
const TOLD = 10;

async function run(operands: readonly string[], options: Options): Promise<void> {
  const { output, mode, jobs, mask, redact, symbols } = options;
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs > 0 && jobs <= MAX_JOBS))
    throw new UserError(`--jobs must be between 1 and ${MAX_JOBS} (got ${jobs})`, 2);
  const paths = operands.flatMap(capturesAt);
  if (paths.length === 0) throw new UserError(`${operands.join(', ')}: no captures in it`);
  const privacy = await privacyOf(options, output, inputsAt(paths));
  const place = outputAt(output, { inputs: privacy.inputs, mode: modeOf(mode) });
  const readings = paths.map((path) => ({ path, mask, symbols }));
  const { replies, maskings } = redact
    ? await readRedacted(readings, privacy)
    : { replies: await readAll(readings, jobs ?? availableParallelism()), maskings: [] };
  const digests = replies.flatMap(({ digest }) => digest ?? []);
  const faults = replies.flatMap(({ fault }) => fault ?? []);
  if (digests.length === 0) throw new UserError(faults[0] ?? 'no capture could be read');
  const from = output === '-' ? '.' : dirname(output);
  const page = fleetPage(
    digests.map((digest) => ({ digest, report: redact ? null : reportOf(digest.path, from) })),
    faults,
  );
  await place.write([page]);
  await tell(`${printable(summary(digests, output, page).join('\n'))}\n`, output);
  for (const [, text] of await privacy.done(maskings)) note(text);
  for (const fault of faults) say(fault);
  if (faults.length > 0 || digests.some(({ faults: own }) => own.length > 0)) process.exitCode = 1;
}

function summary(digests: readonly Digest[], output: string, page: string): string[] {
  const sick = byWorst(digests).filter((digest) => worstOf(digest) !== null);
  const left = sick.length - TOLD;
  return [
    `${counted(digests.length, 'capture')}, ${sick.length} with findings`,
    ...sick.slice(0, TOLD).map((digest) => {
      const [first] = digest.findings;
      return `${(first?.severity ?? '').padEnd(11)} ${digest.host || digest.path}: ${first?.title} (${digest.path})`;
    }),
    ...(left > 0 ? [`and ${left} more`] : []),
    ...(output === '-' ? [] : [`page        ${output} (${bytesText(Buffer.byteLength(page))})`]),
  ];
}

// db1.tar   db1.tar.gz   db1.tgz   db1.tar.xz   perf.data
const CAPTURE = /\.(?:tar|tgz|data|zip|tar\.(?:gz|xz|zst|bz2))$/;
/** Folders in folders: deeper is somebody else's tree. */
const MAX_DEPTH = 4;

/** The captures behind a word: itself, or those in a folder that is none. By name, so that the page is always the same. */
function capturesAt(path: string, depth = 0): string[] {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) throw new UserError(`${path}: no such file or folder`);
  if (!there.isDirectory() || existsSync(join(path, MANIFEST_NAME))) return [path];
  if (depth === MAX_DEPTH) return [];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return capturesAt(join(path, entry.name), depth + 1);
      return CAPTURE.test(entry.name) ? [join(path, entry.name)] : [];
    });
}

/** The report that `analyze` wrote beside a capture, as the page links to it. */
function reportOf(capture: string, from: string): string | null {
  const report = pathBeside(capture, '.html');
  if (!existsSync(report)) return null;
  return relative(from, report).split('/').map(encodeURIComponent).join('/');
}

const MAX_JOBS = 64;
/** The thread's program lies beside the bundle. */
const PROGRAM = join(import.meta.dirname, 'fleet-worker.js');

/** The captures in the order given, read by so many threads. One that takes a thread down is a fault, and the others are read. */
async function readAll(readings: readonly FleetReading[], threads: number): Promise<FleetReply[]> {
  const replies: FleetReply[] = [];
  let next = 0;
  const readSome = async (): Promise<void> => {
    let worker: Worker | null = null;
    while (next < readings.length) {
      const place = next++;
      worker ??= new Worker(PROGRAM);
      const reading = readings[place] as FleetReading;
      replies[place] = await replyOf(worker, reading).catch(({ message }: Error): FleetReply => {
        worker = null;
        return { digest: null, fault: `${reading.path}: ${message}` };
      });
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, readings.length) }, readSome));
  return replies;
}

/**
 * One after the other, so that a name has one pseudonym in all of them. What a file is called often names its host: captures are
 * numbered instead.
 */
async function readRedacted(readings: readonly FleetReading[], { reading }: Privacy) {
  const [{ readCapture }, { digestOf }] = await Promise.all([import('./read.ts'), import('../fleet/digest.ts')]);
  const replies: FleetReply[] = [];
  const maskings: Pick<Capture, 'masking'>[] = [];
  for (const [i, { path, symbols }] of readings.entries()) {
    const name = `capture ${i + 1}`;
    try {
      const capture = await readCapture([path], { samples: true, symbols, ...reading });
      if (capture.masking !== undefined) maskings.push({ masking: capture.masking });
      replies.push({ digest: digestOf(name, capture), fault: null });
    } catch (error) {
      replies.push({ digest: null, fault: `${name}: ${(error as Error).message.replaceAll(path, name)}` });
    }
  }
  return { replies, maskings };
}

function replyOf(worker: Worker, reading: FleetReading): Promise<FleetReply> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void) => {
      // Without a name it would take Node's own listeners, too, and no message would come any more.
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      settle();
    };
    worker.once('message', (reply: FleetReply) => done(() => resolve(reply)));
    worker.once('error', (error) => done(() => reject(error)));
    worker.once('exit', () => done(() => reject(new Error('the thread that read it ended'))));
    worker.postMessage(reading);
  });
}
