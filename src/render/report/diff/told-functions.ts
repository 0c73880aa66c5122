/** The functions that changed between two captures by more than chance, for the terminal and for checks. */
import type { Capture } from '../../../datasets/capture.ts';
import type { ToldFunction } from '../../../datasets/comparison.ts';
import { pairs } from '../../../datasets/pairs.ts';
import { PLAIN_FLAME } from '../../flame/view.ts';
import { changeToldOf, comparedFlame, functionChanges, overOneTrie } from './flame.ts';

export function toldFunctions(before: Capture, after: Capture): ToldFunction[] {
  return pairs(before, after).flatMap(([earlier, later]) => {
    if (earlier.shape !== 'stacks' || later.shape !== 'stacks') return [];
    const of = changeToldOf(later);
    const flame = comparedFlame(overOneTrie(earlier, later), PLAIN_FLAME, [null, null]);
    const { tool, event = tool } = later;
    const head = { dataset: after.datasets.indexOf(later), tool, event, of };
    return functionChanges(flame, of)
      .filter(({ told }) => told)
      .map(({ name, module, [of]: [was, is] }) => ({ ...head, name, module, before: was, after: is }));
  });
}
