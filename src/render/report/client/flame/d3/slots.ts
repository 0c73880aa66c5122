/**
 * Keeps frames in their elements from one drawing to the next. d3-flame-graph numbers frames by their order, so that with
 * one more of them each becomes another element's. With numbers of ours a frame stays where it is, and little changes when a
 * range is dragged.
 */
import { Node as HierarchyNode } from 'd3-hierarchy';
import type { FlameNode } from '../../../../flame/tree.ts';

/** `slot`: the number of the element that draws it. */
export type PlacedNode = FlameNode & { slot?: number };

Object.defineProperty(HierarchyNode.prototype, 'id', {
  get(this: { data: PlacedNode }) {
    return this.data.slot;
  },
  set() {},
});

/**
 * Gives each frame of a tree an element's number: the one that drew it before, or one that draws nothing now.
 * @param before the numbers of the last tree, by the profile's node
 * @returns those of this one
 */
export function giveSlots(root: PlacedNode, before: ReadonlyMap<number, number>): Map<number, number> {
  const all: PlacedNode[] = [root];
  const homeless: PlacedNode[] = [];
  const taken = new Set<number>();
  for (const frame of all) {
    all.push(...frame.children);
    const slot = before.get(keyOf(frame));
    if (slot === undefined || taken.has(slot)) homeless.push(frame);
    else {
      frame.slot = slot;
      taken.add(slot);
    }
  }
  let next = 0;
  for (const frame of homeless) {
    while (taken.has(next)) next++;
    frame.slot = next++;
  }
  return new Map(all.map((frame) => [keyOf(frame), frame.slot as number]));
}

/** Merged frames share the node that they stand on with its own box. */
function keyOf({ node, merged }: PlacedNode): number {
  return merged > 0 ? -1 - node : node;
}
