/** Two captures compared, as one HTML file that needs no script: what is new, what is gone, what changed. */
import type { Capture } from '../../datasets/capture.ts';
import {
  type Change,
  countChanges,
  distributionsOf,
  percentileOf,
  seriesChanges,
  tellingChanges,
} from '../../datasets/changes.ts';
import { compareProfiles } from '../../datasets/compare.ts';
import type { Finding } from '../../datasets/finding.ts';
import { pairs } from '../../datasets/pairs.ts';
import { mergeRecursion } from '../../datasets/profile-map.ts';
import type { Bucket, Dataset, Histogram, Stacks } from '../../datasets/shapes.ts';
import { client } from '../../generated/report-client.ts';
import { version } from '../../generated/version.ts';
import { toolNamed } from '../../tools/index.ts';
import { range as bucketRange, commas, counted } from '../format.ts';
import { Markup, markup } from '../markup.ts';
import { foundInOrder } from './findings-html.ts';
import { stillFlame, sumPicture } from './pictures.ts';
import { calendarDay, clockTime, zoneName } from './when.ts';
import { durationText } from './words.ts';

export interface DiffInput {
  before: Capture;
  after: Capture;
  findingsBefore: Finding[];
  findingsAfter: Finding[];
}

/** Rows of a table of changes. */
const MAX_ROWS = 40;
/** Functions and keys that changed by less than this, in percent of the whole, are not listed. */
const LEAST_CHANGE = 0.1;
const MIN_WIDTH = { value: 0.2, unit: '%' } as const;
const PERCENTILES = [50, 90, 99];

export function renderDiff(input: DiffInput): string {
  const { before, after } = input;
  const matched = pairs(before, after);
  const parts = matched
    .map(([earlier, later], i) => ({ id: `part-${i + 1}`, later, body: partHtml(earlier, later) }))
    .filter(({ body }) => body !== null);
  const lonely = (datasets: readonly Dataset[], side: 0 | 1): string[] => [
    ...new Set(datasets.filter((each) => !matched.some((pair) => pair[side] === each)).map(({ tool }) => tool)),
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${client.styleHash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="coldflame ${version}">
<title>${after.name} compared with ${before.name}</title>
<style>${new Markup(client.style)}</style>
</head>
<body>
<header class="bar"><h1>What changed</h1><p>${sideText('Before', before)}</p><p>${sideText('After', after)}</p></header>
<div class="layout">
<nav class="contents" aria-label="Contents"><ol>
<li><a href="#findings">Findings</a></li>
${parts.map(({ id, later }) => markup`<li><a href="#${id}">${nameOf(later)}</a></li>`)}
</ol></nav>
<main>
${findingsHtml(input)}
${parts.map(
  ({
    id,
    later,
    body,
  }) => markup`<article class="panel" id="${id}"><header><h3>${toolNamed(later.tool)?.asks ?? later.title}</h3><p class="tool"><b>${nameOf(later)}</b></p></header>
${body}</article>
`,
)}
${onlyIn('Only before', lonely(before.datasets, 0))}
${onlyIn('Only after', lonely(after.datasets, 1))}
<footer>Made by coldflame ${version} from ${before.name} and ${after.name}.</footer>
</main>
</div>
</body>
</html>
`.text;
}

function onlyIn(title: string, tools: readonly string[]): Markup | false {
  return tools.length > 0 && markup`<p class="quiet">${title}, and so not compared: ${tools.join(', ')}.</p>`;
}

function nameOf({ tool, title }: Dataset): string {
  return title === '' || title.includes(tool) ? tool : `${tool}: ${title}`;
}

function sideText(side: string, { name, manifest }: Capture): Markup {
  if (manifest === null) return markup`<b>${side}</b> ${name}`;
  const { host, started, ended, utcOffset } = manifest;
  const local = started + utcOffset;
  return markup`<b>${side}</b> ${host.hostname}, ${calendarDay(local)} ${clockTime(local)} ${zoneName(manifest)}, ${durationText(ended - started)}`;
}

/** Findings are the same when rule and subsystem are: their numbers differ, that is what is looked for. */
function findingsHtml({ findingsBefore, findingsAfter }: DiffInput): Markup {
  const [was, is] = [foundInOrder(findingsBefore), foundInOrder(findingsAfter)];
  const among = (list: readonly Finding[], { rule, subsystem }: Finding): Finding | undefined =>
    list.find((each) => each.rule === rule && each.subsystem === subsystem);
  const fresh = is.filter((finding) => among(was, finding) === undefined);
  const gone = was.filter((finding) => among(is, finding) === undefined);
  const both = is.filter((finding) => among(was, finding) !== undefined);
  const line = ({ severity, title }: Finding, note: string): Markup =>
    markup`<article class="finding ${severity}"><h3>${title}</h3><p class="facts"><span class="word">${severity}</span> <span>${note}</span></p></article>`;
  return markup`<section id="findings"><h2>Findings</h2>
${fresh.length + gone.length + both.length === 0 && markup`<p class="quiet">No rule found evidence of a problem, before or after.</p>`}
${fresh.map((finding) => line(finding, 'new'))}
${both.map((finding) => line(finding, `before: ${among(was, finding)?.title}`))}
${gone.length > 0 && markup`<h3 class="list-title">Gone</h3><ul class="verdicts ruled-out">${gone.map(({ title }) => markup`<li><span class="sign" aria-hidden="true">✓</span><div>${title}</div></li>`)}</ul>`}
</section>`;
}

function partHtml(before: Dataset, after: Dataset): Markup | null {
  if (before.shape === 'stacks' && after.shape === 'stacks') return stacksHtml(before, after);
  if (before.shape === 'histogram' && after.shape === 'histogram') return histogramHtml(before, after);
  if (before.shape === 'series' && after.shape === 'series')
    return changesHtml('Means', after, seriesChanges(before, after), 'relative');
  if (before.shape === 'counts' && after.shape === 'counts')
    return changesHtml('Sums', after, countChanges(before, after), 'relative');
  if (before.shape === 'events' && after.shape === 'events')
    return changesHtml(
      'Rows',
      after,
      [{ name: 'rows', before: before.rows.length, after: after.rows.length, unit: '' }],
      'relative',
    );
  return null;
}

function stacksHtml(before: Stacks, after: Stacks): Markup {
  // A function that calls itself would make the picture as high as it is deep.
  const [was, is] = [mergeRecursion(before.profile), mergeRecursion(after.profile)];
  const comparison = compareProfiles(was, is);
  const picture = stillFlame({ ...after, profile: is }, { inverted: true, minWidth: MIN_WIDTH }, comparison);
  const { changes: telling, byChance } = tellingChanges(before, after);
  const changes = telling.filter((change) => Math.abs((change.after ?? 0) - (change.before ?? 0)) >= LEAST_CHANGE);
  return markup`${changesHtml('Functions by the change of their own share', after, changes, 'points')}
${byChance > 0 && markup`<p class="quiet">${counted(byChance, 'more function')} changed by no more than chance does: shares of few samples differ from capture to capture.</p>`}
<div class="picture differential">${picture}</div>
<p class="reading">Width is after. Red grew, blue shrank, by the frame's own share; direct recursion is one frame. ${comparison.note}.</p>`;
}

function histogramHtml(before: Histogram, after: Histogram): Markup {
  const was = distributionsOf(before);
  const rows = distributionsOf(after).map((later) => {
    const earlier = was.find(({ name }) => name === later.name);
    const at = (side: typeof later | undefined, p: number): string =>
      bucketText(side === undefined ? null : percentileOf(side, p), after.unit);
    return markup`<tr><th scope="row">${later.name || after.title}</th><td class="n">${commas(earlier?.count ?? 0)}</td><td class="n">${commas(later.count)}</td>${PERCENTILES.map((p) => markup`<td>${at(earlier, p)}</td><td>${at(later, p)}</td>`)}</tr>
`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Percentiles of ${nameOf(after)}"><table><thead><tr><th scope="col">what</th><th scope="col" class="n">count before</th><th scope="col" class="n">after</th>${PERCENTILES.map((p) => markup`<th scope="col">p${p} before</th><th scope="col">after</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
<h4>Before</h4><div class="picture">${sumPicture(before)}</div>
<h4>After</h4><div class="picture">${sumPicture(after)}</div>`;
}

function bucketText(bucket: Bucket | null, unit: string): string {
  return bucket === null ? '' : bucketRange(bucket[0], bucket[1], unit);
}

function changesHtml(caption: string, of: Dataset, changes: readonly Change[], kind: 'relative' | 'points'): Markup {
  const shown = changes.slice(0, MAX_ROWS);
  const beyond = changes.length - shown.length;
  if (changes.length === 0) return markup`<p class="quiet">Nothing changed that could be told.</p>`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption} of ${nameOf(of)}"><table><caption>${caption}</caption>
<thead><tr><th scope="col">what</th><th scope="col" class="n">before</th><th scope="col" class="n">after</th><th scope="col" class="n">change</th></tr></thead>
<tbody>${shown.map(
    ({
      name,
      before,
      after,
      unit,
    }) => markup`<tr><th scope="row">${name.slice(0, 200)}</th><td class="n">${numberText(before, unit)}</td><td class="n">${numberText(after, unit)}</td><td class="n">${changeText(before, after, kind)}</td></tr>
`,
  )}</tbody></table></div>
${beyond > 0 && markup`<p class="quiet">and ${commas(beyond)} more that changed less or stand further down</p>`}`;
}

function numberText(value: number | null, unit: string): string {
  if (value === null) return '';
  return `${commas(value)}${unit === '%' ? '%' : unit === '' ? '' : ` ${unit}`}`;
}

/** `+12.5 points`, `×1.8`, `-40%`. */
function changeText(before: number | null, after: number | null, kind: 'relative' | 'points'): string {
  if (before === null || after === null) return before === null ? 'new' : 'gone';
  const sign = after >= before ? '+' : '−';
  const size = Math.abs(after - before);
  if (size === 0) return 'same';
  if (kind === 'points') return `${sign}${commas(size)} points`;
  if (before === 0) return 'new';
  return after / before >= 3
    ? `×${commas(after / before, 1)}`
    : `${sign}${commas((100 * size) / Math.abs(before), 1)}%`;
}
