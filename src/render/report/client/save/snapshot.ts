/** The page as it was written, to be saved again with notes in it: what the script made of it since is not part of it. */

import { type Note, notesToJson } from '../../notes.ts';
import { element } from '../shell/dom.ts';
import { saveText } from './file.ts';

/** The page's own HTML. */
export type Snapshot = string;

/** Taken before anything is changed. */
export function takeSnapshot(): Snapshot {
  return document.documentElement.outerHTML;
}

/** Writes a copy of the report that has the notes, as `NAME-notes.html`. */
export function saveCopy(snapshot: Snapshot, notes: readonly Note[], file: string): void {
  const name = file.replace(/(?:-notes)?(?:\.html?)?$/i, '-notes.html');
  saveText(name, withNotes(snapshot, notes), 'text/html');
}

/** The page with the notes as text, for whoever runs no script, and as data. */
export function withNotes(snapshot: Snapshot, notes: readonly Note[]): string {
  const page = new DOMParser().parseFromString(snapshot, 'text/html');
  const section = page.getElementById('notes');
  section?.replaceChildren(
    element('h2', { id: 'notes-title' }, 'Notes'),
    element(
      'ol',
      {},
      ...notes.map(({ text, about, fragment }) =>
        element('li', {}, element('a', { href: fragment }, about), ` ${text}`),
      ),
    ),
  );
  if (section !== null) section.hidden = notes.length === 0;
  page.getElementById('notes-data')?.remove();
  const data = element('script', { type: 'application/json', id: 'notes-data' });
  data.textContent = notesToJson(notes);
  page.getElementById('data')?.before(page.adoptNode(data));
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}
