/** The frame at hand, over the graph: its name in full, to be selected and copied, its numbers, and what can be done with it. */
import { stackPath } from '../../../../datasets/fold.ts';
import type { Profile } from '../../../../datasets/profile.ts';
import type { FlameNode } from '../../../flame/tree.ts';
import { copyAndSay, element } from '../shell/dom.ts';

export interface FlameActions {
  focus(frame: number): void;
  hide(frame: number): void;
  /** Shows callers and callees; null where the graph has no room for them. */
  sandwich: ((frame: number) => void) | null;
  /** Asks for a note about a frame. */
  note(words: string): void;
}

export interface FlameDetails {
  element: HTMLElement;
  /** @param words the frame's name and, on a line of their own, its numbers */
  show(node: FlameNode, profile: Profile, words: string): void;
  /** Shows no frame if the one shown is of another profile: narrowed to another range, its numbers are others. */
  keep(profile: Profile): void;
}

export function flameDetails(actions: FlameActions): FlameDetails {
  const host = element('div', { class: 'flame-details' });
  let shown: Profile | null = null;
  const showNone = (): void => {
    shown = null;
    host.replaceChildren(element('p', { class: 'quiet' }, 'Click a frame to zoom into it and see its numbers here.'));
  };
  showNone();
  return {
    element: host,
    keep(profile) {
      if (shown !== null && shown !== profile) showNone();
    },
    show(node, profile, words) {
      const names = stackPath(profile, node.node);
      const [name = '', numbers = ''] = words.split('\n');
      shown = profile;
      host.replaceChildren(
        element(
          'p',
          { class: 'frame-line' },
          element('code', { class: 'frame-name' }, name),
          element('span', { class: 'frame-numbers' }, numbers),
        ),
        element('div', { class: 'frame-actions' }, ...buttonsOf(node, name, names, actions), stackList(names)),
      );
    },
  };
}

function buttonsOf(node: FlameNode, name: string, stack: readonly string[], actions: FlameActions): HTMLElement[] {
  const { frame, merged } = node;
  if (merged > 0) return [element('span', { class: 'quiet' }, 'Zoom into the frame below to draw them wider.')];
  if (frame < 0) return [];
  const { sandwich } = actions;
  const button = (text: string, act: () => void): HTMLElement =>
    element('button', { type: 'button', onclick: act }, text);
  return [
    ...(sandwich === null ? [] : [button('Callers and callees', () => sandwich(frame))]),
    button('Focus', () => actions.focus(frame)),
    button('Hide', () => actions.hide(frame)),
    button('Copy name', () => void copyAndSay(name, 'Name')),
    button('Copy stack', () => void copyAndSay(stack.join(';'), 'Stack')),
    button('Note', () => actions.note(name)),
  ];
}

function stackList(names: readonly string[]): HTMLElement {
  const items = names.map((each) => element('li', {}, each));
  const summary = element('summary', {}, `Stack, ${names.length} deep`);
  return element('details', { class: 'frame-stack' }, summary, element('ol', { class: 'stack' }, ...items));
}
