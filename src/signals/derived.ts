/** Signals that no tool prints and that follow from those that it does, row by row of the same table. */
import type { SignalName } from '../datasets/signals.ts';
import { combined, type Track } from './track.ts';

interface Derivation {
  from: readonly SignalName[];
  /** @returns NaN where it does not follow */
  of(values: readonly number[]): number;
  isBound?: true;
}

const share = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : Number.NaN);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** By signal, the best first: what a table prints itself is taken before them. */
export const derivations: Partial<Readonly<Record<SignalName, readonly Derivation[]>>> = {
  'system.cpu.utilization': [
    {
      from: ['system.cpu.utilization.idle', 'system.cpu.utilization.iowait'],
      of: ([idle = 0, iowait = 0]) => Math.max(0, 100 - idle - iowait),
    },
    { from: ['system.cpu.utilization.idle'], of: ([idle = 0]) => Math.max(0, 100 - idle) },
  ],
  'system.linux.memory.available': [
    {
      from: ['system.memory.usage.free', 'system.memory.usage.buffers', 'system.memory.usage.cached'],
      of: sum,
      // Shared memory and what is in use of the cache cannot be given up.
      isBound: true,
    },
  ],
  'system.memory.limit': [
    {
      from: ['system.memory.usage.used', 'system.memory.utilization.used'],
      of: ([used = 0, percent = 0]) => (percent > 0 ? (100 * used) / percent : Number.NaN),
    },
  ],
  'system.memory.utilization': [
    {
      from: ['system.linux.memory.available', 'system.memory.limit'],
      of: ([available = 0, limit = 0]) => 100 - share(available, limit),
    },
  ],
  'system.paging.usage': [
    { from: ['system.paging.limit', 'system.paging.free'], of: ([limit = 0, free = 0]) => limit - free },
  ],
  'system.paging.limit': [
    { from: ['system.paging.usage', 'system.paging.free'], of: ([used = 0, free = 0]) => used + free },
  ],
};

/** What makes two tracks rows of one table. */
function keyOf({ dataset, subject }: Track): string {
  return `${dataset} ${subject.kind} ${subject.name} ${subject.pid ?? ''}`;
}

/**
 * @param direct the tracks that tools print
 * @param tracksOf gives those of another signal, derived ones too
 */
export function withDerived(
  signal: SignalName,
  direct: readonly Track[],
  tracksOf: (signal: SignalName) => readonly Track[],
): Track[] {
  const all = [...direct];
  const known = new Set(direct.map(keyOf));
  for (const { from, of, isBound } of derivations[signal] ?? []) {
    const [first = [], ...others] = from.map(tracksOf);
    const byKey = others.map((tracks) => new Map(tracks.map((track) => [keyOf(track), track])));
    for (const track of first) {
      const key = keyOf(track);
      const rest = byKey.map((tracks) => tracks.get(key));
      if (known.has(key) || rest.some((other) => other === undefined)) continue;
      const made = combined(signal, [track, ...(rest as Track[])], of);
      if (made === null) continue;
      known.add(key);
      all.push({ ...made, isDerived: true, ...(isBound ? { isBound } : {}) });
    }
  }
  return all;
}
