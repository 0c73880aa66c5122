/**
 * A trie of stacks in typed arrays: a node is a stack, its parent the stack of its caller. Made for millions of nodes:
 * one hash table over (parent, frame) for all of them, and no object per node.
 */

const FIRST_CAPACITY = 1024;

export class StackTrie {
  private parents: Uint32Array;
  private frames: Uint32Array;
  private weights: Float64Array;
  /** Node numbers; 0, the empty stack, is no one's child and marks a free slot. */
  private slots: Uint32Array;
  private used = 1;

  /** @param expected about how many nodes there will be: to make the tables larger takes as long as to fill them */
  constructor(expected = FIRST_CAPACITY) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(expected, FIRST_CAPACITY)));
    this.parents = new Uint32Array(capacity);
    this.frames = new Uint32Array(capacity);
    this.weights = new Float64Array(capacity);
    this.slots = new Uint32Array(capacity * 2);
  }

  /** How many nodes there are; node 0 is the empty stack. */
  get size(): number {
    return this.used;
  }

  /** The node of the stack that is `node`'s with `frame` called from it. */
  child(node: number, frame: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(node, frame) & mask;
    for (;;) {
      const found = this.slots[slot] as number;
      if (found === 0) break;
      if (this.parents[found] === node && this.frames[found] === frame) return found;
      slot = (slot + 1) & mask;
    }
    if (this.used === this.parents.length) {
      this.grow();
      return this.child(node, frame);
    }
    const created = this.used++;
    this.parents[created] = node;
    this.frames[created] = frame;
    this.slots[slot] = created;
    return created;
  }

  frameOf(node: number): number {
    return this.frames[node] as number;
  }

  /** Adds to the weight of the samples whose stack ends at the node. */
  add(node: number, weight: number): void {
    this.weights[node] = (this.weights[node] as number) + weight;
  }

  /** The columns, as a profile has them. */
  columns(): { parent: Uint32Array; frame: Uint32Array; self: Float64Array } {
    const { parents, frames, weights, used } = this;
    return { parent: parents.slice(0, used), frame: frames.slice(0, used), self: weights.slice(0, used) };
  }

  private grow(): void {
    const capacity = this.parents.length * 2;
    this.parents = enlarged(this.parents, new Uint32Array(capacity));
    this.frames = enlarged(this.frames, new Uint32Array(capacity));
    this.weights = enlarged(this.weights, new Float64Array(capacity));
    this.slots = new Uint32Array(capacity * 2);
    const mask = this.slots.length - 1;
    for (let node = 1; node < this.used; node++) {
      let slot = hash(this.parents[node] as number, this.frames[node] as number) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = node;
    }
  }
}

function hash(node: number, frame: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(frame + 0x7f4a7c15, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 7;
}

function enlarged<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
