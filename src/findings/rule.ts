/**
 * A rule is data and one pure check: what it judges, by which thresholds and why those, and a function from what was
 * captured to verdicts. Rules never see a file, a clock or one another.
 */
import type { Evidence, Severity } from '../datasets/finding.ts';
import type { Subsystem } from '../tools/tool.ts';
import type { View } from './view.ts';

export interface Threshold {
  value: number;
  unit: string;
  /** Where the number comes from: a book, a man page, the arithmetic of the thing. */
  why: string;
}

export interface Rule {
  /** As in docs/findings.md and in a thresholds file: `run-queue`. */
  name: string;
  subsystem: Subsystem;
  /** What is judged, as it reads in `not known: …`: `run queue latency`. */
  topic: string;
  /** What the rule finds and why it matters, for docs/findings.md. */
  about: string;
  /** The tools that can tell, best first. When none of them was captured the verdict is `not-known`. */
  tools: readonly string[];
  /** Whether something else that was captured can tell: a folded file is of no tool that it names. */
  told?(view: View): boolean;
  thresholds: Readonly<Record<string, Threshold>>;
  /** It looks closer at what another rule asks: what nobody tried to capture for it is not said to be missing. */
  closer?: true;
  /**
   * @param view what was captured
   * @param limits the rule's thresholds by name, after the user's own
   * @returns no verdict when what was captured cannot tell
   */
  judge(view: View, limits: Readonly<Record<string, number>>): Verdict[];
}

/** What a rule says; the rest of the finding is the same for all of them. */
export type Verdict = Found | RuledOut;

export interface Found {
  verdict: 'found';
  severity: Severity;
  subject?: string;
  title: string;
  detail: string;
  since: number | null;
  until?: number | null;
  numbers: RuleNumber[];
  evidence: Evidence[];
  /** Doubts of the rule's own, beside those about its sources. */
  doubts?: string[];
  next: string | null;
}

interface RuledOut {
  verdict: 'ruled-out';
  title: string;
  numbers: RuleNumber[];
  evidence: Evidence[];
}

export interface RuleNumber {
  label: string;
  value: number;
  unit: string;
}

/** There is no such problem here, and this is what tells. */
export function ruledOut(title: string, numbers: RuleNumber[], evidence: Evidence[]): RuledOut {
  return { verdict: 'ruled-out', title, numbers, evidence };
}
