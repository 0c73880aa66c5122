/** A flame graph worked from the keyboard. */
import { stackPath } from '../../../../datasets/fold.ts';
import type { FlameNode } from '../../../flame/tree.ts';
import { copyAndSay } from '../shell/dom.ts';
import type { FlameSubject } from './subject.ts';
import type { FlameTools } from './tools.ts';

/** @returns whether the key means something to the frame at hand */
export function flameKey(
  { key }: KeyboardEvent,
  node: FlameNode,
  flame: Pick<FlameSubject, 'view' | 'set' | 'zoom' | 'profile'>,
  tools: Pick<FlameTools, 'focusSearch'>,
): boolean {
  if (key === 'Enter') flame.zoom(node);
  else if (key === 'Escape' || key === 'Backspace') flame.set({ zoom: flame.view().zoom.slice(0, -1) });
  else if (key === 'Home') flame.set({ zoom: [] });
  else if (key === '/') tools.focusSearch();
  else if (key === 'i') flame.set({ icicle: !flame.view().icicle });
  else if (key === 'f' && node.frame >= 0) flame.set({ focus: node.frame, zoom: [] });
  else if (key === 'h' && node.frame >= 0) flame.set({ hidden: [...flame.view().hidden, node.frame], zoom: [] });
  else if (key === 'c') void copyAndSay(stackPath(flame.profile(), node.node).join(';'), 'Stack');
  else return false;
  return true;
}
