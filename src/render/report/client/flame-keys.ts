/** A flame graph worked from the keyboard. */
import { stackPath } from '../../../datasets/fold.ts';
import type { Profile } from '../../../datasets/profile.ts';
import type { FlameNode } from '../flame-tree.ts';
import type { FlameView } from '../view.ts';
import { announce, copyText } from './dom.ts';

export interface FlameKeys {
  view(): FlameView;
  set(change: Partial<FlameView>): void;
  zoom(node: FlameNode): void;
  focusSearch(): void;
  /** What is drawn. */
  profile(): Profile;
}

/** @returns whether the key means something to the frame at hand */
export function flameKey(
  { key }: KeyboardEvent,
  node: FlameNode,
  { view, set, zoom, focusSearch, profile }: FlameKeys,
): boolean {
  if (key === 'Enter') zoom(node);
  else if (key === 'Escape' || key === 'Backspace') set({ zoom: view().zoom.slice(0, -1) });
  else if (key === 'Home') set({ zoom: [] });
  else if (key === '/') focusSearch();
  else if (key === 'i') set({ icicle: !view().icicle });
  else if (key === 'f' && node.frame >= 0) set({ focus: node.frame, zoom: [] });
  else if (key === 'h' && node.frame >= 0) set({ hidden: [...view().hidden, node.frame], zoom: [] });
  else if (key === 'c') void copyStack(profile(), node);
  else return false;
  return true;
}

async function copyStack(profile: Profile, node: FlameNode): Promise<void> {
  announce(
    (await copyText(stackPath(profile, node.node).join(';'))) ? 'Stack copied' : 'The browser does not allow copying',
  );
}
