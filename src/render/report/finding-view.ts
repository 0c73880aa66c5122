/** What a finding shows of itself, chosen once for page, comparison and paper: who, when, what follows from it, which stacks. */
import { durationText } from '../../datasets/amounts.ts';
import { type Capture, type HostClock, hostClock } from '../../datasets/capture.ts';
import { type Actor, type Finding, type FindingRef, foundOf, isSameSubject } from '../../datasets/finding.ts';
import type { Range } from '../../datasets/narrow.ts';
import { isOfWaits, type Stacks } from '../../datasets/shapes.ts';
import { calendarDay, hostTime } from '../when.ts';
import { type Axis, axisOf, isOnAxis } from './axis.ts';

/** A cause with what follows from it; what has no cause stands by itself. */
export interface FindingGroup {
  finding: Finding;
  /** What it explains, worst first. */
  explains: Finding[];
  /** What was looked at on the same resource, and clears nothing. */
  beside: Finding[];
}

function isOf(ref: FindingRef | null, { rule, subject }: Finding): boolean {
  return ref !== null && ref.rule === rule && isSameSubject(ref.subject, subject);
}

/** The found by their causes, in the order of the findings. */
export function findingGroups(findings: readonly Finding[]): FindingGroup[] {
  const found = foundOf(findings);
  const roots = found.filter(({ cause }) => cause === null || !found.some((other) => isOf(cause, other)));
  return roots.map((finding) => ({
    finding,
    explains: found.filter(({ cause }) => isOf(cause, finding)),
    beside: findings.filter(({ beside }) => isOf(beside, finding)),
  }));
}

/** Whom to look at: who uses the resource, and who is hurt by it. */
export interface Who {
  users: readonly Actor[];
  victims: readonly Actor[];
}

/**
 * Victims of what follows count too: a saturated disk is known by who waits for it. Who both uses and waits is told as waiting, but for
 * the first of the users: it is what the others wait for.
 */
export function whoOf({ finding, explains }: FindingGroup): Who {
  const [first, ...others] = finding.actors.filter(({ role }) => role === 'user');
  const waiting = [finding, ...explains].flatMap(({ actors }) => actors.filter(({ role }) => role === 'victim'));
  const victims = waiting.filter(
    ({ name }, i) => name !== first?.name && waiting.findIndex((other) => other.name === name) === i,
  );
  const users = others.filter(({ name }) => !victims.some((victim) => victim.name === name));
  return { users: first === undefined ? [] : [first, ...users], victims };
}

/** When it was seen, cut to the axis; null where that is not told, or it was over before. */
export function rangeOfFinding(
  { since, until, isPast }: Pick<Finding, 'since' | 'until' | 'isPast'>,
  axis: Axis | null,
): Range | null {
  if (axis === null || since === null || isPast) return null;
  const from = Math.max(axis.from, since);
  const to = Math.min(axis.to, until ?? axis.to);
  return to > from ? { from: round(from), to: round(to) } : null;
}

/** `, 21:00:17 to 21:00:24`, by the ends that the page has; `, since 21:00:17` of a moment; empty where no time is known. */
export function whenText(finding: Finding, capture: Capture): string {
  const { since, until } = finding;
  if (since === null) return '';
  const range = rangeOfFinding(finding, axisOf(capture)) ?? { from: round(since), to: round(until ?? since) };
  const clock = hostClock(capture);
  const [from, to] = [hostTime(range.from, clock, 0), until === null ? null : hostTime(range.to, clock, 0)];
  return to === null || to === from ? `, since ${from}` : `, ${from} to ${to}`;
}

const DAY = 86_400;

/** When it was, where that was before the axis: `15:52:51 (before the capture)`, with the day where that was another; else null. */
export function beforeText({ since, until }: Pick<Finding, 'since' | 'until'>, capture: Capture): string | null {
  const last = until ?? since;
  if (last === null || last > 0) return null;
  const clock = hostClock(capture);
  if (clock === null) return `${durationText(-last)} before the capture`;
  const day = last < -DAY && clock.dated !== false ? `${calendarDay(clock.started + clock.utcOffset + last)} ` : '';
  return `${day}${hostTime(last, clock, 0)} (before the capture)`;
}

/** Whether it lasted for nearly all of the time there is: then there is no rest to compare it with. */
export function isThroughout({ from, to }: Range, axis: Axis): boolean {
  return to - from > 0.9 * (axis.to - axis.from);
}

function round(at: number): number {
  return Math.round(at * 1000) / 1000;
}

/** `21:00:17 – 21:00:24`, with the tenths where it was short. */
export function rangeText({ from, to }: Range, clock: HostClock | null): string {
  const decimals = to - from < 3 ? 1 : 0;
  return `${hostTime(from, clock, decimals)} – ${hostTime(to, clock, decimals)}`;
}

export function lengthText({ from, to }: Range): string {
  return durationText(to - from);
}

/** The stacks that tell of a finding, by the dataset's index, and the process they are narrowed to; null where there are none. */
export function stacksOfFinding(
  group: FindingGroup,
  { datasets }: Pick<Capture, 'datasets'>,
  axis: Axis | null,
): { dataset: number; comm: string | null } | null {
  const { finding } = group;
  const cited = finding.evidence.find(({ drawn }) => drawn && datasets[drawn.dataset]?.shape === 'stacks')?.drawn;
  const sampled = (dataset: Capture['datasets'][number]): dataset is Stacks =>
    dataset.shape === 'stacks' && dataset.profile.samples !== null && axis !== null && isOnAxis(dataset, axis);
  const onCpu = datasets.findIndex((dataset) => sampled(dataset) && !isOfWaits(dataset.kind));
  const dataset = cited?.dataset ?? onCpu;
  const stacks = datasets[dataset];
  if (stacks?.shape !== 'stacks') return null;
  const { users, victims } = whoOf(group);
  const wanted = isOfWaits(stacks.kind) ? [...victims, ...users] : [...users, ...victims];
  const comms = new Set(stacks.profile.threads.map(({ comm }) => comm));
  return { dataset, comm: wanted.find(({ name }) => comms.has(name))?.name ?? null };
}
