/** Going from box to box by key. */

export interface Linked<Box> {
  readonly parent: Box | null;
  /** From left to right; none where nothing stands on it. */
  readonly children?: readonly Box[];
}

/**
 * The box that an arrow key leads to; null where there is none, and for other keys. Up and down are as they are seen: with
 * the root below, up is to the widest of what was called.
 * @param rootOnTop the graph hangs from its root
 */
export function neighbour<Box extends Linked<Box>>(
  from: Box,
  key: string,
  rootOnTop: boolean,
  weightOf: (box: Box) => number,
): Box | null {
  if (key === (rootOnTop ? 'ArrowDown' : 'ArrowUp')) return widest(from.children ?? [], weightOf);
  if (key === (rootOnTop ? 'ArrowUp' : 'ArrowDown')) return from.parent;
  if (key === 'ArrowRight') return sibling(from, 1);
  return key === 'ArrowLeft' ? sibling(from, -1) : null;
}

function widest<Box>(boxes: readonly Box[], weightOf: (box: Box) => number): Box | null {
  return boxes.reduce<Box | null>((most, box) => (most === null || weightOf(box) > weightOf(most) ? box : most), null);
}

function sibling<Box extends Linked<Box>>(from: Box, steps: number): Box | null {
  const siblings = from.parent?.children ?? [];
  return siblings[siblings.indexOf(from) + steps] ?? null;
}
