/** What the person has set, who is told of it, and the URL's fragment that keeps it. */

import type { Range } from '../../../../datasets/narrow.ts';
import { type FlameView, PLAIN_FLAME } from '../../../flame/view.ts';
import { type View, viewFromFragment, viewToFragment } from '../../view.ts';

type Listener = (view: View, before: View) => void;

export class Store {
  view: View = viewFromFragment(location.hash.slice(1));
  private readonly listeners: Listener[] = [];

  constructor() {
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) === viewToFragment(this.view)) return;
      const next = viewFromFragment(location.hash.slice(1));
      // A link to a panel opens it and leaves the rest as it is.
      this.apply(location.hash.includes('=') ? next : { ...this.view, panel: next.panel });
    });
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  setRange(range: Range | null): void {
    this.change({ range });
  }

  /** Has pictures show that time alone; null has them show all. */
  setWindow(window: Range | null): void {
    this.change({ window });
  }

  setPanel(panel: string): void {
    this.change({ panel });
  }

  flame(dataset: number): FlameView {
    return this.view.flames.get(dataset) ?? PLAIN_FLAME;
  }

  setFlame(dataset: number, change: Partial<FlameView>): void {
    this.change({ flames: new Map(this.view.flames).set(dataset, { ...this.flame(dataset), ...change }) });
  }

  private change(change: Partial<View>): void {
    this.apply({ ...this.view, ...change });
    this.writeSoon();
  }

  private apply(view: View): void {
    const before = this.view;
    this.view = view;
    for (const listener of this.listeners) listener(view, before);
  }

  private timer = 0;

  /** Browsers refuse an address that changes with every move of a mouse. */
  private writeSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => history.replaceState(null, '', `#${viewToFragment(this.view)}`), 150);
  }
}
