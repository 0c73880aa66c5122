/** A profile as folded stacks, and what is asked of its tree. */
import { FrameKind, type Profile } from './profile.ts';

/** What stands behind a frame's name in folded output, as stackcollapse-perf.pl --all prints it. */
const SUFFIX: Readonly<Record<FrameKind, string>> = {
  [FrameKind.user]: '',
  [FrameKind.kernel]: '_[k]',
  [FrameKind.jit]: '_[j]',
  [FrameKind.inlined]: '_[i]',
  [FrameKind.process]: '',
  [FrameKind.waker]: '_[w]',
  [FrameKind.delimiter]: '',
};

/** The weight of the whole profile. */
export function totalWeight(profile: Profile): number {
  return profile.self.reduce((sum, weight) => sum + weight, 0);
}

/**
 * Each distinct stack, root first and joined by `;`, with its weight; sorted by the stack's text. Stacks that nothing
 * ended at are left out.
 */
export function foldedStacks(profile: Profile, mark: (kind: FrameKind) => boolean): [stack: string, weight: number][] {
  const { names, kinds } = profile.frames;
  const texts: string[] = [''];
  const weights = new Map<string, number>();
  for (let node = 0; node < profile.parent.length; node++) {
    const frame = profile.frame[node] as number;
    const kind = kinds[frame] as FrameKind;
    if (node > 0) {
      const name = `${names[frame]}${mark(kind) ? SUFFIX[kind] : ''}`;
      const above = texts[profile.parent[node] as number] as string;
      texts.push(profile.parent[node] === 0 ? name : `${above};${name}`);
    }
    const weight = profile.self[node] as number;
    if (weight !== 0) weights.set(texts[node] as string, (weights.get(texts[node] as string) ?? 0) + weight);
  }
  return [...weights].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The frames of the stack that ends at `node`, root first. */
export function stackFrames(profile: Profile, node: number): number[] {
  const frames: number[] = [];
  for (let at = node; at !== 0; at = profile.parent[at] as number) frames.push(profile.frame[at] as number);
  return frames.reverse();
}

/** The names of the frames of the stack that ends at `node`, root first, without marks. */
export function stackPath(profile: Profile, node: number): string[] {
  return stackFrames(profile, node).map((frame) => profile.frames.names[frame] as string);
}
