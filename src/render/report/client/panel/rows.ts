/** The table of a dataset: its rows, or the functions of its stacks. */
import { counted } from '../../../../datasets/amounts.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import type { FunctionRow } from '../../../flame/functions.ts';
import { functionTable, type Table, tableOf } from '../../tables.ts';
import type { FlamePanel } from '../flame/panel.ts';
import { type Context, narrowed, rangeFor, timeText, type Widget } from '../shell/context.ts';
import { whenAtRest } from '../shell/dom.ts';
import { DataTable } from '../table/data-table.ts';

/** @param flame the graph whose functions are told; null for what has rows */
export function mountTable(
  host: HTMLElement,
  index: number,
  dataset: Dataset,
  context: Context,
  flame: FlamePanel | null,
): Widget {
  const details = host.querySelector<HTMLDetailsElement>('details.table');
  const place = details?.querySelector<HTMLElement>('.table-host') ?? null;
  if (details === null || place === null) return { update: () => {} };
  let table: DataTable | null = null;
  /** What the rows were made of: a search in the flame graph makes no others. */
  let shown: readonly unknown[] = [null];
  let functions: readonly FunctionRow[] = [];
  const current = (): Table | null => {
    if (flame === null || dataset.shape !== 'stacks') return tableOf(narrowed(context, dataset));
    functions = flame.functions();
    return functionTable(functions, dataset.unit);
  };
  const show = (): void => {
    // The functions of a large profile take a while: they wait until they are looked at.
    if (flame !== null && !details.open) return;
    const of = flame?.functionsOf() ?? [rangeFor(context, dataset), context.store.view.name];
    if (table !== null && of.every((each, i) => each === shown[i])) return;
    const rows = current();
    if (rows === null) return;
    const count = details.querySelector('.count');
    if (count !== null) count.textContent = counted(rows.length, dataset.shape === 'stacks' ? 'function' : 'row');
    if (!details.open) return;
    shown = of;
    if (table !== null) table.set(rows);
    else table = mountRows(place, dataset, rows, context, (row) => pick(functions[row]?.frame));
  };
  const pick = (frame: number | undefined): void => {
    if (frame === undefined) return;
    context.store.setFlame(index, { sandwich: frame });
    host.querySelector('.flame-body')?.scrollIntoView({ block: 'nearest' });
  };
  const stopped = new AbortController();
  details.addEventListener('toggle', show, { signal: stopped.signal });
  show();
  // Pictures are what is looked at while a range is dragged.
  return { update: whenAtRest(show, stopped.signal), stop: () => stopped.abort() };
}

/** @param pick what a click on a function does */
function mountRows(
  place: HTMLElement,
  dataset: Dataset,
  rows: Table,
  context: Context,
  pick: (row: number) => void,
): DataTable {
  const openLine = (line: number): void => context.openText(dataset.source, line, line);
  const made = new DataTable(rows, {
    name: dataset.shape === 'stacks' ? `Functions of ${dataset.title}` : dataset.title,
    timeText: (at) => timeText(context, dataset, at),
    namesFilter: true,
    ...(dataset.shape === 'stacks' ? { pick } : context.data.hasText(dataset.source) ? { openLine } : {}),
  });
  place.replaceChildren(made.element);
  return made;
}
