import type { Argv } from 'yargs';
import { counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { FILES } from './files.ts';
import {
  foldedOf,
  foldingOptionOf,
  foldingOptions,
  markingOptionOf,
  readOptionsFor,
  stacksLeft,
  stacksOf,
} from './folding.ts';
import { writeOutput } from './output.ts';
import { readCapture } from './read.ts';
import { say } from './terminal.ts';

export const command = 'export <files..>';
export const describe = 'what was read, as folded stacks, JSON, CSV, speedscope or pprof';

const formats = ['folded', 'json', 'csv', 'speedscope', 'pprof'] as const;

export function builder(yargs: Argv) {
  return foldingOptions(yargs)
    .positional('files', FILES)
    .option('format', { choices: formats, demandOption: true, describe: 'what to write' })
    .option('o', { alias: 'output', type: 'string', default: '-', describe: 'where to write it' })
    .option('dataset', { type: 'number', describe: 'which one, where there are several' })
    .option('samples', { type: 'boolean', default: false, describe: 'each sample too (json)' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

/** Each format loads only what it needs: start-up is a good part of a small file's time. */
export async function handler(options: Options): Promise<void> {
  const { files, format, o, samples } = options;
  checkFormat(options);
  const { samples: narrowing, addresses } = readOptionsFor(options);
  const capture = await readCapture(files, {
    samples: samples || narrowing || format === 'speedscope',
    addresses,
    loneFrames: isOfStacks(format),
  });
  await writeOutput(o, await exported(capture, options));
  sayFaults(capture);
}

function isOfStacks(format: Options['format']): boolean {
  return format !== 'json' && format !== 'csv';
}

/** An option that a format does not heed would be lost without a word. */
function checkFormat(options: Options): void {
  const { format, dataset, samples } = options;
  const narrowing = foldingOptionOf(options);
  if (!isOfStacks(format) && narrowing !== undefined)
    throw new UserError(`${narrowing} is for stacks: --format folded, speedscope or pprof`, 2);
  const marking = markingOptionOf(options);
  if (format !== 'folded' && marking !== undefined) throw new UserError(`${marking} is for --format folded`, 2);
  if (format === 'json' && dataset !== undefined) throw new UserError('--format json holds all datasets', 2);
  if (format !== 'json' && samples) throw new UserError('--samples is for --format json', 2);
}

/** What of the input did not make it into the export. */
function sayFaults({ damage, sources }: Capture): void {
  for (const fault of damage) say(fault);
  for (const { name, unread, unreadCount } of sources) {
    const [first] = unread;
    if (first !== undefined)
      say(`${name}: ${counted(unreadCount, 'line')} not read, the first is line ${first.line}: ${first.why}`);
  }
  if (damage.length > 0) process.exitCode = 1;
}

async function exported(capture: Capture, options: Options): Promise<Iterable<string | Uint8Array>> {
  const { format, dataset, samples } = options;
  switch (format) {
    case 'folded':
      return foldedOf(ofDataset(capture, dataset), options, say);
    case 'json': {
      const { toJson } = await import('../exports/json.ts');
      return toJson(capture, { samples });
    }
    case 'csv': {
      const { toCsv } = await import('../exports/csv.ts');
      return toCsv(onlyOne(capture, capture.datasets, dataset));
    }
    case 'speedscope': {
      const { toSpeedscope } = await import('../exports/speedscope.ts');
      return toSpeedscope(capture.name, allStacks(ofDataset(capture, dataset), options));
    }
    case 'pprof': {
      const [{ gzipSync }, { toPprof }] = await Promise.all([import('node:zlib'), import('../exports/pprof.ts')]);
      return [gzipSync(toPprof(stacksOf(ofDataset(capture, dataset), options, say)))];
    }
  }
}

/** The capture with nothing but the stacks asked for by their number in it. */
function ofDataset(capture: Capture, wanted: number | undefined): Capture {
  if (wanted === undefined) return capture;
  const stacks = capture.datasets.filter(({ shape }) => shape === 'stacks');
  return { ...capture, datasets: [onlyOne(capture, stacks, wanted)] };
}

/** Every profile of a capture, or of the event asked for, each narrowed; those of which nothing is left are left out. */
function allStacks(capture: Capture, options: Options): Stacks[] {
  const stacks = capture.datasets.filter(({ shape }) => shape === 'stacks');
  if (options.event !== undefined || stacks.length === 0) return [stacksOf(capture, options, say)];
  const left = stacks.flatMap((dataset) => stacksLeft({ ...capture, datasets: [dataset] }, options, say) ?? []);
  return left.length > 0 ? left : [stacksOf(capture, options, say)];
}

/** The dataset that was asked for by its number in the capture, or the only candidate there is. */
function onlyOne<T extends Dataset>({ name, datasets }: Capture, candidates: readonly T[], wanted?: number): T {
  const chosen = wanted === undefined ? candidates : candidates.filter((each) => datasets.indexOf(each) === wanted);
  if (chosen.length === 1) return chosen[0] as T;
  const list = candidates.map((each) => {
    return `  --dataset ${datasets.indexOf(each)}: ${each.tool}, ${each.shape}, ${each.title}`;
  });
  const why =
    wanted === undefined
      ? `${candidates.length} datasets, and this format holds one:`
      : `no dataset ${wanted} for this format; there is`;
  throw new UserError(`${name}: ${why}\n${list.join('\n')}`, 2);
}
