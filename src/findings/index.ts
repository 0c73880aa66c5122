/** Rules over a capture: what was found, what is near, what is ruled out, what cannot be known from it, and the USE table. */
import type { Capture } from '../datasets/capture.ts';
import type { Finding, FindingRef, Step } from '../datasets/finding.ts';
import type { UseTable } from '../datasets/use.ts';
import { type Signals, signalsOf } from '../signals/index.ts';
import { inOrder, underCauses } from './causes.ts';
import type { Rule } from './facts.ts';
import { rankOf } from './names.ts';
import { rules } from './rules/index.ts';
import { actorOf, detailOf, measureOf, reasonsText, titleOf } from './say/index.ts';
import { doubtText } from './say/reasons.ts';
import { listed } from './say/words.ts';
import { advise, stepsOn, stepsToTell } from './steps.ts';
import { useTable } from './use.ts';
import { type Fact, factsOf, notKnown } from './verdict.ts';
import { withinWindow } from './window.ts';

export { rules } from './rules/index.ts';

/** A user's own thresholds: rule name, threshold name, value. */
export type ThresholdOverrides = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Assessment {
  /**
   * Found first, worst first, each cause above what follows from it; then what is near, ruled out, not known. What was
   * looked at beside a finding names it (`beside`).
   */
  findings: Finding[];
  /** A table for each host. */
  use: UseTable[];
}

/** What the rules say of a capture: the same whatever the order of its files. */
export function assess(capture: Capture, overrides: ThresholdOverrides = {}): Assessment {
  const hosts = signalsOf(capture)
    .map(withinWindow)
    .map((signals) => ({ signals, facts: factsOn(signals, overrides) }));
  return {
    findings: joinAlike(
      hosts
        .flatMap(({ signals, facts }) => facts.map((fact) => ({ fact, signals })))
        .sort((a, b) => sectionOf(a.fact) - sectionOf(b.fact))
        .map(({ fact, signals }) => findingOf(fact, signals)),
    ),
    use: hosts.map(({ signals, facts }) => useTable(signals, facts)),
  };
}

const SECTIONS = ['found', 'near', 'ruled-out', 'not-known'] as const;

function sectionOf({ verdict }: Fact): number {
  return SECTIONS.indexOf(verdict);
}

function factsOn(signals: Signals, overrides: ThresholdOverrides): Fact[] {
  const all = rules.flatMap((rule) => factsOf(rule, signals, limitsOf(rule, overrides)));
  const found = underCauses(all.filter(({ verdict }) => verdict === 'found'));
  const rest = all.filter(({ verdict }) => verdict !== 'found').map((fact) => besideOf(fact, found));
  return [...found, ...rest.sort((a, b) => rankOf(a.rule.name) - rankOf(b.rule.name) || inOrder(a, b))];
}

function limitsOf({ name, thresholds }: Rule, overrides: ThresholdOverrides): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(thresholds).map(([limit, { value }]) => [limit, overrides[name]?.[limit] ?? value]),
  );
}

/** Nothing is ruled out on a resource that a finding names: it goes under that finding, as what was looked at too. */
function besideOf(fact: Fact, found: readonly Fact[]): Fact {
  const conflict = found.find((each) => !each.isPast && isOnSame(each, fact));
  if (conflict === undefined || (fact.verdict !== 'ruled-out' && fact.verdict !== 'near')) return fact;
  const root = conflict.cause ?? conflict;
  if (fact.verdict === 'near') return { ...fact, beside: root };
  const { rule, subject } = conflict;
  const resource = subject.kind === rule.resource ? subject : { kind: rule.resource, name: '' };
  const reason = { kind: 'conflict', rule: rule.name, subject: resource } as const;
  return { ...notKnown(fact, [reason]), beside: root };
}

function isOnSame(found: Fact, fact: Fact): boolean {
  // A line that nobody knows a reading of may be any complaint.
  const readsLog = fact.rule.asks.some((ask) => 'events' in ask && ask.events === 'kernel message');
  if (found.rule.resource === 'kernel' && readsLog) return true;
  if (found.rule.resource !== fact.rule.resource || found.rule.resource === 'tool') return false;
  const [a, b] = [found.subject, fact.subject];
  return a.kind !== b.kind || a.name === '' || b.name === '' || a.name === b.name;
}

function findingOf(fact: Fact, signals: Signals): Finding {
  const { rule, verdict, severity, host, subject, test, isPast, doubts, confidence, reasons } = fact;
  const isFound = verdict === 'found';
  return {
    rule: rule.name,
    subject,
    verdict,
    severity,
    subsystem: rule.subsystem,
    host,
    title: titleOf(fact),
    detail: detailOf(fact),
    measures: (test?.measures ?? []).filter(({ value }) => Number.isFinite(value)).map(measureOf),
    actors: isFound ? (test?.who ?? []).map(actorOf) : [],
    since: isFound ? (test?.since ?? null) : null,
    until: isFound ? (test?.until ?? null) : null,
    isPast,
    evidence: [...(test?.evidence ?? [])],
    cause: refOf(fact.cause),
    beside: refOf(fact.beside),
    confidence,
    doubts: doubts.map(doubtText),
    reason: reasonsText(reasons),
    next: isFound
      ? stepsOf(fact, signals)
      : verdict === 'not-known' && reasons[0]?.kind !== 'conflict'
        ? stepsToTell(signals, rule.asks)
        : [],
  };
}

/** Whatever was collected already is no step: what is wrong has one all the same. */
function stepsOf({ test, severity, isPast }: Fact, signals: Signals): Step[] {
  const steps = stepsOn(signals, test?.next ?? []);
  const wanted = steps.length === 0 && severity !== 'notice' && !isPast;
  return wanted ? stepsOn(signals, [advise('compare the range')]) : steps;
}

function refOf(fact: Fact | null): FindingRef | null {
  return fact === null ? null : { rule: fact.rule.name, subject: fact.subject };
}

/** Topics named where several rules lack the same. */
const NAMED = 3;

/** What nothing was captured for is told once for each reason: `hung tasks, I/O errors and 12 more`. */
function joinAlike(findings: readonly Finding[]): Finding[] {
  const groups: Finding[][] = [];
  for (const finding of findings) {
    const group = groups.find(([first]) => first !== undefined && isAlike(first, finding));
    if (group === undefined) groups.push([finding]);
    else group.push(finding);
  }
  return groups.map((group) => {
    const [first, ...others] = group as [Finding, ...Finding[]];
    if (others.length === 0) return first;
    const topics = group.slice(0, NAMED).map(({ title }) => title);
    const rest = group.length - topics.length;
    return {
      ...first,
      title: rest > 0 ? `${topics.join(', ')} and ${rest} more` : listed(topics),
      also: others.map(({ rule }) => rule),
    };
  });
}

function isAlike(a: Finding, b: Finding): boolean {
  if (a.verdict !== 'not-known' || b.verdict !== 'not-known') return false;
  return (
    a.reason === b.reason &&
    a.host === b.host &&
    a.measures.length + b.measures.length === 0 &&
    a.beside === null &&
    b.beside === null
  );
}
