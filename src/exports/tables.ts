/**
 * A capture as rows of tables that a query engine joins: what docs/fleet.md describes. A table of many captures is the same
 * table of each, laid side by side.
 */
import { createHash } from 'node:crypto';
import { groupsIn } from '../datasets/buckets.ts';
import type { Capture } from '../datasets/capture.ts';
import { cellOf, rowCount } from '../datasets/cells.ts';
import { timeAt } from '../datasets/columns.ts';
import { itemsIn } from '../datasets/counts.ts';
import type { Finding, Subject } from '../datasets/finding.ts';
import { stackPath } from '../datasets/fold.ts';
import { FrameKind } from '../datasets/profile.ts';
import { functionWeights } from '../datasets/profile-functions.ts';
import type { Column, Counts, Dataset, Events, Histogram, Series, Stacks } from '../datasets/shapes.ts';
import { version } from '../generated/version.ts';
import { toJson } from './json.ts';

/** Raised when a column changes its name, type or meaning; a new column raises nothing. */
export const TABLES_VERSION = 1;

export type ColumnType = 'text' | 'double' | 'integer' | 'boolean' | 'time';
type Value = string | number | boolean | null;

/** The columns of each table. Times (`time`) are Unix seconds here, null where the capture tells no wall clock. */
export const TABLES = {
  captures: {
    schema_version: 'integer',
    coldflame_version: 'text',
    name: 'text',
    started: 'time',
    ended: 'time',
    seconds: 'double',
    kernel: 'text',
    cpus: 'integer',
    memory_bytes: 'double',
    files: 'integer',
    unread_lines: 'integer',
    damage: 'text',
  },
  hosts: { fact: 'text', value: 'text' },
  signals: {
    signal: 'text',
    subject_kind: 'text',
    subject: 'text',
    unit: 'text',
    tool: 'text',
    at: 'double',
    time: 'time',
    seconds: 'double',
    value: 'double',
  },
  metrics: {
    tool: 'text',
    title: 'text',
    metric: 'text',
    labels: 'text',
    unit: 'text',
    since_boot: 'boolean',
    at: 'double',
    time: 'time',
    value: 'double',
  },
  events: {
    tool: 'text',
    title: 'text',
    at: 'double',
    time: 'time',
    process: 'text',
    pid: 'integer',
    duration: 'double',
    duration_unit: 'text',
    fields: 'text',
  },
  counts: { tool: 'text', title: 'text', unit: 'text', key: 'text', at: 'double', time: 'time', value: 'double' },
  histograms: {
    tool: 'text',
    title: 'text',
    unit: 'text',
    labels: 'text',
    cumulative: 'boolean',
    at: 'double',
    time: 'time',
    low: 'double',
    high: 'double',
    count: 'double',
  },
  stacks: {
    profile: 'integer',
    tool: 'text',
    event: 'text',
    kind: 'text',
    unit: 'text',
    stack_id: 'integer',
    stack: 'text',
    leaf: 'text',
    depth: 'integer',
    weight: 'double',
  },
  frames: {
    profile: 'integer',
    tool: 'text',
    event: 'text',
    kind: 'text',
    unit: 'text',
    name: 'text',
    frame_kind: 'text',
    module: 'text',
    self: 'double',
    total: 'double',
  },
  samples: {
    profile: 'integer',
    event: 'text',
    unit: 'text',
    stack_id: 'integer',
    at: 'double',
    time: 'time',
    weight: 'double',
    comm: 'text',
    pid: 'integer',
    tid: 'integer',
    cpu: 'integer',
  },
  findings: {
    rule: 'text',
    verdict: 'text',
    severity: 'text',
    subsystem: 'text',
    subject_kind: 'text',
    subject: 'text',
    title: 'text',
    reason: 'text',
    confidence: 'text',
    cause: 'text',
    signal: 'text',
    stat: 'text',
    value: 'double',
    unit: 'text',
    since: 'double',
    until: 'double',
  },
} as const satisfies Record<string, Record<string, ColumnType>>;

export type TableName = keyof typeof TABLES;
type Row<T extends TableName> = { [C in keyof (typeof TABLES)[T]]: Value };
/** The values of a table, column by column. */
export type TableColumns = Map<string, Value[]>;

/** What tells a capture from all others: when it began, where, and what is in it. Nothing of it is the file's name. */
export interface Partition {
  /** `2026-11-30` in UTC, or `unknown`. */
  date: string;
  host: string;
  /** `20261120T200005Z-1f0c2d3e` */
  capture: string;
}

export function partitionOf(capture: Capture): Partition {
  const { manifest, sources } = capture;
  const told = JSON.stringify([manifest, sources.map(({ name, lines, read, noise }) => [name, lines, read, noise])]);
  const hash = createHash('sha256').update(told);
  if (manifest === null) {
    // Two files of one name and as many lines are told apart by what they say.
    for (const text of toJson(capture, { samples: false })) hash.update(text);
    return { date: 'unknown', host: 'unknown', capture: hash.digest('hex').slice(0, 16) };
  }
  const digest = hash.digest('hex').slice(0, 8);
  const iso = new Date(manifest.started * 1000).toISOString();
  const moment = iso.replace(/\.\d+|[-:]/g, '');
  return { date: iso.slice(0, 10), host: manifest.host.hostname || 'unknown', capture: `${moment}-${digest}` };
}

/** A signal of one thing over time, as one table of one tool told it, in the unit of the signal. */
export interface SignalRows {
  signal: string;
  unit: string;
  subject: Subject;
  /** The place of the dataset that told it. */
  dataset: number;
  values: Float64Array;
  /** When each interval ended, and how long it was; NaN where that is not known. */
  at: Float64Array;
  seconds: Float64Array;
}

/** What is told of a capture beside itself. */
export interface Judged {
  findings: readonly Finding[];
  signals: readonly SignalRows[];
}

/** @returns each table with its columns, the empty ones too: an engine wants to know what could be in them */
export function tablesOf(capture: Capture, { findings, signals }: Judged): Map<TableName, TableColumns> {
  const tables = new Tables(capture);
  for (const each of signals) tables.addSignal(each);
  tables.addCapture();
  for (const [i, dataset] of capture.datasets.entries()) tables.addDataset(dataset, i);
  for (const finding of findings) tables.addFinding(finding);
  return tables.columns;
}

class Tables {
  readonly columns: Map<TableName, TableColumns>;
  private readonly capture: Capture;

  constructor(capture: Capture) {
    this.capture = capture;
    const names = Object.keys(TABLES) as TableName[];
    this.columns = new Map(names.map((name) => [name, new Map(Object.keys(TABLES[name]).map((key) => [key, []]))]));
  }

  private add<T extends TableName>(table: T, row: Row<T>): void {
    for (const [name, values] of this.columns.get(table) as TableColumns)
      values.push((row as Record<string, Value>)[name] ?? null);
  }

  /** The wall clock at a time of the dataset. */
  private timeOf({ clock }: Dataset, at: number | null): number | null {
    const { manifest } = this.capture;
    return at === null || manifest === null || clock !== 'capture' ? null : manifest.started + at;
  }

  addCapture(): void {
    const { name, manifest, sources, damage } = this.capture;
    const host = manifest?.host;
    this.add('captures', {
      schema_version: TABLES_VERSION,
      coldflame_version: version,
      name: name.slice(name.lastIndexOf('/') + 1),
      started: manifest?.started ?? null,
      ended: manifest?.ended ?? null,
      seconds: manifest === null ? null : manifest.ended - manifest.started,
      kernel: host?.kernel ?? null,
      cpus: host?.cpus ?? null,
      memory_bytes: host?.memoryBytes ?? null,
      files: sources.length,
      unread_lines: sources.reduce((sum, { unreadCount }) => sum + unreadCount, 0),
      damage: damage.length === 0 ? null : damage.join('\n'),
    });
    const { facts = {}, disks: _, ...told } = host ?? {};
    for (const [fact, value] of Object.entries({ ...told, ...facts }))
      if (value !== null && value !== '') this.add('hosts', { fact, value: String(value) });
  }

  addDataset(dataset: Dataset, number: number): void {
    // Nobody knows what a text says.
    if (dataset.shape === 'stacks') this.addStacks(dataset, number);
    else if (dataset.shape === 'histogram') this.addHistogram(dataset);
    else if (dataset.shape === 'events') this.addEvents(dataset);
    else if (dataset.shape === 'counts') this.addCounts(dataset);
    else if (dataset.shape === 'series') this.addSeries(dataset);
  }

  private addSeries(series: Series): void {
    const { tool, title } = series;
    for (const { name, english, labels, unit, at, values, sinceBoot } of series.metrics) {
      const head = { tool, title, metric: english ?? name, labels: labelsText(labels), unit };
      for (let i = 0; i < values.length; i++) {
        const when = timeAt(at, i);
        const time = this.timeOf(series, when);
        this.add('metrics', { ...head, since_boot: i < sinceBoot, at: when, time, value: values[i] as number });
      }
    }
  }

  private addEvents(events: Events): void {
    const { tool, title, columns, cells } = events;
    const placeOf = (role: Column['role']) => columns.findIndex((column) => column.role === role);
    const [process, pid, duration] = [placeOf('process'), placeOf('pid'), placeOf('duration')];
    const cellAt = (place: number, row: number) => {
      const column = cells[place];
      return column === undefined ? null : cellOf(column, row);
    };
    for (let row = 0; row < rowCount(events); row++) {
      const at = timeAt(events.at, row);
      const name = cellAt(process, row);
      this.add('events', {
        tool,
        title,
        at,
        time: this.timeOf(events, at),
        process: name === null ? null : String(name),
        pid: numberOf(cellAt(pid, row)),
        duration: numberOf(cellAt(duration, row)),
        duration_unit: columns[duration]?.unit ?? null,
        fields: JSON.stringify(Object.fromEntries(columns.map((column, i) => [column.name, cellAt(i, row)]))),
      });
    }
  }

  private addCounts(counts: Counts): void {
    const { tool, title, unit } = counts;
    for (const { key, value, at } of itemsIn(counts))
      this.add('counts', { tool, title, unit, key: JSON.stringify(key), at, time: this.timeOf(counts, at), value });
  }

  private addHistogram(histogram: Histogram): void {
    const { tool, title, unit, cumulative } = histogram;
    for (const { labels, at, buckets } of groupsIn(histogram)) {
      const head = { tool, title, unit, labels: labelsText(labels), cumulative, at, time: this.timeOf(histogram, at) };
      for (const [low, high, count] of buckets) this.add('histograms', { ...head, low, high, count });
    }
  }

  private addStacks(stacks: Stacks, number: number): void {
    const { tool, kind, unit, profile } = stacks;
    const head = { profile: number, tool, event: stacks.event ?? tool, kind, unit };
    const { frames, self } = profile;
    const isSampled = new Set(profile.samples?.stack);
    for (let node = 0; node < self.length; node++) {
      if (self[node] === 0 && !isSampled.has(node)) continue;
      const path = stackPath(profile, node);
      const [leaf = ''] = path.slice(-1);
      const stack = path.join(';');
      this.add('stacks', { ...head, stack_id: node, stack, leaf, depth: path.length, weight: self[node] as number });
    }
    const weights = functionWeights(profile);
    for (const [i, name] of frames.names.entries()) {
      const [own, total] = [weights.self[i] as number, weights.total[i] as number];
      const told = { name, frame_kind: KIND_NAMES[frames.kinds[i] as FrameKind], module: frames.modules[i] as string };
      this.add('frames', { ...head, ...told, self: own, total });
    }
    this.addSamples(stacks, number);
  }

  private addSamples(stacks: Stacks, number: number): void {
    const { samples, threads } = stacks.profile;
    if (samples === null) return;
    const head = { profile: number, event: stacks.event ?? stacks.tool, unit: stacks.unit };
    for (let i = 0; i < samples.stack.length; i++) {
      const thread = threads[samples.thread[i] as number];
      const at = timeAt(samples.at, i);
      const cpu = samples.cpu[i] as number;
      this.add('samples', {
        ...head,
        stack_id: samples.stack[i] as number,
        at,
        time: this.timeOf(stacks, at),
        weight: samples.weight?.[i] ?? 1,
        comm: thread?.comm ?? null,
        pid: thread?.pid ?? null,
        tid: thread?.tid ?? null,
        cpu: cpu < 0 ? null : cpu,
      });
    }
  }

  addSignal({ signal, unit, subject, dataset: place, values, at, seconds }: SignalRows): void {
    const dataset = this.capture.datasets[place] as Dataset;
    const head = { signal, unit, subject_kind: subject.kind, subject: subject.name, tool: dataset.tool };
    for (const [i, value] of values.entries()) {
      const when = timeAt(at, i);
      this.add('signals', { ...head, at: when, time: this.timeOf(dataset, when), seconds: timeAt(seconds, i), value });
    }
  }

  addFinding(finding: Finding): void {
    const { rule, verdict, severity, subsystem, subject, title, reason, confidence, cause, since, until } = finding;
    const [measure] = finding.measures;
    const { signal = null, stat = null, value = null, unit = null } = measure ?? {};
    const about = { subject_kind: subject.kind, subject: subject.name };
    const judged = { rule, verdict, severity, subsystem, title, reason, confidence, cause: cause?.rule ?? null };
    this.add('findings', { ...judged, ...about, signal, stat, value, unit, since, until });
  }
}

const KIND_NAMES: Readonly<Record<FrameKind, string>> = {
  [FrameKind.user]: 'user',
  [FrameKind.kernel]: 'kernel',
  [FrameKind.jit]: 'jit',
  [FrameKind.inlined]: 'inlined',
  [FrameKind.process]: 'process',
  [FrameKind.waker]: 'waker',
  [FrameKind.delimiter]: 'delimiter',
};

/** `disk=vda`, sorted, so that the same labels are the same text. */
function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
