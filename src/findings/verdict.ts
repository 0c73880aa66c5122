/**
 * What a rule's tests come to, the same for all rules. Found, where one passes its threshold. Ruled out only where all that
 * could tell was there: the whole window, the whole host, every source and table of it judged, no open doubt, clearly below
 * the threshold. Near, where more than half of the way is gone. Not known, anything else, with the reason.
 */
import { hostClock } from '../datasets/capture.ts';
import type { Finding, Severity, Subject, VerdictName } from '../datasets/finding.ts';
import { isSameSubject, severities } from '../datasets/finding.ts';
import { groupsOf } from '../datasets/groups.ts';
import type { Range } from '../datasets/narrow.ts';
import { type Signals, toolsToTell } from '../signals/index.ts';
import { type Doubt, doubtsAbout, isOfWholeHost, isWholeFile, runOf } from '../signals/sources.ts';
import { meanOf } from '../signals/track.ts';
import { type Basis, wholeOf } from './basis.ts';
import type { Reason, Rule, Test } from './facts.ts';
import { FULL_CPUS } from './numbers.ts';

/** A test with its verdict: everything that words are made of. */
export interface Fact {
  rule: Rule;
  host: string | null;
  verdict: VerdictName;
  severity: Severity;
  /** The worst of the tests that came to it; null where nothing could be tested. */
  test: Test | null;
  subject: Subject;
  isPast: boolean;
  doubts: readonly Doubt[];
  confidence: Finding['confidence'];
  /** Why it is not known, the plainest first. */
  reasons: readonly Reason[];
  cause: Fact | null;
  beside: Fact | null;
  /** How many more subjects the rule found, of which none is worse: only this one speaks of them. */
  more?: number;
}

/** From here on a threshold is near. */
const NEAR = 0.5;
/** The capture's own tools with so much of what is busy are what was measured; so are they where the CPUs would not be full without them. */
const MOSTLY_OWN = 0.5;
/** And with so much of it they are a doubt. */
const PARTLY_OWN = 0.1;
/** A host has thousands of control groups, and a person reads a screen. */
const MAX_SUBJECTS = 25;

/** What a rule says of a host. None where nobody tried to capture what it looks closer at. */
export function factsOf(rule: Rule, signals: Signals, limits: Readonly<Record<string, number>>): Fact[] {
  const tests = rule
    .judge(signals, limits)
    .filter(isSound)
    .map((test) => timed(test, signals));
  const found = tests.filter(({ distance }) => distance >= 1);
  const own = rule.sharesCpus ? ownPart(signals) : { part: 0, left: 100 };
  if (found.length > 0) {
    const subjects = bySubject(found);
    const facts = subjects.slice(0, MAX_SUBJECTS).map((each) => foundFact(rule, signals, each, tests, own.part));
    const more = subjects.length - facts.length;
    if (more > 0) facts.push({ ...(facts.pop() as Fact), more });
    // What the tools did themselves is nothing that was found.
    return own.part < MOSTLY_OWN && (own.part < PARTLY_OWN || own.left >= FULL_CPUS)
      ? facts
      : facts.slice(0, 1).map((fact) => notKnown(fact, [{ kind: 'own tools', share: signals.observer.share ?? 0 }]));
  }
  const worst = worstOf(tests);
  const reasons = reasonsAgainst(rule, signals, tests, own.part);
  if (rule.closer && signals.tellers(rule.asks).length === 0 && !wasTried(rule, signals)) return [];
  // Without anything to ask there is nothing to be missing.
  if (rule.asks.length === 0) return [];
  return [unfound(rule, signals, worst, reasons)];
}

/** A number that is none is not judged; where that is all there is, the reason is told. */
function isSound({ distance, measures, unclear }: Test): boolean {
  const isNumber = !Number.isNaN(distance) && measures.every(({ value }) => !Number.isNaN(value));
  return isNumber || unclear !== undefined;
}

/**
 * Without times that count from something else than the capture's clock does (dmesg's seconds since boot beside a file with a
 * wall clock): told with the others, they would be wrong.
 */
function timed(test: Test, { capture }: Signals): Test {
  if (hostClock(capture) === null || (test.since ?? test.until ?? null) === null) return test;
  const sources = new Set(test.evidence.map(({ source }) => source));
  const isOnAxis = capture.datasets.some(({ source, clock }) => sources.has(source) && clock === 'capture');
  return isOnAxis ? test : { ...test, since: null, until: null };
}

/** The tests of one subject, the worst first. */
function bySubject(tests: readonly Test[]): Test[][] {
  const groups = groupsOf(tests, ({ subject }) => `${subject.kind} ${subject.name}`);
  return [...groups.values()]
    .map((each) => [...each].sort(byDistance))
    .sort((a, b) => byDistance(a[0] as Test, b[0] as Test));
}

/** Live before past, severe before mild, far before near; then by name, so that the order of files means nothing. */
function byDistance(a: Test, b: Test): number {
  return (
    Number(a.isPast ?? false) - Number(b.isPast ?? false) ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compared(b.distance, a.distance) ||
    compared(keyOf(a), keyOf(b))
  );
}

function compared<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf({ subject, measures, form = '' }: Test): string {
  return JSON.stringify([subject, form, measures.map(({ signal, stat, value }) => [signal, stat, value])]);
}

function worstOf(tests: readonly Test[]): Test | null {
  const judged = tests.filter(({ distance }) => !Number.isNaN(distance));
  return [...judged].sort((a, b) => compared(b.distance, a.distance) || compared(keyOf(a), keyOf(b)))[0] ?? null;
}

function foundFact(
  rule: Rule,
  signals: Signals,
  [test, ...others]: readonly Test[],
  all: readonly Test[],
  own: number,
): Fact {
  const worst = test as Test;
  const basis = [worst, ...others].flatMap((each) => each.basis);
  const doubts = [
    ...(worst.doubts ?? []),
    ...sourcesOf(basis).flatMap((source) => doubtsAbout(signals.capture, signals.source(source))),
    ...disagreement(signals, worst, all),
    ...(own >= PARTLY_OWN ? [{ kind: 'own tools', share: signals.observer.share ?? 0 } satisfies Doubt] : []),
  ];
  return {
    rule,
    host: signals.host,
    verdict: 'found',
    severity: worst.severity,
    test: { ...worst, evidence: [...worst.evidence, ...others.flatMap(({ evidence }) => evidence)] },
    subject: worst.subject,
    isPast: worst.isPast ?? false,
    doubts: distinct(doubts),
    confidence: confidenceIn(doubts.filter((doubt) => !isOfRest(doubt) || !isMostlyThere(signals, basis))),
    reasons: [],
    cause: null,
    beside: null,
  };
}

/** High without a doubt, medium with one kind of doubt, low with more: two files that were cut are no two doubts. */
function confidenceIn(doubts: readonly Doubt[]): Finding['confidence'] {
  const kinds = new Set(doubts.map(({ kind }) => kind));
  return kinds.size === 0 ? 'high' : kinds.size === 1 ? 'medium' : 'low';
}

/** What is missing at the end of a file takes away nothing of what is found in the rest of it. */
function isOfRest({ kind }: Doubt): boolean {
  return kind === 'cut short' || kind === 'ended';
}

/** Whether what it was found in covers half of the window or more. */
function isMostlyThere({ window }: Signals, basis: readonly Basis[]): boolean {
  return window !== null && mostOf(basis.map(({ covered }) => covered ?? 0)) >= (window.to - window.from) / 2;
}

/** Another tool that saw the same thing for the whole window and saw little of it. */
function disagreement(signals: Signals, worst: Test, all: readonly Test[]): Doubt[] {
  const { window } = signals;
  const calm = all.filter(
    (each) =>
      each.distance < NEAR &&
      isSameSubject(each.subject, worst.subject) &&
      each.unclear === undefined &&
      each.measures[0]?.signal === worst.measures[0]?.signal &&
      each.basis.every(
        ({ readings, covered }) => readings >= 2 && covered !== null && window !== null && covered >= wholeOf(window),
      ),
  );
  const tools = [
    ...new Set(calm.flatMap(({ basis }) => basis.map(({ source }) => signals.source(source).tool))),
  ].sort();
  return tools.length === 0 ? [] : [{ kind: 'others', tools }];
}

/** The part of what is busy that the capture's own tools were, and how busy the CPUs would be without them, in percent. */
function ownPart({ observer, tracks }: Signals): { part: number; left: number } {
  if (observer.share === null) return { part: 0, left: 100 };
  const busy = tracks('system.cpu.utilization', 'host').map(meanOf);
  const most = busy.reduce((a, b) => Math.max(a, b), 0);
  const own = 100 * observer.share;
  return most > 0 ? { part: Math.min(1, own / most), left: most - own } : { part: observer.share, left: 100 };
}

function unfound(rule: Rule, signals: Signals, worst: Test | null, reasons: readonly Reason[]): Fact {
  const isNear = worst !== null && worst.distance > NEAR;
  const sources = sourcesOf(worst?.basis ?? []);
  const doubts = distinct([
    ...(worst?.doubts ?? []),
    ...sources.flatMap((source) => doubtsAbout(signals.capture, signals.source(source))),
  ]);
  return {
    rule,
    host: signals.host,
    verdict: isNear ? 'near' : reasons.length === 0 ? 'ruled-out' : 'not-known',
    severity: 'notice',
    test: worst,
    subject:
      worst !== null && (isNear || worst.subject.kind !== 'process')
        ? worst.subject
        : { kind: rule.resource, name: '' },
    isPast: false,
    doubts,
    confidence: confidenceIn(doubts),
    reasons: isNear ? [] : reasons,
    cause: null,
    beside: null,
  };
}

/** The same without its verdict. */
export function notKnown(fact: Fact, reasons: readonly Reason[]): Fact {
  return { ...fact, verdict: 'not-known', severity: 'notice', reasons };
}

function wasTried({ asks }: Rule, { capture }: Signals): boolean {
  const tools = new Set(toolsToTell(asks));
  return (
    capture.manifest?.runs.some(
      ({ tool, outcome }) => tools.has(tool) && outcome !== 'missing' && outcome !== 'skipped',
    ) ?? false
  );
}

/** Why nothing that was tested can rule it out; none where all of it can. */
function reasonsAgainst(rule: Rule, signals: Signals, tests: readonly Test[], own: number): Reason[] {
  const tellers = signals.tellers(rule.asks);
  if (tellers.length === 0 && tests.length === 0) return [absence(rule, signals)];
  const reasons: Reason[] = tests.flatMap(({ unclear }) => unclear ?? []);
  const bases = groupsOf(
    tests.flatMap(({ basis }) => basis),
    ({ source }) => source,
  );
  for (const source of tellers)
    if (!bases.has(source) && (bases.size === 0 || signals.readings(source) !== 1 || didFail(signals, source)))
      reasons.push(...unjudged(signals, source));
  if (tests.every(({ distance }) => Number.isNaN(distance)) && reasons.length > 0) return distinct(reasons);
  if (signals.window === null) return [{ kind: 'no window' }, ...distinct(reasons)];
  for (const [source, basis] of bases) reasons.push(...reasonsOf(signals, source, basis));
  // One that lasted is needed. A look that was made once beside it takes nothing away from it.
  if (reasons.length === 0) reasons.push(...unseen(signals, bases, signals.window));
  if (own >= PARTLY_OWN) reasons.push({ kind: 'own tools', share: signals.observer.share ?? 0 });
  for (const { doubts = [] } of tests) reasons.push(...doubts.map((doubt): Reason => ({ kind: 'doubt', doubt })));
  return distinct(reasons);
}

/** Whether one source saw the whole window; why not, where none did. */
function unseen(signals: Signals, bases: ReadonlyMap<number, readonly Basis[]>, window: Range): Reason[] {
  const seen = [...bases].map(([source, basis]) => ({
    tool: signals.source(source).tool,
    readings: mostOf(basis.map(({ readings }) => readings)),
    covered: mostOf(basis.map(({ covered }) => covered ?? 0)),
  }));
  if (seen.some(({ readings, covered }) => readings >= 2 && covered >= wholeOf(window))) return [];
  const [best] = seen.sort((a, b) => b.covered - a.covered || (a.tool < b.tool ? -1 : 1));
  if (best === undefined) return [];
  return [
    best.readings < 2
      ? { kind: 'one reading', tool: best.tool }
      : { kind: 'partial', tool: best.tool, share: best.covered / (window.to - window.from) },
  ];
}

function mostOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function didFail(signals: Signals, source: number): boolean {
  return runOf(signals.capture, signals.source(source))?.outcome === 'failed';
}

/** Of a source that could tell and that no test came from. */
function unjudged(signals: Signals, source: number): Reason[] {
  const { name, tool } = signals.source(source);
  const run = runOf(signals.capture, signals.source(source));
  if (run !== null && run.outcome === 'failed')
    return [{ kind: 'did not run', runs: [{ tool, outcome: run.outcome, reason: run.reason }] }];
  return [signals.readings(source) === 1 ? { kind: 'one reading', tool } : { kind: 'not judged', name }];
}

/** What keeps a source, and all others beside it, from clearing anything. */
function reasonsOf(signals: Signals, source: number, bases: readonly Basis[]): Reason[] {
  const { capture, window } = signals;
  const from = signals.source(source);
  if (mostOf(bases.map(({ readings }) => readings)) < 2) return [];
  const reasons: Reason[] = [];
  if (!isOfWholeHost(capture, from)) reasons.push({ kind: 'part of host', tool: from.tool });
  if (bases.some(({ isAttachUnknown }) => isAttachUnknown)) reasons.push({ kind: 'attach unknown', tool: from.tool });
  else if (window !== null && !isWholeFile(capture, from)) {
    // What was cut may have told the opposite of what is left.
    const share = mostOf(bases.map(({ covered }) => covered ?? 0)) / (window.to - window.from);
    if (share < MOST_OF_WINDOW) reasons.push({ kind: 'partial', tool: from.tool, share });
  }
  reasons.push(...doubtsAbout(capture, from).map((doubt): Reason => ({ kind: 'doubt', doubt })));
  return reasons;
}

/** A source that covers less of the window may have been cut. */
const MOST_OF_WINDOW = 0.75;

/** Nothing tells: nobody asked, or what was asked did not run. */
function absence({ asks }: Rule, signals: Signals): Reason {
  const { capture } = signals;
  const all = toolsToTell(asks);
  const tried = capture.manifest?.runs.filter(({ tool }) => all.includes(tool)) ?? [];
  // What ran well, or whose output is here, and tells nothing of it was not asked for it.
  const ran = new Set([
    ...tried.filter(({ outcome }) => outcome === 'ok').map(({ tool }) => tool),
    ...signals.sources.map((source) => signals.source(source).tool),
  ]);
  const tools = all.filter((tool) => !ran.has(tool));
  const runs = tried.filter(({ outcome }) => outcome !== 'ok');
  const [frozen] = signals.frozen(asks);
  if (frozen !== undefined)
    return { kind: 'doubt', doubt: { kind: 'frozen columns', tool: signals.source(frozen).tool } };
  if (runs.length === 0) return { kind: 'not captured', tools: tools.slice(0, 2) };
  return { kind: 'did not run', runs: runs.map(({ tool, outcome, reason }) => ({ tool, outcome, reason })) };
}

function sourcesOf(basis: readonly Basis[]): number[] {
  return [...new Set(basis.map(({ source }) => source))];
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
