/** The frame at hand: its name in full, to be selected and copied, the stack it stands in, and what can be done with it. */
import { stackPath } from '../../../datasets/fold.ts';
import type { Profile } from '../../../datasets/profile.ts';
import type { FlameNode } from '../flame-tree.ts';
import { announce, copyText, element } from './dom.ts';

export interface FlameActions {
  zoom(node: FlameNode): void;
  focus(frame: number): void;
  hide(frame: number): void;
}

export function flameDetails(actions: FlameActions): {
  element: HTMLElement;
  show(node: FlameNode, profile: Profile, words: string): void;
  /** Hides the frame if it is of another profile: narrowed to another range, its numbers are others. */
  keep(profile: Profile): void;
} {
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
      const button = (text: string, act: () => void): HTMLElement =>
        element('button', { type: 'button', onclick: act }, text);
      const copy = async (text: string, what: string): Promise<void> =>
        announce((await copyText(text)) ? `${what} copied` : 'The browser does not allow copying');
      shown = profile;
      host.hidden = false;
      host.replaceChildren(
        element('p', { class: 'frame-name' }, element('code', {}, name)),
        element('p', { class: 'frame-numbers' }, numbers),
        element(
          'p',
          { class: 'frame-actions' },
          ...(node.frame < 0
            ? []
            : [
                button('Focus on it', () => actions.focus(node.frame)),
                button('Hide it', () => actions.hide(node.frame)),
                button('Copy name', () => void copy(name, 'Name')),
                button('Copy stack', () => void copy(names.join(';'), 'Stack')),
              ]),
        ),
        element(
          'details',
          {},
          element('summary', {}, `Stack, ${names.length} deep`),
          element('ol', { class: 'stack' }, ...names.map((each) => element('li', {}, each))),
        ),
      );
    },
  };
}
