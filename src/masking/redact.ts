/**
 * A capture for eyes outside: hosts, users, addresses, homes, arguments, literals of queries and containers under pseudonyms.
 * Two passes: names are met first, wherever a tool or its text tells them, and then replaced everywhere. What cannot be told
 * (lines that no grammar read, text of no known tool) is left out.
 */

import { type Capture, hostOf, type Run, type Source } from '../datasets/capture.ts';
import { cellOf, rowCount } from '../datasets/cells.ts';
import type { Redaction } from '../datasets/masking.ts';
import type { Events } from '../datasets/shapes.ts';
import { type Holding, holdingOf } from '../tools/private.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { Redactor } from './redact-text.ts';
import { mapStrings, type Place } from './strings.ts';

/** What stands for a line that was left out. */
export const LEFT_OUT = '[left out by --redact]';
/** Examples of what was kept. */
const MOST_KEPT = 20;
/** Columns whose cells are replaced in the raw text too, by their own words. */
const IN_RAW: ReadonlySet<Holding> = new Set(['argument', 'query', 'container', 'host', 'user']);
/** Fields with words of ours or of the kernel's. */
const OURS = new Set(
  'shape kind clock unit type role grammar tool via outcome arch kernel zone os column english key-name status cumulative'.split(
    ' ',
  ),
);

/** Replaces names in the capture, which is changed. The pseudonyms remember what they stand for. */
export function redactCapture(capture: Capture, names: Pseudonyms): Redaction {
  const redactor = new Redactor(names);
  learn(capture, redactor);
  const incomplete = leaveOut(capture);
  const rows = rawRows(capture, redactor);
  for (const [i, source] of capture.sources.entries()) source.raw = redactedRaw(source, rows[i] ?? new Map(), redactor);
  const groups = groupsIn(capture.manifest?.runs ?? []);
  mapStrings(capture, (text, place) => redacted(text, place, redactor, groups));
  const leftOut = incomplete.map((i) => (capture.sources[i] as Source).name);
  const redaction: Redaction = { names: names.counts(), leftOut, kept: keptIn(capture) };
  const secrets = capture.masking?.secrets ?? [];
  capture.masking = {
    secrets: secrets.map((secret) => ({ ...secret, source: redactor.text(secret.source) })),
    redaction,
  };
  return redaction;
}

function redacted(text: string, { of, field, tool }: Place, redactor: Redactor, groups: ReadonlySet<string>): string {
  if (field === 'raw' || OURS.has(field) || (of === 'series' && field === 'name')) return text;
  // A source's run is one of the manifest's: met twice.
  if (field === 'command' && (of === 'manifest' || of === 'source')) return recipe(text, redactor, groups);
  if (field === 'frame' || field === 'module') return redactor.frame(text);
  return redactor.cell(text, holdingOf(field, tool));
}

/** What the capture tells of hosts and users. */
function learn(capture: Capture, redactor: Redactor): void {
  const { datasets } = capture;
  const named = [hostOf(capture)?.hostname, ...capture.sources.map(({ host }) => host)];
  for (const host of named) if (host !== undefined) redactor.learnHost(host);
  for (const dataset of datasets) {
    if (dataset.shape === 'events')
      for (const [i, { name }] of dataset.columns.entries()) {
        const holding = holdingOf(name, dataset.tool);
        const texts = dataset.cells[i]?.texts ?? [];
        for (const text of texts) redactor.learn(text, holding);
      }
    for (const labels of labelsOf(dataset))
      for (const [name, value] of Object.entries(labels)) redactor.learn(value, holdingOf(name, dataset.tool));
  }
  mapStrings(capture, (text, { field }) => {
    if (field !== 'frame' && field !== 'module') redactor.learnFrom(text);
    return text;
  });
}

function labelsOf(dataset: Capture['datasets'][number]): readonly Record<string, string>[] {
  if (dataset.shape === 'series') return dataset.metrics.map(({ labels }) => labels);
  return dataset.shape === 'histogram' ? dataset.labels : [];
}

/** Drops what nobody can tell the meaning of; returns which sources lost something. */
function leaveOut(capture: Capture): number[] {
  const leftOut: number[] = [];
  for (const [i, source] of capture.sources.entries()) {
    const isUnknown = source.grammar === 'text';
    if (source.unreadCount > 0 || isUnknown) leftOut.push(i);
    // The listing of unread lines may end before they do.
    if (isUnknown || source.unreadCount > source.unread.length) source.raw = null;
  }
  for (const dataset of capture.datasets)
    if (dataset.shape === 'text') dataset.lines = dataset.lines.map((line) => (line.trim() === '' ? line : LEFT_OUT));
  return leftOut;
}

/** By source and line, the cells that stand in it and what becomes of them; null for a line that is left out. */
type RawRows = Map<number, [string, string][] | null>;

function rawRows(capture: Capture, redactor: Redactor): RawRows[] {
  const rows: RawRows[] = capture.sources.map(({ unread }) => new Map(unread.map(({ line }) => [line, null])));
  for (const source of capture.sources) for (const each of source.unread) each.text = LEFT_OUT;
  for (const dataset of capture.datasets)
    if (dataset.shape === 'events') addRows(dataset, rows[dataset.source] as RawRows, redactor);
  return rows;
}

function addRows(events: Events, rows: RawRows, redactor: Redactor): void {
  for (const [i, { name }] of events.columns.entries()) {
    const holding = holdingOf(name, events.tool);
    if (holding === undefined || !IN_RAW.has(holding)) continue;
    for (let row = 0; row < rowCount(events); row++) {
      const cell = cellOf(events.cells[i] as Events['cells'][number], row);
      if (typeof cell !== 'string') continue;
      const line = events.lines[row] as number;
      const cells = rows.get(line);
      if (cells === null) continue;
      rows.set(line, [...(cells ?? []), [cell, redactor.cell(cell, holding)]]);
    }
  }
}

function redactedRaw({ raw, firstLine = 1 }: Source, rows: RawRows, redactor: Redactor): string | null {
  if (raw === null) return null;
  const lines = raw.split('\n');
  for (const [line, cells] of rows) {
    const text = lines[line - firstLine];
    if (text !== undefined) lines[line - firstLine] = cells === null ? LEFT_OUT : withCells(text, cells);
  }
  return redactor.text(lines.join('\n'));
}

/** The line with its cells replaced; one that holds a cell in other words than were printed is left out. */
function withCells(text: string, cells: readonly [string, string][]): string {
  let line = text;
  for (const [original, replacement] of [...cells].sort((a, b) => b[0].length - a[0].length)) {
    if (original === replacement) continue;
    const at = line.lastIndexOf(original);
    if (at < 0) return LEFT_OUT;
    line = line.slice(0, at) + replacement + line.slice(at + original.length);
  }
  return line;
}

// /sys/fs/cgroup/unified/shop.slice/api
const GROUP = /^\/sys\/fs\/cgroup(?:\/unified)?(\/.+)$/;

/** The control groups that the capture was narrowed to, as recipes name them elsewhere: `/shop.slice/api`. */
function groupsIn(runs: readonly Run[]): Set<string> {
  const words = runs.flatMap(({ command }) => command.split(' '));
  return new Set(words.flatMap((word) => GROUP.exec(word)?.[1] ?? []));
}

/** A command of the catalogue stays. `collect -- COMMAND` stands behind the name of the file that gives it its environment. */
function recipe(command: string, redactor: Redactor, groups: ReadonlySet<string>): string {
  const [ours = '', users] = command.split(/(?<=surroundings) /);
  const words = ours.split(' ').map((word) => {
    const isGroup = GROUP.test(word) || groups.has(word) || groups.has(`/${word}`);
    return isGroup ? redactor.cell(word, 'container') : redactor.text(word);
  });
  return [...words, ...(users === undefined ? [] : [redactor.cell(users, 'argument')])].join(' ');
}

/** What was kept and may be a name all the same: processes, paths, words with a number behind them. */
function keptIn(capture: Capture): Redaction['kept'] {
  const processes = new Set<string>();
  const paths = new Set<string>();
  const words = new Set<string>();
  mapStrings(capture, (text, { field }) => {
    if (field === 'comm' || /COMM$|^COMMAND$|^Command$/.test(field)) processes.add(text);
    if (field === 'raw') return text;
    for (const [path] of text.matchAll(/\/(?:srv|opt|data|mnt|var\/(?:lib|www)|app|apps)\/[\w./-]{1,80}/g))
      add(paths, path);
    if (field !== 'frame' && !OURS.has(field))
      for (const [word] of text.matchAll(
        /(?<![\w./-])(?!net\d|host-|user-|path-|arg-|text-|container-)[a-z]{2,}(?:-[a-z]{2,})*-?\d{1,4}(?![\w./-])/g,
      ))
        add(words, word);
    return text;
  });
  const some = (all: Iterable<string>) =>
    [...all]
      .filter((each) => each !== '')
      .sort()
      .slice(0, MOST_KEPT);
  return { processes: some(processes), paths: some(paths), words: some(words) };
}

function add(set: Set<string>, text: string): void {
  if (set.size < 10_000) set.add(text);
}
