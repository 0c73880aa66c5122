/** What the person has set, who is told of it, and the address that keeps it: Back and Forward go through settled views. */

import type { Range } from '../../../../datasets/narrow.ts';
import { type FlameView, PLAIN_FLAME } from '../../../flame/view.ts';
import { type View, viewFromFragment, viewToFragment } from '../../view.ts';

type Listener = (view: View, before: View) => void;

/** How long after the last change a view is settled, in milliseconds: the next change is a step that Back takes back. */
const SETTLING = 1000;
/** Browsers refuse an address that changes with every move of a mouse. */
const WRITING = 150;

export class Store {
  view: View;
  private readonly report: string;
  private readonly listeners: Listener[] = [];
  /** The view in the address is one that Back should come back to. */
  private isSettled = true;
  private writing = 0;
  private settling = 0;

  /** @param report tells one report from others, for links */
  constructor(report: string) {
    this.report = report;
    this.view = viewFromFragment(location.hash.slice(1), report);
    addEventListener('hashchange', () => this.follow());
    addEventListener('popstate', () => this.follow());
  }

  /** The address of what is set now, from the `#` on. */
  get fragment(): string {
    return `#${viewToFragment(this.view, this.report)}`;
  }

  listen(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Without a range there is nothing to compare. */
  setRange(range: Range | null): void {
    this.change(range === null ? { range, base: null } : { range });
  }

  setPanel(panel: string): void {
    this.change({ panel });
  }

  set(change: Partial<Omit<View, 'flames'>>): void {
    this.change(change);
  }

  flame(dataset: number): FlameView {
    return this.view.flames.get(dataset) ?? PLAIN_FLAME;
  }

  setFlame(dataset: number, change: Partial<FlameView>): void {
    this.change({ flames: new Map(this.view.flames).set(dataset, { ...this.flame(dataset), ...change }) });
  }

  private change(change: Partial<View>): void {
    this.apply({ ...this.view, ...change });
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.write(), WRITING);
  }

  private apply(view: View): void {
    const before = this.view;
    this.view = view;
    for (const listener of this.listeners) listener(view, before);
  }

  /** The first change of a settled view is a new step, those that follow soon belong to it. */
  private write(): void {
    if (location.hash === this.fragment || (location.hash === '' && this.fragment === '#')) return;
    if (this.isSettled) history.pushState(null, '', this.fragment);
    else history.replaceState(null, '', this.fragment);
    this.isSettled = false;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      this.isSettled = true;
    }, SETTLING);
  }

  /** The address is another one: by Back, by Forward, or by a link within the page. */
  private follow(): void {
    const fragment = location.hash.slice(1);
    if (`#${fragment}` === this.fragment) return;
    clearTimeout(this.writing);
    this.isSettled = true;
    const next = viewFromFragment(fragment, this.report);
    // A link to a panel opens it and leaves the rest as it is.
    const isAnchor = fragment !== '' && !fragment.includes('=');
    this.apply(isAnchor ? { ...this.view, panel: next.panel } : next);
  }
}
