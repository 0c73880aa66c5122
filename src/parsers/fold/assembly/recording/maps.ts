/**
 * What was mapped where, in every process, at every time: balanced trees of intervals that share what they have in common.
 * To map a file makes a new tree and leaves the old one as it was, so a number is all that a point in time needs, and a
 * fork costs nothing.
 *
 * A tree is the number of its root; 0 is empty. Intervals do not overlap: what is mapped later cuts what was there.
 * Weight-balanced, by joining: Adams, "Efficient sets: a balancing act" (1993), with the factors of Haskell's Data.Map.
 */
import { mapsAt, mapsBytes } from './layout';

/** start, end: u64; delta: u64, added to an address it gives the place in the module; module, left, right, size: u32. */
const BYTES: usize = 40;
const DELTA: u32 = 3;
const RATIO: u32 = 2;

let at: usize = 0;
let count: u32 = 0;
let limit: u32 = 0;
let full: bool = false;

/** What `split` leaves on either side. */
let below: u32 = 0;
let above: u32 = 0;

export function emptyMaps(): void {
  at = mapsAt();
  count = 1;
  limit = <u32>(mapsBytes() / BYTES);
  full = false;
}

/** Whether there was no room for more: what was mapped later is not known. */
export function mapsFull(): bool {
  return full;
}

@inline
function place(node: u32): usize {
  return at + <usize>node * BYTES;
}

@inline
function startOf(node: u32): u64 {
  return load<u64>(place(node));
}

@inline
function endOf(node: u32): u64 {
  return load<u64>(place(node), 8);
}

@inline
function leftOf(node: u32): u32 {
  return load<u32>(place(node), 28);
}

@inline
function rightOf(node: u32): u32 {
  return load<u32>(place(node), 32);
}

@inline
function sizeOf(node: u32): u32 {
  return node === 0 ? 0 : load<u32>(place(node), 36);
}

@inline
export function moduleOf(node: u32): u32 {
  return load<u32>(place(node), 24);
}

@inline
export function deltaOf(node: u32): u64 {
  return load<u64>(place(node), 16);
}

function create(start: u64, end: u64, delta: u64, module: u32): u32 {
  if (count >= limit) {
    full = true;
    return 0;
  }
  const node = count++;
  const to = place(node);
  store<u64>(to, start);
  store<u64>(to, end, 8);
  store<u64>(to, delta, 16);
  store<u32>(to, module, 24);
  store<u64>(to, 0, 28);
  store<u32>(to, 1, 36);
  return node;
}

/** A node of `node`'s interval over two trees. */
function over(left: u32, node: u32, right: u32): u32 {
  const made = create(startOf(node), endOf(node), deltaOf(node), moduleOf(node));
  if (made === 0) return node;
  const to = place(made);
  store<u32>(to, left, 28);
  store<u32>(to, right, 32);
  store<u32>(to, sizeOf(left) + sizeOf(right) + 1, 36);
  return made;
}

/** The same, where one side may be one join too heavy. */
function balanced(left: u32, node: u32, right: u32): u32 {
  const l = sizeOf(left);
  const r = sizeOf(right);
  if (l + r <= 1) return over(left, node, right);
  if (r > DELTA * l) return turnedLeft(left, node, right);
  if (l > DELTA * r) return turnedRight(left, node, right);
  return over(left, node, right);
}

function turnedLeft(left: u32, node: u32, right: u32): u32 {
  const inner = leftOf(right);
  const outer = rightOf(right);
  if (sizeOf(inner) < RATIO * sizeOf(outer)) return over(over(left, node, inner), right, outer);
  return over(over(left, node, leftOf(inner)), inner, over(rightOf(inner), right, outer));
}

function turnedRight(left: u32, node: u32, right: u32): u32 {
  const outer = leftOf(left);
  const inner = rightOf(left);
  if (sizeOf(inner) < RATIO * sizeOf(outer)) return over(outer, left, over(inner, node, right));
  return over(over(outer, left, leftOf(inner)), inner, over(rightOf(inner), node, right));
}

/** One tree of all in `left`, `node`'s interval, and all in `right`. */
function join(left: u32, node: u32, right: u32): u32 {
  const l = sizeOf(left);
  const r = sizeOf(right);
  if (r > DELTA * l && r > 1) return balanced(join(left, node, leftOf(right)), right, rightOf(right));
  if (l > DELTA * r && l > 1) return balanced(leftOf(left), left, join(rightOf(left), node, right));
  return over(left, node, right);
}

/** Leaves what is mapped below `key` in `below` and the rest in `above`, an interval around it cut in two. */
function split(root: u32, key: u64): void {
  if (root === 0) {
    below = 0;
    above = 0;
  } else if (key <= startOf(root)) {
    split(leftOf(root), key);
    above = join(above, root, rightOf(root));
  } else if (key >= endOf(root)) {
    split(rightOf(root), key);
    below = join(leftOf(root), root, below);
  } else {
    const delta = deltaOf(root);
    const module = moduleOf(root);
    below = join(leftOf(root), create(startOf(root), key, delta, module), 0);
    above = join(0, create(key, endOf(root), delta, module), rightOf(root));
  }
}

/** The tree with an interval more. Where there is no room for it, the tree as it was. */
export function mapped(root: u32, start: u64, end: u64, delta: u64, module: u32): u32 {
  if (start >= end || count + 256 > limit) {
    if (start < end) full = true;
    return root;
  }
  split(root, start);
  const low = below;
  split(above, end);
  const high = above;
  return join(low, create(start, end, delta, module), high);
}

/** The tree without what is mapped between two addresses. */
export function unmapped(root: u32, start: u64, end: u64): u32 {
  if (start >= end || count + 256 > limit) return root;
  split(root, start);
  const low = below;
  split(above, end);
  return joinTrees(low, above);
}

function joinTrees(left: u32, right: u32): u32 {
  if (left === 0) return right;
  if (right === 0) return left;
  let first = right;
  while (leftOf(first) !== 0) first = leftOf(first);
  split(right, endOf(first));
  return join(left, first, above);
}

/** The node of the interval that holds an address, or 0. */
export function findMap(root: u32, address: u64): u32 {
  let node = root;
  while (node !== 0) {
    if (address < startOf(node)) node = leftOf(node);
    else if (address >= endOf(node)) node = rightOf(node);
    else return node;
  }
  return 0;
}
