/** The findings as sentences: what was found, what is ruled out, what is not known. */
import type { Capture, Source } from '../../datasets/capture.ts';
import { type Evidence, type Finding, foundOf, type Measure, type Severity, stepText } from '../../datasets/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { hostTime, utcTime } from '../when.ts';
import { miniature } from './miniature.ts';
import type { Panel } from './panels.ts';

const SEVERITY_MARK: Readonly<Record<Severity, string>> = { critical: '●', warning: '▲', notice: '◆' };
/** How many lines of a piece of evidence are quoted; the rest is one click away. */
const QUOTED_LINES = 6;
const QUOTED_CHARACTERS = 400;

export function findingsHtml(capture: Capture, findings: readonly Finding[], panels: readonly Panel[]): Markup {
  const found = foundOf(findings);
  const ruledOut = findings.filter(({ verdict }) => verdict === 'ruled-out');
  const notKnown = findings.filter(({ verdict }) => verdict === 'not-known');
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${found.length === 0 && markup`<p class="quiet">${noneFound(findings)}</p>`}
${found.map((finding) => foundHtml(finding, capture, panels))}
${verdictList('Ruled out', 'ruled-out', '✓', ruledOut, capture, panels)}
${verdictList('Not known', 'not-known', '?', notKnown, capture, panels)}
</section>`;
}

function noneFound(findings: readonly Finding[]): string {
  return findings.length === 0
    ? 'No rule applies to what was captured. The panels below show it.'
    : 'No rule found evidence of a problem in what was captured.';
}

/** What stands in a finding beside what it says itself. */
export interface FoundExtras {
  /** Before the facts. */
  badge?: Markup;
  /** Under the title. */
  note?: Markup;
  /** In the place of its measures. */
  measures?: Markup;
}

export function foundHtml(
  finding: Finding,
  capture: Capture,
  panels: readonly Panel[],
  { badge, note, measures: shown }: FoundExtras = {},
): Markup {
  const { severity, title, detail, since, measures, confidence, doubts, cause } = finding;
  return markup`<article class="finding ${severity}${cause !== null && ' symptom'}">
${miniature(finding, capture)}<h3><span class="mark" aria-hidden="true">${SEVERITY_MARK[severity]}</span> ${title}</h3>
<p class="facts">${badge}<span class="word">${severity}</span>${cause !== null && markup` <span>follows from ${cause.rule}</span>`}${since !== null && markup` <span>since <time>${whenText(since, capture)}</time></span>`} <span>${confidence} confidence</span>${doubts.length > 0 && markup` <span class="doubts">because of ${doubts.join('; ')}</span>`}</p>
${note}<p>${detail}</p>
${shown ?? (measures.length > 0 && markup`<dl class="numbers">${measures.map(measureHtml)}</dl>`)}
${evidenceHtml(finding.evidence, capture, panels)}
${nextHtml(finding)}
</article>
`;
}

function whenText(at: number, capture: Capture): string {
  const utc = utcTime(at, capture.manifest, 0);
  const host = hostTime(at, capture.manifest, capture.manifest === null ? 1 : 0);
  return utc === null || utc === host ? host : `${host} (${utc} UTC)`;
}

function measureHtml({ label, text }: Measure): Markup {
  return markup`<div><dt>${label}</dt><dd>${text}</dd></div>`;
}

function nextHtml({ next }: Finding): Markup | false {
  if (next.length === 0) return false;
  const steps = next.map((step, i) => markup`${i > 0 && '; '}<code>${stepText(step)}</code>`);
  return markup`<p class="next"><span class="label">Next</span> ${steps}</p>`;
}

function evidenceHtml(evidence: readonly Evidence[], capture: Capture, panels: readonly Panel[]): Markup | false {
  if (evidence.length === 0) return false;
  return markup`<details class="evidence"><summary>Evidence: ${evidenceWords(evidence, capture)}</summary>
${evidence.map(
  (item) =>
    markup`<figure><figcaption>${evidenceLink(item, capture, panels)}</figcaption>${quoteHtml(item, capture)}</figure>`,
)}</details>`;
}

/** `vmstat.txt lines 4–34, execsnoop.txt in 20 places`. */
function evidenceWords(evidence: readonly Evidence[], capture: Capture): string {
  const sources = [...new Set(evidence.map(({ source }) => source))];
  return sources
    .map((source) => {
      const items = evidence.filter((item) => item.source === source);
      const [only] = items;
      if (items.length === 1 && only !== undefined) return evidenceName(only, capture);
      return `${capture.sources[source]?.name ?? ''} in ${items.length} places`;
    })
    .join(', ');
}

function evidenceName({ source, lines }: Evidence, capture: Capture): string {
  const name = capture.sources[source]?.name ?? '';
  if (lines === null) return name;
  return lines[0] === lines[1] ? `${name} line ${lines[0]}` : `${name} lines ${lines[0]}–${lines[1]}`;
}

/** A link to the panel, which with scripts opens its text at the line. */
function evidenceLink(item: Evidence, capture: Capture, panels: readonly Panel[]): Markup {
  const panel = panels.find(({ source }) => source === item.source);
  const name = evidenceName(item, capture);
  if (panel === undefined) return markup`${name}`;
  const line = item.lines === null ? null : `${item.lines[0]}-${item.lines[1]}`;
  return markup`<a href="#${panel.id}" data-source="${item.source}"${line !== null && markup` data-lines="${line}"`}>${name}</a>`;
}

function quoteHtml({ source, lines }: Evidence, capture: Capture): Markup | false {
  const raw = capture.sources[source]?.raw ?? null;
  if (raw === null || lines === null) return false;
  const [first, last] = lines;
  const quoted = linesBetween(raw, first, Math.min(last, first + QUOTED_LINES - 1));
  if (quoted.length === 0) return false;
  const beyond = last - first + 1 - quoted.length;
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

export function verdictList(
  title: string,
  name: string,
  sign: string,
  findings: readonly Finding[],
  capture: Capture,
  panels: readonly Panel[],
): Markup | false {
  if (findings.length === 0) return false;
  return markup`<h3 class="list-title">${title}</h3>
<ul class="verdicts ${name}">${findings.map(
    ({ title: text, detail, evidence, next }) =>
      markup`<li><span class="sign" aria-hidden="true">${sign}</span><div>${text}${detail !== '' && markup` <span class="why">${detail}</span>`}${evidence.map((item) => markup` <span class="ref">${evidenceLink(item, capture, panels)}</span>`)}${next.map((step) => markup` <code>${stepText(step)}</code>`)}</div></li>
`,
  )}</ul>`;
}
