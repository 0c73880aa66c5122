/** What each row of a table of events is about, for formats that draw it on an axis of time. */
import { secondsPer } from '../datasets/amounts.ts';
import { cellAt, rowCount } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import type { Cell, Dataset, Events } from '../datasets/shapes.ts';
import { hasTimes } from '../datasets/times.ts';

export interface Span {
  /** Seconds on the dataset's clock. A tool prints what took time when it is over. */
  from: number;
  to: number;
  /** The process, where one is told, else the tool. */
  name: string;
  pid: number | null;
  /** All cells, in the order of the columns. */
  cells: Cell[];
}

/** The rows that tell when they were, in the order of their beginning. */
export function spansOf(events: Events): Span[] {
  const { columns, tool } = events;
  const placeOf = (wanted: (typeof columns)[number]['role']) => columns.findIndex(({ role }) => role === wanted);
  const [process, pid, duration] = [placeOf('process'), placeOf('pid'), placeOf('duration')];
  const second = secondsPer(columns[duration]?.unit ?? '') ?? 0;
  const spans: Span[] = [];
  for (let row = 0; row < rowCount(events); row++) {
    const to = timeAt(events.at, row);
    if (to === null) continue;
    const cells = columns.map((_, i) => cellAt(events, row, i));
    const took = Number(cells[duration] ?? 0) * second;
    const id = cells[pid] ?? null;
    spans.push({
      from: to - (took > 0 ? took : 0),
      to,
      name: String(cells[process] ?? tool),
      pid: typeof id === 'number' ? id : null,
      cells,
    });
  }
  return spans.sort((a, b) => a.from - b.from);
}

/** Datasets whose times count from elsewhere than those of the capture, or of the first that has any: on its axis they would lie wrong. */
export function offAxis(datasets: readonly Dataset[]): Dataset[] {
  const timed = datasets.filter((dataset) => dataset.clock !== null && hasTimes(dataset));
  const axis = timed.some(({ clock }) => clock === 'capture') ? 'capture' : (timed[0]?.clock ?? null);
  return timed.filter(({ clock }) => clock !== axis);
}
