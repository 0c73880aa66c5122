/**
 * Profiles in speedscope's own file format, one speedscope profile per event; samples in time order where they are
 * known, else each distinct stack once with its weight.
 * https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts
 */
import { stackFrames, totalWeight, weightedNodes } from '../datasets/fold.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';

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
  for (const [i, dataset] of datasets.entries()) {
    yield i === 0 ? '' : ',\n';
    yield* profileJson(dataset, offsets[i] as number);
  }
  yield ']}\n';
}

function frameJson({ frames }: Profile, i: number): string {
  const name = frames.names[i] as string;
  const file = frames.modules[i] as string;
  const shown = frames.kinds[i] === FrameKind.inlined ? `${name} [inlined]` : name;
  return JSON.stringify(file === '' ? { name: shown } : { name: shown, file });
}

function* profileJson({ title, unit, profile }: Stacks, offset: number): Generator<string> {
  yield `{"type":"sampled","name":${JSON.stringify(title)},"unit":"${Object.hasOwn(UNITS, unit) ? UNITS[unit] : 'none'}","startValue":0,"endValue":${totalWeight(profile)},"samples":[`;
  const { order, weights } = sampleOrder(profile);
  for (const [i, node] of order.entries()) {
    const stack = stackFrames(profile, node).map((frame) => frame + offset);
    yield `${i === 0 ? '' : ',\n'}[${stack.join(',')}]`;
  }
  yield `],"weights":[${weights.join(',')}]}`;
}

/** The stacks to list and the weight of each, in the order that speedscope's time axis shows. */
function sampleOrder(profile: Profile): { order: number[]; weights: number[] } {
  const { samples, self } = profile;
  if (samples === null) {
    const order = weightedNodes(profile);
    return { order, weights: order.map((node) => self[node] as number) };
  }
  const byTime = Array.from(samples.stack.keys()).sort((a, b) => (samples.at[a] as number) - (samples.at[b] as number));
  return {
    order: byTime.map((i) => samples.stack[i] as number),
    weights: byTime.map((i) => samples.weight?.[i] ?? 1),
  };
}
