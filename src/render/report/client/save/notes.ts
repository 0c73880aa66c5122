/** Notes: a line beside a range or a frame, in a list over the findings; a copy of the report carries them. */
import { type Note, notesFrom } from '../../notes.ts';
import { element, goTo } from '../shell/dom.ts';
import type { Store } from '../shell/store.ts';
import { pageFile } from './file.ts';
import { type Snapshot, saveCopy } from './snapshot.ts';

/** The section that holds them, in every report; empty until there are some. */
export const NOTES = 'notes';
/** The block of data in a copy. */
export const NOTES_DATA = 'notes-data';

export interface Notes {
  /** Asks for a line about what is seen. */
  write(about: string): void;
}

export function mountNotes(store: Store, snapshot: Snapshot): Notes {
  const host = document.getElementById(NOTES);
  const notes = notesFrom(document.getElementById(NOTES_DATA)?.textContent ?? '[]');
  let isSaved = true;
  if (host === null) return { write: () => {} };
  const list = element('ol', {});
  const save = element('button', { type: 'button' }, 'Save a copy with notes');
  save.addEventListener('click', () => {
    saveCopy(snapshot, notes, pageFile());
    isSaved = true;
  });
  const form = noteForm((text, about) => {
    notes.push({ text, about, fragment: store.fragment });
    isSaved = false;
    show();
  });
  const show = (): void => {
    host.hidden = notes.length === 0 && form.element.hidden;
    save.hidden = notes.length === 0;
    list.replaceChildren(...notes.map((note) => noteItem(note, () => remove(note))));
  };
  const remove = (note: Note): void => {
    notes.splice(notes.indexOf(note), 1);
    isSaved = false;
    show();
  };
  host.replaceChildren(element('h2', { id: 'notes-title' }, 'Notes'), list, form.element, save);
  // The browser asks before it forgets them.
  addEventListener('beforeunload', (event) => {
    if (!isSaved) event.preventDefault();
  });
  show();
  return {
    write(about) {
      form.ask(about);
      show();
      goTo(NOTES);
      form.focus();
    },
  };
}

function noteItem({ text, about, fragment }: Note, remove: () => void): HTMLElement {
  return element(
    'li',
    {},
    element('a', { href: fragment }, about),
    ` ${text} `,
    element(
      'button',
      { type: 'button', class: 'quiet-button', 'aria-label': `Remove the note: ${text}`, onclick: remove },
      '×',
    ),
  );
}

interface NoteForm {
  element: HTMLElement;
  ask(about: string): void;
  focus(): void;
}

function noteForm(add: (text: string, about: string) => void): NoteForm {
  const label = element('label', { for: 'note-text' });
  const field = element('input', { type: 'text', id: 'note-text', maxlength: 1000, autocomplete: 'off' });
  const close = element('button', { type: 'button' }, 'Cancel');
  const form = element(
    'form',
    { class: 'note-form', hidden: true },
    label,
    field,
    element('button', { type: 'submit' }, 'Add'),
    close,
  );
  let of = '';
  close.addEventListener('click', () => {
    form.hidden = true;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text === '') return;
    form.hidden = true;
    field.value = '';
    add(text, of);
  });
  return {
    element: form,
    ask(about) {
      of = about;
      label.textContent = about;
      form.hidden = false;
    },
    focus: () => field.focus({ preventScroll: true }),
  };
}
