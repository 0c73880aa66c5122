/** A recipe's words, with its placeholders filled, as words of a POSIX shell. */

/** What a placeholder stands for: literal words, or an expression of the script such as `"$folder/perf.data"`. */
export type Values = Readonly<Record<string, readonly string[] | { expression: string }>>;

const PLACEHOLDER = /\{([a-z]+)\}/;
const SAFE = /^[A-Za-z0-9_./:=,@%+-]+$/;

/** One word that reaches the command as it is, whatever it holds: `it's` becomes `'it'\''s'`. */
export function shellWord(word: string): string {
  return SAFE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The words as the script has them. A word that holds a placeholder without a value is left out; where the word is the
 * placeholder alone, the flag before it too (`-p {pid}`).
 */
export function shellWords(words: readonly string[], values: Values): string[] {
  const filled: string[] = [];
  for (const word of words) {
    const name = PLACEHOLDER.exec(word)?.[1];
    if (name === undefined) filled.push(shellWord(word));
    else if (values[name] !== undefined) filled.push(...fill(word, name, values[name]));
    else if (word === `{${name}}` && filled.at(-1)?.startsWith('-')) filled.pop();
  }
  return filled;
}

function fill(word: string, name: string, value: Values[string]): string[] {
  const [before = '', after = ''] = word.split(`{${name}}`);
  const quoted = (text: string) => (text === '' ? '' : shellWord(text));
  if ('expression' in value) return [`${quoted(before)}${value.expression}${quoted(after)}`];
  if (before === '' && after === '') return value.map(shellWord);
  return [shellWord(`${before}${value.join(',')}${after}`)];
}
