/** What a part of the time differs in from another, as a table; the page makes the same of whatever range is set. */
import type { Capture } from '../../datasets/capture.ts';
import type { Finding } from '../../datasets/finding.ts';
import { type Markup, markup } from '../markup.ts';
import type { SideNames } from '../sides.ts';
import { type Difference, differences, partsOf } from './against.ts';
import type { Axis } from './axis.ts';
import { collectorsThreads } from './collector.ts';
import { isThroughout, lengthText, rangeOfFinding } from './finding-view.ts';
import type { Panel } from './panels.ts';

/** What stands in a finding: the rest is in the comparison of the whole page. */
const SHOWN = 6;

export function differencesHtml(list: readonly Difference[], panels: readonly Panel[], sides: SideNames): Markup {
  return markup`<div class="scroll"><table class="differences"><thead><tr><th scope="col">What</th><th scope="col" class="n">${sides.after}</th><th scope="col" class="n">${sides.before}</th><th scope="col" class="n">Change</th><th scope="col">Told by</th></tr></thead>
<tbody>${list.map((each) => {
    const panel = panels.find(({ datasets }) => datasets.includes(each.dataset));
    return markup`<tr><td>${each.what}</td><td class="n">${each.after}</td><td class="n">${each.before}</td><td class="n">${each.change}</td><td>${panel === undefined ? each.tool : markup`<a href="#${panel.id}">${each.tool}</a>`}</td></tr>
`;
  })}</tbody></table></div>`;
}

/** "In these seconds, against the rest", for a finding that has a time and not all of it. */
export function againstRestHtml(
  finding: Finding,
  { datasets, manifest }: Capture,
  panels: readonly Panel[],
  axis: Axis | null,
): Markup | false {
  const range = rangeOfFinding(finding, axis);
  if (range === null || axis === null || isThroughout(range, axis)) return false;
  const all = differences(datasets, partsOf(range, 'rest', axis), axis, collectorsThreads(manifest));
  if (all.length === 0) return false;
  return markup`<details class="against"><summary>Against the rest</summary><div class="unfolded">
<p>In these ${lengthText(range)}, against the rest of the time: <button type="button" class="live-only" data-range="${range.from},${range.to}" data-base="rest">Compare everything</button></p>
${differencesHtml(all.slice(0, SHOWN), panels, { before: 'rest', after: 'in it' })}</div></details>`;
}
