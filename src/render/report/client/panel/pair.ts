/** The live parts of two datasets compared: one range narrows both. */
import { counted } from '../../../../datasets/amounts.ts';
import { textAt } from '../../../../datasets/cells.ts';
import { withRates } from '../../../../datasets/counters.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Dataset, Series } from '../../../../datasets/shapes.ts';
import { hasTimes } from '../../../../datasets/times.ts';
import { titleOf } from '../../../chart.ts';
import { exactQuery } from '../../../flame/search.ts';
import { CAPTURES } from '../../../sides.ts';
import { isOnAxis } from '../../axis.ts';
import { functionChangeTable, overOneTrie } from '../../diff/flame.ts';
import { FIRST_CHARTS, linePairs, pairPicture } from '../../diff/pair-pictures.ts';
import { type PairTable, pairTables } from '../../diff/pair-tables.ts';
import { type DatasetPair, secondsOf, secondsTouched } from '../../pair.ts';
import type { Table } from '../../tables.ts';
import { roomFor } from '../chart/room.ts';
import { DiffFlame } from '../pair/flame.ts';
import { type Context, narrowed, rangeFor, spanShown, together, type Widget } from '../shell/context.ts';
import { element } from '../shell/dom.ts';
import type { TableOptions } from '../table/cells.ts';
import { DataTable } from '../table/data-table.ts';
import { mountPanels, spanOf } from './charts.ts';
import { mountDataset } from './dataset.ts';
import { notNarrowed } from './notes.ts';
import { mountBrushes } from './pictures.ts';

/** How long a range must rest before tables follow it. */
const RESTING = 150;

/** Brings a pair to life; a dataset that is compared with nothing as in the report of one capture. */
export function mountPair(host: HTMLElement, index: number, context: Context): Widget {
  const pair = context.data.pairOf(index);
  if (pair === null) return mountDataset(host, index, context);
  const [before, after] = [withRates(context.data.dataset(pair.before)), withRates(context.data.dataset(pair.after))];
  const widgets: Widget[] = [rangeNote(host, [before, after], context)];
  const picture = host.querySelector<HTMLElement>('.picture.sum');
  let flame: DiffFlame | null = null;
  if (picture !== null && before.shape === 'stacks' && after.shape === 'stacks') {
    const parts = (): [Range | null, Range | null] => [rangeFor(context, before), rangeFor(context, after)];
    const both = overOneTrie(before, after);
    flame = new DiffFlame(picture, pair.after, { both, names: CAPTURES, parts, isCollectors: null }, context);
    widgets.push(flame);
  } else if (picture !== null && before.shape === 'series' && after.shape === 'series')
    widgets.push(mountLinePairs(picture, before, after, context));
  else if (picture !== null) widgets.push(mountPicture(picture, before, after, context));
  const maps = host.querySelector<HTMLElement>('.picture.time');
  const isTimed = context.axis !== null && isOnAxis(before, context.axis) && isOnAxis(after, context.axis);
  if (maps !== null && isTimed) widgets.push(mountBrushes(maps, context));
  widgets.push(mountTables(host, pair, before, after, context, flame));
  return together(widgets);
}

/** Says what a range does not do to one of the two, or to both. */
function rangeNote(host: HTMLElement, [before, after]: readonly [Dataset, Dataset], { axis, store }: Context): Widget {
  const note = element('p', { class: 'range-note', role: 'status', hidden: true });
  host.prepend(note);
  const update = (): void => {
    const [was, is] = axis === null ? [null, null] : [notNarrowed(before, axis), notNarrowed(after, axis)];
    note.hidden = store.view.range === null || (was === null && is === null);
    const side = was === null ? 'After is' : is === null ? 'Before is' : 'Both are';
    note.textContent = note.hidden ? '' : `${side} shown whole: ${is ?? was}.`;
  };
  update();
  return { update };
}

function mountLinePairs(host: HTMLElement, before: Series, after: Series, context: Context): Widget {
  const { axis } = context;
  const onAxis = axis !== null && isOnAxis(before, axis) && isOnAxis(after, axis);
  const isTimed = hasTimes(before) && hasTimes(after);
  const own = isTimed ? spanOf([before, after]) : null;
  const span = onAxis ? () => spanShown(context) : () => own;
  return mountPanels(host, linePairs(before, after), { span, clock: null, watchedFrom: null }, context, FIRST_CHARTS);
}

function mountPicture(host: HTMLElement, before: Dataset, after: Dataset, context: Context): Widget {
  const width = roomFor(host);
  const rangesOf = (): unknown[] => [rangeFor(context, before), rangeFor(context, after)];
  let shown: unknown[] = width === undefined && host.childElementCount > 0 ? [null, null] : [];
  const update = (): void => {
    const ranges = rangesOf();
    if (ranges.every((range, i) => range === shown[i]) && shown.length > 0) return;
    shown = ranges;
    // Markup is made by a template that escapes whatever is put into it.
    host.innerHTML = pairPicture(narrowed(context, before), narrowed(context, after), width)?.text ?? '';
  };
  update();
  return { update };
}

function mountTables(
  host: HTMLElement,
  pair: DatasetPair,
  before: Dataset,
  after: Dataset,
  context: Context,
  flame: DiffFlame | null,
): Widget {
  const places = [...host.querySelectorAll<HTMLDetailsElement>('details.table')];
  const grids: (DataTable | undefined)[] = [];
  let functions: Table | null = null;
  function current(): PairTable[] {
    if (flame === null) {
      const { range } = context.store.view;
      const sides = [narrowed(context, before), narrowed(context, after)] as const;
      const seconds = secondsOf(pair, range);
      return pairTables(...sides, seconds === null || range === null ? seconds : secondsTouched(seconds, sides));
    }
    functions = functionChangeTable(flame.flame(), flame.changeOf());
    return [{ caption: '', table: functions }];
  }
  function find(row: number): void {
    const name = functions === null ? '' : textAt(functions, row, 0);
    context.store.setFlame(pair.after, exactQuery(name));
  }
  function show(): void {
    if (!places.some(({ open }) => open)) return;
    const tables = current();
    for (const [i, details] of places.entries()) {
      const table = tables[i]?.table;
      const place = details.querySelector<HTMLElement>('.table-host');
      if (table === undefined || place === null || !details.open) continue;
      const count = details.querySelector('.count');
      if (count !== null) count.textContent = counted(table.length, flame === null ? 'row' : 'function');
      const known = grids[i];
      if (known === undefined) {
        const made = new DataTable(table, options(details));
        grids[i] = made;
        place.replaceChildren(made.element);
      } else known.set(table);
    }
  }
  function options(details: HTMLDetailsElement): TableOptions {
    const caption = details.querySelector('summary')?.firstChild?.textContent?.trim() ?? '';
    return {
      name: `${titleOf(after)}: ${caption}`,
      timeText: String,
      ...(flame === null ? {} : { pick: find }),
    };
  }
  for (const details of places) details.addEventListener('toggle', show);
  let timer = 0;
  show();
  return {
    update() {
      clearTimeout(timer);
      timer = setTimeout(show, RESTING);
    },
  };
}
