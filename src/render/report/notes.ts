/** What people wrote beside a range or a frame: kept in a copy of the report, as data and as text that reads without a script. */

export interface Note {
  text: string;
  /** What it is about, in words: a time, a frame, the report. */
  about: string;
  /** The view it was written in, as a fragment from the `#` on. */
  fragment: string;
}

/** More, or longer ones, are not taken from a file. */
const MAX_NOTES = 500;
const MAX_TEXT = 4000;

/** The notes of a block of data; whatever is not one is left out. */
export function notesFrom(json: string): Note[] {
  try {
    const all: unknown = JSON.parse(json);
    return Array.isArray(all) ? all.filter(isNote).slice(0, MAX_NOTES) : [];
  } catch {
    return [];
  }
}

function isNote(value: unknown): value is Note {
  const { text, about, fragment } = (value ?? {}) as Record<string, unknown>;
  const isText = (each: unknown): each is string => typeof each === 'string' && each.length <= MAX_TEXT;
  return isText(text) && isText(about) && isText(fragment) && fragment.startsWith('#');
}

/** As the text of an element that scripts never run: nothing in it ends the element. */
export function notesToJson(notes: readonly Note[]): string {
  return JSON.stringify(notes).replaceAll('<', '\\u003c');
}
