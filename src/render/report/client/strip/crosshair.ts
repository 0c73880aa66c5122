/** The time that the pointer is on, the same on every picture with time: each draws a line there and tells its values. */

export class Crosshair {
  /** In seconds on the axis; null where the pointer is on no time. */
  at: number | null = null;
  private readonly listeners = new Set<() => void>();

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  set(at: number | null): void {
    if (at === this.at) return;
    this.at = at;
    for (const listener of this.listeners) listener();
  }
}
