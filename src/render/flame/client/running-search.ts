/** A search that goes on from frame to frame of the page until all names were looked at, or it is stopped. */
import { NO_QUERY, type Query, Search } from '../search.ts';

export class RunningSearch {
  private search = new Search([], NO_QUERY);
  private query: Query = NO_QUERY;
  private readonly changed: () => void;
  private waiting = 0;

  /** @param changed is called after each further part of a search, and after the last */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** Searches the names, if these were not searched for this before. The first part is done when it returns. */
  look(names: readonly string[], query: Query): Search {
    const { search } = this;
    if (search.names === names && isSame(this.query, query)) return search;
    this.stop();
    this.query = query;
    this.search = new Search(names, query);
    this.goOn();
    return this.search;
  }

  /** What was not looked at counts as no match. */
  stop(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
  }

  /** More names are going to be looked at. */
  get isRunning(): boolean {
    return this.waiting !== 0;
  }

  /** `Searching: 40% of the names`; empty where all were looked at. */
  get progress(): string {
    if (this.search.isDone) return '';
    return `${this.isRunning ? 'Searching' : 'Stopped'}: ${Math.floor(100 * this.search.share)}% of the names`;
  }

  private goOn(): void {
    this.search.go(() => performance.now());
    this.waiting = this.search.isDone
      ? 0
      : requestAnimationFrame(() => {
          this.goOn();
          this.changed();
        });
  }
}

function isSame(one: Query, other: Query): boolean {
  return one.search === other.search && one.regex === other.regex && one.matchCase === other.matchCase;
}
