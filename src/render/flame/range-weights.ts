/** Which samples are of a range of time, and what they weigh. A range is dragged over a million of them. */
import { partitionPoint } from '../../datasets/columns.ts';
import { once } from '../../datasets/once.ts';
import type { Samples } from '../../datasets/profile.ts';

export type Span = readonly [first: number, end: number];

/** The samples of a range, or those outside of it. A sample without a time is neither. */
export function spansOf(samples: Samples, from: number, to: number, outside: boolean): Span[] {
  const inside = insideOf(samples, from, to);
  if (!outside) return inside;
  return runsOf(samples).flatMap(([first, end], run): Span[] => {
    const [begin, stop] = inside[run] as Span;
    return [
      [first, begin],
      [stop, end],
    ];
  });
}

/** Samples in a row whose times do not fall: a report has them CPU by CPU, in the order of their times. */
const runsOf = once(({ at }: Samples): Span[] => {
  const runs: Span[] = [];
  let first = 0;
  for (let i = 0; i <= at.length; i++) {
    const goesOn = i > first && i < at.length && (at[i] as number) >= (at[i - 1] as number);
    if (goesOn) continue;
    if (i > first) runs.push([first, i]);
    first = Number.isNaN(at[i]) ? i + 1 : i;
  }
  return runs;
});

/** Of each run the samples of the range, which may be none. */
function insideOf(samples: Samples, from: number, to: number): Span[] {
  const { at } = samples;
  return runsOf(samples).map(([first, end]) => {
    const before = (time: number): number =>
      first + partitionPoint(end - first, (place) => (at[first + place] as number) < time);
    return [before(from), before(to)];
  });
}

export interface RangeWeights {
  /** By node: the weight of the samples whose stack ends there. */
  self: Float64Array;
  sampleCount: number;
}

interface Summed extends RangeWeights {
  inside: Span[];
}

/** What was summed last: while a range is dragged few samples come and go. */
const lastOf = new WeakMap<Samples, Summed>();

/** @param nodes of the profile */
export function weightsOfRange(samples: Samples, nodes: number, from: number, to: number): RangeWeights {
  const inside = insideOf(samples, from, to);
  const last = lastOf.get(samples);
  const isNear = last !== undefined && areWhole(samples) && movesBetween(last.inside, inside) < lengthOf(inside);
  const none = (): Summed => ({
    self: new Float64Array(nodes),
    sampleCount: 0,
    inside: inside.map(([first]) => [first, first]),
  });
  const summed = moved(samples, isNear ? last : none(), inside);
  lastOf.set(samples, summed);
  return summed;
}

/** From one range to another: what lies between their ends comes or goes. */
function moved({ stack, weight }: Samples, from: Summed, inside: Span[]): Summed {
  const self = from.self.slice();
  let { sampleCount } = from;
  const add = (first: number, end: number, sign: number): void => {
    for (let i = first; i < end; i++) {
      const node = stack[i] as number;
      self[node] = (self[node] as number) + (weight === null ? sign : sign * (weight[i] as number));
    }
    sampleCount += sign * (end - first);
  };
  const goTo = (before: number, now: number, sign: number): void =>
    now > before ? add(before, now, sign) : add(now, before, -sign);
  inside.forEach(([begin, stop], run) => {
    const [oldBegin, oldStop] = from.inside[run] as Span;
    goTo(oldBegin, begin, -1);
    goTo(oldStop, stop, 1);
  });
  return { self, sampleCount, inside };
}

function movesBetween(one: readonly Span[], other: readonly Span[]): number {
  return one.reduce((sum, [begin, stop], run) => {
    const [otherBegin, otherStop] = other[run] as Span;
    return sum + Math.abs(begin - otherBegin) + Math.abs(stop - otherStop);
  }, 0);
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, [first, end]) => sum + end - first, 0);
}

/** Sums of whole numbers are exact in whatever order they are added and taken away. */
const areWhole = once(({ weight }: Samples): boolean => {
  let sum = 0;
  for (const each of weight ?? []) {
    if (!Number.isInteger(each)) return false;
    sum += Math.abs(each);
  }
  return sum <= Number.MAX_SAFE_INTEGER;
});
