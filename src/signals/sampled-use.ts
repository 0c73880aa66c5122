/** How busy the CPUs were, as far as samples of CPU time tell: their number against the time between the first and the last. */
import { type Capture, hostOf } from '../datasets/capture.ts';
import { extentOf } from '../datasets/extent.ts';
import { totalWeight } from '../datasets/fold.ts';
import { withoutIdle } from '../datasets/profile-map.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { measureOf, samplesIn, secondsIn, weightByProcess } from './profiles.ts';
import { lostBy, runOf } from './sources.ts';

export interface SampledUse {
  event: string;
  samples: number;
  /** From the first sample to the last. */
  seconds: number;
  /** CPUs in use on average: at least and at most, which differ where the names of idle CPUs' functions are missing. */
  cpus: readonly [least: number, most: number];
  /** Of how many; null where that is not known. */
  of: number | null;
  /** Whether every CPU of the host was sampled, whatever ran there; null where nothing tells. */
  isWhole: boolean | null;
  /** The samples are counted by the rate that was asked for, which the kernel keeps only about. */
  isByRate: boolean;
  /** Samples were lost: it was more. */
  isLossy: boolean;
}

/** Too few samples, or too short a time, tell nothing of an average. */
const LEAST_SAMPLES = 50;
const LEAST_SECONDS = 0.5;

/** Of the first profile of CPU time whose samples have times; null where there is none, or what a sample stands for is unknown. */
export function sampledUse(capture: Capture): SampledUse | null {
  const stacks = capture.datasets.find(
    (dataset): dataset is Stacks =>
      dataset.shape === 'stacks' && measureOf(dataset) === 'cpu time' && dataset.profile.samples !== null,
  );
  const source = capture.sources[stacks?.source ?? -1];
  if (stacks === undefined || source === undefined) return null;
  const command = runOf(capture, source)?.command ?? source.command ?? '';
  const [first, last] = extentOf([stacks.profile.samples?.at ?? []]);
  const [samples, seconds] = [samplesIn(stacks), last - first];
  const each = secondsOfWeight(stacks, command);
  if (each === null || !(seconds >= LEAST_SECONDS) || samples < LEAST_SAMPLES) return null;
  const total = totalWeight(stacks.profile);
  const swapper = swapperOf(stacks);
  const most = totalWeight(withoutIdle(stacks.profile));
  const cpus = [Math.min(most, total - swapper), most].map((weight) => (weight * each) / seconds);
  return {
    event: stacks.event ?? stacks.title,
    samples,
    seconds,
    cpus: cpus as [number, number],
    of: hostOf(capture)?.cpus ?? null,
    isWhole: isWhole(command, swapper),
    isByRate: secondsIn(stacks) === null,
    isLossy: lostBy(capture, source) > 0,
  };
}

// perf record -F 99 -a -g   perf record -F99
const FREQUENCY = / (?:-F ?|--freq[= ])(\d{1,6})(?= |$)/;

/** CPU seconds of a weight of 1. Where weights are counts of an event, a sample is one turn of the rate that was asked for. */
function secondsOfWeight(stacks: Stacks, command: string): number | null {
  const total = totalWeight(stacks.profile);
  const seconds = secondsIn(stacks);
  if (seconds !== null) return total > 0 ? seconds / total : null;
  const hertz = Number(FREQUENCY.exec(command)?.[1] ?? 0);
  return hertz > 0 && total > 0 ? samplesIn(stacks) / hertz / total : null;
}

// swapper   swapper/0
const SWAPPER = /^swapper(?:\/\d+)?$/;

/** What is of idle CPUs and of the interrupts that they took. */
function swapperOf({ profile }: Stacks): number {
  return [...weightByProcess(profile).of].reduce((sum, [name, weight]) => sum + (SWAPPER.test(name) ? weight : 0), 0);
}

// perf record -F 99 -a -g        perf record -ag        perf record --all-cpus        not: perf record -Fmax -g
const ALL_CPUS = / (?:-(?!F)[a-zA-Z]{0,20}a[a-zA-Z]{0,20}|--all-cpus)(?= |$)/;
// -C 0-3   -G web.slice
const SOME = / (?:-C|--cpu|-G|--cgroup|-p|--pid|-t|--tid|-u|--uid)[= ]/;

/** Idle CPUs are sampled with all others alone. */
function isWhole(command: string, swapper: number): boolean | null {
  if (command === '') return swapper > 0 ? true : null;
  const [ours = ''] = command.split(' -- ');
  return ALL_CPUS.test(ours) && !SOME.test(ours);
}
