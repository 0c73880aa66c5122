/** Frames that were marked, so that they can be added up. */

export class Marks {
  private readonly set = new Set<number>();

  get nodes(): ReadonlySet<number> {
    return this.set;
  }

  /** Marks a node, or takes its mark off. */
  turn(node: number): void {
    if (!this.set.delete(node)) this.set.add(node);
  }

  clear(): void {
    this.set.clear();
  }
}
