/** One picture: the verb that stands in for flamegraph.pl, and draws what is no stack too. */
import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { type Capture, type HostClock, hostClock } from '../datasets/capture.ts';
import { totalWeight } from '../datasets/fold.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { EmptyInput, UserError } from '../errors.ts';
import { type PictureName, pictureNames } from '../render/chart.ts';
import { checkFlameOptions, drawFlamegraph, FLAME, flameOptionOf } from './draw-flame.ts';
import { FILES, pathOf, SYMBOLS } from './files.ts';
import { foldingOptionOf, isOfEvent, NARROWING, quotedText, readOptionsFor, stacksOf } from './folding.ts';
import { given } from './given.ts';
import { inputsAt } from './inputs.ts';
import { type Output, outputAt } from './output.ts';
import { PRIVACY, privacyOf } from './privacy.ts';
import { readShown } from './progress.ts';
import type { ReadOptions } from './read-file.ts';
import { note, say } from './terminal.ts';

const PICTURE = {
  as: {
    type: 'string',
    value: 'KIND',
    choices: pictureNames,
    describe: `kind of picture: ${pictureNames.join(', ')} (default: what fits the data)`,
  },
  dataset: { type: 'number', value: 'N', describe: 'dataset to draw if the input has several, by number' },
  tool: { type: 'string', value: 'NAME', describe: 'tool whose output to draw, such as runqlat' },
  width: { type: 'number', value: 'PIXELS', default: 1200, describe: 'width of the picture (default: 1200)' },
  scale: {
    type: 'string',
    value: 'SCALE',
    choices: ['log', 'linear'],
    describe: 'axis of a histogram: log or linear (default: by its buckets)',
  },
  title: { type: 'string', value: 'TEXT', describe: 'title (default: what is drawn)' },
  subtitle: { type: 'string', value: 'TEXT', describe: 'second line of the title' },
} as const satisfies OptionTable;

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    default: '-',
    describe: 'x.svg or x.png (default: SVG on standard output)',
  },
} as const satisfies OptionTable;

export const verb = {
  operands: FILES,
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Picture', options: PICTURE },
    { title: 'Stacks', options: NARROWING },
    { title: 'Flame graphs', options: FLAME },
    { title: 'Symbols', options: SYMBOLS },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    ['coldflame draw perf.txt -o cpu.svg', 'CPU flame graph from perf script; it zooms and searches in a browser'],
    ['coldflame draw after.txt --base before.txt -o diff.svg', 'differential flame graph'],
    ['coldflame draw biosnoop.txt --as heatmap -o disk.png', 'latency heat map as PNG'],
    ['perf script | coldflame draw - --comm mysqld > mysqld.svg', 'flame graph of one command, in a pipe'],
  ],
  run: (values: Values, { operands }: Given) => run({ ...values, files: operands.map(pathOf) }),
} satisfies VerbTable;

type Values = ValuesOf<
  typeof OUTPUT & typeof PICTURE & typeof NARROWING & typeof FLAME & typeof SYMBOLS & typeof PRIVACY
>;
type Options = Values & { files: readonly string[] };

/** Reads the input, chooses the picture, and loads only the code that draws it. */
async function run(options: Options): Promise<void> {
  check(options);
  const { files, base, output } = options;
  const inputs = inputsAt(base === undefined ? files : [...files, pathOf(base)]);
  const privacy = await privacyOf(options, output, inputs);
  const place = outputAt(output, { inputs: privacy.inputs });
  try {
    const reading = { ...needs(options), ...privacy.reading };
    const capture = await readShown(files, reading);
    await write(await draw(capture, options, reading), place);
    for (const [, text] of await privacy.done([capture])) note(text);
  } catch (error) {
    // As with flamegraph.pl, a script that draws many files finds each of them, and the exit status tells.
    if (error instanceof EmptyInput) await write(await drawFlamegraph(emptyStacks(), options, !isPng(output)), place);
    throw error;
  }
}

async function draw(capture: Capture, options: Options, reading: ReadOptions): Promise<Iterable<string>> {
  for (const fault of capture.damage) say(fault);
  if (capture.damage.length > 0) process.exitCode = 1;
  const { picturesFor } = await import('../render/picture.ts');
  const { dataset, name } = choose(capture, options, picturesFor);
  const clock = dataset.clock === 'capture' ? hostClock(capture) : null;
  if (dataset.shape !== 'stacks') return chart(dataset, name, clock, options);
  const narrow = options.dataset === undefined ? ofTool(capture, options.tool) : { ...capture, datasets: [dataset] };
  const isDifferential = options.event === undefined && eventsOf(narrow).join() === 'after,before';
  const stacks = stacksOf(narrow, isDifferential ? { ...options, event: 'after' } : options, note);
  if (totalWeight(stacks.profile) === 0) throw new EmptyInput(`${options.files.join(', ')}: no samples to draw`);
  if (name === 'heatmap') return chart(stacks, name, clock, options);
  const before = isDifferential
    ? stacksOf(narrow, { ...options, event: 'before' }, note)
    : await baseOf(stacks, options, reading);
  return drawFlamegraph(stacks, { ...options, clock: hostClock(capture) }, !isPng(options.output), before);
}

function ofTool(capture: Capture, tool: string | undefined): Capture {
  if (tool === undefined) return capture;
  return { ...capture, datasets: capture.datasets.filter((dataset) => dataset.tool === tool) };
}

/** The events of a capture's stacks: `after` and `before` are what a differential folded file has. */
function eventsOf({ datasets }: Capture): (string | undefined)[] {
  return [...new Set(datasets.flatMap((dataset) => (dataset.shape === 'stacks' ? [dataset.event] : [])))];
}

async function chart(
  dataset: Dataset,
  name: PictureName,
  clock: HostClock | null,
  options: Options,
): Promise<string[]> {
  const { chartSvg } = await import('../render/picture.ts');
  const { width, title, subtitle, scale } = options;
  return [chartSvg(dataset, name, { ...given({ width, title, subtitle, scale }), clock }).text];
}

/** The stacks to compare with: those of the same event where the earlier file has several, narrowed the same way. */
async function baseOf({ event }: Stacks, options: Options, reading: ReadOptions): Promise<Stacks | undefined> {
  if (options.base === undefined) {
    if (!options.rawCounts && !options.negate) return undefined;
    throw new UserError('--raw-counts and --negate need --base FILE', 2);
  }
  const whole = await readShown([pathOf(options.base)], reading);
  const named = ofTool(whole, options.tool);
  // A loose folded file names no tool.
  const capture = named.datasets.length > 0 ? named : whole;
  const same = eventsOf(capture).length > 1 && event !== undefined;
  return stacksOf(capture, same ? { ...options, event } : options, note);
}

const isPng = (path: string): boolean => /\.png$/i.test(path);

async function write(picture: Iterable<string>, place: Output): Promise<void> {
  if (!isPng(place.path)) return place.write(picture);
  const { pngOf } = await import('../render/png.ts');
  try {
    await place.write([await pngOf([...picture].join(''))]);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${place.path}: ${error.message}; write an SVG, or draw less`);
    throw error;
  }
}

function check(options: Options): void {
  const { width, output } = options;
  if (!(width >= 200 && width <= 30_000))
    throw new UserError(`--width must be between 200 and 30000 (got ${width})`, 2);
  if (/\.(jpe?g|gif|webp|pdf|html?)$/i.test(output))
    throw new UserError(`-o ${output}: draw writes SVG and PNG; name the file .svg or .png`, 2);
  checkFlameOptions(options);
}

function needs(options: Options): ReadOptions {
  const { samples, addresses } = readOptionsFor(options);
  const { flamechart, as, symbols } = options;
  return { samples: samples || flamechart === true || as === 'heatmap', addresses, loneFrames: true, symbols };
}

interface Choice {
  dataset: Dataset;
  name: PictureName;
}

/** The dataset and picture asked for; else the first stacks, else the first that has a picture. */
function choose(capture: Capture, options: Options, picturesFor: (dataset: Dataset) => PictureName[]): Choice {
  const { dataset: wanted, tool, as, output } = options;
  const all = capture.datasets.map((dataset, index) => ({ dataset, index, pictures: picturesFor(dataset) }));
  const list = all.map(
    ({ dataset, index, pictures }) =>
      `  --dataset ${index}: ${nameOf(dataset)} (${pictures.join(', ') || 'no picture'})`,
  );
  const asked = all.filter(
    ({ dataset, index }) => (wanted === undefined || index === wanted) && (tool === undefined || dataset.tool === tool),
  );
  const fitting = asked.filter(({ pictures }) => (as === undefined ? pictures.length > 0 : pictures.includes(as)));
  const stacks = fitting.flatMap((each) =>
    each.dataset.shape === 'stacks' ? [{ ...each, dataset: each.dataset }] : [],
  );
  const ofEvent = stacks.find(({ dataset }) => options.event !== undefined && isOfEvent(dataset, options.event));
  const chosen = ofEvent ?? stacks[0] ?? fitting[0];
  if (chosen === undefined) return noPicture(capture, options, list);
  const name = as ?? (chosen.pictures[0] as PictureName);
  checkApplies(options, chosen.dataset, name);
  if (output !== '-') note(`${output}: ${name} of ${nameOf(chosen.dataset)}`);
  else if (all.length > 1) note(`${name} of ${nameOf(chosen.dataset)}`);
  if (asked.length > 1)
    note(`the input has ${asked.length} datasets:\n${asked.map(({ index }) => list[index]).join('\n')}`);
  return { dataset: chosen.dataset, name };
}

/** @throws UserError for an option that the picture would not heed: it would be lost without a word */
function checkApplies(options: Options, dataset: Dataset, name: PictureName): void {
  const misplaced = flameOptionOf(options);
  if (name !== 'flamegraph' && misplaced !== undefined)
    throw new UserError(`${misplaced} applies to flame graphs; this is drawn as ${name}`, 2);
  const narrowing = foldingOptionOf(options);
  if (dataset.shape !== 'stacks' && narrowing !== undefined)
    throw new UserError(`${narrowing} applies to stacks; this is ${nameOf(dataset)}`, 2);
  if (options.scale !== undefined && name !== 'histogram')
    throw new UserError(`--scale applies to histograms; this is drawn as ${name}`, 2);
}

/** Says why there is no such picture, and what there is. */
function noPicture(
  { sources, datasets }: Capture,
  { dataset, tool, as, files }: Options,
  list: readonly string[],
): never {
  const where = files.join(', ');
  if (sources.every(({ lines }) => lines === 0)) throw new EmptyInput(`${where}: empty`);
  const quoted = quotedText(datasets);
  const wrong = as !== undefined || dataset !== undefined || tool !== undefined;
  if (quoted !== null && !wrong) throw new UserError(`${where}: nothing to draw; ${quoted}`);
  const what = [dataset === undefined ? 'nothing' : `no dataset ${dataset}`, tool === undefined ? '' : `of ${tool}`]
    .join(' ')
    .trim();
  const how = as === undefined ? 'to draw' : `to draw as ${as}`;
  throw new UserError(`${where}: ${what} ${how}; it has\n${list.join('\n')}`, wrong ? 2 : 1);
}

function emptyStacks(): Stacks {
  const none = { names: [], kinds: [], modules: [] };
  const columns = { parent: new Uint32Array(1), frame: new Uint32Array(1), self: new Float64Array(1) };
  const profile = { frames: none, ...columns, sampleCount: 0, threads: [], samples: null };
  return { shape: 'stacks', kind: 'on-cpu', source: 0, tool: '', title: '', clock: null, unit: 'samples', profile };
}

function nameOf({ tool, title, shape }: Dataset): string {
  return [...new Set([tool, title, shape])].join(', ');
}
