/**
 * Profiles in speedscope's own file format: one for each thread of each event, its samples in the order of time; where single samples
 * are not known, one for the event, each distinct stack once with its weight.
 * https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts
 */
import { sumOf } from '../datasets/columns.ts';
import { stackFrames, weightedNodes } from '../datasets/fold.ts';
import { FrameKind, type Profile, type Thread } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { samplesByThread } from './threads.ts';

/** Our units in speedscope's words; whatever it has no word for is `none`. */
const UNITS: Readonly<Record<string, string>> = {
  nsecs: 'nanoseconds',
  usecs: 'microseconds',
  msecs: 'milliseconds',
  seconds: 'seconds',
  bytes: 'bytes',
};

/** @returns one JSON document in chunks of text. */
export function* toSpeedscope(name: string, datasets: readonly Stacks[]): Generator<string> {
  const offsets: number[] = [];
  let frames = 0;
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"coldflame","name":${JSON.stringify(name)},"shared":{"frames":[`;
  for (const { profile } of datasets) {
    offsets.push(frames);
    for (let i = 0; i < profile.frames.names.length; i++)
      yield `${frames++ === 0 ? '' : ',\n'}${frameJson(profile, i)}`;
  }
  yield ']},"profiles":[';
  let isFirst = true;
  for (const [i, dataset] of datasets.entries())
    for (const listed of listedIn(dataset.profile)) {
      if (!isFirst) yield ',\n';
      isFirst = false;
      yield* profileJson(dataset, listed, offsets[i] as number);
    }
  yield ']}\n';
}

function frameJson({ frames }: Profile, i: number): string {
  const name = frames.names[i] as string;
  const file = frames.modules[i] as string;
  const shown = frames.kinds[i] === FrameKind.inlined ? `${name} [inlined]` : name;
  return JSON.stringify(file === '' ? { name: shown } : { name: shown, file });
}

/** The profile of a thread; of all where single samples are not known. */
function* profileJson(dataset: Stacks, { thread, nodes, weights }: Listed, offset: number): Generator<string> {
  const { title, kind, event, tool, unit, profile } = dataset;
  const head = {
    type: 'sampled',
    name: thread === null ? title : `${title}: ${threadName(thread)}`,
    unit: Object.hasOwn(UNITS, unit) ? UNITS[unit] : 'none',
    startValue: 0,
    endValue: sumOf(weights),
    // What speedscope has no place for, and we read again.
    coldflame: { kind, event, tool, unit, ...thread },
  };
  yield `${JSON.stringify(head).slice(0, -1)},"samples":[`;
  for (const [i, node] of nodes.entries()) {
    const stack = stackFrames(profile, node).map((frame) => frame + offset);
    yield `${i === 0 ? '' : ',\n'}[${stack.join(',')}]`;
  }
  yield `],"weights":[${weights.join(',')}]}`;
}

function threadName({ comm, pid, tid }: Thread): string {
  const ids = [pid, tid === pid ? null : tid].filter((id) => id !== null);
  return ids.length === 0 ? comm : `${comm} (${ids.join('/')})`;
}

/** The stacks that a profile lists, in the order that speedscope's time axis shows. */
interface Listed {
  thread: Thread | null;
  nodes: number[];
  weights: number[];
}

/** Threads, the heaviest first. speedscope opens the first, and finds a caller among the callees of another one by one. */
function listedIn(profile: Profile): Listed[] {
  const { samples, self } = profile;
  if (samples === null) {
    const nodes = weightedNodes(profile);
    return [{ thread: null, nodes, weights: nodes.map((node) => self[node] as number) }];
  }
  return samplesByThread(profile)
    .map(({ thread, order }) => ({
      thread,
      nodes: order.map((i) => samples.stack[i] as number),
      weights: order.map((i) => samples.weight?.[i] ?? 1),
    }))
    .sort((a, b) => sumOf(b.weights) - sumOf(a.weights));
}
