/** What a recording that came alone tells of its host and its clock, as a capture's manifest would. */
import type { Host, Manifest } from '../datasets/capture.ts';
import type { Stacks } from '../datasets/shapes.ts';
import type { Facts } from '../parsers/perfdata/features.ts';

const NANOSECONDS = 1e9;

/**
 * The manifest of a capture of nothing but this recording; null where the recording does not tell what the wall clock
 * showed (perf record writes that with -k), or no sample has a time.
 */
export function recordedManifest(file: string, facts: Facts, datasets: readonly Stacks[]): Manifest | null {
  const { clock, hostname, kernel, arch, cpus, memoryBytes, version, command } = facts;
  const [first, last] = extentOf(datasets);
  if (clock === null || first > last) return null;
  // Both are some 10^18 nanoseconds: the difference is taken before they become doubles.
  const ahead = datasets[0]?.clock === 'epoch' ? 0 : Number(clock.wall - clock.own) / NANOSECONDS;
  const window = last - first;
  return {
    coldflame: 2,
    host: { hostname, kernel, arch, os: '', cpus, memoryBytes },
    versions: version === '' ? {} : { perf: version },
    started: first + ahead,
    ended: last + ahead,
    windowBegan: null,
    monotonic: ahead === 0 ? null : first,
    utcOffset: 0,
    zone: '',
    notes: [],
    collector: { pids: [], cpu: null },
    marks: [],
    runs: [
      {
        tool: 'perf',
        via: 'perf',
        command,
        outcome: 'ok',
        reason: '',
        file,
        stderr: '',
        started: 0,
        attached: null,
        late: false,
        ended: window,
        status: 0,
        bytes: 0,
        pids: [],
        cpu: null,
        cpuAttaching: null,
        cpuInWindow: null,
        interval: null,
      },
    ],
  };
}

/** The first and the last time of all samples. */
function extentOf(datasets: readonly Stacks[]): [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { profile } of datasets) {
    for (const at of profile.samples?.at ?? []) {
      if (at < first) first = at;
      if (at > last) last = at;
    }
  }
  return [first, last];
}

/** Whose recording it is, as far as its header tells; null where it names no host. */
export function recordedHost({ hostname, kernel, arch, cpus, memoryBytes }: Facts): Host | null {
  return hostname === '' ? null : { hostname, kernel, arch, os: '', cpus, memoryBytes };
}

/** Who was recorded and how, for a person, where there is no manifest to tell it. */
export function recordedNote({ hostname, kernel, arch, cpus, command }: Facts): string | null {
  if (hostname === '') return null;
  const machine = [`Linux ${kernel}`, arch, cpus === null ? '' : `${cpus} CPUs`]
    .filter((part) => part !== '')
    .join(', ');
  return `recorded on ${hostname} (${machine})${command === '' ? '' : `: ${command}`}`;
}
