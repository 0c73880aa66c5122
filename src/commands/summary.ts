/** The summary in the terminal: what was found first, then what it rests on. Made to be read in ten seconds. */

import { bytesText, commas, counted, durationText, percent, secondsPer } from '../datasets/amounts.ts';
import { type Capture, hostOf } from '../datasets/capture.ts';
import { aloneOf, conclusionOf, type Finding, foundOf, stepText, under } from '../datasets/finding.ts';
import { totalWeight } from '../datasets/fold.ts';
import { groupsOf } from '../datasets/groups.ts';
import { maskedText } from '../datasets/masking.ts';
import { weightByRoot } from '../datasets/profile-functions.ts';
import { withoutIdle } from '../datasets/profile-map.ts';
import { isOfWaits, type Stacks } from '../datasets/shapes.ts';
import type { Assessment } from '../findings/index.ts';
import { selfWeights } from '../render/flame/functions.ts';
import { PLAIN_FLAME } from '../render/flame/view.ts';
import { viewed } from '../render/flame/viewed.ts';
import { axisOf } from '../render/report/axis.ts';
import { opened } from '../render/report/collector.ts';
import { whenText } from '../render/report/finding-view.ts';
import { printedWindow } from '../render/report/printed-window.ts';
import { endingText } from '../render/report/run-text.ts';
import { isOnlyStacks, sampledText } from '../render/report/sampled-text.ts';
import { shownOnLine } from '../render/shown.ts';
import { calendarDay, clockTime, zoneName } from '../render/when.ts';
import { unreadToolText } from './unread-tools.ts';
import { useLines } from './use-lines.ts';

/** More of a kind than this are counted, not listed: all of them are in the report. */
const LISTED = 5;
const NAME_WIDTH = 11;

/**
 * The lines of the summary, without line ends and not yet made safe for a terminal.
 *
 * @param width characters of a line of the table of resources; sentences wrap by themselves
 */
export function summaryLines(capture: Capture, { findings, use }: Assessment, width = 120): string[] {
  return [
    ...hostLines(capture),
    // What did not arrive is judged by nobody.
    ...list('damaged', capture.damage),
    '',
    ...observerLines(findings),
    ...busyLines(capture),
    ...useLines(use, width),
    ...findingLines(capture, findings),
    '',
    ...profileLines(capture),
    ...capturedLines(capture),
  ];
}

function hostLines(capture: Capture): string[] {
  const { manifest } = capture;
  if (manifest === null) return looseLines(capture);
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

/** Whose capture it is, of when, and how long: `db1, 2026-11-19 14:03:20 UTC, 30 s`. */
export function capturedText(capture: Capture): string {
  const [first = ''] = hostLines(capture);
  return first.replace(/ {2}/, ' ');
}

/** Whose files they are and how long they look back, as far as they tell. */
function looseLines(capture: Capture): string[] {
  const host = hostOf(capture);
  const axis = axisOf(capture);
  const span = axis === null || axis.to - axis.from < 1 ? null : durationText(axis.to - axis.from);
  const whose = host === null ? 'host unknown' : shownOnLine(host.hostname);
  const facts = [
    host === null || host.kernel === '' ? null : `kernel ${host.kernel}`,
    host === null || host.cpus === null ? null : counted(host.cpus, 'CPU'),
    printedWindow(capture),
    span,
  ];
  return [`${shownOnLine(capture.name)}: ${[whose, ...facts].filter((fact) => fact !== null).join(', ')}; no manifest`];
}

function findingLines(capture: Capture, findings: readonly Finding[]): string[] {
  const roots = foundOf(findings).filter(({ cause }) => cause === null);
  const lines = roots.flatMap((root) => rootLines(capture, findings, root));
  const conclusion = conclusionOf(findings);
  return [
    ...(conclusion === null ? [] : [entry('findings', conclusion)]),
    ...lines,
    ...list(
      'near',
      aloneOf(findings, 'near').map(({ title }) => title),
    ),
    ...list(
      'ruled out',
      aloneOf(findings, 'ruled-out').map(({ title }) => title),
    ),
    ...notKnownLines(capture, aloneOf(findings, 'not-known')),
  ];
}

/** A finding, what follows from it, what else was looked at, and what to run next. */
function rootLines(capture: Capture, findings: readonly Finding[], root: Finding): string[] {
  const { symptoms, beside } = under(findings, root);
  return [
    entry(root.isPast ? 'past' : root.severity, `${root.title}${whenText(root, capture)}`),
    ...symptoms.map(({ title }) => entry('', `- ${title}`)),
    ...(beside.length === 0
      ? []
      : [
          entry(
            '',
            `also looked at: ${some(
              beside.map(({ title }) => title),
              '; ',
            )}`,
          ),
        ]),
    ...nextLines(root),
  ];
}

/** What to do next for a finding, below what follows from it: a command by itself on its line can be copied. */
function nextLines({ next }: Finding): string[] {
  return next.map((step) => entry('', `next: ${stepText(step)}`));
}

/** Of a profile alone nobody asks what else it does not tell. */
function notKnownLines(capture: Capture, findings: readonly Finding[]): string[] {
  if (!isOnlyStacks(capture) || findings.length <= LISTED) return list('not known', byReason(findings));
  return [
    entry('not known', `${findings.length} checks: only stacks were captured; coldflame collect captures the rest`),
  ];
}

/** What is not known, by what would have to be there. */
function byReason(findings: readonly Finding[]): string[] {
  return [...groupsOf(findings, ({ reason }) => reason)].map(
    ([reason, group]) =>
      `${reason}: ${some(
        group.map(({ title }) => title),
        '; ',
      )}`,
  );
}

/** The first three, and how many more there are. */
function some(items: readonly string[], between: string): string {
  const rest = items.length - 3;
  return `${items.slice(0, 3).join(between)}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** What the capture itself cost, where it is a large part of what was seen: said before all else. */
function observerLines(findings: readonly Finding[]): string[] {
  const cost = foundOf(findings).find(({ rule }) => rule === 'collector-cost');
  return cost === undefined
    ? []
    : [entry('note', `${cost.title}: the figures of the CPUs have that in them. ${cost.detail}`), ''];
}

/** How busy the CPUs were, by a profile alone. */
function busyLines(capture: Capture): string[] {
  const text = sampledText(capture);
  return text === null ? [] : [entry('samples', text), ''];
}

function profileLines({ datasets, manifest }: Capture): string[] {
  const lines = datasets
    .filter((dataset) => dataset.shape === 'stacks')
    .map((stacks) => (isOfWaits(stacks.kind) ? waitsLine(stacks, manifest) : profileLine(stacks)));
  const shown = lines.slice(0, LISTED);
  return lines.length > LISTED ? [...shown, entry('', `and ${counted(lines.length - LISTED, 'more profile')}`)] : shown;
}

function profileLine({ profile, unit, title, tool }: Stacks): string {
  const total = totalWeight(profile);
  const busy = withoutIdle(profile);
  const idle = total - totalWeight(busy);
  const busyOnly = idle === 0 ? '' : `, ${percent(idle, total, 0)} of it idle CPUs`;
  const rest = idle === 0 ? '' : ' of the rest';
  const top = heaviestText(selfWeights(busy), total - idle, `on top${rest}`);
  return entry(tool, `${title}: ${amountOf(total, unit)}${busyOnly}${top}`);
}

/** Off CPU every stack ends in the scheduler: whose it is tells more, and what collects waits most of its time. */
function waitsLine(stacks: Stacks, manifest: Capture['manifest']): string {
  const { stacks: shown, isCollectors } = opened(stacks, manifest);
  const { profile, hidden } = viewed(shown.profile, PLAIN_FLAME, null, isCollectors);
  const total = totalWeight(profile);
  const without = hidden.some(({ weight }) => weight > 0) ? ' without the collector’s own processes' : '';
  const most = heaviestText(weightByRoot(profile), total, 'most of');
  return entry(stacks.tool, `${stacks.title}: ${amountOf(total, stacks.unit)}${without}${most}`);
}

function amountOf(weight: number, unit: string): string {
  const second = secondsPer(unit);
  return second === null ? `${commas(weight)} ${unit}` : durationText(weight * second);
}

function heaviestText(heaviest: readonly [string, number][], of: number, where: string): string {
  const top = heaviest.slice(0, 3).map(([name, weight]) => `${name.slice(0, 60)} ${percent(weight, of, 0)}`);
  return top.length === 0 ? '' : `; ${where} ${top.join(', ')}`;
}

function capturedLines({ manifest, sources, aside = [], masking }: Capture): string[] {
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
      unknown.map(
        (source) => `${source.name}: ${unreadToolText(source) ?? 'format not recognized: shown as text, not analyzed'}`,
      ),
    ),
    ...(masked === null ? [] : [entry('masked', masked)]),
    ...(aside.length === 0 ? [] : [entry('aside', asideText(aside))]),
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

/** How many files were left, and the first of them; `-v` tells all. */
function asideText(names: readonly string[]): string {
  const few = names.slice(0, LISTED).join(', ');
  const all = names.length > LISTED ? `${few} and ${commas(names.length - LISTED)} more (-v lists them)` : few;
  return `${counted(names.length, 'file')} of no known tool, not kept: ${all}`;
}

/** The name once, its items under one another. */
function list(name: string, items: readonly string[]): string[] {
  const shown = items.slice(0, LISTED).map((item, i) => entry(i === 0 ? name : '', item));
  return items.length > LISTED ? [...shown, entry('', `and ${items.length - LISTED} more`)] : shown;
}

function entry(name: string, text: string): string {
  return `${shownOnLine(name).slice(0, NAME_WIDTH).padEnd(NAME_WIDTH)} ${shownOnLine(text).slice(0, 400)}`;
}
