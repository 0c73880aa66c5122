/** A panel of a comparison: the question, the picture of both, the tables, the texts and the commands. */
import { counted } from '../../../datasets/amounts.ts';
import type { Capture, Run } from '../../../datasets/capture.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import { titleOf } from '../../chart.ts';
import { PLAIN_FLAME } from '../../flame/view.ts';
import { type Markup, markup } from '../../markup.ts';
import { type DatasetPair, secondsOf } from '../pair.ts';
import { commandHtml, datasetHtml, textHtml } from '../panel-html.ts';
import type { Panel } from '../panels.ts';
import { endingText } from '../run-text.ts';
import type { Pictures } from '../still-pictures.ts';
import { STATIC_ROWS, tableHtml } from '../table-html.ts';
import { headOf } from '../tables.ts';
import { changeToldOf, comparedFlame, functionChangeTable, overOneTrie } from './flame.ts';
import { pairMaps, pairPicture } from './pair-pictures.ts';
import { type PairTable, pairTables } from './pair-tables.ts';
import { textChanges } from './text-changes.ts';

/** Lines shown of what only one text has, and characters of each. */
const TEXT_LINES = 40;
const LINE_CHARACTERS = 240;

/** Two files of the same tool. */
export interface PairPanel {
  panel: Panel;
  /** Its source in both captures together, and the run that made it. */
  sourceBefore: number;
  runBefore: Run | null;
  pairs: DatasetPair[];
  /** Datasets of the two files that only one of them has. */
  lonely: { index: number; side: 'before' | 'after' }[];
}

export function pairPanelHtml(
  { panel, sourceBefore, runBefore, pairs, lonely }: PairPanel,
  capture: Capture,
  pictures: Pictures,
): Markup {
  const names = [sourceBefore, panel.source].map((source) => capture.sources[source]?.name ?? '');
  const ways = [
    ['Before', runBefore],
    ['After', panel.run],
  ] as const;
  return markup`<article class="panel${panel.isCited && ' cited'}" id="${panel.id}" data-source="${panel.source}" aria-labelledby="${panel.id}-title">
<header><h3 id="${panel.id}-title">${panel.asks || panel.title}</h3><p class="tool">${panel.asks !== '' && markup`<b>${panel.title}</b> `}<span>${names.join(', ')}</span></p></header>
${ways.map(([side, run]) => run !== null && run.outcome !== 'ok' && markup`<p class="notice-line"><b>${side}: ${endingText(run)}</b> ${run.stderr.slice(0, 500)}</p>`)}
${areUnlike(runBefore, panel.run) && markup`<p class="notice-line">The command was another each time (it stands below): what differs may be what was asked.</p>`}
${pairs.map((pair) => pairHtml(pair, capture, pairs.length > 1))}
${lonely.map(
  ({
    index,
    side,
  }) => markup`<p class="notice-line">${capture.datasets[index]?.title}: ${side} only, the other time there was nothing that measures the same.</p>
${datasetHtml(index, capture, pictures, true)}`,
)}
${panel.reading !== '' && markup`<p class="reading">${panel.reading}</p>`}
${textHtml({ source: sourceBefore }, capture, 'Text as printed before')}
${textHtml(panel, capture, 'Text as printed after')}
${ways.map(([side, run]) => run !== null && commandHtml(run, side))}
</article>
`;
}

/** Whether the tool was run another way: other processes watched, at another rate. How long it ran is no other way. */
function areUnlike(before: Run | null, after: Run | null): boolean {
  if (before === null || after === null) return false;
  const words = ({ command, via }: Run): string => `${via} ${command.replace(/\b\d+(?:\.\d+)?s?$/, '').trim()}`;
  return words(before) !== words(after);
}

function pairHtml(pair: DatasetPair, capture: Capture, several: boolean): Markup {
  const [before, after] = [capture.datasets[pair.before], capture.datasets[pair.after]] as [Dataset, Dataset];
  if (before.shape === 'text' && after.shape === 'text') return textsHtml(before.lines, after.lines);
  const tables = tablesOf(before, after, pair);
  return markup`<div class="dataset" data-dataset="${pair.after}" data-before="${pair.before}" data-shape="${after.shape}">
${several && markup`<h4>${after.title}</h4>`}
<div class="picture sum${after.shape === 'stacks' && ' differential'}" ${after.shape !== 'stacks' && after.shape !== 'series' && markup`tabindex="0" role="group" aria-label="Picture of ${after.title}, before and after"`}>${pairPicture(before, after)}</div>
<div class="picture time">${pairMaps(before, after)}</div>
${tables.map(({ caption, table }) => tableDetails(caption, table, `${titleOf(after)}: ${caption}`))}
</div>`;
}

/** Lines that only one of the two texts has. */
function textsHtml(before: readonly string[], after: readonly string[]): Markup {
  const changes = textChanges(before, after);
  if (changes.before.length + changes.after.length === 0)
    return markup`<p class="quiet">The same text, before and after.</p>`;
  return markup`<p class="quiet">${counted(changes.both, 'line')} in both.</p>
${onlyHtml('before', changes.before)}${onlyHtml('after', changes.after)}`;
}

function onlyHtml(side: string, lines: readonly string[]): Markup | false {
  if (lines.length === 0) return false;
  const more = lines.length - TEXT_LINES;
  return markup`<h4><span class="side ${side}">${side} only</span> <span class="count">${counted(lines.length, 'line')}</span></h4>
<pre tabindex="0">${lines.slice(0, TEXT_LINES).map((line) => `${line.slice(0, LINE_CHARACTERS)}\n`)}${more > 0 && `… ${more} more\n`}</pre>`;
}

function tableDetails(caption: string, table: PairTable['table'], name: string): Markup {
  return markup`<details class="table" open><summary>${caption} <span class="count">${counted(table.length, 'row')}</span></summary>
<div class="table-host">${tableHtml(headOf(table, STATIC_ROWS), String, name)}</div></details>`;
}

function tablesOf(before: Dataset, after: Dataset, pair: DatasetPair): PairTable[] {
  if (before.shape !== 'stacks' || after.shape !== 'stacks') return pairTables(before, after, secondsOf(pair, null));
  const flame = comparedFlame(overOneTrie(before, after), PLAIN_FLAME, [null, null]);
  const of = changeToldOf(after);
  return [{ caption: FUNCTIONS[of], table: functionChangeTable(flame, of) }];
}

const FUNCTIONS = {
  self: 'Functions by the change of their own share',
  total: 'Functions by the change of their share with all that they call',
};
