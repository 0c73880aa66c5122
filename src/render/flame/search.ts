/** A search of function names, as plain text or by regular expression, in steps that leave a page alive. */
import { compilePattern, MAX_PATTERN, PatternError } from './pattern.ts';

/** What is searched for. */
export interface Query {
  search: string;
  /** The text is a regular expression. */
  regex: boolean;
  /** Upper and lower case are different. */
  matchCase: boolean;
}

export const NO_QUERY: Readonly<Query> = { search: '', regex: false, matchCase: false };

/** How long a search may hold up the page, in milliseconds; then it goes on in the next frame. */
export const SEARCH_BUDGET = 50;
/** Names between two looks at the clock: even the longest with the slowest pattern take less than the budget together. */
const BATCH = 16;

/** @returns whether a name matches; null where nothing is searched for; what is wrong with the query, in words */
function testOf({ search, regex, matchCase }: Query): ((name: string) => boolean) | null | string {
  if (search === '') return null;
  if (!regex) {
    if (matchCase) return (name) => name.includes(search);
    const wanted = search.toLowerCase();
    return (name) => name.toLowerCase().includes(wanted);
  }
  try {
    return compilePattern(search, matchCase);
  } catch (error) {
    if (error instanceof PatternError) return `not a regular expression: ${error.message}`;
    throw error;
  }
}

/** One search of a list of names. */
export class Search {
  readonly names: readonly string[];
  /** 1 for each name that matches; null where nothing is searched for, or it cannot be. */
  readonly matches: Uint8Array | null;
  /** What is wrong with the query; empty if nothing is. */
  readonly fault: string;
  private readonly test: (name: string) => boolean;
  private at = 0;

  constructor(names: readonly string[], query: Query) {
    const test = testOf(query);
    this.names = names;
    this.fault = typeof test === 'string' ? test : '';
    this.test = typeof test === 'function' ? test : () => false;
    this.matches = typeof test === 'function' ? new Uint8Array(names.length) : null;
  }

  /** All names were looked at. */
  get isDone(): boolean {
    return this.matches === null || this.at >= this.names.length;
  }

  /** How much of the names was looked at, from 0 to 1. */
  get share(): number {
    return this.isDone ? 1 : this.at / this.names.length;
  }

  /**
   * Goes on until all names were looked at or the budget is used up.
   * @param clock tells milliseconds
   */
  go(clock: () => number, budget = SEARCH_BUDGET): void {
    const end = clock() + budget;
    while (!this.isDone) {
      const to = Math.min(this.names.length, this.at + BATCH);
      for (; this.at < to; this.at++)
        (this.matches as Uint8Array)[this.at] = this.test(this.names[this.at] as string) ? 1 : 0;
      if (clock() >= end) return;
    }
  }
}

/** The query that finds a function of this very name. */
export function exactQuery(name: string): Query {
  const pattern = `^${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$`;
  // A longer one is no pattern any more: then whatever holds the name matches.
  return pattern.length > MAX_PATTERN
    ? { search: name, regex: false, matchCase: true }
    : { search: pattern, regex: true, matchCase: true };
}
