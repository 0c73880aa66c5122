/** One picture: the verb that stands in for flamegraph.pl, and draws what is no stack too. */
import type { Argv } from 'yargs';
import type { Capture } from '../datasets/capture.ts';
import { totalWeight } from '../datasets/fold.ts';
import type { Dataset, Stacks } from '../datasets/shapes.ts';
import { EmptyInput, UserError } from '../errors.ts';
import { type PictureName, pictureNames } from '../render/chart.ts';
import { checkFlameOptions, drawFlamegraph, flameOptionOf, flameOptions } from './draw-flame.ts';
import { FILES } from './files.ts';
import { foldingOptionOf, isOfEvent, narrowingOptions, quotedText, readOptionsFor, stacksOf } from './folding.ts';
import { given } from './given.ts';
import { writeOutput } from './output.ts';
import { readCapture } from './read.ts';
import type { ReadOptions } from './read-file.ts';
import { say } from './terminal.ts';

export const command = 'draw <files..>';
export const describe = 'one picture as SVG or PNG: flame graph, histogram, heat map, lines, bars, table';

export function builder(yargs: Argv) {
  return flameOptions(narrowingOptions(yargs))
    .positional('files', FILES)
    .option('o', { alias: 'output', type: 'string', default: '-', describe: 'where to write it: x.svg, x.png or -' })
    .option('as', { choices: pictureNames, describe: 'which picture, where a dataset has several' })
    .option('dataset', { type: 'number', describe: 'which one, where the input holds several' })
    .option('tool', { type: 'string', describe: 'only what this tool printed: runqlat' })
    .option('width', { type: 'number', default: 1200, describe: 'of the picture, in pixels' })
    .option('title', { type: 'string', describe: '(default: by what is drawn)' })
    .option('subtitle', { type: 'string', describe: 'under the title' })
    .option('scale', { choices: ['log', 'linear'] as const, describe: 'of a histogram (default: by its buckets)' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

/** Reads the input, chooses the picture, and loads only the code that draws it. */
export async function handler(options: Options): Promise<void> {
  check(options);
  try {
    await draw(await readCapture(options.files, needs(options)), options);
  } catch (error) {
    // As with flamegraph.pl, a script that draws many files finds each of them, and the exit status tells.
    if (error instanceof EmptyInput)
      await write(await drawFlamegraph(emptyStacks(), options, !isPng(options.o)), options.o);
    throw error;
  }
}

async function draw(capture: Capture, options: Options): Promise<void> {
  for (const fault of capture.damage) say(fault);
  if (capture.damage.length > 0) process.exitCode = 1;
  const { picturesFor } = await import('../render/picture.ts');
  const { dataset, name } = choose(capture, options, picturesFor);
  if (dataset.shape !== 'stacks') return write(await chart(dataset, name, options), options.o);
  const narrow = options.dataset === undefined ? ofTool(capture, options.tool) : { ...capture, datasets: [dataset] };
  const isDifferential = options.event === undefined && eventsOf(narrow).join() === 'after,before';
  const stacks = stacksOf(narrow, isDifferential ? { ...options, event: 'after' } : options, say);
  if (totalWeight(stacks.profile) === 0) throw new EmptyInput(`${options.files.join(', ')}: no samples to draw`);
  if (name === 'heatmap') return write(await chart(stacks, name, options), options.o);
  const before = isDifferential
    ? stacksOf(narrow, { ...options, event: 'before' }, say)
    : await baseOf(stacks, options);
  return write(await drawFlamegraph(stacks, options, !isPng(options.o), before), options.o);
}

function ofTool(capture: Capture, tool: string | undefined): Capture {
  if (tool === undefined) return capture;
  return { ...capture, datasets: capture.datasets.filter((dataset) => dataset.tool === tool) };
}

/** The events of a capture's stacks: `after` and `before` are what a differential folded file has. */
function eventsOf({ datasets }: Capture): (string | undefined)[] {
  return [...new Set(datasets.flatMap((dataset) => (dataset.shape === 'stacks' ? [dataset.event] : [])))];
}

async function chart(dataset: Dataset, name: PictureName, options: Options): Promise<string[]> {
  const { chartSvg } = await import('../render/picture.ts');
  const { width, title, subtitle, scale } = options;
  return [chartSvg(dataset, name, given({ width, title, subtitle, scale })).text];
}

/** The stacks to compare with: those of the same event where the earlier file has several, narrowed the same way. */
async function baseOf({ event }: Stacks, options: Options): Promise<Stacks | undefined> {
  if (options.base === undefined) {
    if (!options.rawCounts && !options.negate) return undefined;
    throw new UserError('--raw-counts and --negate need an earlier profile: --base FILE', 2);
  }
  const whole = await readCapture([options.base], needs(options));
  const named = ofTool(whole, options.tool);
  // A loose folded file names no tool.
  const capture = named.datasets.length > 0 ? named : whole;
  const same = eventsOf(capture).length > 1 && event !== undefined;
  return stacksOf(capture, same ? { ...options, event } : options, say);
}

const isPng = (path: string): boolean => /\.png$/i.test(path);

async function write(picture: Iterable<string>, path: string): Promise<void> {
  if (!isPng(path)) return writeOutput(path, picture);
  const { pngOf } = await import('../render/png.ts');
  try {
    await writeOutput(path, [await pngOf([...picture].join(''))]);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${path}: ${error.message}; draw an SVG, or a part of it`);
    throw error;
  }
}

function check(options: Options): void {
  const { width, o } = options;
  if (!(width >= 200 && width <= 30_000)) throw new UserError(`--width ${width}: say a number from 200 to 30000`, 2);
  if (/\.(jpe?g|gif|webp|pdf|html?)$/i.test(o)) throw new UserError(`-o ${o}: draw writes .svg and .png`, 2);
  checkFlameOptions(options);
}

function needs(options: Options): ReadOptions {
  const { samples, addresses } = readOptionsFor(options);
  return { samples: samples || options.flamechart === true || options.as === 'heatmap', addresses, loneFrames: true };
}

interface Choice {
  dataset: Dataset;
  name: PictureName;
}

/** The dataset and picture asked for; else the first stacks, else the first that has a picture. */
function choose(capture: Capture, options: Options, picturesFor: (dataset: Dataset) => PictureName[]): Choice {
  const { dataset: wanted, tool, as } = options;
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
  const misplaced = flameOptionOf(options);
  if (name !== 'flamegraph' && misplaced !== undefined)
    throw new UserError(`${misplaced} is for flame graphs, and this is drawn as ${name}`, 2);
  const narrowing = foldingOptionOf(options);
  if (chosen.dataset.shape !== 'stacks' && narrowing !== undefined)
    throw new UserError(`${narrowing} is for stacks, and this is ${nameOf(chosen.dataset)}`, 2);
  if (options.scale !== undefined && name !== 'histogram')
    throw new UserError(`--scale is for histograms, and this is drawn as ${name}`, 2);
  if (options.o !== '-' || all.length > 1) say(`${name} of ${nameOf(chosen.dataset)}`);
  if (asked.length > 1) say(`there are ${asked.length} datasets:\n${asked.map(({ index }) => list[index]).join('\n')}`);
  return { dataset: chosen.dataset, name };
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
  if (quoted !== null && !wrong) throw new UserError(`${where}: nothing in it that has a picture: ${quoted}`);
  const how = wrong ? `that can be drawn${as === undefined ? '' : ` as ${as}`}` : 'that has a picture';
  throw new UserError(
    `${where}: ${dataset === undefined ? 'nothing in it' : `no dataset ${dataset}`}${tool === undefined ? '' : ` of ${tool}`} ${how}; there is\n${list.join('\n')}`,
    wrong ? 2 : 1,
  );
}

function emptyStacks(): Stacks {
  const none = { names: [], kinds: [], modules: [] };
  const columns = { parent: new Uint32Array(1), frame: new Uint32Array(1), self: new Float64Array(1) };
  const profile = { frames: none, ...columns, sampleCount: 0, threads: [], samples: null };
  return { shape: 'stacks', kind: 'on-cpu', source: 0, tool: '', title: '', clock: null, unit: 'samples', profile };
}

function nameOf({ tool, title, shape }: Dataset): string {
  return tool === title ? `${tool}, ${shape}` : `${tool}, ${title}, ${shape}`;
}
