/** What was found in two captures, finding by finding: what is new, worse, better, unchanged, gone, or cannot be told. */
import { type Actor, type Finding, foundOf, isSameSubject, severities } from './finding.ts';

export const changeKinds = ['new', 'other', 'worse', 'unclear', 'same', 'better', 'gone'] as const;
/**
 * - `new`: found after, and looked for before
 * - `other`: found both times, neither clearly worse nor better, and somebody else uses most
 * - `worse`, `better`: found both times, with another severity, or with another size of what is judged
 * - `unclear`: found one time, and the other time nothing was captured that could tell
 * - `same`: found both times, neither clearly worse nor better
 * - `gone`: found before, and looked for after
 */
export type ChangeKind = (typeof changeKinds)[number];

export interface FindingChange {
  kind: ChangeKind;
  before: Finding | null;
  after: Finding | null;
  /** What the other time was said where it was found one time only: `ruled out before: …`; who used most before; else empty. */
  note: string;
}

/** What is judged must have changed by this much to be called worse or better at the same severity. */
const CLEARLY = 1.25;

/**
 * The changes: first what asks for a look (new, other, worse) by severity, of one severity what is new first, then what somebody else
 * uses most; what is gone last. Otherwise in the order of the findings.
 */
export function findingChanges(before: readonly Finding[], after: readonly Finding[]): FindingChange[] {
  const left = new Set(foundOf(before));
  const changes = foundOf(after).map((finding): FindingChange => {
    const earlier = [...left].find((each) => isSameFinding(each, finding)) ?? null;
    if (earlier === null) return oneSided(finding, before, 'before');
    left.delete(earlier);
    const kind = kindOf(earlier, finding);
    const replaced = replacedUser(earlier, finding);
    const note = replaced === null ? '' : `most by ${replaced} before`;
    return { kind: kind === 'same' && replaced !== null ? 'other' : kind, before: earlier, after: finding, note };
  });
  for (const finding of left) changes.push(oneSided(finding, after, 'after'));
  return changes.sort((a, b) => rankOf(a) - rankOf(b));
}

/** What asks for a look: the rest is as it was, or better, or nobody knows. */
export const TO_LOOK_AT: readonly ChangeKind[] = ['new', 'other', 'worse'];

function rankOf({ kind, after, note }: FindingChange): number {
  const place = changeKinds.indexOf(kind === 'worse' && note !== '' ? 'other' : kind);
  const severity = TO_LOOK_AT.includes(kind) && after !== null ? severities.indexOf(after.severity) : severities.length;
  return severity * changeKinds.length + place;
}

/** Numbers differ, and so titles: that is what is looked for. */
function isSameFinding(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && isSameSubject(a.subject, b.subject);
}

function oneSided(finding: Finding, others: readonly Finding[], missing: 'before' | 'after'): FindingChange {
  const other = others.find((each) => each.verdict !== 'found' && isOfRule(each, finding.rule));
  const sides = missing === 'before' ? { before: null, after: finding } : { before: finding, after: null };
  if (other?.verdict === 'not-known')
    return { kind: 'unclear', ...sides, note: `not known ${missing}: ${other.reason}` };
  const verdict = other?.verdict === 'near' ? 'near' : 'ruled out';
  const note = other === undefined ? '' : `${verdict} ${missing}: ${other.title}`;
  return { kind: missing === 'before' ? 'new' : 'gone', ...sides, note };
}

function isOfRule({ rule, also = [] }: Finding, wanted: string): boolean {
  return rule === wanted || also.includes(wanted);
}

function kindOf(before: Finding, after: Finding): ChangeKind {
  const step = severities.indexOf(before.severity) - severities.indexOf(after.severity);
  if (step !== 0) return step > 0 ? 'worse' : 'better';
  const [measure] = after.measures;
  const was = before.measures.find(({ signal, stat, unit }) => {
    return signal === measure?.signal && stat === measure.stat && unit === measure.unit;
  });
  if (measure === undefined || was === undefined || measure.worse === null) return 'same';
  const [less, more] = measure.worse === 'less' ? [measure.value, was.value] : [was.value, measure.value];
  if (more >= less * CLEARLY && more > less) return 'worse';
  return less >= more * CLEARLY && less > more ? 'better' : 'same';
}

/** Who used most before, where clearly somebody else does now: who was not named then, or has grown as `CLEARLY` says. */
function replacedUser(before: Finding, after: Finding): string | null {
  const [was, is] = [usersOf(before), usersOf(after)];
  const [first, now] = [was[0], is[0]];
  if (first === undefined || now === undefined || first.name === now.name) return null;
  const earlier = was.find(({ name }) => name === now.name);
  const isClear = earlier === undefined || (now.share ?? 0) >= (earlier.share ?? 1) * CLEARLY;
  return isClear ? first.name : null;
}

function usersOf({ actors }: Finding): Actor[] {
  return actors.filter(({ role }) => role === 'user');
}
