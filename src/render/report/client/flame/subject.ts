/** A flame graph of the page, as its controls and keys see it. */
import type { Profile } from '../../../../datasets/profile.ts';
import type { FlameNode } from '../../../flame/tree.ts';
import type { FlameView } from '../../../flame/view.ts';

export interface FlameSubject {
  view(): FlameView;
  set(change: Partial<FlameView>): void;
  /** What the boxes are of. */
  profile(): Profile;
  color(node: FlameNode): string;
  /** The name of a frame and, on a line of their own, its numbers. */
  words(node: FlameNode): string;
  zoom(node: FlameNode): void;
  /** Marks a frame, so that what is marked is added up; a second time takes the mark off. */
  mark(node: FlameNode): void;
  /** Asks for a note about a frame. */
  note(name: string): void;
  /** Draws it as wide as it may be now. */
  draw(): void;
}
