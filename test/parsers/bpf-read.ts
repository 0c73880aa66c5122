/** What tests of the BPF tools' grammars look for in a reading. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldedStacks } from '../../src/datasets/fold.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import type { Reading } from '../reading.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');

export function sample(path: string): string {
  return readFileSync(join(SAMPLES, path), 'utf8');
}

/** The dataset of a title, which must be the only one, and of the shape that is asked for. */
export function titled<Shape extends Dataset['shape']>(reading: Reading, title: string, shape: Shape) {
  const found = reading.datasets.filter((dataset) => dataset.title === title);
  if (found.length !== 1 || found[0]?.shape !== shape) throw new Error(`not one ${shape} ${title}`);
  return found[0] as Extract<Dataset, { shape: Shape }>;
}

/** Each stack with its weight, kernel frames marked `_[k]`, and the waker's `_[w]`. */
export function folded({ datasets }: Reading): [stack: string, weight: number][] {
  return datasets.flatMap((dataset) =>
    dataset.shape === 'stacks'
      ? foldedStacks(dataset.profile, (kind) => kind === FrameKind.kernel || kind === FrameKind.waker)
      : [],
  );
}

export function weightOf(reading: Reading): number {
  return folded(reading).reduce((sum, [, weight]) => sum + weight, 0);
}
