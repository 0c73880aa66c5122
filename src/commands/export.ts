import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { counted } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import { FILES, pathOf, READING, SYMBOLS } from './files.ts';
import {
  foldedOf,
  foldingOptionOf,
  MARKING,
  markingOptionOf,
  NARROWING,
  readOptionsFor,
  stacksLeft,
  stacksOf,
} from './folding.ts';
import { inputsAt } from './inputs.ts';
import { outputAt } from './output.ts';
import { PRIVACY, privacyOf } from './privacy.ts';
import { readShown } from './progress.ts';
import { note, say } from './terminal.ts';

const formats = ['folded', 'speedscope', 'pprof', 'otlp', 'firefox', 'perfetto', 'json', 'csv', 'parquet'] as const;

const OUTPUT = {
  format: {
    alias: 'f',
    type: 'string',
    value: 'FORMAT',
    choices: formats,
    demandOption: true,
    describe:
      'format: folded, speedscope, pprof, otlp (stacks), firefox (stacks, events), perfetto (stacks, events, signals), json, parquet (everything), csv (one dataset)',
  },
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    default: '-',
    describe: 'file to write (default: standard output); with parquet, the folder',
  },
  dataset: { type: 'number', value: 'N', describe: 'dataset to export if the input has several, by number' },
  samples: { type: 'boolean', default: false, describe: 'with json: include every sample' },
} as const satisfies OptionTable;

export const verb = {
  operands: FILES,
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Stacks', options: NARROWING },
    { title: 'Folded stacks', options: MARKING },
    { title: 'Reading', options: READING },
    { title: 'Symbols', options: SYMBOLS },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    [
      'coldflame export perf.txt -f folded --all > perf.folded',
      'folded stacks, as stackcollapse-perf.pl --all prints them',
    ],
    ['coldflame export capture.tar -f pprof -o cpu.pb.gz', 'for go tool pprof'],
    ['coldflame export capture.tar -f firefox -o cpu.json', 'to load at profiler.firefox.com'],
    ['coldflame export capture.tar -f perfetto -o trace.json', 'to open at ui.perfetto.dev'],
    ['coldflame export capture.tar -f json | jq .datasets[].title', 'everything that was read (docs/schema.json)'],
    ['coldflame export *.tar -f parquet -o store', 'tables of many captures, for DuckDB or Spark (docs/fleet.md)'],
  ],
  run: (values: Values, { operands }: Given) => run({ ...values, files: operands.map(pathOf) }),
} satisfies VerbTable;

type Values = ValuesOf<
  typeof OUTPUT & typeof NARROWING & typeof MARKING & typeof SYMBOLS & typeof PRIVACY & typeof READING
>;
type Options = Values & { files: readonly string[] };

/** Formats of stacks that tell every sample, where it is known. */
const SAMPLED: ReadonlySet<Options['format']> = new Set(['speedscope', 'pprof', 'otlp', 'firefox', 'perfetto']);

/** Each format loads only what it needs: start-up is a good part of a small file's time. */
async function run(options: Options): Promise<void> {
  const { files, format, output, samples } = options;
  checkFormat(options);
  const privacy = await privacyOf(options, output, inputsAt(files));
  if (format === 'parquet') {
    const { exportParquet } = await import('./export-parquet.ts');
    return exportParquet({ files, output, symbols: options.symbols, as: options.as, privacy }, sayFaults);
  }
  const place = outputAt(output, { inputs: privacy.inputs, isPacked: format === 'pprof' });
  const { samples: narrowing, addresses } = readOptionsFor(options);
  const capture = await readShown(files, {
    samples: samples || narrowing || SAMPLED.has(format),
    addresses,
    loneFrames: isOfStacks(format),
    symbols: options.symbols,
    ...privacy.reading,
    as: options.as,
  });
  await place.write(await exported(capture, format, options));
  for (const [, text] of await privacy.done([capture])) note(text);
  sayFaults(capture);
}

function isOfStacks(format: Options['format']): boolean {
  return format === 'folded' || SAMPLED.has(format);
}

/** An option that a format does not heed would be lost without a word. */
function checkFormat(options: Options): void {
  const { format, output, dataset, samples } = options;
  const narrowing = foldingOptionOf(options);
  if (!isOfStacks(format) && narrowing !== undefined)
    throw new UserError(
      `${narrowing} applies to stacks: --format folded, speedscope, pprof, otlp, firefox or perfetto`,
      2,
    );
  const marking = markingOptionOf(options);
  if (format !== 'folded' && marking !== undefined) throw new UserError(`${marking} applies to --format folded`, 2);
  if ((format === 'json' || format === 'parquet') && dataset !== undefined)
    throw new UserError(`--dataset does not apply to --format ${format}, which has all of them`, 2);
  if (format === 'parquet' && output === '-')
    throw new UserError('--format parquet writes several files; name a folder with -o', 2);
  if (format !== 'json' && samples) throw new UserError('--samples applies to --format json', 2);
}

/** What of the input did not make it into the export. */
function sayFaults({ damage, sources }: Capture): void {
  for (const fault of damage) say(fault);
  for (const { name, unread, unreadCount } of sources) {
    const [first] = unread;
    if (first !== undefined)
      say(`${name}: ${counted(unreadCount, 'line')} not read; first: line ${first.line}, ${first.why}`);
  }
  if (damage.length > 0) process.exitCode = 1;
}

async function exported(
  capture: Capture,
  format: Exclude<Options['format'], 'parquet'>,
  options: Options,
): Promise<Iterable<string | Uint8Array>> {
  const { dataset, samples } = options;
  switch (format) {
    case 'folded':
      return foldedOf(ofDataset(capture, dataset), options, note);
    case 'json': {
      const { toJson } = await import('../exports/json.ts');
      return toJson(capture, { samples });
    }
    case 'csv': {
      const { toCsv } = await import('../exports/csv.ts');
      return toCsv(onlyOne(capture, capture.datasets, dataset), capture.manifest?.started ?? null);
    }
    case 'speedscope': {
      const { toSpeedscope } = await import('../exports/speedscope.ts');
      return toSpeedscope(capture.name, allStacks(ofDataset(capture, dataset), options));
    }
    case 'firefox': {
      const { toFirefox } = await import('../exports/firefox.ts');
      const onAxis = await onOneAxis(capture);
      return toFirefox(onAxis, stacksIn(ofDataset(capture, dataset, onAxis.datasets), options));
    }
    case 'perfetto': {
      const [{ leftOutOfTrace, toTrace, weighedInTrace }, { allTracks }] = await Promise.all([
        import('../exports/trace.ts'),
        import('../signals/index.ts'),
      ]);
      const onAxis = await onOneAxis(capture);
      const stacks = stacksIn(ofDataset(capture, dataset, onAxis.datasets), options);
      for (const { title, why } of leftOutOfTrace(stacks)) note(`${title} is not in the trace: ${why}`);
      for (const { title, unit } of weighedInTrace(stacks))
        note(`${title}: samples in a trace all count the same; how many ${unit} each stands for is not in it`);
      return toTrace(onAxis, stacks, allTracks(onAxis));
    }
    case 'otlp': {
      const { toOtlp } = await import('../exports/otlp.ts');
      return toOtlp(capture, roundable(allStacks(ofDataset(capture, dataset), options), format));
    }
    case 'pprof': {
      const [{ gzipSync }, { toPprof }] = await Promise.all([import('node:zlib'), import('../exports/pprof.ts')]);
      return [gzipSync(toPprof(capture, roundable(allStacks(ofDataset(capture, dataset), options), format)))];
    }
  }
}

/**
 * The capture with nothing but the stacks asked for by their number in it.
 * @param datasets what the format has room for
 */
function ofDataset(capture: Capture, wanted: number | undefined, datasets = capture.datasets): Capture {
  if (wanted === undefined) return { ...capture, datasets };
  const stacks = datasets.filter(({ shape }) => shape === 'stacks');
  return { ...capture, datasets: [onlyOne(capture, stacks, wanted)] };
}

/** Every profile of a capture, or of the event asked for, each narrowed; those of which nothing is left are left out. */
function allStacks(capture: Capture, options: Options): Stacks[] {
  const stacks = capture.datasets.filter(({ shape }) => shape === 'stacks');
  if (options.event !== undefined || stacks.length === 0) return [stacksOf(capture, options, note)];
  const left = stacks.flatMap((dataset) => stacksLeft({ ...capture, datasets: [dataset] }, options, note) ?? []);
  return left.length > 0 ? left : [stacksOf(capture, options, note)];
}

/** For a format of whole numbers: says whose weights it has to round, such as the percentages of perf report. */
function roundable(stacks: Stacks[], format: string): Stacks[] {
  for (const { title, profile } of stacks)
    if (profile.self.some((weight) => !Number.isInteger(weight)))
      note(`${title}: weights are rounded; ${format} has whole numbers only`);
  return stacks;
}

/** The capture with what shares one axis of time; the rest is said. */
async function onOneAxis(capture: Capture): Promise<Capture> {
  const { offAxis } = await import('../exports/spans.ts');
  const off = new Set(offAxis(capture.datasets));
  for (const { title } of off) note(`${title} is left out: its times are on another clock`);
  return { ...capture, datasets: capture.datasets.filter((dataset) => !off.has(dataset)) };
}

/** The same for a format that has more than stacks: none, where the capture has none. */
function stacksIn(capture: Capture, options: Options): Stacks[] {
  const isThere = capture.datasets.some(({ shape }) => shape === 'stacks');
  return isThere || options.event !== undefined ? allStacks(capture, options) : [];
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
      ? `${candidates.length} datasets, but this format has room for one; choose:`
      : `no dataset ${wanted} for this format; choose:`;
  throw new UserError(`${name}: ${why}\n${list.join('\n')}`, 2);
}
