/** What a finding rests on: the cited rows under their own headings, with the cited cells marked, and the way to all of it. */
import { counted } from '../../datasets/amounts.ts';
import { type Capture, hostClock, type Source } from '../../datasets/capture.ts';
import { cellOf, rowAt } from '../../datasets/cells.ts';
import { rowsWhere } from '../../datasets/columns.ts';
import type { Evidence, Finding } from '../../datasets/finding.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { type Markup, markup } from '../markup.ts';
import { hostTime } from '../when.ts';
import { cellText, headText } from './cell-text.ts';
import type { Panel } from './panels.ts';
import { type Table, tableOf } from './tables.ts';

/** Rows shown of a citation, and of all of a finding's; the rest is one click away. */
const MAX_ROWS = 8;
const MAX_ITEMS = 6;
/** Columns beside the cited one: a row of top has a hundred. */
const MAX_COLUMNS = 11;
/** How much of a text is quoted where there is no table. */
const QUOTED_CHARACTERS = 400;

export function evidenceHtml(
  { evidence, actors }: Pick<Finding, 'evidence' | 'actors'>,
  capture: Capture,
  panels: readonly Panel[],
): Markup | false {
  const names = new Set(actors.map(({ name }) => name));
  if (evidence.length === 0) return false;
  const items = joined(evidence);
  const more = items.length - MAX_ITEMS;
  return markup`<details class="evidence"><summary>Evidence</summary>
<div class="unfolded">${items.slice(0, MAX_ITEMS).map((item) => itemHtml(item, { capture, panels, names }))}${more > 0 && markup`<p class="quiet">and ${counted(more, 'more place')}</p>`}</div></details>`;
}

/** What is cited of one file, in one or more places of one table. */
interface Cited {
  source: number;
  drawn: NonNullable<Evidence['drawn']> | null;
  places: [first: number, last: number][];
}

/** Single lines of one file stand in one table. */
function joined(evidence: readonly Evidence[]): Cited[] {
  const items: Cited[] = [];
  for (const { source, lines, drawn = null } of evidence) {
    const same = items.find(
      (item) =>
        item.source === source && item.drawn?.dataset === drawn?.dataset && item.drawn?.metric === drawn?.metric,
    );
    const item = same ?? { source, drawn, places: [] };
    if (same === undefined) items.push(item);
    if (lines !== null) item.places.push([...lines]);
  }
  for (const { places } of items) places.sort(([a], [b]) => a - b);
  return items;
}

interface Within {
  capture: Capture;
  panels: readonly Panel[];
  /** Of whom the finding speaks. */
  names: ReadonlySet<string>;
}

function itemHtml(item: Cited, { capture, panels, names }: Within): Markup {
  return markup`<figure><figcaption>${captionHtml(item, capture, panels)}</figcaption>${rowsHtml(item, capture, names) ?? quoteHtml(item, capture)}</figure>
`;
}

/** `iostat.txt lines 106–134`: with a script it opens the text there. */
function captionHtml({ source, places }: Cited, { sources }: Capture, panels: readonly Panel[]): Markup {
  const panel = panels.find((each) => each.source === source);
  const name = sources[source]?.name ?? '';
  const [first, ...others] = places;
  const at = first === undefined ? '' : others.length > 0 ? ` in ${places.length} places` : ` ${linesText(first)}`;
  if (panel === undefined) return markup`${name}${at}`;
  const lines = first === undefined ? null : markup` data-source="${source}" data-lines="${first[0]}-${first[1]}"`;
  return markup`<a href="#${panel.id}"${lines}>${name}${at}</a> <a class="to-picture" href="#${panel.id}">picture</a>`;
}

function linesText([first, last]: readonly [number, number]): string {
  return first === last ? `line ${first}` : `lines ${first}–${last}`;
}

/** The cited rows of the table that they are in; null where there is no such table. */
function rowsHtml({ source, drawn, places }: Cited, capture: Capture, names: ReadonlySet<string>): Markup | null {
  const dataset = drawn === null ? datasetAt(capture, source, places) : capture.datasets[drawn.dataset];
  if (dataset === undefined || dataset.shape === 'text' || dataset.shape === 'stacks') return null;
  const table = tableOf(dataset);
  if (table === null || table.lines.length === 0) return null;
  const cited = rowsWhere(table.lines.length, (row) => isIn(table.lines[row] as number, places));
  if (cited.length === 0) return null;
  const rows = ofActors(cited, dataset, names);
  const marked = markedColumn(dataset, drawn?.metric, table);
  const columns = columnsShown(table, marked, processColumn(dataset));
  const timeText = (at: number): string => hostTime(at, dataset.clock === 'capture' ? hostClock(capture) : null);
  const more = rows.length - MAX_ROWS;
  return markup`<div class="scroll"><table><thead><tr>${columns.map((column) => headHtml(table, column))}</tr></thead>
<tbody>${evenly(rows, MAX_ROWS).map((row) => rowHtml(table, row, { columns, marked, timeText }))}</tbody></table></div>${more > 0 && markup`<p class="quiet">${MAX_ROWS} of ${counted(rows.length, 'row')}</p>`}`;
}

function isIn(line: number, places: Cited['places']): boolean {
  return places.some(([first, last]) => line >= first && line <= last);
}

/** The dataset of a source that has rows on the lines. */
function datasetAt({ datasets }: Capture, source: number, places: Cited['places']): Dataset | undefined {
  const [first] = places;
  if (first === undefined) return undefined;
  return datasets.find((dataset) => {
    if (dataset.source !== source) return false;
    const lines = linesOf(dataset);
    return lines.includes(first[0]) && lines.includes(first[1]);
  });
}

function linesOf(dataset: Dataset): Uint32Array {
  if (dataset.shape === 'events' || dataset.shape === 'counts' || dataset.shape === 'histogram') return dataset.lines;
  return dataset.shape === 'series' ? (dataset.metrics[0]?.lines ?? new Uint32Array()) : new Uint32Array();
}

/** The column that a finding judged; -1 where the whole row is cited. */
function markedColumn(dataset: Dataset, metric: number | undefined, { columns }: Table): number {
  if (dataset.shape === 'series')
    return metric === undefined ? -1 : columns.findIndex(({ name }) => name === dataset.metrics[metric]?.name);
  if (dataset.shape !== 'events') return -1;
  return dataset.columns.findIndex(({ role, type }) => role === 'duration' && type === 'number');
}

/** Of a log, the rows of whom the finding speaks, where there are any: a screen of top lists all that ran. */
function ofActors(rows: Uint32Array, dataset: Dataset, names: ReadonlySet<string>): Uint32Array {
  const cells = dataset.shape === 'events' ? dataset.cells[processColumn(dataset)] : undefined;
  if (cells === undefined) return rows;
  const named = rows.filter((row) => names.has(String(cellOf(cells, row))));
  return named.length > 0 ? named : rows;
}

function processColumn(dataset: Dataset): number {
  return dataset.shape === 'events' ? dataset.columns.findIndex(({ role }) => role === 'process') : -1;
}

/** The first columns, and those that are marked or name a process, in their order. */
function columnsShown({ columns }: Table, ...wanted: number[]): number[] {
  const beyond = [...new Set(wanted)].filter((column) => column >= MAX_COLUMNS);
  return [...[...columns.keys()].slice(0, MAX_COLUMNS - beyond.length), ...beyond.sort((a, b) => a - b)];
}

function evenly(rows: Uint32Array, most: number): number[] {
  if (rows.length <= most) return Array.from(rows);
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))] as number);
}

function headHtml({ columns }: Table, column: number): Markup {
  const { type } = columns[column] as Table['columns'][number];
  return markup`<th scope="col"${type === 'number' && markup` class="n"`}>${headText(columns[column] as Table['columns'][number])}</th>`;
}

function rowHtml(
  table: Table,
  row: number,
  { columns, marked, timeText }: { columns: readonly number[]; marked: number; timeText: (at: number) => string },
): Markup {
  const cells = rowAt(table, row);
  return markup`<tr>${columns.map((column) => {
    const head = table.columns[column] as Table['columns'][number];
    const text = cellText(cells[column] ?? null, head, timeText);
    return markup`<td${head.type !== 'text' && markup` class="${head.type === 'number' ? 'n' : 'when'}"`}>${column === marked ? markup`<mark>${text}</mark>` : text}</td>`;
  })}</tr>
`;
}

/** The lines themselves, where no table has them. */
function quoteHtml({ source, places }: Cited, { sources }: Capture): Markup | false {
  const { raw = null, firstLine = 1 } = sources[source] ?? {};
  const [first] = places;
  if (raw === null || first === undefined) return false;
  // Each has a line at least.
  const quoted = places
    .slice(0, MAX_ROWS)
    .map(([from, to]) => [from - firstLine + 1, to - firstLine + 1] as const)
    .flatMap(([from, to]) => linesBetween(raw, from, Math.min(to, from + MAX_ROWS)))
    .slice(0, MAX_ROWS);
  const beyond = places.reduce((sum, [from, to]) => sum + to - from + 1, 0) - quoted.length;
  if (quoted.length === 0) return false;
  return markup`<pre>${quoted.map((line) => `${line.slice(0, QUOTED_CHARACTERS)}\n`)}${beyond > 0 && `… ${beyond} more\n`}</pre>`;
}

/** Lines of a text, counted from 1, both ends included. */
function linesBetween(raw: NonNullable<Source['raw']>, first: number, last: number): string[] {
  let start = 0;
  for (let line = 1; line < first; line++) {
    start = raw.indexOf('\n', start) + 1;
    if (start === 0) return [];
  }
  const lines: string[] = [];
  for (let line = first; line <= last && start < raw.length; line++) {
    const end = raw.indexOf('\n', start);
    lines.push(raw.slice(start, end < 0 ? raw.length : end).replace(/\r$/, ''));
    if (end < 0) break;
    start = end + 1;
  }
  return lines;
}
