/**
 * The trie of stacks: one hash table over (parent, frame). A parent's number is smaller than its children's.
 *
 * A new stack is made of nodes one after the other, so three quarters of all nodes are right behind their parents. There they
 * are found without the table: a walk along a stack goes through memory in order, and the table is a quarter as large.
 */
import { CACHE_SLOTS, CACHE_TEXTS, maxCacheBytes, maxNodes, NODE_SLOTS, NODES, WEIGHTS } from './layout';

const FIRST_SLOTS: u32 = 1 << 16;
/** How many nodes of another trie are joined at once. */
export const JOIN_NODES: u32 = 1 << 16;

/** The slots hold numbers of nodes that are not behind their parents; 0, the empty stack, is no one's child: a free one. */
let mask: u32 = 0;
let inSlots: u32 = 0;
let count: u32 = 0;

export function emptyTrie(): void {
  mask = FIRST_SLOTS - 1;
  memory.fill(NODE_SLOTS, 0, <usize>FIRST_SLOTS * 4);
  store<u64>(NODES, 0);
  store<f64>(WEIGHTS, 0);
  count = 1;
  inSlots = 0;
}

export function nodeCount(): u32 {
  return count;
}

@inline
function hash(node: u32, frame: u32): u32 {
  const mixed = (<u64>node * 0x9e3779b97f4a7c15) ^ (<u64>frame * 0xc2b2ae3d27d4eb4f);
  return <u32>(mixed >> 32) ^ <u32>(mixed >> 15);
}

/**
 * The node of the stack that is `node`'s with `frame` called from it. Where there is no room for another node, the
 * stack ends at `node`.
 */
export function child(node: u32, frame: u32): u32 {
  const wanted = <u64>node | (<u64>frame << 32);
  const behind = node + 1;
  if (behind < count && load<u64>(NODES + (<usize>behind << 3)) === wanted) return behind;
  let slot = hash(node, frame) & mask;
  for (;;) {
    const found = load<u32>(NODE_SLOTS + (<usize>slot << 2));
    if (found === 0) break;
    if (load<u64>(NODES + (<usize>found << 3)) === wanted) return found;
    slot = (slot + 1) & mask;
  }
  if (count === maxNodes) return node;
  const created = count++;
  store<u64>(NODES + (<usize>created << 3), wanted);
  store<f64>(WEIGHTS + (<usize>created << 3), 0);
  if (created === behind) return created;
  store<u32>(NODE_SLOTS + (<usize>slot << 2), created);
  inSlots++;
  if (inSlots * 2 > mask) grow();
  return created;
}

@inline
export function parentOf(node: u32): u32 {
  return load<u32>(NODES + (<usize>node << 3));
}

@inline
export function frameOf(node: u32): u32 {
  return load<u32>(NODES + (<usize>node << 3), 4);
}

export function addWeight(node: u32, weight: f64): void {
  const at = WEIGHTS + (<usize>node << 3);
  store<f64>(at, load<f64>(at) + weight);
}

/**
 * Nodes of another trie, to be joined: parent and frame of each, then their weights. They lie where the cache does, which
 * must be emptied when all are joined.
 */
export function joinAt(): usize {
  return CACHE_TEXTS;
}

/** Where the nodes of the other trie are in this one. */
export function placesAt(): usize {
  return CACHE_SLOTS;
}

/** Of how many nodes the places can be told. */
export function joinLimit(): u32 {
  return <u32>(maxCacheBytes >> 2);
}

/** Joins the nodes numbered `from` and on there; those before are joined. */
export function joinNodes(from: u32, count: u32): void {
  const weights = CACHE_TEXTS + <usize>JOIN_NODES * 8;
  store<u32>(CACHE_SLOTS, 0);
  for (let i: u32 = 0; i < count; i++) {
    const node = CACHE_TEXTS + (<usize>i << 3);
    const place = child(load<u32>(CACHE_SLOTS + (<usize>load<u32>(node) << 2)), load<u32>(node, 4));
    store<u32>(CACHE_SLOTS + (<usize>(from + i) << 2), place);
    const weight = load<f64>(weights + (<usize>i << 3));
    if (weight !== 0) addWeight(place, weight);
  }
}

export function isFull(): bool {
  return count === maxNodes;
}

/** In place: the slots are made again from the nodes. */
function grow(): void {
  const size = (mask + 1) * 2;
  mask = size - 1;
  memory.fill(NODE_SLOTS, 0, <usize>size * 4);
  for (let node: u32 = 1; node < count; node++) {
    const pair = load<u64>(NODES + (<usize>node << 3));
    if (<u32>pair === node - 1) continue;
    let slot = hash(<u32>pair, <u32>(pair >> 32)) & mask;
    while (load<u32>(NODE_SLOTS + (<usize>slot << 2)) !== 0) slot = (slot + 1) & mask;
    store<u32>(NODE_SLOTS + (<usize>slot << 2), node);
  }
}
