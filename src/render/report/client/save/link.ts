/** "Copy link": the view as a fragment that any copy of this file opens, under a line that says what it shows. */
import { captionOf } from '../../ticket.ts';
import type { Context } from '../shell/context.ts';
import { copyAndSay, element } from '../shell/dom.ts';
import { pageFile } from './file.ts';

export function linkButton(context: Context): HTMLElement {
  const button = element(
    'button',
    { type: 'button', title: 'Copy what this view shows, with the link to it, for a ticket' },
    'Copy link',
  );
  button.addEventListener('click', () => void copyAndSay(linkText(context), 'Link'));
  return button;
}

function linkText({ store, data }: Context): string {
  const { panel } = store.view;
  const title = panel === null ? null : document.querySelector(`#${CSS.escape(panel)} :is(h2, h3)`);
  return `${captionOf(store.view, data.capture, title?.textContent ?? null)}\n${pageFile()}${store.fragment}`;
}
