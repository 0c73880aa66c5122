/** What is said alike of every flame graph. */
import { counted, weightText } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import type { FlameTree } from '../../../flame/tree.ts';

/** `1,500 samples`, `12 ms`. */
export function amountText(weight: number, { unit }: Stacks): string {
  return unit === 'samples' ? counted(weight, 'sample') : weightText(weight, unit);
}

/**
 * What is not drawn, and why.
 * @param within says what the thin frames weigh; empty says nothing
 */
export function undrawnTexts({ narrow, deep }: FlameTree, within = ''): string[] {
  const texts: string[] = [];
  if (narrow.frames > 0)
    texts.push(
      `${counted(narrow.frames, 'frame')} too thin to draw${within}: zoom in to see ${narrow.frames === 1 ? 'it' : 'them'}`,
    );
  if (deep.frames > 0) texts.push(`${counted(deep.frames, 'frame')} deeper than can be drawn`);
  return texts;
}
