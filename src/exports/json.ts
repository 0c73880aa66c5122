/**
 * A capture as JSON: the six shapes exactly as docs/schema.json describes them. Written in pieces, since the text of a
 * large profile with its samples is longer than the longest string that V8 allows.
 */
import { groupsIn } from '../datasets/buckets.ts';
import { type Capture, hostClock, type Source } from '../datasets/capture.ts';
import { rowsOf } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import { itemsIn } from '../datasets/counts.ts';
import { foldedStacks, frameTexts, isAlwaysMarked, stackFrames } from '../datasets/fold.ts';
import type { FrameKind, Profile } from '../datasets/profile.ts';
import type { Counts, Dataset, Histogram, Series, Stacks } from '../datasets/shapes.ts';
import { hasTimes } from '../datasets/times.ts';
import { MOMENT } from '../datasets/timing.ts';

const JSON_VERSION = 1;

/** How many elements of a long list are made into text at once. */
const BATCH = 1000;

/** @returns one JSON document in chunks of text; `samples` adds each sample to the stacks that have them. */
export function* toJson(capture: Capture, options: { samples: boolean }): Generator<string> {
  const { sources, datasets } = capture;
  yield `{"coldflame":${JSON_VERSION},\n"sources":`;
  yield* list(sources.map(sourceJson));
  yield `,\n"origin":${JSON.stringify(originJson(capture))},\n"datasets":[`;
  for (const [i, dataset] of datasets.entries()) {
    yield i === 0 ? '\n' : ',\n';
    yield* datasetJson(dataset, options);
  }
  yield ']}\n';
}

/** What the wall clock showed at second 0 of the axis; null where nothing tells. */
function originJson(capture: Capture): object | null {
  const clock = hostClock(capture);
  if (clock === null) return null;
  const { started, utcOffset, zoned = true, dated = true } = clock;
  return { epoch: started, utcOffset: zoned ? utcOffset : null, dated };
}

/** What the times of a dataset count from, and how wide they are; nothing where it has none. */
function timeJson(dataset: Dataset): object {
  if (dataset.clock === null || !hasTimes(dataset)) return {};
  const { clock, timing = MOMENT } = dataset;
  return { time: { clock, ...timing } };
}

/** A source without its text. */
export function sourceJson({ name, tool, grammar, lines, unread, unreadCount, notes, ...placed }: Source): object {
  const beyond = unreadCount - unread.length;
  const rest = beyond > 0 ? [{ line: null, text: '', why: `and ${beyond} more unread lines` }] : [];
  const { firstLine, command, host } = placed;
  const all = { name, tool, grammar, firstLine, command, host, lines, unread: [...unread, ...rest] };
  return { ...all, ...(notes.length > 0 ? { notes } : {}) };
}

function* datasetJson(dataset: Dataset, options: { samples: boolean }): Generator<string> {
  const { source, shape, tool, title } = dataset;
  const head = { source, shape, tool, title, ...timeJson(dataset) };
  switch (dataset.shape) {
    case 'stacks':
      yield* stacksJson({ ...head, kind: dataset.kind, unit: dataset.unit }, dataset, options);
      return;
    case 'histogram': {
      yield* object({ ...head, unit: dataset.unit }, { groups: groupsJson(dataset) });
      return;
    }
    case 'events': {
      const columns = dataset.columns.map(({ name, type, unit }) => ({ name, type, unit }));
      const times = hasTimes(dataset) ? { at: timesJson(dataset.at) } : {};
      yield* object({ ...head, columns }, { rows: rowsOf(dataset), ...times });
      return;
    }
    case 'counts':
      yield* object({ ...head, unit: dataset.unit }, { items: itemsJson(dataset) });
      return;
    case 'series': {
      yield* object(head, { metrics: metricsJson(dataset) });
      return;
    }
    case 'text':
      yield* object(head, { lines: dataset.lines });
  }
}

function* groupsJson(histogram: Histogram): Generator<unknown> {
  for (const { labels, at, buckets } of groupsIn(histogram)) yield { labels, at, buckets };
}

/** The time only where counts were printed per interval. */
function* itemsJson(counts: Counts): Generator<unknown> {
  for (const { key, value, at } of itemsIn(counts)) yield at === null ? { key, value } : { key, value, at };
}

function* timesJson(at: Float64Array): Generator<number | null> {
  for (let i = 0; i < at.length; i++) yield timeAt(at, i);
}

function* metricsJson({ metrics }: Series): Generator<unknown> {
  for (const { name, labels, unit, at, values, sinceBoot, isCounter } of metrics) {
    const points = Array.from(values, (value, i) => [timeAt(at, i), value]);
    yield { name, labels, unit, ...(sinceBoot > 0 && { sinceBoot }), ...(isCounter && { isCounter }), points };
  }
}

type IsMarked = (kind: FrameKind) => boolean;
type Folded = readonly [stack: string, weight: number][];

function* stacksJson(head: object, stacks: Stacks, options: { samples: boolean }): Generator<string> {
  const { profile, annotated } = stacks;
  const isMarked = (kind: FrameKind) => annotated === true || isAlwaysMarked(kind);
  const folded = foldedStacks(profile, isMarked);
  const samples = options.samples && profile.samples !== null ? samplesJson(profile, folded, isMarked) : null;
  yield* object(head, samples === null ? { folded } : { folded, samples });
}

/** Each sample; `stack` is its place in `folded`. */
function* samplesJson(profile: Profile, folded: Folded, isMarked: IsMarked): Generator<unknown> {
  const { samples, threads } = profile;
  if (samples === null) return;
  const placeOf = placesOfNodes(profile, folded, isMarked);
  for (const [i, node] of samples.stack.entries()) {
    const thread = threads[samples.thread[i] as number];
    const at = samples.at[i] as number;
    const cpu = samples.cpu[i] as number;
    yield {
      at: Number.isNaN(at) ? null : at,
      stack: placeOf(node),
      weight: samples.weight?.[i] ?? 1,
      pid: thread?.pid ?? null,
      tid: thread?.tid ?? null,
      cpu: cpu < 0 ? null : cpu,
      comm: thread?.comm ?? null,
    };
  }
}

/** From a node of the trie to the place of its stack in `folded`. */
function placesOfNodes(profile: Profile, folded: Folded, isMarked: IsMarked) {
  const texts = frameTexts(profile, isMarked);
  const placeOfText = new Map(folded.map(([stack], i) => [stack, i]));
  const places = new Map<number, number | null>();
  return (node: number): number | null => {
    let place = places.get(node);
    if (place === undefined) {
      const stack = stackFrames(profile, node).map((frame) => texts[frame]);
      place = placeOfText.get(stack.join(';')) ?? null;
      places.set(node, place);
    }
    return place;
  };
}

/** An object whose last members are long lists. */
function* object(head: object, lists: Record<string, Iterable<unknown>>): Generator<string> {
  yield JSON.stringify(head).slice(0, -1);
  for (const [name, items] of Object.entries(lists)) {
    yield `,${JSON.stringify(name)}:`;
    yield* list(items);
  }
  yield '}';
}

/** A list, one element per line. */
function* list(items: Iterable<unknown>): Generator<string> {
  yield '[';
  let batch: string[] = [];
  let separator = '\n';
  for (const item of items) {
    batch.push(JSON.stringify(item));
    if (batch.length < BATCH) continue;
    yield separator + batch.join(',\n');
    separator = ',\n';
    batch = [];
  }
  if (batch.length > 0) yield separator + batch.join(',\n');
  yield ']';
}
