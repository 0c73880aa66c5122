/** What was found, before and after, in the words of the findings themselves: what is new first, what is gone last. */
import { capitalized } from '../../../datasets/capitalized.ts';
import { aloneOf, type Finding, type VerdictName } from '../../../datasets/finding.ts';
import { type ChangeKind, type FindingChange, TO_LOOK_AT } from '../../../datasets/finding-changes.ts';
import { type Markup, markup } from '../../markup.ts';
import { type FindingGroup, findingGroups } from '../finding-view.ts';
import { type Around, aroundOf, foundHtml, verdictList } from '../findings-html.ts';
import type { Panel } from '../panels.ts';
import { CHANGE_WORDS } from './change-text.ts';
import type { Compared } from './compared.ts';

const TITLES: Readonly<Record<ChangeKind, string>> = {
  new: 'New',
  other: 'Somebody else uses most',
  worse: 'Worse',
  unclear: 'Found once, not looked for the other time',
  same: 'Unchanged',
  better: 'Better',
  gone: 'Gone',
};
export function changedFindingsHtml({ changes, capture, findings, axis }: Compared, panels: readonly Panel[]): Markup {
  const around = { ...aroundOf(capture, panels), axis };
  const of = (wanted: ChangeKind): FindingChange[] => changes.filter(({ kind }) => kind === wanted);
  const by = (verdict: VerdictName): Finding[] => aloneOf(findings, verdict);
  return markup`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
${changes.length === 0 && markup`<p class="quiet">No rule found evidence of a problem, before or after.</p>`}
${changes.length > 0 && !changes.some(({ kind }) => TO_LOOK_AT.includes(kind)) && markup`<p class="quiet">Nothing is new or worse.</p>`}
${[...new Set(changes.map(({ kind }) => kind))].map((kind) => {
  if (kind === 'gone') return groupHtml(kind, of(kind), goneHtml, true);
  const { leading, under } = byCause(of(kind));
  return groupHtml(kind, leading, (change) => changeHtml(change, under(change), around));
})}
${alsoHtml('Near a threshold after', by('near'), (list) => verdictList('near', '≈', list, around))}
${alsoHtml('Clear after', by('ruled-out'), (list) => verdictList('ruled-out', '✓', list, around))}
${alsoHtml('Not known after', by('not-known'), (list) => verdictList('not-known', '?', list, around))}
</section>`;
}

/** What is no change, folded up: the numbers are not to stand a screen further down for it. */
function alsoHtml(
  title: string,
  findings: readonly Finding[],
  draw: (findings: readonly Finding[]) => Markup,
): Markup | false {
  if (findings.length === 0) return false;
  return markup`<details class="also"><summary>${title} <span class="count">${findings.length}</span></summary>${draw(findings)}</details>`;
}

function groupHtml(
  kind: ChangeKind,
  changes: readonly FindingChange[],
  draw: (change: FindingChange) => Markup,
  listed = false,
): Markup | false {
  if (changes.length === 0) return false;
  const items = changes.map(draw);
  return markup`<h3 class="list-title">${TITLES[kind]}</h3>
${listed ? markup`<ul class="verdicts ruled-out">${items}</ul>` : items}`;
}

/** Causes lead: what one of the same kind of change explains stands under it. */
function byCause(changes: readonly FindingChange[]): {
  leading: FindingChange[];
  under(change: FindingChange): Finding[];
} {
  const findings = changes.map(({ before, after }) => (after ?? before) as Finding);
  const groups = findingGroups(findings);
  return {
    leading: changes.filter((_, i) => groups.some(({ finding }) => finding === findings[i])),
    under: ({ before, after }) => groups.find(({ finding }) => finding === (after ?? before))?.explains ?? [],
  };
}

function changeHtml(change: FindingChange, explains: Finding[], around: Around): Markup {
  const { kind, before, after, note } = change;
  const badge = markup`<span class="badge ${kind}">${CHANGE_WORDS[kind]}</span> `;
  const group: FindingGroup = { finding: (after ?? before) as Finding, explains, beside: [] };
  if (before === null || after === null) {
    const side = before === null ? 'after' : 'before';
    const said = `${kind === 'unclear' ? `Found ${side} only; ` : ''}${note}`;
    return foundHtml(group, around, {
      badge,
      ...(said === '' ? {} : { note: markup`<p class="was">${capitalized(said)}</p>` }),
    });
  }
  return foundHtml(group, around, {
    badge,
    note: markup`<p class="was">Before${before.severity === after.severity ? '' : ` (${before.severity})`}: ${before.title === after.title ? 'the same' : before.title}</p>`,
    measures: measuresHtml(before, after),
  });
}

/** Each measure before and after; what was not told before stands alone. */
function measuresHtml(before: Finding, after: Finding): Markup {
  if (after.measures.length === 0) return markup``;
  return markup`<dl class="numbers">${after.measures.map(({ label, unit, text }) => {
    const was = before.measures.find((measure) => measure.label === label && measure.unit === unit);
    return markup`<div><dt>${label}</dt><dd>${was !== undefined && markup`<span class="before">${was.text}</span> → `}${text}</dd></div>`;
  })}</dl>`;
}

function goneHtml({ before, note }: FindingChange): Markup {
  return markup`<li><span class="sign" aria-hidden="true">✓</span><div>${before?.title}${note !== '' && markup` <span class="why">${capitalized(note)}</span>`}</div></li>
`;
}
