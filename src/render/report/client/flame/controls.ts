/** Controls over a flame graph: each changes the view, and shows what of it is set. */
import type { FlameView } from '../../../flame/view.ts';
import { element } from '../shell/dom.ts';

export interface Control {
  element: HTMLElement;
  show(view: FlameView): void;
}

export type Choice = [value: string, text: string];

/** A button that stays pressed while something is set. A sign (`.*`) is read as its title. */
export function toggle(text: string, title: string, isSet: (view: FlameView) => boolean, act: () => void): Control {
  const button = element(
    'button',
    {
      type: 'button',
      class: 'toggle',
      title,
      'aria-label': text.length > 2 ? null : title,
      'aria-pressed': 'false',
      onclick: act,
    },
    text,
  );
  return { element: button, show: (view) => button.setAttribute('aria-pressed', String(isSet(view))) };
}

/** One of several, in a list. */
export function choice(
  label: string,
  choices: readonly Choice[],
  chosen: (view: FlameView) => string,
  act: (value: string) => void,
): Control {
  const options = choices.map(([value, text]) => element('option', { value }, text));
  const list = element('select', { 'aria-label': label }, ...options);
  list.addEventListener('change', () => act(list.value));
  return {
    element: list,
    show(view) {
      list.value = chosen(view);
    },
  };
}
