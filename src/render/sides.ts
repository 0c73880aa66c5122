/** What the two sides of a comparison are called. */
export interface SideNames {
  readonly before: string;
  readonly after: string;
}

/** Of two captures. */
export const CAPTURES: SideNames = { before: 'before', after: 'after' };
