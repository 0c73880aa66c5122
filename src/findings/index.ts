/** Rules over a capture: what was found, what is ruled out, and what cannot be known from it. */

import { commas } from '../datasets/amounts.ts';
import type { Capture, Run, Source } from '../datasets/capture.ts';
import type { Finding, Measure, Step, SubjectKind, VerdictName } from '../datasets/finding.ts';
import { severities } from '../datasets/finding.ts';
import { addTo } from '../datasets/groups.ts';
import type { UseTable } from '../datasets/use.ts';
import { applicationRules } from './application.ts';
import { underCauses } from './causes.ts';
import { connectionRules } from './connections.ts';
import { cpuRules } from './cpu.ts';
import { diskRules } from './disk.ts';
import { dyingProcesses } from './exits.ts';
import { fileLatency } from './file-latency.ts';
import { filesystemRules } from './filesystem.ts';
import { interrupts } from './interrupts.ts';
import { kernelRules } from './kernel.ts';
import { memoryRules } from './memory.ts';
import { networkRules } from './network.ts';
import { firstToTell, nextOn } from './next.ts';
import { offCpuRules } from './offcpu.ts';
import { pressureRules } from './pressure.ts';
import { processRules } from './processes.ts';
import { reclaimRules } from './reclaim.ts';
import { retransmitPeers } from './retransmit-peers.ts';
import type { Rule, RuleNumber, Verdict } from './rule.ts';
import { runQueueRules } from './run-queue.ts';
import { throttledRules } from './throttled.ts';
import { trustRules } from './trust.ts';
import { doubtsOf, type View, viewOf } from './view.ts';
import { workRules } from './work.ts';

/** In the order in which equally severe findings are shown: what explains most first. */
export const rules: readonly Rule[] = [
  ...kernelRules,
  ...memoryRules,
  ...reclaimRules,
  ...diskRules,
  ...filesystemRules,
  fileLatency,
  ...networkRules,
  retransmitPeers,
  ...connectionRules,
  ...applicationRules,
  ...throttledRules,
  ...processRules,
  dyingProcesses,
  ...offCpuRules,
  ...runQueueRules,
  ...cpuRules,
  interrupts,
  ...pressureRules,
  ...workRules,
  ...trustRules,
];

export interface Assessment {
  findings: Finding[];
  /** A table for each host. */
  use: UseTable[];
}

/** What the rules say of a capture. */
export function assess(capture: Capture, overrides: ThresholdOverrides = {}): Assessment {
  return { findings: findingsOf(capture, overrides), use: [] };
}

/** A user's own thresholds: rule name, threshold name, value. */
export type ThresholdOverrides = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * @returns found first, most severe first, each cause above what follows from it; then what is ruled out, then what is
 *   not known
 */
export function findingsOf(capture: Capture, overrides: ThresholdOverrides = {}): Finding[] {
  const view = viewOf(capture);
  const all = rules.flatMap((rule) => judged(rule, view, overrides));
  const by = (verdict: VerdictName) => all.filter((finding) => finding.verdict === verdict);
  const groups = underCauses(by('found')).sort(([a], [b]) => severityRank(a) - severityRank(b));
  return [...groups.flat(), ...by('ruled-out'), ...byAbsence(by('not-known'))];
}

function severityRank(finding: Finding | undefined): number {
  return severities.indexOf(finding?.severity ?? 'notice');
}

/** What is not known for the same reason is said once: `hung tasks, I/O errors: not captured (dmesg would tell)`. */
function byAbsence(notKnown: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of notKnown) {
    const why = finding.reason;
    addTo(groups, why, finding);
  }
  return [...groups].map(([why, group]) => {
    const topics = group.map(({ title }) => title.slice(0, -why.length - 2));
    const [first, ...others] = group as [Finding, ...Finding[]];
    const also = others.length === 0 ? {} : { also: others.map(({ rule }) => rule) };
    return { ...first, ...also, title: `${topics.join(', ')}: ${why}` };
  });
}

function judged(rule: Rule, view: View, overrides: ThresholdOverrides): Finding[] {
  const limits = Object.fromEntries(
    Object.entries(rule.thresholds).map(([name, { value }]) => [name, overrides[rule.name]?.[name] ?? value]),
  );
  const verdicts = rule.judge(view, limits);
  if (verdicts.length > 0) return verdicts.map((verdict) => finished(rule, verdict, view));
  // A rule that asks no tool in particular has nothing that could be missing.
  const isTold = rule.tools.length === 0 || rule.tools.some((tool) => view.has(tool)) || rule.told?.(view) === true;
  const wasAsked = view.capture.manifest?.runs.some(({ tool }) => rule.tools.includes(tool)) ?? false;
  return isTold || (rule.closer && !wasAsked) ? [] : [notKnown(rule, view)];
}

/** What a finding says of nothing in particular. */
const NOTHING = {
  severity: 'notice',
  host: null,
  detail: '',
  measures: [],
  actors: [],
  since: null,
  until: null,
  isPast: false,
  evidence: [],
  cause: null,
  beside: null,
  confidence: 'high',
  doubts: [],
  reason: '',
  next: [],
} as const;

function finished(rule: Rule, verdict: Verdict, view: View): Finding {
  const { capture } = view;
  const isFound = verdict.verdict === 'found';
  const sources = [...new Set(verdict.evidence.map(({ source }) => source))];
  const own = isFound ? (verdict.doubts ?? []) : [];
  const doubts = [...own, ...sources.flatMap((i) => doubtsOf(capture.sources[i] as Source, capture))];
  const { command, cannot } = nextOn(view, isFound ? verdict.next : null);
  const told = cannot === '' ? '' : `More would be told, but ${cannot}.`;
  return {
    ...NOTHING,
    rule: rule.name,
    subsystem: rule.subsystem,
    verdict: verdict.verdict,
    title: verdict.title,
    evidence: verdict.evidence,
    subject: { kind: kindOf(rule), name: isFound ? (verdict.subject ?? '') : '' },
    ...(isFound ? { severity: verdict.severity, since: verdict.since, until: verdict.until ?? null } : {}),
    measures: verdict.numbers.map(measureOf),
    actors: [],
    detail: [isFound ? verdict.detail : '', told].filter((sentence) => sentence !== '').join(' '),
    next: (command?.split('; ') ?? []).map(stepOf),
    doubts,
    confidence: doubts.length === 0 ? 'high' : doubts.length === 1 ? 'medium' : 'low',
  };
}

function kindOf({ subsystem }: Rule): SubjectKind {
  return subsystem === 'disk' ? 'disk' : subsystem === 'container' ? 'cgroup' : 'host';
}

/** Of these less is worse. */
const LESS_IS_WORSE = /^(?:available|hits)\b/;
/** A bare count and a sum of seconds grow with the length of the capture: they say nothing of how bad it is. */
const OF_LEVEL = /\b(?:mean|load|most|least|p99)\b/;

function measureOf({ label, value, unit }: RuleNumber): Measure {
  const isLevel = (unit !== '' && unit !== 's') || OF_LEVEL.test(label);
  const worse = !isLevel ? null : LESS_IS_WORSE.test(label) ? 'less' : 'more';
  const text = `${commas(value)}${unit === '%' ? '%' : unit === '' ? '' : ` ${unit}`}`;
  return { signal: label, stat: 'mean', value, unit, worse, label, text };
}

function stepOf(command: string): Step {
  const tools = / --tool (\S+)$/.exec(command)?.[1];
  return tools === undefined ? { run: command } : { collect: tools.split(','), command };
}

function notKnown(rule: Rule, view: View): Finding {
  const runs = view.capture.manifest?.runs.filter(({ tool }) => rule.tools.includes(tool)) ?? [];
  const reason = whyAbsent(rule.tools, runs);
  const command = firstToTell(view, rule.tools);
  return {
    ...NOTHING,
    rule: rule.name,
    subsystem: rule.subsystem,
    verdict: 'not-known',
    subject: { kind: kindOf(rule), name: '' },
    title: `${rule.topic}: ${reason}`,
    reason,
    measures: [],
    actors: [],
    evidence: [],
    doubts: [],
    next: command === null ? [] : [stepOf(command)],
  };
}

function whyAbsent(tools: readonly string[], runs: readonly Run[]): string {
  if (runs.length === 0) return `not captured (${tools.slice(0, 2).join(' or ')} would tell)`;
  const ends = new Map<string, string[]>();
  for (const { tool, outcome, reason } of runs)
    addTo(ends, `${outcome === 'ok' ? 'ran' : outcome}${reason === '' ? '' : `, ${reason}`}`, tool);
  return [...ends].map(([how, names]) => `${names.join(', ')} ${how}`).join('; ');
}
