/**
 * Commands that people are told to run, often as root. Their words are ours; what comes from the input gets in through
 * types that were checked character by character, and through nothing else.
 */

const CHECKED = Symbol('checked');

/** A word of the input that is safe in a command whatever the shell. */
export interface Checked {
  readonly [CHECKED]: true;
  readonly word: string;
}

export interface Command {
  readonly [CHECKED]: true;
  readonly text: string;
}

/** Constant words with checked ones between them. */
export function command(words: TemplateStringsArray, ...values: readonly Checked[]): Command {
  const text = words.reduce((made, part, i) => made + part + (values[i]?.word ?? ''), '');
  return { [CHECKED]: true, text };
}

function checked(word: string): Checked {
  return { [CHECKED]: true, word };
}

/** A process id, a port, an inode; null for what is no whole number. */
export function digits(value: number | string | null): Checked | null {
  const text = String(value ?? '');
  return /^\d{1,20}$/.test(text) ? checked(text) : null;
}

// 192.0.2.7
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
// 2001:db8::2, ::1, ::ffff:192.0.2.7
const IPV6 = /^(?=.*:.*:)[0-9a-f:]{2,39}(?:(?:\d{1,3}\.){3}\d{1,3})?$/i;

/** An IP address; null for anything else. */
export function address(text: string | null): Checked | null {
  return text !== null && (IPV4.test(text) || IPV6.test(text)) ? checked(text) : null;
}
