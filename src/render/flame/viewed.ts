/** What a flame graph shows of its profile: the range, threads and CPU that are chosen, and the stacks rearranged. */
import { totalWeight } from '../../datasets/fold.ts';
import type { Part } from '../../datasets/narrow.ts';
import { once } from '../../datasets/once.ts';
import { FrameKind, type Profile, type Samples, type Thread } from '../../datasets/profile.ts';
import {
  keptSamples,
  mergeRecursion,
  reversalOf,
  reversed,
  skipAfter,
  turned,
  withoutIdle,
} from '../../datasets/profile-map.ts';
import { rootedByThread } from '../../datasets/profile-roots.ts';
import { type Selection, select } from '../../datasets/profile-select.ts';
import { spansOf, weightsOfRange } from './range-weights.ts';
import type { FlameView } from './view.ts';

export interface Viewed {
  /** As it is drawn. */
  profile: Profile;
  /** The same stacks from the root, whichever way they are drawn: what is self, and who calls whom, is read here. */
  forward: Profile;
  /** The weight before anything was left out by choice: what shares are of. */
  whole: number;
  /** What a choice hides: `idle CPUs`, and its weight. */
  hidden: { what: string; weight: number }[];
}

/**
 * The profile as the view asks for it. Samples are kept for the order of time alone.
 * @param isCollectors which threads are the collector's own: left out unless the view has them in
 */
export function viewed(
  profile: Profile,
  view: FlameView,
  part: Part | null,
  isCollectors: ((thread: Thread) => boolean) | null = null,
): Viewed {
  const selection = selectionOf(view, part);
  const eachSample = view.order === 'time' || view.rooting !== 'process';
  const all = eachSample ? select(profile, selection) : selectWeights(profile, selection);
  const own = isCollectors === null || view.collector ? null : withoutThreads(profile, all, selection, isCollectors);
  const hidden: Viewed['hidden'] = [];
  let shown = all;
  const apply = (what: string | null, next: Profile): void => {
    if (what !== null) hidden.push({ what, weight: totalWeight(shown) - totalWeight(next) });
    shown = next;
  };
  if (own !== null) apply('the collector’s own processes', own);
  for (const { what, apply: step } of stepsOf(view)) apply(what, step(shown));
  const drawn = view.order === 'callers' ? callersUp(shown, profile) : shown;
  return { profile: drawn, forward: shown, whole: totalWeight(all), hidden };
}

/** Without the threads; null where none of them has a sample. Folded stacks tell processes by the first frame alone. */
function withoutThreads(
  profile: Profile,
  chosen: Profile,
  selection: Selection,
  isOut: (thread: Thread) => boolean,
): Profile | null {
  const { samples, threads, frames } = profile;
  if (samples !== null) {
    if (!threads.some(isOut)) return null;
    if (chosen.samples === null) return selectWeights(profile, selection, isOut);
    const kept = keptSamples(chosen.samples, (i, { thread }) => !isOut(threads[thread[i] as number] as Thread));
    return weighed({ ...chosen, samples: kept });
  }
  const out = frames.names.flatMap((comm, frame) =>
    frames.kinds[frame] === FrameKind.process && isOut({ comm, pid: null, tid: null }) ? [frame] : [],
  );
  return out.length === 0 ? null : keepStacks(chosen, out, false);
}

/** With the weights of its samples. */
function weighed(profile: Profile & { samples: Samples }): Profile {
  const { stack, weight } = profile.samples;
  const self = new Float64Array(profile.parent.length);
  stack.forEach((node, i) => {
    self[node] = (self[node] as number) + (weight?.[i] ?? 1);
  });
  return { ...profile, self, sampleCount: stack.length };
}

/** How the stacks of a whole profile turn is kept: no range of it has others. */
const reversalOfWhole = once(reversalOf);

/** Leaf first. */
function callersUp(shown: Profile, whole: Profile): Profile {
  return shown.parent === whole.parent ? turned(shown, reversalOfWhole(whole)) : reversed(shown);
}

function selectionOf({ thread, cpu }: FlameView, part: Part | null): Selection {
  const [kind = '', ...rest] = thread.split(':');
  const value = rest.join(':');
  return {
    ...(part === null ? {} : { from: part.from, to: part.to, outside: part.outside ?? false }),
    ...(kind === 'comm' ? { comms: [value] } : {}),
    ...(kind === 'pid' ? { pids: [Number(value)] } : {}),
    ...(kind === 'tid' ? { tids: [Number(value)] } : {}),
    ...(cpu === null ? {} : { cpus: [cpu] }),
  };
}

interface Step {
  /** What it leaves out; null where it only rearranges. */
  what: string | null;
  apply: (profile: Profile) => Profile;
}

function stepsOf(view: FlameView): Step[] {
  const steps: Step[] = [];
  if (view.rooting === 'thread') steps.push({ what: null, apply: (profile) => rootedByThread(profile, threadName) });
  if (view.rooting === 'cpu') steps.push({ what: null, apply: rootedByCpu });
  if (view.busyOnly) steps.push({ what: 'idle CPUs', apply: withoutIdle });
  if (view.hidden.length > 0)
    steps.push({ what: 'hidden functions', apply: (profile) => keepStacks(profile, view.hidden, false) });
  const { focus } = view;
  if (focus !== null) steps.push({ what: 'other stacks', apply: (profile) => focusOn(profile, focus) });
  if (view.mergeRecursion) steps.push({ what: null, apply: mergeRecursion });
  return steps;
}

function threadName({ comm, pid, tid }: Thread): string {
  return tid === null || tid === pid ? `${comm} ${pid ?? ''}`.trim() : `${comm} ${pid ?? '?'}/${tid}`;
}

/** Each stack under its CPU, in the place of its process. */
function rootedByCpu(profile: Profile): Profile {
  const { samples } = profile;
  if (samples === null) return profile;
  const cpus = [...new Set(samples.cpu)].sort((a, b) => a - b);
  const rank = new Map(cpus.map((cpu, i) => [cpu, i]));
  const threads = cpus.map((cpu): Thread => ({ comm: cpu < 0 ? 'CPU not known' : `CPU ${cpu}`, pid: null, tid: null }));
  const thread = new Uint32Array(samples.cpu.length);
  for (let i = 0; i < thread.length; i++) thread[i] = rank.get(samples.cpu[i] as number) as number;
  return rootedByThread({ ...profile, threads, samples: { ...samples, thread } }, ({ comm }) => comm);
}

/**
 * What `select` says of the weights, without copying the samples it keeps: a range is dragged over a million of them.
 * @param isOut threads that are left out
 */
function selectWeights(
  profile: Profile,
  selection: Selection,
  isOut: (thread: Thread) => boolean = () => false,
): Profile {
  const { samples, threads } = profile;
  const { from, to, outside, comms, pids, tids, cpus } = selection;
  const wanted = Uint8Array.from(threads, (thread) => {
    const { comm, pid, tid } = thread;
    const isChosen =
      (comms === undefined || comms.includes(comm)) &&
      (pids === undefined || (pid !== null && pids.includes(pid))) &&
      (tids === undefined || (tid !== null && tids.includes(tid)));
    return isChosen && !isOut(thread) ? 1 : 0;
  });
  const timed = from !== undefined && to !== undefined;
  const chooses = [comms, pids, tids, cpus].some((list) => list !== undefined);
  if (!timed && !chooses && !wanted.includes(0)) return { ...profile, samples: null };
  if (samples === null) {
    const self = new Float64Array(profile.parent.length);
    return { ...profile, self, sampleCount: 0, samples: null };
  }
  const { cpu, thread, stack, weight } = samples;
  const cpuWanted = cpus?.[0] ?? null;
  if (timed && !outside && cpuWanted === null && !wanted.includes(0)) {
    const { self, sampleCount } = weightsOfRange(samples, profile.parent.length, from, to);
    return { ...profile, self, sampleCount, samples: null };
  }
  const self = new Float64Array(profile.parent.length);
  let sampleCount = 0;
  for (const [first, end] of timed ? spansOf(samples, from, to, outside ?? false) : [[0, stack.length] as const])
    for (let i = first; i < end; i++) {
      if (wanted[thread[i] as number] !== 1) continue;
      if (cpuWanted !== null && cpu[i] !== cpuWanted) continue;
      const node = stack[i] as number;
      self[node] = (self[node] as number) + (weight === null ? 1 : (weight[i] as number));
      sampleCount++;
    }
  return { ...profile, self, sampleCount, samples: null };
}

/** Only stacks that hold one of the frames, or only those that hold none. */
function keepStacks(profile: Profile, frames: readonly number[], holding: boolean): Profile {
  const wanted = new Set(frames);
  const holds = new Uint8Array(profile.parent.length);
  for (let node = 1; node < holds.length; node++)
    holds[node] = holds[profile.parent[node] as number] === 1 || wanted.has(profile.frame[node] as number) ? 1 : 0;
  const self = profile.self.map((weight, node) => ((holds[node] === 1) === holding ? weight : 0));
  if (profile.samples === null) return { ...profile, self };
  const samples = keptSamples(profile.samples, (i, { stack }) => (holds[stack[i] as number] === 1) === holding);
  return { ...profile, self, sampleCount: samples.at.length, samples };
}

function focusOn(profile: Profile, frame: number): Profile {
  const name = profile.frames.names[frame];
  return name === undefined ? profile : skipAfter(keepStacks(profile, [frame], true), [name]);
}
