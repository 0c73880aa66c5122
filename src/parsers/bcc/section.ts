/** What the sections of a bcc file share: what stood above the line at hand. */
import type { Dataset } from '../../datasets/shapes.ts';
import type { ParseContext } from '../grammar.ts';
import type { LineVerdict } from '../lines.ts';
import type { Stamp } from './lines.ts';

export type BccKind = 'bcc-columns' | 'bcc-counts' | 'bcc-histogram';

export interface Surroundings {
  readonly context: ParseContext;
  /** The tools that the last banner may be of; none before one. */
  banner: readonly string[];
  /** The time that stood alone above. */
  stamp: Stamp | null;
  /** What argdist printed between its stamp and its numbers. */
  probe: string | null;
}

/** One kind of output that a file may hold. It takes its own lines and leaves the others. */
export interface Section {
  /** What the line is to this section; null where it is not of it. */
  line(text: string, number: number): LineVerdict | null;
  datasets(): Dataset[];
  /** What it has begun to read; null before. */
  readonly kind: BccKind | null;
}
