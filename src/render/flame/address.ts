/** What of a flame graph its address keeps: what is searched for, and the way to the frame that is zoomed into. */
import { NO_QUERY, type Query } from './search.ts';

/** Of a search, more is not taken from an address. */
const MAX_SEARCH = 1000;

/** `q=tcp&re=1&case=1`; what is as it was at first is empty. */
export function queryToParts({ search, regex, matchCase }: Query): Record<'q' | 're' | 'case', string> {
  return { q: search, re: regex ? '1' : '', case: matchCase ? '1' : '' };
}

/** @param get a part of the address by its key; empty where there is none */
export function queryFromParts(get: (key: 'q' | 're' | 'case') => string): Query {
  const search = get('q').slice(0, MAX_SEARCH);
  return search === '' ? NO_QUERY : { search, regex: get('re') === '1', matchCase: get('case') === '1' };
}

interface Named<Box> {
  readonly name: string;
  readonly parent: Box | null;
  readonly children: readonly Box[];
}

/**
 * The way to a box by names, each percent-encoded, the n-th of its name among its siblings as `name*n`: it finds the box
 * again when the graph was drawn anew, wider, narrower or from another capture.
 */
export function pathOf<Box extends Named<Box>>(box: Box): string {
  const steps: string[] = [];
  for (let at = box; at.parent !== null; at = at.parent) {
    const { name } = at;
    const turn = at.parent.children.filter((other) => other.name === name).indexOf(at);
    steps.push(encodeStep(name) + (turn > 0 ? `*${turn + 1}` : ''));
  }
  return steps.reverse().join(';');
}

/** The box at the end of a path, or the last on the way that is here. */
export function boxAt<Box extends Named<Box>>(root: Box, path: string): { box: Box; whole: boolean } {
  let box = root;
  for (const step of path === '' ? [] : path.split(';')) {
    const [encoded = '', turn = '1'] = step.split('*');
    const wanted = decoded(encoded);
    const next = box.children.filter(({ name }) => name === wanted)[Number(turn) - 1];
    if (next === undefined) return { box, whole: false };
    box = next;
  }
  return { box, whole: true };
}

/** What was percent-encoded, here or by whatever the address was sent through; as it is where it was cut short. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Encodes what has a meaning in the fragment, and what browsers would encode themselves and so change. */
function encodeStep(name: string): string {
  return name.replace(/[^\w/:.$,()~@!-]/gu, encodeURIComponent).replaceAll('*', '%2A');
}
