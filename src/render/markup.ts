/**
 * Markup through a tagged template that escapes: whatever is put into it is text, unless it is itself markup made
 * the same way. Names in it come from other people's processes.
 */

import { shown } from './shown.ts';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Value = string | number | Markup | readonly Value[] | null | undefined | false;

const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Text as it may stand in HTML and XML, in content and in quoted attributes. */
export function escapeText(text: string): string {
  return shown(text).replace(/[&<>"']/g, (character) => ENTITY[character] as string);
}

/** HTML or SVG. Arrays are joined; null, undefined and false are nothing. */
export function markup(strings: TemplateStringsArray, ...values: Value[]): Markup {
  let text = strings[0] as string;
  values.forEach((value, i) => {
    text += render(value) + strings[i + 1];
  });
  return new Markup(text);
}

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return escapeText(String(value));
}
