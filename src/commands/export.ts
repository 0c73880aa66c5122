import type { Argv } from 'yargs';
import { counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { FILES } from './files.ts';
import { foldedOf, foldingOptions, readOptionsFor } from './folding.ts';
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
    .option('dataset', { type: 'number', describe: 'which one, where a format holds one only (csv, pprof)' })
    .option('samples', { type: 'boolean', default: false, describe: 'each sample too (json)' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

/** Each format loads only what it needs: start-up is a good part of a small file's time. */
export async function handler(options: Options): Promise<void> {
  const { files, format, o, dataset, samples } = options;
  if (format === 'folded') {
    const capture = await readCapture(files, readOptionsFor(options));
    await writeOutput(o, foldedOf(capture, options, say));
    sayFaults(capture);
    return;
  }
  const capture = await readCapture(files, { samples: samples || format === 'speedscope' });
  await writeOutput(o, await exported(capture, format, dataset, samples));
  sayFaults(capture);
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

async function exported(
  capture: Capture,
  format: Exclude<(typeof formats)[number], 'folded'>,
  dataset: number | undefined,
  samples: boolean,
): Promise<Iterable<string | Uint8Array>> {
  switch (format) {
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
      return toSpeedscope(capture.name, stacksOf(capture));
    }
    case 'pprof': {
      const [{ gzipSync }, { toPprof }] = await Promise.all([import('node:zlib'), import('../exports/pprof.ts')]);
      return [gzipSync(toPprof(onlyOne(capture, stacksOf(capture), dataset)))];
    }
  }
}

function stacksOf({ name, datasets }: Capture): Stacks[] {
  const stacks = datasets.filter((dataset) => dataset.shape === 'stacks');
  if (stacks.length === 0) throw new UserError(`${name}: no stacks in it; --format json shows what there is`);
  return stacks;
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
