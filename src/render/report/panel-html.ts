/** A panel: the question, the picture, how to read it, then table, text and command. */
import { commas, counted, durationText } from '../../datasets/amounts.ts';
import { type Capture, hostClock, type Run } from '../../datasets/capture.ts';
import { totalWeight } from '../../datasets/fold.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { type Markup, markup } from '../markup.ts';
import { panelsOf } from '../panels.ts';
import { hostTime } from '../when.ts';
import { absentHtml } from './absent-html.ts';
import type { Panel, Section } from './panels.ts';
import { endingText } from './run-text.ts';
import type { Pictures } from './still-pictures.ts';
import { STATIC_ROWS, tableHtml } from './table-html.ts';
import { tableHead } from './tables.ts';

/** Of a file's text, this much stands in the HTML itself; the rest is in the data. */
const STATIC_TEXT_LINES = 30;
const STATIC_LINE_CHARACTERS = 240;
/** A file of more (a bpftrace program with thousands of maps) is no page. */
const MAX_DATASETS = 200;
/** A longer command is a script of many lines: it is folded. */
const LONG_COMMAND = 200;

/** @param shown the tools that have a panel in the report, by the panel's id */
export function sectionHtml(
  section: Section,
  capture: Capture,
  shown: ReadonlyMap<string, string>,
  pictures: Pictures,
): Markup {
  return markup`<section id="${section.id}" class="subsystem" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${section.panels.filter((panel) => !isQuiet(panel, capture)).map((panel) => panelHtml(panel, capture, pictures))}
${quietHtml(section, capture, pictures)}
${absentHtml(section, shown)}
</section>
`;
}

/** Panels without a picture, in one line until they are opened. */
function quietHtml({ panels }: Section, capture: Capture, pictures: Pictures): Markup | false {
  const quiet = panels.filter((panel) => isQuiet(panel, capture));
  return (
    quiet.length > 0 &&
    markup`<details class="quiet-panels"><summary>Nothing to draw: ${quiet.map(({ title }) => title).join(', ')}</summary>
${quiet.map((panel) => panelHtml(panel, capture, pictures))}</details>`
  );
}

/** What ran well and saw nothing. What a finding rests on, or what went wrong, is looked at all the same. */
function isQuiet({ datasets, isCited, run }: Panel, capture: Capture): boolean {
  if (isCited || (run !== null && run.outcome !== 'ok')) return false;
  return datasets.length > 0 && datasets.every((index) => isEmpty(capture.datasets[index] as Dataset));
}

function isEmpty(dataset: Dataset): boolean {
  switch (dataset.shape) {
    case 'stacks':
      return totalWeight(dataset.profile) === 0;
    case 'series':
      return panelsOf(dataset).length === 0;
    case 'text':
      return false;
    default:
      return tableHead(dataset, 1)?.length === 0;
  }
}

/** @param note stands under the question */
export function panelHtml(panel: Panel, capture: Capture, pictures: Pictures, note: string | null = null): Markup {
  const source = capture.sources[panel.source];
  const failed = panel.run !== null && panel.run.outcome !== 'ok';
  return markup`<article class="panel${panel.isCited && ' cited'}" id="${panel.id}" data-source="${panel.source}" aria-labelledby="${panel.id}-title">
<header><h3 id="${panel.id}-title">${panel.asks || panel.title}</h3><p class="tool">${panel.asks !== '' && markup`<b>${panel.title}</b> `}<span>${source?.name}</span></p></header>
${note !== null && markup`<p class="notice-line">${note}</p>`}
${failed && markup`<p class="notice-line"><b>${endingText(panel.run as Run)}</b> ${(panel.run as Run).stderr.slice(0, 500)}</p>`}
${panel.datasets.slice(0, MAX_DATASETS).map((index) => datasetHtml(index, capture, pictures, panel.datasets.length > 1, panel.citedMetrics))}
${panel.datasets.length > MAX_DATASETS && markup`<p class="notice-line">${counted(panel.datasets.length - MAX_DATASETS, 'more map')} not shown; coldflame export --format json has them all.</p>`}
${panel.datasets.length === 0 && markup`<p class="quiet">Nothing in this file could be shown as a picture or a table.</p>`}
${panel.reading !== '' && markup`<p class="reading">${panel.reading}</p>`}
${textHtml(panel, capture)}
${panel.run !== null && commandHtml(panel.run)}
</article>
`;
}

/**
 * @param several the panel has others too, so that each needs its title
 * @param first metrics whose charts stand before the others
 */
export function datasetHtml(
  index: number,
  capture: Capture,
  pictures: Pictures,
  several: boolean,
  first: readonly string[] = [],
): Markup {
  const dataset = capture.datasets[index] as Dataset;
  if (dataset.shape === 'text') return markup`<div class="dataset" data-dataset="${index}"></div>`;
  const table = tableHead(dataset, STATIC_ROWS);
  const label = several ? dataset.title : tableLabel(dataset);
  const order = dataset.shape === 'series' && first.length > 0 && markup` data-first="${JSON.stringify(first)}"`;
  return markup`<div class="dataset" data-dataset="${index}" data-shape="${dataset.shape}"${order}>
${several && markup`<h4>${dataset.title}</h4>`}
<div class="picture sum" ${scrolls(dataset)}>${pictures.of(index)?.sum}</div>
<div class="picture time" ${scrolls(dataset)}>${pictures.of(index)?.time}</div>
${
  table?.length === 0
    ? markup`<p class="quiet">The tool ran and printed no rows.</p>`
    : table !== null &&
      markup`<details class="table"><summary>${tableLabel(dataset)} <span class="count">${counted(table.length, 'row')}</span></summary>
<div class="table-host">${tableHtml(table, (at) => timeText(at, dataset, capture), label)}</div></details>`
}
</div>`;
}

/** Wide pictures scroll on a phone, and so must be reached by key. */
function scrolls({ shape, title }: Dataset): Markup | false {
  return shape !== 'stacks' && shape !== 'series' && markup`tabindex="0" role="group" aria-label="Picture of ${title}"`;
}

function timeText(at: number, dataset: Dataset, capture: Capture): string {
  return hostTime(at, dataset.clock === 'capture' ? hostClock(capture) : null);
}

/** What the table of a shape is called. */
function tableLabel({ shape }: Dataset): string {
  return shape === 'stacks' ? 'Functions' : shape === 'histogram' ? 'Buckets' : shape === 'events' ? 'Events' : 'Table';
}

export function textHtml(panel: Pick<Panel, 'source'>, capture: Capture, title = 'Text as printed'): Markup | false {
  const source = capture.sources[panel.source];
  if (source === undefined) return false;
  if (source.raw === null)
    return markup`<p class="quiet">The text of ${source.name} (${counted(source.lines, 'line')}) is not kept in the report; it is in the capture.</p>`;
  const lines = source.raw.split('\n', STATIC_TEXT_LINES);
  return markup`<details class="raw" data-source="${panel.source}"><summary>${title} <span class="count">${counted(source.lines, 'line')}</span></summary>
<div class="raw-host"><pre>${lines.map((line) => `${line.slice(0, STATIC_LINE_CHARACTERS)}\n`)}</pre>${source.lines > lines.length && markup`<p class="quiet">The first ${lines.length} of ${commas(source.lines)} lines; all of them show where scripts may run.</p>`}</div></details>`;
}

export function commandHtml(run: Run, side = ''): Markup {
  const length = run.started !== null && run.ended !== null ? durationText(run.ended - run.started) : null;
  const fate = `${endingText(run)}${length === null ? '' : ` ${run.outcome === 'ok' ? 'for' : 'after'} ${length}`}${/^(?:classic|proc)$/.test(run.via) ? '' : `, by ${run.via}`}`;
  const command = markup`${side !== '' && `${side} `}<code>${run.command}</code>`;
  return run.command.length > LONG_COMMAND
    ? markup`<details class="command"><summary>Command <span>${fate}</span></summary>${command}</details>`
    : markup`<p class="command">${command} <span>${fate}</span></p>`;
}
