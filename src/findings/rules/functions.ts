/** What a process does on the CPU, by the profile. */
import type { Subject } from '../../datasets/finding.ts';
import { FrameKind } from '../../datasets/profile.ts';
import type { Signals } from '../../signals/index.ts';
import { processOfNodes } from '../../signals/profiles.ts';
import type { Part } from '../facts.ts';
import { sumOf } from '../numbers.ts';

/** Two profiles of a host are of the same work. */
export const PROFILE: Subject = { kind: 'profile', name: '' };

/** With fewer samples a share of 15% is uncertain by 5 points. */
export const LEAST_SAMPLES = {
  value: 200,
  unit: 'samples',
  why: 'with fewer, a share of 15% is uncertain by 5 points',
} as const;

/** A frame without a name: `[unknown]`, or the module's name in its place. */
export const NO_SYMBOL = /^\[.*\]$|^0x[0-9a-f]+$/;

const MOST_FUNCTIONS = 2;

/** The functions that ran most in a process, by its name: the parts of its own samples. None where no profile has enough of it. */
export function topFunctions({ profiles }: Signals, process: string): Part[] {
  for (const { stacks } of profiles('cpu time')) {
    const { frames, frame, self } = stacks.profile;
    const processes = processOfNodes(stacks.profile);
    const weights = new Map<string, number>();
    let samples = 0;
    for (let node = 1; node < self.length; node++) {
      const own = self[node] as number;
      const of = processes[node] as number;
      if (own === 0 || of < 0 || frames.names[of] !== process) continue;
      const id = frame[node] as number;
      samples += stacks.unit === 'samples' ? own : 1;
      if (frames.kinds[id] === FrameKind.process) continue;
      const name = frames.names[id] as string;
      weights.set(name, (weights.get(name) ?? 0) + own);
    }
    if (samples < LEAST_SAMPLES.value) continue;
    const total = sumOf(weights.values());
    return [...weights]
      .filter(([name]) => !NO_SYMBOL.test(name))
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, MOST_FUNCTIONS)
      .map(([name, weight]): Part => ({ kind: 'function', name, share: weight / total }));
  }
  return [];
}
