/** The name that the page is filtered to, in the bar, to be taken back. */

import { element } from './dom.ts';
import type { Store } from './store.ts';

export function nameChip(store: Store): HTMLElement {
  const chip = element('button', {
    type: 'button',
    class: 'chip name-chip',
    onclick: () => store.set({ name: null }),
  });
  const show = (): void => {
    const { name } = store.view;
    chip.hidden = name === null;
    chip.textContent = name === null ? '' : `only ${name} ×`;
    chip.setAttribute('aria-label', name === null ? '' : `Undo the filter to ${name}`);
    chip.title = name ?? '';
  };
  store.listen(show);
  show();
  return chip;
}
