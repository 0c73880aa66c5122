/** The capture as Markdown to paste into a ticket: findings, key numbers, and the shape of each distribution as text. */
import { range as bucketRange, commas, durationText, percent } from '../../datasets/amounts.ts';
import { type Capture, hostClock } from '../../datasets/capture.ts';
import {
  aloneOf,
  conclusionOf,
  type Finding,
  foundOf,
  isCommand,
  type Step,
  stepText,
  under,
} from '../../datasets/finding.ts';
import { totalWeight } from '../../datasets/fold.ts';
import { groupsOf } from '../../datasets/groups.ts';
import { allBuckets, bucketTotal } from '../../datasets/percentiles.ts';
import { weightByRoot } from '../../datasets/profile-functions.ts';
import { withoutIdle } from '../../datasets/profile-map.ts';
import { type Dataset, type Histogram, isOfWaits, type Stacks } from '../../datasets/shapes.ts';
import { type UseTable, useColumns, useSigns } from '../../datasets/use.ts';
import { selfWeights } from '../flame/functions.ts';
import { shownOnLine } from '../shown.ts';
import { calendarDay, clockTime, hostTime, zoneName } from '../when.ts';
import { whenText } from './finding-view.ts';

const BAR = 24;
const TOP_FUNCTIONS = 10;
const MAX_TABLES = 8;
const MAX_BUCKETS = 24;
const MAX_LISTED = 12;
const NAME_CHARACTERS = 70;

/**
 * @param pictures names of the files beside the summary, to be named in it
 * @param mark the incident, in seconds since the capture started; null where none was marked
 * @returns Markdown in which whatever came from the host is escaped or in an indented block
 */
export function summaryMarkdown(
  capture: Capture,
  { findings, use }: { findings: readonly Finding[]; use: readonly UseTable[] },
  pictures: readonly string[],
  mark: number | null = null,
): string {
  const parts = [
    `# ${escaped(capture.manifest?.host.hostname ?? capture.name)}`,
    windowText(capture),
    ...(mark === null ? [] : [incidentText(capture, findings, mark)]),
    ...observerParts(findings),
    ...use.map((table) => useText(table, use.length > 1)),
    '## Findings',
    ...findingParts(capture, findings),
    ...tablesOf(capture.datasets),
    ...(pictures.length === 0 ? [] : ['## Beside this', pictures.map((name) => `- ${escaped(name)}`).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function windowText({ manifest, sources }: Capture): string {
  if (manifest === null) return `${sources.length} files of tool output.`;
  const { host, started, ended, utcOffset } = manifest;
  const local = started + utcOffset;
  return escaped(
    `${calendarDay(local)} ${clockTime(local)}–${clockTime(ended + utcOffset)} ${utcOffset === 0 ? 'UTC' : `${zoneName(manifest)} (${clockTime(started)} UTC)`}, ${durationText(ended - started)}. ${host.os}, kernel ${host.kernel}, ${host.cpus ?? '?'} CPUs.`,
  );
}

/** When the incident was, and what held then. */
function incidentText(capture: Capture, findings: readonly Finding[], mark: number): string {
  const then = foundOf(findings).filter(
    ({ cause, since, until }) => cause === null && since !== null && since <= mark && mark <= (until ?? since),
  );
  const found = then.length === 0 ? '' : ` Found then: ${then.map(({ title }) => escaped(title)).join('; ')}.`;
  return `**Incident at ${escaped(hostTime(mark, hostClock(capture), 0))}.**${found}`;
}

/** What the capture itself cost, where it is a large part of what was seen. */
function observerParts(findings: readonly Finding[]): string[] {
  const cost = foundOf(findings).find(({ rule }) => rule === 'collector-cost');
  return cost === undefined ? [] : [escaped(`${cost.title}. ${cost.detail}`)];
}

function useText({ host, rows }: UseTable, isOfMany: boolean): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line([isOfMany ? escaped(host ?? 'host unknown') : 'Resource', ...useColumns]),
    line(['---', ...useColumns.map(() => '---')]),
    ...rows.map(({ label, ...cells }) =>
      line(
        [label, ...useColumns.map((column) => `${useSigns[cells[column].state]} ${cells[column].text}`)].map(escaped),
      ),
    ),
  ].join('\n');
}

function findingParts(capture: Capture, findings: readonly Finding[]): string[] {
  const roots = foundOf(findings).filter(({ cause }) => cause === null);
  const conclusion = conclusionOf(findings);
  const notKnown = groupsOf(aloneOf(findings, 'not-known'), ({ reason }) => reason);
  return [
    ...(conclusion === null ? [] : [escaped(conclusion)]),
    ...(roots.length === 0 ? [] : [roots.map((root) => rootText(capture, findings, root)).join('\n')]),
    ...listed(
      'Near',
      aloneOf(findings, 'near').map(({ title }) => title),
    ),
    ...listed(
      'Ruled out',
      aloneOf(findings, 'ruled-out').map(({ title }) => title),
    ),
    ...listed(
      'Not known',
      [...notKnown].map(([reason, group]) => `${group.map(({ title }) => title).join('; ')}: ${reason}`),
    ),
  ];
}

/** A finding, what follows from it, what else was looked at, and what to do next. */
function rootText(capture: Capture, findings: readonly Finding[], root: Finding): string {
  const { severity, isPast, title, detail, confidence, next } = root;
  const { symptoms, beside } = under(findings, root);
  const facts = `${confidence} confidence${whenText(root, capture)}`;
  return [
    `- **${isPast ? 'past' : severity}**: **${escaped(title)}** (${facts})`,
    ...(detail === '' ? [] : [`  ${escaped(detail)}`]),
    ...symptoms.map((each) => `  - ${escaped(each.title)}${each.detail === '' ? '' : `\n    ${escaped(each.detail)}`}`),
    ...(beside.length === 0 ? [] : [`  - Also looked at: ${escaped(beside.map((each) => each.title).join('; '))}`]),
    ...(next.length === 0 ? [] : [`  - Next: ${next.map(stepMarkdown).join('; ')}`]),
  ].join('\n');
}

/** A command is to be copied whole; advice is prose. */
function stepMarkdown(step: Step): string {
  return isCommand(step) ? codeSpan(stepText(step), Number.POSITIVE_INFINITY) : escaped(stepText(step));
}

/** Under its name; the rest is in the report. */
function listed(name: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const rest = items.length - MAX_LISTED;
  const shown = items.slice(0, MAX_LISTED).map((item) => `- ${escaped(item)}`);
  return [`${name}:`, [...shown, ...(rest > 0 ? [`- and ${rest} more in the report`] : [])].join('\n')];
}

function tablesOf(datasets: readonly Dataset[]): string[] {
  const drawn = datasets.flatMap((dataset) => {
    if (dataset.shape === 'stacks') return [stackBars(dataset)];
    return dataset.shape === 'histogram' ? [bucketBars(dataset)] : [];
  });
  return drawn.filter((part) => part !== null).slice(0, MAX_TABLES);
}

/** Functions by what ran in them; of waits, processes by how long theirs waited. */
function stackBars({ profile, tool, title, unit, kind }: Stacks): string | null {
  const waits = isOfWaits(kind);
  const busy = waits ? profile : withoutIdle(profile);
  const rows = waits ? weightByRoot(profile) : selfWeights(busy);
  const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
  if (total === 0) return null;
  const top = rows.slice(0, TOP_FUNCTIONS);
  const most = top[0]?.[1] ?? 1;
  const lines = top.map(
    ([name, weight]) => `${percent(weight, total, 1).padStart(6)} ${bar(weight, most)} ${oneLine(name)}`,
  );
  const what = waits ? 'Whose they are' : 'What ran';
  const idle = totalWeight(profile) - totalWeight(busy);
  const more = idle === 0 ? '' : ` (${commas(idle)} more are of idle CPUs)`;
  return `### ${escaped(tool)}: ${escaped(title)}\n\n${what}, of ${commas(total)} ${escaped(unit)}${more}:\n\n${block(lines)}`;
}

function bucketBars(histogram: Histogram): string | null {
  const { tool, title, unit } = histogram;
  const buckets = allBuckets(histogram);
  const shown = buckets.filter(([, , count]) => count > 0).slice(0, MAX_BUCKETS);
  const total = bucketTotal(buckets);
  if (total === 0) return null;
  const most = shown.reduce((max, [, , count]) => Math.max(max, count), 0);
  const words = shown.map(([low, high]) => bucketRange(low, high, unit));
  const width = words.reduce((max, text) => Math.max(max, text.length), 0);
  const lines = shown.map(
    ([, , count], i) =>
      `${(words[i] as string).padStart(width)} ${bar(count, most)} ${commas(count)} (${percent(count, total, 1)})`,
  );
  return `### ${escaped(tool)}: ${escaped(title)}\n\n${block(lines)}`;
}

function bar(value: number, most: number): string {
  return '█'.repeat(Math.round((value / most) * BAR)).padEnd(BAR, '·');
}

/** An indented block: nothing in it is Markdown. */
function block(lines: readonly string[]): string {
  return lines.map((line) => `    ${line}`).join('\n');
}

/** A name on one line, cut where it is long. */
function oneLine(text: string, room = NAME_CHARACTERS): string {
  const clean = shownOnLine(text);
  return clean.length > room ? `${clean.slice(0, room - 1)}…` : clean;
}

/**
 * Text as Markdown that shows it as it is. Trackers look for mentions, numbers of issues and addresses in what was rendered,
 * where a backslash is gone: a space without width keeps those apart.
 */
export function escaped(text: string): string {
  return shownOnLine(text)
    .trim()
    .replace(/[\\`*_{}[\]<>|~&]|^[-+=#]|(?<=^\d{1,9})[.)]/g, (character) => `\\${character}`)
    .replace(/[@#!](?=\S)|:(?=\/\/)|\bwww(?=\.)/gi, (found) => `${found}&#8203;`);
}

export function codeSpan(text: string, room?: number): string {
  const clean = oneLine(text, room);
  const ticks = clean.match(/`+/g)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const fence = '`'.repeat(ticks + 1);
  return ticks === 0 ? `${fence}${clean}${fence}` : `${fence} ${clean} ${fence}`;
}
