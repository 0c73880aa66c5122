/** What one process does on the CPU, by the profile. */
import { shareText } from '../datasets/amounts.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import { LEAST_SAMPLES, NO_SYMBOL } from './symbols.ts';
import type { View } from './view.ts';

/**
 * `simulate_path ran in 96 % of its samples, price_option in 2 %.`: the functions that ran most in a process, by its
 * name. Null where no profile has enough of it.
 */
export function topFunctions(view: View, process: string): string | null {
  for (const { profile, unit } of view.profiles('on-cpu')) {
    const { self, samples } = selfOf(profile, process);
    const total = [...self.values()].reduce((sum, weight) => sum + weight, 0);
    if ((unit === 'samples' ? total : samples) < LEAST_SAMPLES.value) continue;
    const named = [...self].filter(([name]) => !NO_SYMBOL.test(name)).sort((a, b) => b[1] - a[1]);
    const says = named.slice(0, 2).map(([name, weight]) => `${name} in ${shareText(weight / total)}`);
    return says.length === 0 ? null : `Of its samples it ran ${says.join(', ')}.`;
  }
  return null;
}

/** The weight that ended in each function, under frames of the process. */
function selfOf(
  { frames, frame, parent, self }: Profile,
  process: string,
): { self: Map<string, number>; samples: number } {
  const isIn = new Uint8Array(self.length);
  const weights = new Map<string, number>();
  let samples = 0;
  for (let node = 1; node < self.length; node++) {
    const id = frame[node] as number;
    const name = frames.names[id] as string;
    isIn[node] = isIn[parent[node] as number] || (frames.kinds[id] === FrameKind.process && name === process) ? 1 : 0;
    const own = self[node] as number;
    if (isIn[node] === 0 || own === 0) continue;
    samples++;
    weights.set(name, (weights.get(name) ?? 0) + own);
  }
  return { self: weights, samples };
}
