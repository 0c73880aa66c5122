/** The time that the pointer is on, the same on every picture with time: each draws a line there and tells its values. */

export class Crosshair {
  /** In seconds on the axis; null where the pointer is on no time. */
  at: number | null = null;
  private readonly listeners = new Map<() => void, Element>();

  /** @param of while this element is in the page, the listener is told */
  listen(of: Element, listener: () => void): void {
    this.listeners.set(listener, of);
  }

  set(at: number | null): void {
    if (at === this.at) return;
    this.at = at;
    for (const [listener, of] of this.listeners)
      if (of.isConnected) listener();
      else this.listeners.delete(listener);
  }
}
