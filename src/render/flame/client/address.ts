/** What is shown of a picture, as the fragment of its address keeps it: `#zoom=…&search=…&case=1`. */
import { decoded } from './graph.ts';

export interface State {
  /** The path of the frame zoomed into; empty is none. */
  zoom: string;
  search: string;
  /** Upper and lower case are different. */
  cases: boolean;
}

export const PLAIN: State = { zoom: '', search: '', cases: false };

export function readState(): State {
  const parts = new Map(
    location.hash
      .slice(1)
      .split('&')
      .map((part) => part.split('=', 2) as [string, string]),
  );
  return {
    zoom: parts.get('zoom') ?? '',
    search: decoded(parts.get('search') ?? ''),
    cases: parts.get('case') === '1',
  };
}

export function fragmentOf({ zoom, search, cases }: State): string {
  return [
    zoom === '' ? '' : `zoom=${zoom}`,
    search === '' ? '' : `search=${encodeURIComponent(search)}`,
    cases ? 'case=1' : '',
  ]
    .filter((part) => part !== '')
    .join('&');
}

/** The fragment is that of the state already. */
export function isShown(state: State): boolean {
  return location.hash.slice(1) === fragmentOf(state);
}
