/** Part of a profile: a time range, some threads, some CPUs. The stacks stay numbered as they were. */
import type { Profile } from './profile.ts';
import { keptSamples } from './profile-map.ts';

/** What to keep; what is absent or empty does not narrow. */
export interface Selection {
  /** Seconds, on the profile's clock; the range is half open. A sample without a time is in no range. */
  from?: number | undefined;
  to?: number | undefined;
  /** What lies outside of that range instead. */
  outside?: boolean | undefined;
  comms?: readonly string[] | undefined;
  pids?: readonly number[] | undefined;
  tids?: readonly number[] | undefined;
  cpus?: readonly number[] | undefined;
}

/** Whether the selection narrows anything, and so needs the samples one by one. */
export function isNarrow({ from, to, comms, pids, tids, cpus }: Selection): boolean {
  return from !== undefined || to !== undefined || [comms, pids, tids, cpus].some((list) => list && list.length > 0);
}

/**
 * The samples of a profile that a selection keeps, and the weights they sum to.
 * @param profile with samples; without them nothing can be told apart, and nothing is selected
 */
export function select(profile: Profile, selection: Selection): Profile {
  if (!isNarrow(selection)) return profile;
  const self = new Float64Array(profile.parent.length);
  if (profile.samples === null) return { ...profile, self, sampleCount: 0 };
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, outside = false, cpus = [] } = selection;
  const timed = selection.from !== undefined || selection.to !== undefined;
  const wantedThread = threadFilter(profile, selection);
  const wantedCpu = new Set(cpus);
  const samples = keptSamples(profile.samples, (i, { at, thread, cpu }) => {
    const time = at[i] as number;
    if (timed && (Number.isNaN(time) || (time >= from && time < to) === outside)) return false;
    if (wantedThread[thread[i] as number] !== true) return false;
    return wantedCpu.size === 0 || wantedCpu.has(cpu[i] as number);
  });
  for (let i = 0; i < samples.stack.length; i++) {
    const node = samples.stack[i] as number;
    self[node] = (self[node] as number) + (samples.weight?.[i] ?? 1);
  }
  return { ...profile, self, samples, sampleCount: samples.stack.length };
}

function threadFilter({ threads }: Profile, { comms = [], pids = [], tids = [] }: Selection): boolean[] {
  const [comm, pid, tid] = [new Set(comms), new Set(pids), new Set(tids)];
  return threads.map(
    (thread) =>
      (comm.size === 0 || comm.has(thread.comm)) &&
      (pid.size === 0 || (thread.pid !== null && pid.has(thread.pid))) &&
      (tid.size === 0 || (thread.tid !== null && tid.has(thread.tid))),
  );
}
