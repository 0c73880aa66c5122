/**
 * What a rule is and what it returns: facts. A rule is data and one pure check: what it asks of the signals, by which
 * thresholds and why those, and a function from signals to tests. It never sees a file, a clock, a tool's column, another
 * rule or a sentence: verdicts are given in verdict.ts, words in say/.
 */
import type { Evidence, Severity, Stat, Subject, SubjectKind } from '../datasets/finding.ts';
import type { SignalName } from '../datasets/signals.ts';
import type { UseColumn } from '../datasets/use.ts';
import type { Ask, Signals } from '../signals/index.ts';
import type { Doubt } from '../signals/sources.ts';
import type { Subsystem } from '../tools/tool.ts';
import type { Basis } from './basis.ts';
import type { RuleName } from './names.ts';
import type { NextStep } from './steps.ts';

export interface Threshold {
  value: number;
  unit: string;
  /** Where the number comes from: a book, a man page, the arithmetic of the thing. */
  why: string;
}

/** A number with what it is: the words are made of it. */
export interface Quantity {
  signal: SignalName;
  stat: Stat;
  value: number;
  /** It is known to lie between `value` and this, as buckets tell; Infinity where they end. */
  upTo?: number;
  /** What it is of, where that is not the subject of the test. */
  of?: Subject;
}

/** A process, or all processes of a program. */
export interface Who {
  role: 'user' | 'victim';
  name: string;
  /** Of a single process. */
  pid: number | null;
  /** How many processes. */
  processes: number;
  /** What it uses, or waits for. */
  quantity?: Quantity;
  /** Its part of the whole, 0 to 1. */
  share?: number;
  /** How many of its threads. */
  threads?: { of: number; all: number | null };
  evidence?: readonly Evidence[];
}

export type PartKind =
  | 'function'
  | 'caller'
  | 'module'
  | 'file'
  | 'host'
  | 'peer'
  | 'state'
  | 'operation'
  | 'parent'
  | 'query'
  | 'kind'
  | 'signal'
  | 'message'
  | 'device'
  | 'port'
  | 'runtime'
  | 'wait'
  | 'program'
  | 'tool'
  | 'group';

/** Something that has a part in it and is no process: a function, a file, a peer. */
export interface Part {
  kind: PartKind;
  name: string;
  /** Of the whole, 0 to 1. */
  share?: number;
  count?: number;
}

/** Plain numbers that sentences need and nobody compares: how many of how many, of which length. */
export type Details = Partial<
  Readonly<
    Record<
      | 'cpus'
      | 'count'
      | 'of'
      | 'seconds'
      | 'window'
      | 'share'
      | 'period'
      | 'before'
      | 'older'
      | 'processes'
      | 'devices'
      | 'threshold'
      | 'limit'
      | 'rank',
      number
    >
  >
>;

/** Two ways of being served, as the hills of a distribution tell. */
export interface Hill {
  low: number;
  high: number | null;
  share: number;
}

/** What one look at one subject says. */
export interface Test {
  subject: Subject;
  /**
   * How much of the way to the threshold is gone: 1 is there, and found; above 0.5 is near. NaN where it cannot be judged,
   * with the reason in `unclear`.
   */
  distance: number;
  /** What it is where it is found. */
  severity: Severity;
  /** What is judged first. */
  measures: readonly Quantity[];
  /** What was looked at for it. */
  basis: readonly Basis[];
  evidence: readonly Evidence[];
  since?: number | null;
  until?: number | null;
  /** Seconds after it began that it is told, and told again: the kernel calls a task hung when it has waited for two minutes. */
  lag?: number;
  /** It was over when the window began. */
  isPast?: boolean;
  who?: readonly Who[];
  parts?: readonly Part[];
  hills?: readonly Hill[];
  details?: Details;
  /** Which of several forms of words fits. */
  form?: string;
  /** What speaks against it, beside what is known of its sources. */
  doubts?: readonly Doubt[];
  /** Why it may find but never clear. */
  unclear?: Reason;
  next?: readonly NextStep[];
}

/** Why something is not known. */
export type Reason =
  | { kind: 'not captured'; tools: readonly string[] }
  | { kind: 'did not run'; runs: readonly { tool: string; outcome: string; reason: string }[] }
  | { kind: 'no window' }
  | { kind: 'one reading'; tool: string }
  | { kind: 'partial'; tool: string; share: number }
  | { kind: 'part of host'; tool: string }
  | { kind: 'attach unknown'; tool: string }
  | { kind: 'too few'; count: number; least: number; of: string }
  | { kind: 'doubt'; doubt: Doubt }
  | { kind: 'not judged'; name: string }
  | { kind: 'own tools'; share: number }
  | { kind: 'conflict'; rule: RuleName; subject: Subject }
  | { kind: 'no CPU count' }
  | { kind: 'no link speed' }
  | { kind: 'no interval' }
  | { kind: 'futex without symbols'; seconds: number }
  | { kind: 'unaccounted'; share: number }
  | { kind: 'unknown origin'; name: string }
  | { kind: 'bucket too wide' }
  | { kind: 'busy disk' }
  | { kind: 'busy CPUs' }
  | { kind: 'estimate' };

export interface Rule<N extends RuleName = RuleName, T extends string = string> {
  /** As in docs/findings.md and in a thresholds file: `run-queue`. */
  name: N;
  subsystem: Subsystem;
  /** What it is about: two rules on one resource explain or contradict one another. */
  resource: SubjectKind;
  /** The cell of the USE table that it decides. */
  cell?: { row: SubjectKind; column: UseColumn };
  /** What it finds and why it matters, for docs/findings.md. */
  about: string;
  /** Real lines of a log that it reads. */
  lines?: readonly string[];
  /** What can tell. Empty for what the manifest and the sources themselves tell. */
  asks: readonly Ask[];
  /** It looks closer at what another rule asks: what nobody tried to capture for it is not said to be missing. */
  closer?: true;
  /** The capture's own tools use the same CPUs: what they used is told beside it, or in its place. */
  sharesCpus?: true;
  thresholds: Readonly<Record<T, Threshold>>;
  /**
   * @param signals of one host
   * @param limits the thresholds by name, after the user's own
   * @returns a test for each subject and source that it could look at
   */
  judge(signals: Signals, limits: Readonly<Record<T, number>>): Test[];
}

/** Keeps the names of a rule's thresholds: a misspelt one does not compile. */
export function rule<const N extends RuleName, const T extends string>(made: Rule<N, T>): Rule {
  return made as unknown as Rule;
}
