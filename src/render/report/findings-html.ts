/** The findings: each in a line or two, opened in place; then what is clear, near and not known, a line each until opened. */
import { type Capture, hostClock } from '../../datasets/capture.ts';
import {
  aloneOf,
  type CheckVerdict,
  checksText,
  type Finding,
  foundOf,
  isCommand,
  type Severity,
  type Step,
  stepText,
} from '../../datasets/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { utcTime } from '../when.ts';
import { againstRestHtml } from './against-html.ts';
import { type Axis, axisOf } from './axis.ts';
import { evidenceHtml } from './evidence-html.ts';
import {
  beforeText,
  type FindingGroup,
  findingGroups,
  lengthText,
  rangeOfFinding,
  rangeText,
  stacksOfFinding,
  whoOf,
} from './finding-view.ts';
import { miniature } from './miniature.ts';
import type { Panel } from './panels.ts';

export const SEVERITY_MARK: Readonly<Record<Severity, string>> = { critical: '●', warning: '▲', notice: '◆' };
/** Victims and users named in a finding's line. */
const MAX_NAMED = 2;

/** Where a finding stands. */
export interface Around {
  capture: Capture;
  panels: readonly Panel[];
  axis: Axis | null;
}

export function aroundOf(capture: Capture, panels: readonly Panel[]): Around {
  return { capture, panels, axis: axisOf(capture) };
}

export function findingsHtml(findings: readonly Finding[], around: Around): Markup {
  const groups = findingGroups(findings);
  const count = foundOf(findings).length;
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings${count > 0 && markup` <span class="count">${count}</span>`}</h2>
${groups.map((group) => foundHtml(group, around))}
${checksHtml(findings, around)}
</section>`;
}

/** What stands in a finding beside what it says itself. */
export interface FoundExtras {
  /** Before the title. */
  badge?: Markup;
  /** Under the line. */
  note?: Markup;
  /** In the place of its measures. */
  measures?: Markup;
}

/** A finding by itself, with what it explains one click away. */
export function foundHtml(group: FindingGroup, around: Around, extras: FoundExtras = {}): Markup {
  const { finding, explains } = group;
  const { severity, title } = finding;
  return markup`<article class="finding ${severity}">
<div class="said"><h3>${extras.badge}<span class="mark" role="img" aria-label="${severity}">${SEVERITY_MARK[severity]}</span> ${title}</h3>
${lineHtml(group, around)}${extras.note}
<div class="chips">${aboutHtml(group, extras)}
${evidenceHtml(finding, around.capture, around.panels)}
${stacksHtml(group, around)}
${againstRestHtml(finding, around.capture, around.panels, around.axis)}
${explains.length > 0 && markup`<details class="explains"><summary>Explains ${explains.length} more</summary><div class="unfolded">${explains.map((each) => foundHtml({ finding: each, explains: [], beside: [] }, around))}</div></details>`}
${nextHtml(finding)}</div></div>
${miniature(finding, around.capture, around.axis)}</article>
`;
}

/** When, who, and how sure where there is doubt: `21:00:17 – 21:00:24 by nightly-backup · hurts orderdb (waited 36 s)`. */
function lineHtml(group: FindingGroup, { capture, axis }: Around): Markup | false {
  const { users, victims } = whoOf(group);
  const range = rangeOfFinding(group.finding, axis);
  const by = users.slice(0, MAX_NAMED).map(({ name }) => nameHtml(name));
  const hurt = victims
    .slice(0, MAX_NAMED)
    .map(({ name, text }) => markup`${nameHtml(name)}${text !== '' && ` (${text})`}`);
  const before = beforeText(group.finding, capture);
  const parts = [
    range !== null && timeHtml(range, capture),
    range === null && before !== null && markup`<span class="before">${before}</span>`,
    by.length > 0 && markup`<span>by ${listed(by)}</span>`,
    hurt.length > 0 && markup`<span>${group.finding.isPast ? 'hurt' : 'hurts'} ${listed(hurt)}</span>`,
    group.finding.confidence !== 'high' && markup`<span class="sure">${group.finding.confidence} confidence</span>`,
  ].filter((part) => part !== false);
  return (
    parts.length > 0 &&
    markup`<p class="line">${parts.map((part, i) => markup`${i > 0 && (i === 1 && range !== null ? ' ' : ' · ')}${part}`)}</p>`
  );
}

/** With a script it sets the range everywhere. */
function timeHtml(range: { from: number; to: number }, capture: Capture): Markup {
  const clock = hostClock(capture);
  const utc = utcTime(range.from, clock, 0);
  const title = `${utc === null ? '' : `From ${utc} UTC. `}Sets the range of time everywhere`;
  return markup`<button type="button" class="time" data-range="${range.from},${range.to}" title="${title}">${rangeText(range, clock)}</button>`;
}

/** With a script it filters the page to the name. */
function nameHtml(name: string): Markup {
  return markup`<button type="button" class="name" data-name="${name}" title="Filter the page to ${name}">${name}</button>`;
}

function listed(parts: readonly Markup[]): Markup {
  return markup`${parts.map((part, i) => markup`${i > 0 && ', '}${part}`)}`;
}

/** Numbers, what they mean, how sure it is: the first of what opens in place. */
function aboutHtml({ finding, beside }: FindingGroup, { measures: shown }: FoundExtras): Markup {
  const { detail, measures, confidence, doubts, actors } = finding;
  return markup`<details class="about"><summary>Details</summary><div class="unfolded">
${shown ?? (measures.length > 0 && markup`<dl class="numbers">${measures.map(({ label, text }) => markup`<div><dt>${label}</dt><dd>${text}</dd></div>`)}</dl>`)}
${detail !== '' && markup`<p>${detail}</p>`}
${actors.length > 0 && markup`<ul class="actors">${actors.map(({ role, name, pid, text }) => markup`<li>${role === 'user' ? 'uses it' : 'hurt'}: ${nameHtml(name)}${pid !== null && ` (PID ${pid})`} ${text}</li>`)}</ul>`}
${doubts.length > 0 && markup`<p class="quiet">${confidence} confidence: ${doubts.join('; ')}</p>`}
${beside.length > 0 && markup`<p class="quiet">Also looked at: ${beside.map(({ title }) => title).join('; ')}.</p>`}</div></details>`;
}

function stacksHtml(group: FindingGroup, { capture, panels, axis }: Around): Markup | false {
  const stacks = stacksOfFinding(group, capture, axis);
  const panel = panels.find(({ datasets }) => stacks !== null && datasets.includes(stacks.dataset));
  if (stacks === null || panel === undefined) return false;
  const range = rangeOfFinding(group.finding, axis);
  const isTimed = capture.datasets[stacks.dataset]?.clock !== null && range !== null;
  const words = `Stacks${stacks.comm === null ? '' : ` of ${stacks.comm}`}${isTimed && range !== null ? ` in these ${lengthText(range)}` : ''}`;
  return markup`<a class="chip" aria-label="${words}" title="${words}" href="#${panel.id}" data-stacks="${stacks.dataset}" data-comm="${stacks.comm ?? ''}"${range !== null && markup` data-range="${range.from},${range.to}"`}>Stacks</a>`;
}

/** The first step is told before it is opened, where there is no time to lose. */
function nextHtml({ next, severity }: Finding): Markup | false {
  const [first] = next;
  if (first === undefined) return false;
  return markup`<details class="next"><summary title="${stepText(first)}">Next${severity !== 'notice' && markup`: ${stepHtml(first)}`}</summary><ul class="unfolded">${next.map((step) => markup`<li>${stepHtml(step)}</li>`)}</ul></details>`;
}

function stepHtml(step: Step): Markup {
  return isCommand(step) ? markup`<code>${stepText(step)}</code>` : markup`${stepText(step)}`;
}

const CHECKS: readonly [verdict: CheckVerdict, sign: string][] = [
  ['near', '≈'],
  ['ruled-out', '✓'],
  ['not-known', '?'],
];

/** What is no finding: one line until it is opened. */
function checksHtml(findings: readonly Finding[], around: Around): Markup {
  const lists = CHECKS.map(([verdict, sign]) => {
    const text = checksText(findings, verdict);
    return (
      text !== null &&
      markup`<details><summary>${text}</summary>${verdictList(verdict, sign, aloneOf(findings, verdict), around)}</details>`
    );
  });
  return markup`<div class="checks">${lists}</div>`;
}

export function verdictList(
  name: string,
  sign: string,
  findings: readonly Finding[],
  { capture, panels }: Around,
): Markup {
  return markup`<ul class="unfolded verdicts ${name}">${findings.map(({ title, detail, evidence, reason, next }) => {
    const sources = [...new Set(evidence.map(({ source }) => source))];
    const links = sources.map((source) => {
      const panel = panels.find((each) => each.source === source);
      const file = capture.sources[source]?.name ?? '';
      return markup` <span class="ref">${panel === undefined ? file : markup`<a href="#${panel.id}">${file}</a>`}</span>`;
    });
    return markup`<li><span class="sign" aria-hidden="true">${sign}</span><div>${title}${[detail, reason].filter((text) => text !== '').map((text) => markup` <span class="why">${text}</span>`)}${links}${next.map((step) => markup` ${stepHtml(step)}`)}</div></li>
`;
  })}</ul>`;
}
