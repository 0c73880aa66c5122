/** Tables in which each row is a wait: how many were long, how many that is a second, and whose they were. */
import type { Severity, Subject } from '../../datasets/finding.ts';
import type { SignalName } from '../../datasets/signals.ts';
import { allRows, type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import { lookOf } from '../../signals/sources.ts';
import type { EventField } from '../../tools/tool.ts';
import { tableBasis } from '../basis.ts';
import type { Part, PartKind, Test, Who } from '../facts.ts';
import { all, extentOf, percentile } from '../numbers.ts';
import type { NextStep } from '../steps.ts';
import { periodOf } from './period.ts';

/** Common to the rules that count slow rows. */
export const LEAST_ROWS = { value: 10, unit: 'in all', why: 'a rate of fewer is chance' } as const;

export interface SlowEvents {
  signal: SignalName;
  subject: Subject;
  /** Microseconds from which a row counts; such rows a second from which it is a finding; such rows in all. */
  slow: number;
  rate: number;
  least: number;
  /** What of a row tells more of whose it was. */
  parts?: readonly (readonly [EventField, PartKind])[];
  next: readonly NextStep[];
}

/** A table of waits as a test. Rows of the capture's own tools are left out. */
export function slowEvents(signals: Signals, table: EventTable, how: SlowEvents): Test {
  const rows = foreignRows(signals, table).filter((row) => table.usecs(row) !== null);
  const usecs = rows.map((row) => table.usecs(row) as number);
  const slow = rows.filter((row) => (table.usecs(row) as number) >= how.slow);
  const seconds = secondsOf(signals, table);
  const perSecond = seconds === null ? Number.NaN : slow.length / seconds;
  const worst = slow.reduce((most, row) => Math.max(most, table.usecs(row) as number), 0);
  const period = periodOf(slow.map((row) => table.at(row)).filter((at) => at !== null));
  return {
    subject: how.subject,
    distance: all(perSecond / how.rate, slow.length / how.least),
    severity: severityOfRate(perSecond / how.rate, worst),
    measures: [
      { signal: how.signal, stat: 'rate', value: perSecond },
      { signal: how.signal, stat: 'count', value: slow.length },
      { signal: how.signal, stat: 'max', value: worst },
      { signal: how.signal, stat: 'p99', value: percentile(usecs, 99) },
    ],
    basis: [tableBasis(signals, table)],
    evidence: evidenceOfRows(table, slow),
    ...timesOf(table, slow),
    who: processesOf(table, slow),
    parts: (how.parts ?? []).flatMap(([field, kind]) => partsOf(table, slow, field, kind)),
    details: {
      count: slow.length,
      of: rows.length,
      threshold: how.slow,
      ...(seconds === null ? {} : { window: seconds }),
      ...(period === null ? {} : { period }),
    },
    ...(seconds === null ? { unclear: { kind: 'no interval' } } : {}),
    next: how.next,
  };
}

function severityOfRate(distance: number, worst: number): Severity {
  return distance >= 20 && worst >= 1e6 ? 'critical' : 'warning';
}

/** The rows that are none of the capture's own tools. */
export function foreignRows({ observer }: Signals, table: EventTable): number[] {
  return allRows(table).filter((row) => !observer.isOwn(table.process(row) ?? '', table.pid(row)));
}

/** How long the tool looked: from its first row to its last, or as the manifest says; null where neither tells. */
export function secondsOf({ capture, source }: Signals, table: EventTable): number | null {
  const look = lookOf(capture, source(table.source));
  if (look !== null) return look.to - look.from;
  const times = extentOf(
    allRows(table)
      .map((row) => table.at(row))
      .filter((at) => at !== null),
  );
  return times === null || times.to <= times.from ? null : Math.max(1, times.to - times.from);
}

export function timesOf(table: EventTable, rows: readonly number[]): Pick<Test, 'since' | 'until'> {
  const times = extentOf(rows.map((row) => table.at(row)).filter((at) => at !== null));
  return { since: times?.from ?? null, until: times?.to ?? null };
}

const MOST_NAMED = 3;

/** Whose rows they are, most first. */
export function processesOf(table: EventTable, rows: readonly number[], role: Who['role'] = 'victim'): Who[] {
  const byName = [...rowsBy(rows, table.process)].filter(([name]) => name !== '');
  return byName
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(([name, own]): Who => {
      const pids = new Set(own.map((row) => table.pid(row)).filter((pid) => pid !== null));
      const [only = null] = pids;
      return {
        role,
        name,
        pid: pids.size === 1 ? only : null,
        processes: Math.max(1, pids.size),
        share: own.length / rows.length,
      };
    });
}

/** What a field of the rows holds, the most frequent first. */
export function partsOf(
  table: EventTable,
  rows: readonly number[],
  field: EventField,
  kind: PartKind,
  of: (text: string) => string = (text) => text,
): Part[] {
  if (!table.has(field) || rows.length === 0) return [];
  const groups = rowsBy(rows, (row) => {
    const text = table.text(row, field);
    return text === null ? null : of(text);
  });
  return [...groups]
    .filter(([name]) => name !== '')
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(([name, own]): Part => ({ kind, name, share: own.length / rows.length }));
}
