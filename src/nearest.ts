/** The name that somebody may have meant. */
import { distance } from 'fastest-levenshtein';

/**
 * The nearest of the names, by letters changed, added or left out; undefined where none is near: more than a third of the
 * word would have to change. A name that begins with the word is near too.
 */
export function nearest(word: string, names: Iterable<string>): string | undefined {
  const ranked = [...names]
    .map((name) => ({ name, far: name.startsWith(word) && word.length > 2 ? 0.5 : distance(word, name) }))
    .sort((a, b) => a.far - b.far);
  const [best] = ranked;
  return best !== undefined && best.far <= Math.max(1, word.length / 3) ? best.name : undefined;
}

/** ` Did you mean runqlat?`, or nothing. */
export function didYouMean(word: string, names: Iterable<string>): string {
  const name = nearest(word, names);
  return name === undefined ? '' : `; did you mean ${name}?`;
}
