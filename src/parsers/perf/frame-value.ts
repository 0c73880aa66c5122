/** What a frame of perf stands for in the folding engine. */
import { type FoldEngine, NO_FRAME } from '../fold/engine.ts';
import type { FoldTables } from '../fold/tables.ts';
import { type FrameLine, type NamingOptions, nameFrames } from './script-frame.ts';

/** The number of a frame, or a list where functions were inlined; NO_FRAME for none. */
export function frameValue(
  { calls }: FoldEngine,
  { frames }: FoldTables,
  line: FrameLine,
  options: NamingOptions,
): number {
  const ids = nameFrames(line, options).map(({ name, kind, module }) => frames.id(name, kind, module));
  if (ids.length === 1) return ids[0] as number;
  if (ids.length === 0) return NO_FRAME;
  const list = calls.newList(ids.length);
  // No room for more lists: the outer function stands for what it inlined.
  if (list >>> 0 === NO_FRAME) return ids[0] as number;
  for (const [i, id] of ids.entries()) calls.setInList(list, i, id);
  return list;
}
