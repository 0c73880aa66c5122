/** A profile as folded stacks, and what is asked of its tree. */
import { FrameKind, type Profile } from './profile.ts';
import { StackTrie } from './stack-trie.ts';

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
  let sum = 0;
  for (const weight of profile.self) sum += weight;
  return sum;
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

/** What is told of the stacks in their order. */
export interface StackVisitor {
  /** The stacks that follow, until `leave`, go on from here with the frame of this text. */
  enter(text: number): void;
  leave(): void;
  /** A stack ends with the frame of this text; -1 for the empty stack. True asks for a pause. */
  stack(text: number, weight: number): boolean;
}

/** The distinct stacks of a profile that have a weight, in the order of their texts joined by `;`. */
export interface OrderedStacks {
  /** What the visitor's numbers point into. */
  readonly texts: readonly string[];
  /** Goes on from where it was; false at the end. */
  visit(visitor: StackVisitor): boolean;
}

/**
 * Puts the stacks in order. Frames of the same text are the same here, whatever their kind. Takes time linear in the
 * nodes, and no recursion.
 *
 * @param texts of each frame
 */
export function orderedStacks(profile: Profile, texts: readonly string[]): OrderedStacks {
  const distinct = [...new Set(texts)].sort();
  const idOf = new Map(distinct.map((text, id) => [text, id]));
  const ids = Uint32Array.from(texts, (text) => idOf.get(text) as number);
  const { parent, frame, self } = distinct.length === texts.length ? profile : regrafted(profile, ids);
  const textOf = distinct.length === texts.length ? ids : Uint32Array.from(distinct.keys());
  const { first, next } = orderedItems({ parent, frame, self }, textOf, ranksOf(distinct));
  let isStarted = false;
  // An item is a node that ends stacks (even) or one with more above it (odd).
  let item = first[0] as number;
  let above = 0;

  function visit(visitor: StackVisitor): boolean {
    if (!isStarted && self[0] !== 0) visitor.stack(-1, self[0] as number);
    isStarted = true;
    for (;;) {
      while (item === NONE) {
        if (above === 0) return false;
        visitor.leave();
        item = next[above * 2 + 1] as number;
        above = parent[above] as number;
      }
      const node = item >>> 1;
      const text = textOf[frame[node] as number] as number;
      if ((item & 1) === 1) {
        visitor.enter(text);
        above = node;
        item = first[node] as number;
      } else {
        item = next[item] as number;
        if (visitor.stack(text, self[node] as number)) return true;
      }
    }
  }
  return { texts: distinct, visit };
}

type Tree = Pick<Profile, 'parent' | 'frame' | 'self'>;
const NONE = 0xffffffff;
const SEMICOLON = 0x3b;

/** The tree with frames of the same text joined. */
function regrafted({ parent, frame, self }: Profile, ids: Uint32Array): Tree {
  const trie = new StackTrie();
  const place = new Uint32Array(parent.length);
  trie.add(0, self[0] as number);
  for (let node = 1; node < parent.length; node++) {
    const at = trie.child(place[parent[node] as number] as number, ids[frame[node] as number] as number);
    place[node] = at;
    trie.add(at, self[node] as number);
  }
  return trie.columns();
}

/** Whether `text`, which comes behind `start`, comes before `start` with `;` behind it. */
function isBetween(start: string, text: string): boolean {
  return text.startsWith(start) && text.charCodeAt(start.length) < SEMICOLON;
}

/**
 * For sorted texts, the rank of each text (even) and of each text with `;` behind it (odd) in the order of all of them.
 * A text with `;` comes behind the texts that it begins and that go on with a smaller character.
 */
export function ranksOf(sorted: readonly string[]): Uint32Array {
  const ranks = new Uint32Array(sorted.length * 2);
  const open: number[] = [];
  let rank = 0;
  const closeBefore = (text: string | null) => {
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      if (text !== null && isBetween(sorted[last] as string, text)) return;
      ranks[last * 2 + 1] = rank++;
      open.pop();
    }
  };
  sorted.forEach((text, id) => {
    closeBefore(text);
    ranks[id * 2] = rank++;
    open.push(id);
  });
  closeBefore(null);
  return ranks;
}

/**
 * Each node's items in the order of their ranks, as linked lists: nodes by first, items by next. Items are put into
 * their lists from the last rank to the first, as a radix sort would.
 */
function orderedItems({ parent, frame, self }: Tree, textOf: Uint32Array, ranks: Uint32Array) {
  const size = parent.length;
  const isLive = liveNodes(parent, self);
  const starts = new Uint32Array(ranks.length + 1);
  // Twice over the items, to count and to place: keeping them would take as much memory as the profile.
  eachItem((_, rank) => {
    starts[rank + 1] = (starts[rank + 1] as number) + 1;
  });
  for (let rank = 1; rank < starts.length; rank++)
    starts[rank] = (starts[rank] as number) + (starts[rank - 1] as number);
  const count = starts[ranks.length] as number;
  const byRank = new Uint32Array(count);
  eachItem((item, rank) => {
    const place = starts[rank] as number;
    byRank[place] = item;
    starts[rank] = place + 1;
  });
  const first = new Uint32Array(size).fill(NONE);
  const next = new Uint32Array(size * 2).fill(NONE);
  for (let i = count - 1; i >= 0; i--) {
    const item = byRank[i] as number;
    const above = parent[item >>> 1] as number;
    next[item] = first[above] as number;
    first[above] = item;
  }
  return { first, next };

  function eachItem(take: (item: number, rank: number) => void): void {
    for (let node = 1; node < size; node++) {
      const rank = (textOf[frame[node] as number] as number) * 2;
      if (self[node] !== 0) take(node * 2, ranks[rank] as number);
      if (isLive[node] === 2) take(node * 2 + 1, ranks[rank + 1] as number);
    }
  }
}

/** 1 for the nodes where a stack ends, 2 for those above which one does, 0 for the rest. */
function liveNodes(parent: Uint32Array, self: Float64Array): Uint8Array {
  const live = new Uint8Array(parent.length);
  for (let node = parent.length - 1; node > 0; node--) {
    if (live[node] === 0 && self[node] !== 0) live[node] = 1;
    if (live[node] !== 0) live[parent[node] as number] = 2;
  }
  return live;
}

/**
 * Each distinct stack, root first and joined by `;`, with its weight; sorted by the stack's text. Stacks that nothing
 * ended at are left out.
 */
export function foldedStacks(profile: Profile, mark: (kind: FrameKind) => boolean): [stack: string, weight: number][] {
  const stacks: [stack: string, weight: number][] = [];
  const { texts, visit } = orderedStacks(profile, frameTexts(profile, mark));
  const prefixes = [''];
  visit({
    enter: (text) => {
      prefixes.push(`${prefixes.at(-1)}${texts[text]};`);
    },
    leave: () => {
      prefixes.pop();
    },
    stack: (text, weight) => {
      stacks.push([`${prefixes.at(-1)}${texts[text] ?? ''}`, weight]);
      return false;
    },
  });
  return stacks;
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
