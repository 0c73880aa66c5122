/**
 * What a rule says of a capture: facts, and the words that `findings` made of them. Rules are in src/findings; this is
 * what they hand to whoever shows it. Nobody reads a fact back from the words.
 */
import { commas, counted } from './amounts.ts';

export const verdictNames = ['found', 'near', 'ruled-out', 'not-known'] as const;
/**
 * - `found`: a threshold is passed
 * - `near`: it is not passed, but more than half of the way is gone
 * - `ruled-out`: all that could tell was captured, whole and without doubt, and is clearly below the threshold
 * - `not-known`: anything else; `reason` says why
 */
export type VerdictName = (typeof verdictNames)[number];

export const severities = ['critical', 'warning', 'notice'] as const;
/** Critical stops work, warning degrades it, notice is worth knowing. */
export type Severity = (typeof severities)[number];

/** What something is about. */
export type SubjectKind =
  | 'host'
  | 'cpu'
  | 'scheduler'
  | 'memory'
  | 'disk'
  | 'filesystem'
  | 'interface'
  | 'tcp'
  | 'dns'
  | 'kernel'
  | 'cgroup'
  | 'process'
  | 'profile'
  | 'tool';

export interface Subject {
  kind: SubjectKind;
  /** `vda`, `eth0`, `orderdb`; empty where a host has one of the kind, and where all of them are meant. */
  name: string;
  /** Of a process. */
  pid?: number;
}

export interface Evidence {
  /** Index into the capture's sources. */
  source: number;
  /** Line numbers in that source, first and last, both included; null when the whole source is the evidence. */
  lines: [first: number, last: number] | null;
  /**
   * The dataset that draws it and, of a series, the metric: indices into the capture's datasets and its metrics. Of what is
   * derived (CPUs busy, from %idle), the metric that it comes from, whose course is another.
   */
  drawn?: { dataset: number; metric?: number; isDerived?: true };
}

/** How a number stands for many. */
export type Stat = 'mean' | 'max' | 'min' | 'median' | 'p99' | 'last' | 'sum' | 'count' | 'share' | 'rate';

export interface Measure {
  /** As in docs/signals.md: `system.disk.io_time`. */
  signal: string;
  stat: Stat;
  value: number;
  unit: string;
  /** Which way is worse; null where neither is. */
  worse: 'more' | 'less' | null;
  /** What it is of, where that is not what the finding is about. */
  of?: Subject;
  /** In words: `busy, mean` and `98%`. */
  label: string;
  text: string;
}

/** A process or program with a part in it. */
export interface Actor {
  /** `user` uses the resource, `victim` waits for it. */
  role: 'user' | 'victim';
  name: string;
  pid: number | null;
  /** Its part of the whole, 0 to 1, where that is known. */
  share?: number;
  /** In words: `71% of the CPUs`, `6 of 6 threads`. */
  text: string;
}

/** What to do next. Commands are made of the catalogue's names and of checked numbers and addresses alone. */
export type Step =
  /** Tools of the catalogue to collect, and the command that does. */
  { collect: readonly string[]; command: string } | { run: string } | { advise: string };

/** The rule and subject of another finding. */
export interface FindingRef {
  rule: string;
  subject: Subject;
}

export interface Finding extends FindingRef {
  /** Further rules that are not known for the same reason: they are told together. */
  also?: string[];
  verdict: VerdictName;
  severity: Severity;
  subsystem: string;
  /** The host it is of; null where the input does not tell. */
  host: string | null;
  /** Subject, verb, one number or two: `Disk vda is saturated: 98% busy, 243 requests queued`. */
  title: string;
  /** Why this matters and what else is known of it, in short sentences; empty where the title says it all. */
  detail: string;
  /** What is judged first. */
  measures: Measure[];
  actors: Actor[];
  /** Seconds since the capture started when it was seen first and last, where they can be told. */
  since: number | null;
  until: number | null;
  /** It was over when the capture began. */
  isPast: boolean;
  evidence: Evidence[];
  /**
   * The finding that explains this one: a slow disk explains waits for it. Such a finding comes directly after the one
   * that explains it, and is shown under it.
   */
  cause: FindingRef | null;
  /** The finding on the same resource under which this one is shown: what was looked at too, and clears nothing. */
  beside: FindingRef | null;
  confidence: 'high' | 'medium' | 'low';
  /** What lowers the confidence: `perf lost 12,000 events`, `41% of the samples have no symbol`. */
  doubts: string[];
  /** Why it is not known; empty otherwise. */
  reason: string;
  next: Step[];
}

/** The step as a person would type or do it. */
export function stepText(step: Step): string {
  return 'collect' in step ? step.command : 'run' in step ? step.run : step.advise;
}

/** Whether the step is a command. */
export function isCommand(step: Step): boolean {
  return !('advise' in step);
}

export function isSameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** The found, worst first, each followed by what it explains. */
export function foundOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === 'found');
}

/** Those of a verdict that stand by themselves, and not under a finding on the same resource. */
export function aloneOf(findings: readonly Finding[], verdict: VerdictName): Finding[] {
  return findings.filter((finding) => finding.verdict === verdict && finding.beside === null);
}

/** What the checks of a verdict are called wherever they are counted. */
const CHECK_WORDS = { near: 'near a threshold', 'ruled-out': 'clear', 'not-known': 'not known' } as const;
export type CheckVerdict = keyof typeof CHECK_WORDS;

/**
 * How many checks came to a verdict, in words: `57 checks not known`. Those that stand under a finding are told there, and are
 * not counted: they clear nothing.
 * @returns null for none
 */
export function checksText(
  findings: readonly Finding[],
  verdict: CheckVerdict,
  count: (checks: number) => string = (checks) => counted(checks, 'check'),
): string | null {
  const checks = aloneOf(findings, verdict).reduce((sum, { also = [] }) => sum + 1 + also.length, 0);
  return checks === 0 ? null : `${count(checks)} ${CHECK_WORDS[verdict]}`;
}

/**
 * What the verdicts come to where nothing is wrong now: `No problem found: 1 notice; 18 checks clear, 2 near a threshold, 15 not
 * known`. Null where something is.
 */
export function conclusionOf(findings: readonly Finding[]): string | null {
  const found = foundOf(findings);
  const roots = found.filter(({ cause }) => cause === null);
  if (roots.some(({ severity, isPast }) => severity !== 'notice' && !isPast)) return null;
  const clear = checksText(findings, 'ruled-out');
  const near = checksText(findings, 'near', clear === null ? undefined : commas);
  const notKnown = checksText(findings, 'not-known', clear === null && near === null ? undefined : commas);
  const isMeasured = findings.some(({ measures }) => measures.length > 0);
  if (found.length === 0 && clear === null && near === null && !isMeasured)
    return 'Nothing here can be judged by a rule.';
  const past = roots.filter(({ isPast }) => isPast).length;
  const notices = roots.length - past;
  const seen = [
    notices === 0 ? '' : counted(notices, 'notice'),
    past === 0 ? '' : `${commas(past)} from before the capture`,
  ].filter((part) => part !== '');
  const checks = [clear, near, notKnown].filter((part) => part !== null);
  const told = `${[...seen, checks.join(', ')].join('; ')}.`;
  const cost = costInTheWay(findings);
  return cost === null
    ? `${clear === null ? 'Nothing is ruled out' : 'No problem found'}: ${told}`
    : `No verdict on the CPUs: collecting used ${cost} of them. Otherwise: ${told}`;
}

/** What collecting cost, where it keeps the CPUs from being judged: `53%`. */
function costInTheWay(findings: readonly Finding[]): string | null {
  const cost = findings.find(({ rule, verdict }) => rule === 'collector-cost' && verdict === 'found');
  const isJudged = findings.every(
    ({ verdict, rule, also = [] }) =>
      verdict !== 'not-known' || ![rule, ...also].some((name) => OF_CPUS.includes(name)),
  );
  return cost === undefined || isJudged ? null : (cost.measures[0]?.text ?? null);
}

/** Without these nobody knows whether the CPUs had enough to do. */
const OF_CPUS: readonly string[] = ['cpu-busy', 'run-queue'];

/** The findings that one explains, and what was looked at beside it. */
export function under(findings: readonly Finding[], root: Finding): { symptoms: Finding[]; beside: Finding[] } {
  const isRoot = (ref: FindingRef | null) =>
    ref !== null && ref.rule === root.rule && isSameSubject(ref.subject, root.subject);
  return {
    symptoms: findings.filter((finding) => isRoot(finding.cause) && finding.host === root.host),
    beside: findings.filter((finding) => isRoot(finding.beside) && finding.host === root.host),
  };
}
