/** A dataset of one report compared with itself: the range that is set with the rest of the time, or with another range. */

import { counted } from '../../../../datasets/amounts.ts';
import { hostClock } from '../../../../datasets/capture.ts';
import { textAt } from '../../../../datasets/cells.ts';
import { withRates } from '../../../../datasets/counters.ts';
import { narrow } from '../../../../datasets/narrow.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { exactQuery } from '../../../flame/search.ts';
import type { SideNames } from '../../../sides.ts';
import { type Parts, partsOf } from '../../against.ts';
import { opened } from '../../collector.ts';
import { functionChangeTable } from '../../diff/flame.ts';
import { pairPicture } from '../../diff/pair-pictures.ts';
import { pairTables } from '../../diff/pair-tables.ts';
import { rangeText } from '../../finding-view.ts';
import { secondsTouched } from '../../pair.ts';
import type { Table } from '../../tables.ts';
import { roomFor } from '../chart/room.ts';
import { type Context, isTimed, named, together, type Widget } from '../shell/context.ts';
import { whenAtRest } from '../shell/dom.ts';
import { DataTable } from '../table/data-table.ts';
import { DiffFlame } from './flame.ts';

/** The parts that are compared now; null where nothing is, or where the dataset cannot be. */
export function comparedParts(context: Context, dataset: Dataset): Parts | null {
  const { axis, store } = context;
  const { range, base } = store.view;
  if (axis === null || range === null || base === null || context.data.isOfTwo || !isTimed(context, dataset))
    return null;
  return partsOf(range, base, axis);
}

export function sideNames({ store, data }: Context): SideNames {
  const { range, base } = store.view;
  const clock = hostClock(data.capture);
  return {
    before: base === 'rest' || base === null ? 'rest' : rangeText(base, clock),
    after: range === null || base === 'rest' ? 'range' : rangeText(range, clock),
  };
}

/** Puts the comparison of a dataset into its place. */
export function mountAgainst(host: HTMLElement, index: number, dataset: Dataset, context: Context): Widget {
  const widgets: Widget[] = [];
  const picture = host.querySelector<HTMLElement>('.picture.sum');
  let flame: DiffFlame | null = null;
  if (picture !== null && dataset.shape === 'stacks') {
    const { stacks, isCollectors } = opened(dataset, context.data.capture.manifest);
    flame = new DiffFlame(
      picture,
      index,
      {
        both: [stacks, stacks],
        names: sideNames(context),
        parts: () => {
          const parts = comparedParts(context, dataset);
          return [parts?.before ?? null, parts?.after ?? null];
        },
        isCollectors,
      },
      context,
    );
    widgets.push(flame);
  } else if (picture !== null && dataset.shape !== 'series') widgets.push(mountPicture(picture, dataset, context));
  widgets.push(mountTables(host, index, dataset, context, flame));
  return together(widgets);
}

function mountPicture(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const update = (): void => {
    const parts = comparedParts(context, dataset);
    if (parts === null) return;
    const part = named(context, dataset);
    const picture = pairPicture(
      narrow(part, parts.before),
      narrow(part, parts.after),
      roomFor(host),
      sideNames(context),
    );
    // Markup is made by a template that escapes whatever is put into it.
    host.innerHTML = picture?.text ?? '';
  };
  update();
  return { update: whenAtRest(update) };
}

function mountTables(
  host: HTMLElement,
  index: number,
  dataset: Dataset,
  context: Context,
  flame: DiffFlame | null,
): Widget {
  const details = host.querySelector<HTMLDetailsElement>('details.table');
  const place = host.querySelector<HTMLElement>('.table-host');
  const count = host.querySelector('details.table .count');
  if (place === null) return { update: () => {} };
  let table: DataTable | null = null;
  let rows: Table | null = null;
  const current = (): Table | null => {
    if (flame !== null) return functionChangeTable(flame.flame(), flame.changeOf(), sideNames(context));
    const parts = comparedParts(context, dataset);
    if (parts === null) return null;
    const part = withRates(named(context, dataset));
    const sides = [narrow(part, parts.before), narrow(part, parts.after)] as const;
    return pairTables(...sides, secondsTouched(parts.seconds, sides), sideNames(context)).at(-1)?.table ?? null;
  };
  const stopped = new AbortController();
  const show = (): void => {
    if (flame !== null && details?.open === false) return;
    rows = current();
    if (rows === null) return;
    if (count !== null) count.textContent = counted(rows.length, flame === null ? 'row' : 'function');
    if (table !== null) table.set(rows);
    else {
      table = new DataTable(rows, {
        name: `${dataset.title}, compared`,
        timeText: String,
        ...(flame === null ? {} : { pick }),
      });
      place.replaceChildren(table.element);
    }
  };
  const pick = (row: number): void => {
    if (rows !== null) context.store.setFlame(index, exactQuery(textAt(rows, row, 0)));
  };
  details?.addEventListener('toggle', show, { signal: stopped.signal });
  show();
  return { update: whenAtRest(show, stopped.signal), stop: () => stopped.abort() };
}
