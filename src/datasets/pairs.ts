/** Which datasets of two captures measure the same. */
import type { Capture } from './capture.ts';
import type { Dataset, Stacks } from './shapes.ts';

/** Where datasets come from, as far as pairing them needs it. */
type Side = Pick<Capture, 'datasets'> & { sources: readonly Pick<Capture['sources'][number], 'name'>[] };

/**
 * Datasets that measure the same: of one tool, shape, unit and name. Where a name is only that of the file, the order
 * stands for it, so that `before.folded` is compared with `after.folded`.
 */
export function pairs(before: Side, after: Side): [before: Dataset, after: Dataset][] {
  const left = new Set(before.datasets);
  const found = new Map<Dataset, Dataset>();
  const take = (isSame: (a: Dataset, b: Dataset) => boolean): void => {
    for (const later of after.datasets) {
      if (found.has(later)) continue;
      const earlier = [...left].find((each) => measuresSame(each, later) && isSame(each, later));
      if (earlier === undefined) continue;
      left.delete(earlier);
      found.set(later, earlier);
    }
  };
  take((a, b) => a.title === b.title);
  take((a, b) => ownName(a, before) === ownName(b, after));
  return after.datasets.flatMap((later) => {
    const earlier = found.get(later);
    return earlier === undefined ? [] : [[earlier, later] as [Dataset, Dataset]];
  });
}

/** Another event, kind or unit is another thing, and its numbers are not to be set side by side. */
function measuresSame(a: Dataset, b: Dataset): boolean {
  if (a.tool !== b.tool || a.shape !== b.shape) return false;
  if (a.shape === 'stacks' && b.shape === 'stacks')
    return a.kind === b.kind && unitOf(a) === unitOf(b) && plainEvent(a.event) === plainEvent(b.event);
  return 'unit' in a && 'unit' in b ? a.unit === b.unit : true;
}

/** Periods are in the event's own unit. */
function unitOf({ unit, event }: Stacks): string {
  return unit === event ? plainEvent(event) : unit;
}

/** `cycles:P` and `cycles:ppp` are `cycles` as precisely as the CPU can; `cycles:u` counts something else. */
function plainEvent(event = ''): string {
  return event.replace(/:([a-zA-Z]+):?$/, (_, modifiers: string) => {
    const rest = modifiers.replace(/[pP]/g, '');
    return rest === '' ? '' : `:${rest}`;
  });
}

/** A dataset's name; empty where it is only its file's. */
function ownName(dataset: Dataset, { sources }: Side): string {
  const { title, source } = dataset;
  if (title === sources[source]?.name) return '';
  return dataset.shape === 'stacks' && title === dataset.event ? plainEvent(title) : title;
}
