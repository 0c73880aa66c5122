/** What is shown of a picture, as the fragment of its address keeps it: `#z=main;work&q=tcp&re=1`. */
import { decoded, queryFromParts, queryToParts } from '../address.ts';
import { NO_QUERY, type Query } from '../search.ts';

export interface State extends Query {
  /** The path of the frame zoomed into; empty is none. */
  zoom: string;
}

export const PLAIN: State = { zoom: '', ...NO_QUERY };

export function readState(): State {
  const parts = new Map(
    location.hash
      .slice(1)
      .split('&')
      .map((part) => part.split('=', 2) as [string, string]),
  );
  return { zoom: parts.get('z') ?? '', ...queryFromParts((key) => decoded(parts.get(key) ?? '')) };
}

export function fragmentOf({ zoom, ...query }: State): string {
  const parts = Object.entries(queryToParts(query)).map(([key, value]) => [key, encodeURIComponent(value)]);
  return [['z', zoom], ...parts]
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** The fragment is that of the state already. */
export function isShown(state: State): boolean {
  return location.hash.slice(1) === fragmentOf(state);
}
