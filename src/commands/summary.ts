/** The summary in the terminal: what was found first, then what it rests on. Made to be read in ten seconds. */

import { bytesText, commas, counted, durationText, secondsPer } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import { type Finding, foundOf, isCommand, stepText, type VerdictName } from '../datasets/finding.ts';
import { totalWeight } from '../datasets/fold.ts';
import { maskedText } from '../datasets/masking.ts';
import { weightByRoot } from '../datasets/profile-functions.ts';
import { withoutIdle } from '../datasets/profile-map.ts';
import { type Dataset, isOfWaits } from '../datasets/shapes.ts';
import { selfWeights } from '../render/flame/functions.ts';
import { endingText } from '../render/report/run-text.ts';
import { shownOnLine } from '../render/shown.ts';
import { calendarDay, clockTime, hostTime, zoneName } from '../render/when.ts';

/** More of a kind than this are counted, not listed: all of them are in the report. */
const LISTED = 5;
const NAME_WIDTH = 11;

/** The lines of the summary, without line ends and not yet made safe for a terminal. */
export function summaryLines(capture: Capture, findings: readonly Finding[]): string[] {
  return [
    ...hostLines(capture),
    '',
    ...findingLines(capture, findings),
    '',
    ...profileLines(capture.datasets),
    ...capturedLines(capture),
  ];
}

function hostLines({ manifest, name }: Capture): string[] {
  if (manifest === null) return [`${shownOnLine(name)}: output without a capture's manifest`];
  const { host, started, ended, utcOffset } = manifest;
  const zone = zoneName(manifest);
  const utc = utcOffset === 0 ? '' : ` (${clockTime(started)} UTC)`;
  const facts = [
    host.os,
    `kernel ${host.kernel}`,
    host.cpus === null ? null : counted(host.cpus, 'CPU'),
    host.memoryBytes === null ? null : bytesText(host.memoryBytes),
  ];
  return [
    `${shownOnLine(host.hostname)}  ${calendarDay(started + utcOffset)} ${clockTime(started + utcOffset)} ${utcOffset === 0 ? 'UTC' : zone}${utc}, ${durationText(ended - started)}`,
    shownOnLine(facts.filter(Boolean).join(', ')),
  ];
}

function findingLines(capture: Capture, findings: readonly Finding[]): string[] {
  const found = foundOf(findings);
  const titles = (verdict: VerdictName): string[] =>
    findings.filter((finding) => finding.verdict === verdict).map(({ title }) => title);
  const lines = found.flatMap((finding, i): string[] => {
    const { severity, title, since, cause } = finding;
    const when = since === null ? '' : `, since ${hostTime(since, capture.manifest, 0)}`;
    const line = cause === null ? entry(severity, `${title}${when}`) : entry('', `- ${title}`);
    const isLast = (found[i + 1]?.cause ?? null) === null;
    return isLast ? [line, ...nextLine(found.slice(0, i + 1).findLast((above) => above.cause === null))] : [line];
  });
  if (found.length === 0) lines.push(entry('findings', 'no rule found evidence of a problem'));
  return [...lines, ...list('ruled out', titles('ruled-out')), ...list('not known', titles('not-known'))];
}

/** What to run next for a finding, below what follows from it. */
function nextLine(finding: Finding | undefined): string[] {
  const steps = finding?.next.filter(isCommand).map(stepText) ?? [];
  return steps.length === 0 ? [] : [entry('', `next: ${steps.join('; ')}`)];
}

function profileLines(datasets: readonly Dataset[]): string[] {
  const lines = datasets.flatMap(profileLine);
  const shown = lines.slice(0, LISTED);
  return lines.length > LISTED ? [...shown, entry('', `and ${counted(lines.length - LISTED, 'more profile')}`)] : shown;
}

function profileLine(dataset: Dataset): string[] {
  if (dataset.shape !== 'stacks') return [];
  const { profile, unit, title, tool, kind } = dataset;
  const total = totalWeight(profile);
  const busy = withoutIdle(profile);
  const idle = total - totalWeight(busy);
  // Off CPU every stack ends in the scheduler: whose it is tells more.
  const [where, heaviest] = isOfWaits(kind) ? ['most of', weightByRoot(profile)] : ['on top', selfWeights(busy)];
  const share = (weight: number, of: number): string => `${((100 * weight) / of).toFixed(0)}%`;
  const top = heaviest.slice(0, 3).map(([name, weight]) => `${name.slice(0, 60)} ${share(weight, total - idle)}`);
  const second = secondsPer(unit);
  const all = second === null ? `${commas(total)} ${unit}` : durationText(total * second);
  const busyOnly = idle === 0 ? '' : `, ${share(idle, total)} of it idle CPUs`;
  const rest = idle === 0 ? '' : ' of the rest';
  return [entry(tool, `${title}: ${all}${busyOnly}${top.length === 0 ? '' : `; ${where}${rest} ${top.join(', ')}`}`)];
}

function capturedLines({ manifest, sources, damage, masking }: Capture): string[] {
  const masked = masking === undefined ? null : maskedText(masking);
  const lines = sources.reduce((sum, source) => sum + source.lines, 0);
  const runs = manifest?.runs ?? [];
  const troubled = runs.filter(({ outcome }) => outcome === 'failed' || outcome === 'cut');
  const absent = runs.filter(({ outcome }) => outcome === 'missing' || outcome === 'skipped');
  const unread = sources.filter(({ unreadCount }) => unreadCount > 0);
  const unknown = sources.filter(
    ({ grammar, run, lines: printed }) => grammar === 'text' && run === null && printed > 0,
  );
  return [
    entry('read', `${counted(sources.length, 'file')}, ${counted(lines, 'line')}`),
    ...list(
      'as text',
      unknown.map(({ name }) => `${name}: of no tool that is known: shown, not judged`),
    ),
    ...(masked === null ? [] : [entry('masked', masked)]),
    ...list('damaged', damage),
    ...list(
      'failed',
      troubled.map((run) => `${run.tool}: ${endingText(run)}`),
    ),
    ...list(
      'not there',
      absent.map((run) => `${run.tool}: ${endingText(run)}`),
    ),
    ...list(
      'unread',
      unread.map(({ name, unreadCount }) => `${name}: ${counted(unreadCount, 'line')}`),
    ),
  ];
}

/** The name once, its items under one another. */
function list(name: string, items: readonly string[]): string[] {
  const shown = items.slice(0, LISTED).map((item, i) => entry(i === 0 ? name : '', item));
  return items.length > LISTED ? [...shown, entry('', `and ${items.length - LISTED} more`)] : shown;
}

function entry(name: string, text: string): string {
  return `${shownOnLine(name).slice(0, NAME_WIDTH).padEnd(NAME_WIDTH)} ${shownOnLine(text).slice(0, 400)}`;
}
