/** The USE method's table: utilization, saturation and errors of every resource, or what was not captured to tell. */
import type { Evidence, Severity, Subject } from './finding.ts';

export const useColumns = ['utilization', 'saturation', 'errors'] as const;
export type UseColumn = (typeof useColumns)[number];

/**
 * - a severity: a rule found something
 * - `near`: more than half of the way to a threshold
 * - `clear`: ruled out
 * - `seen`: measured, but not enough to rule it out
 * - `unknown`: not captured
 * - `none`: the resource has no such thing
 */
export type UseState = Severity | 'near' | 'clear' | 'seen' | 'unknown' | 'none';

/** The state in one character, where a number or its absence says no more. */
export const useSigns: Readonly<Record<UseState, string>> = {
  critical: '●',
  warning: '▲',
  notice: '◆',
  near: '≈',
  clear: '✓',
  seen: '○',
  unknown: '–',
  none: '',
};

export interface UseCell {
  state: UseState;
  /** `98% busy, cc1 71%`; of an unknown cell `not captured: iostat`; empty where there is none. */
  text: string;
  /** The rule whose verdict it is, where one judges it. */
  rule: string | null;
  evidence: Evidence[];
  /** Tools of the catalogue that would tell, of an unknown cell. */
  collect: readonly string[];
}

export interface UseRow extends Record<UseColumn, UseCell> {
  resource: Subject;
  /** `CPUs`, `Disk vda`. */
  label: string;
}

export interface UseTable {
  host: string | null;
  rows: UseRow[];
}

/** Whether anything was captured that tells of it. */
export function isKnown({ state }: Pick<UseCell, 'state'>): boolean {
  return state !== 'unknown' && state !== 'none';
}
