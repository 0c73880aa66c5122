/** The frame at hand: its name in full, to be selected and copied, the stack it stands in, and what can be done with it. */
import { stackPath } from '../../../../datasets/fold.ts';
import type { Profile } from '../../../../datasets/profile.ts';
import type { FlameNode } from '../../../flame/tree.ts';
import { copyAndSay, element } from '../shell/dom.ts';

export interface FlameActions {
  focus(frame: number): void;
  hide(frame: number): void;
}

export interface FlameDetails {
  element: HTMLElement;
  /** @param words the frame's name and, on a line of their own, its numbers */
  show(node: FlameNode, profile: Profile, words: string): void;
  /** Hides the frame if it is of another profile: narrowed to another range, its numbers are others. */
  keep(profile: Profile): void;
}

export function flameDetails(actions: FlameActions): FlameDetails {
  const host = element('div', { class: 'flame-details', hidden: true });
  let shown: Profile | null = null;
  return {
    element: host,
    keep(profile) {
      if (shown !== profile) host.hidden = true;
    },
    show(node, profile, words) {
      const names = stackPath(profile, node.node);
      const [name = '', numbers = ''] = words.split('\n');
      const buttons = node.frame < 0 ? [] : buttonsOf(node.frame, name, names, actions);
      shown = profile;
      host.hidden = false;
      host.replaceChildren(
        element('p', { class: 'frame-name' }, element('code', {}, name)),
        element('p', { class: 'frame-numbers' }, numbers),
        element('p', { class: 'frame-actions' }, ...buttons),
        stackList(names),
      );
    },
  };
}

function buttonsOf(frame: number, name: string, stack: readonly string[], actions: FlameActions): HTMLElement[] {
  const button = (text: string, act: () => void): HTMLElement =>
    element('button', { type: 'button', onclick: act }, text);
  return [
    button('Focus on it', () => actions.focus(frame)),
    button('Hide it', () => actions.hide(frame)),
    button('Copy name', () => void copyAndSay(name, 'Name')),
    button('Copy stack', () => void copyAndSay(stack.join(';'), 'Stack')),
  ];
}

function stackList(names: readonly string[]): HTMLElement {
  const items = names.map((each) => element('li', {}, each));
  const summary = element('summary', {}, `Stack, ${names.length} deep`);
  return element('details', {}, summary, element('ol', { class: 'stack' }, ...items));
}
