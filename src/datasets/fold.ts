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
export function totalWeight({ self }: Pick<Profile, 'self'>): number {
  let sum = 0;
  for (let node = 0; node < self.length; node++) sum += self[node] as number;
  return sum;
}

/** The node of each distinct stack that has a weight. */
export function weightedNodes({ self }: Pick<Profile, 'self'>): number[] {
  const nodes: number[] = [];
  for (let node = 0; node < self.length; node++) if (self[node] !== 0) nodes.push(node);
  return nodes;
}

/** Inlined frames and a waker's are told from others by their mark alone: they have it always. */
export function isAlwaysMarked(kind: FrameKind): boolean {
  return kind === FrameKind.inlined || kind === FrameKind.waker;
}

/** The text of each frame: its name, and its annotation where `mark` says so of its kind. */
export function frameTexts({ frames }: Profile, mark: (kind: FrameKind) => boolean): string[] {
  return frames.names.map((name, frame) => {
    const kind = frames.kinds[frame] as FrameKind;
    return mark(kind) && SUFFIX[kind] !== '' ? `${name}${SUFFIX[kind]}` : name;
  });
}

/**
 * Each distinct stack that has a weight, root first and joined by `;`, with its weight; sorted by the stack's text.
 * Frames of the same text are the same here, whatever their kind.
 */
export function foldedStacks(profile: Profile, mark: (kind: FrameKind) => boolean): [stack: string, weight: number][] {
  const { parent, frame, self } = profile;
  const texts = frameTexts(profile, mark);
  // A parent's number is smaller than its children's: its path is there when theirs are made.
  const paths = [''];
  const weights = new Map<string, number>();
  for (let node = 0; node < parent.length; node++) {
    const above = parent[node] as number;
    const text = texts[frame[node] as number] as string;
    if (node > 0) paths.push(above === 0 ? text : `${paths[above]};${text}`);
    const path = paths[node] as string;
    if (self[node] !== 0) weights.set(path, (weights.get(path) ?? 0) + (self[node] as number));
  }
  return [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
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
