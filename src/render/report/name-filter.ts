/** A dataset filtered to a name that a person picked: a process, a disk, a peer, a file. */
import { withGroups } from '../../datasets/buckets.ts';
import { eventsAt } from '../../datasets/cells.ts';
import { rowsWhere } from '../../datasets/columns.ts';
import { itemsAt } from '../../datasets/counts.ts';
import { FrameKind } from '../../datasets/profile.ts';
import type { Cells, Dataset, Stacks } from '../../datasets/shapes.ts';

/**
 * What of the dataset is of that name: rows that have it in a cell, metrics and groups that have it for a label, counts that
 * have it in their key. Stacks stay whole: their view is what narrows them.
 * @returns null where nothing of the dataset has the name
 */
export function namedOnly<D extends Dataset>(dataset: D, name: string): D | null {
  switch (dataset.shape) {
    case 'events': {
      const holds = dataset.cells.map((cells) => cellTest(cells, name)).filter((test) => test !== null);
      if (holds.length === 0) return null;
      return {
        ...dataset,
        ...eventsAt(
          dataset,
          rowsWhere(dataset.lines.length, (row) => holds.some((has) => has(row))),
        ),
      };
    }
    case 'series': {
      const metrics = dataset.metrics.filter(({ labels }) => Object.values(labels).includes(name));
      return metrics.length === 0 ? null : { ...dataset, metrics };
    }
    case 'histogram': {
      const groups = rowsWhere(dataset.labels.length, (group) =>
        Object.values(dataset.labels[group] ?? {}).includes(name),
      );
      return groups.length === 0 ? null : { ...dataset, ...withGroups(dataset, groups) };
    }
    case 'counts': {
      const has = dataset.keys.map((key) => key.includes(name));
      if (!has.includes(true)) return null;
      return {
        ...dataset,
        ...itemsAt(
          dataset,
          rowsWhere(dataset.key.length, (i) => has[dataset.key[i] as number] === true),
        ),
      };
    }
    case 'stacks':
      return hasProcess(dataset, name) ? dataset : null;
    default:
      return null;
  }
}

/** Whether the column has the name in any cell, and in which. */
function cellTest({ ids, texts }: Cells, name: string): ((row: number) => boolean) | null {
  const id = texts.indexOf(name) + 1;
  return id === 0 ? null : (row) => ids[row] === id;
}

/** Whether a process of that name was sampled. */
export function hasProcess({ profile: { threads, frames } }: Stacks, name: string): boolean {
  if (threads.some(({ comm }) => comm === name)) return true;
  return frames.names.some((frame, i) => frame === name && frames.kinds[i] === FrameKind.process);
}
