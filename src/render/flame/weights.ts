/** What of a flame graph a search matched. */

/** Boxes or stacks by number, parents before their children. */
export interface Tree {
  readonly parent: ArrayLike<number>;
  /** The weight that ends at each. */
  readonly self: ArrayLike<number>;
}

/**
 * The weight below a node whose stack has a match anywhere, each sample counted once however many of its frames match.
 * @param isMatch whether the node's own frame does
 */
export function matchedWeight({ parent, self }: Tree, isMatch: (node: number) => boolean, below: number): number {
  const isInside = new Uint8Array(parent.length);
  const isMatched = new Uint8Array(parent.length);
  isInside[below] = 1;
  let sum = 0;
  for (let node = 1; node < parent.length; node++) {
    const above = parent[node] as number;
    if (node > below) isInside[node] = isInside[above] as number;
    isMatched[node] = isMatched[above] === 1 || isMatch(node) ? 1 : 0;
    if (isInside[node] === 1 && isMatched[node] === 1) sum += self[node] as number;
  }
  return sum;
}
