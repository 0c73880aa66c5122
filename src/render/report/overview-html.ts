/** The first screen: the USE table, what collecting missed or cost, and the findings. */

import { percent } from '../../datasets/amounts.ts';
import type { Capture, Manifest, Narrowing, Source } from '../../datasets/capture.ts';
import { conclusionOf, type Finding } from '../../datasets/finding.ts';
import { isKnown, type UseCell, type UseState, type UseTable, useColumns, useSigns } from '../../datasets/use.ts';
import { observerOf } from '../../signals/observer.ts';
import { type Markup, markup } from '../markup.ts';
import { type Around, findingsHtml } from './findings-html.ts';
import { sampledText } from './sampled-text.ts';

/** What the marks mean, for whoever does not see them. */
const STATE_WORDS: Readonly<Record<UseState, string>> = {
  critical: 'critical',
  warning: 'warning',
  notice: 'notice',
  near: 'near a threshold',
  clear: 'clear',
  seen: 'seen, not judged',
  unknown: 'not known',
  none: 'has none',
};
/** Collecting that used less of the host's CPUs does not matter. */
const COST_THAT_MATTERS = 0.01;

/** @param isFindingsLast the findings stand further down */
export function overviewHtml(
  findings: readonly Finding[],
  use: readonly UseTable[],
  around: Around,
  isFindingsLast = false,
): Markup {
  const collecting = collectingText(around.capture);
  const sampled = sampledText(around.capture);
  const conclusion = conclusionOf(findings);
  return markup`<section id="overview" aria-label="Overview">
${conclusion !== null && markup`<p class="conclusion${findings.some(({ verdict }) => verdict === 'ruled-out') && ' clear'}">${conclusion}</p>`}
${sampled !== null && markup`<p>${sampled}</p>`}
${use.map((table) => useHtml(table, use.length > 1, around))}
${collecting !== '' && markup`<p class="collecting">${collecting}</p>`}
${!isFindingsLast && findingsHtml(findings, around)}
</section>`;
}

function useHtml({ host, rows: all }: UseTable, isOneOfMany: boolean, around: Around): Markup | false {
  const rows = all.filter((row) => useColumns.some((column) => isKnown(row[column])));
  const unknown = all.filter((row) => !rows.includes(row)).map(({ label }) => label);
  if (rows.length === 0) return false;
  return markup`<div class="scroll use" tabindex="0" role="region" aria-label="USE table${isOneOfMany && ` of ${host ?? 'files of no known host'}`}"><table><caption class="${!isOneOfMany && 'offscreen'}">${isOneOfMany ? (host ?? 'files of no known host') : 'Utilization, saturation and errors of each resource'}</caption>
<thead><tr><th scope="col">Resource</th><th scope="col">Utilization</th><th scope="col">Saturation</th><th scope="col">Errors</th></tr></thead>
<tbody>${rows.map(({ label, ...row }) => markup`<tr><th scope="row">${label}</th>${useColumns.map((column) => cellHtml(row[column], around))}</tr>\n`)}${unknown.length > 0 && markup`<tr class="unknown"><th scope="row"><span class="mark" aria-hidden="true">${useSigns.unknown}</span> Not captured</th><td colspan="3">${unknown.join(', ')}</td></tr>`}</tbody></table>${keyHtml(rows)}</div>
`;
}

/** What the signs in a table mean; that of what was not captured stands in its last row. */
function keyHtml(rows: UseTable['rows']): Markup {
  const states = new Set(rows.flatMap((row) => useColumns.map((column) => row[column].state)));
  const signs = (Object.keys(STATE_WORDS) as UseState[]).filter((state) => states.has(state) && isKnown({ state }));
  return markup`<p class="key">${signs.map((state) => markup`<span class="${state}"><span class="mark">${useSigns[state]}</span> ${STATE_WORDS[state]}</span> `)}</p>`;
}

function cellHtml(cell: UseCell, { panels }: Around): Markup {
  const { state, text, evidence } = cell;
  const panel = panels.find(({ source }) => evidence.some((item) => item.source === source));
  // What would tell stands with what is not known; here it would hide what is.
  if (state === 'unknown')
    return markup`<td class="unknown" title="${text}"><span class="mark" role="img" aria-label="${text}">${useSigns.unknown}</span></td>`;
  const words = panel !== undefined && isKnown(cell) ? markup`<a href="#${panel.id}">${text}</a>` : text;
  return markup`<td class="${state}">${state !== 'none' && markup`<span class="mark" role="img" aria-label="${STATE_WORDS[state]}">${useSigns[state]}</span> `}${words}</td>`;
}

/** `perf lost 12 events. Collecting used 4.7% of the CPUs.`; empty where nothing of it matters. */
function collectingText({ manifest, sources }: Capture): string {
  const lost = sources.flatMap(lostText);
  return [...lost, ...(manifest === null ? [] : [narrowedText(manifest), costText(manifest)])]
    .filter((text) => text !== '')
    .join(' ');
}

/** What the tool itself said that it lost; the rest of what it said stands with what was captured. */
function lostText({ tool, notes }: Source): string[] {
  return notes.filter((note) => /\blost\b/i.test(note)).map((note) => `${tool}: ${note.replace(/\.?$/, '.')}`);
}

function narrowedText({ narrowed = null, processes }: Manifest): string {
  const outside =
    processes === 'namespace' ? 'Collected in a container or PID namespace: processes outside it were not seen.' : '';
  const to = narrowed === null ? '' : `Narrowed to ${targetText(narrowed)} where a tool can be.`;
  return [to, outside].filter((text) => text !== '').join(' ');
}

function targetText({ pid, comm, container, cgroup }: Narrowing): string {
  if (pid !== null) return `process ${pid}${comm === '' ? '' : ` (${comm})`}`;
  return container === '' ? `the control group ${cgroup}` : `the container ${container}, control group ${cgroup},`;
}

function costText(manifest: Manifest): string {
  const { share } = observerOf(manifest, manifest.host.cpus);
  return share === null || share < COST_THAT_MATTERS ? '' : `Collecting used ${percent(share, 1, 1)} of the CPUs.`;
}
