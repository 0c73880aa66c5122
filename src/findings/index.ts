/** Rules over a capture: what was found, what is ruled out, and what cannot be known from it. */
import type { Capture, Run, Source } from '../datasets/capture.ts';
import type { Finding } from '../datasets/finding.ts';
import { addTo } from '../datasets/groups.ts';
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
import type { Rule, Verdict } from './rule.ts';
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

/** A user's own thresholds: rule name, threshold name, value. */
export type ThresholdOverrides = Readonly<Record<string, Readonly<Record<string, number>>>>;

const SEVERITY_ORDER: readonly Finding['severity'][] = ['critical', 'warning', 'notice'];

/**
 * @returns found first, most severe first, each cause above what follows from it; then what is ruled out, then what is
 *   not known
 */
export function findingsOf(capture: Capture, overrides: ThresholdOverrides = {}): Finding[] {
  const view = viewOf(capture);
  const all = rules.flatMap((rule) => judged(rule, view, overrides));
  const by = (verdict: Finding['verdict']) => all.filter((finding) => finding.verdict === verdict);
  const groups = underCauses(by('found')).sort(([a], [b]) => severityRank(a) - severityRank(b));
  return [...groups.flat(), ...by('ruled-out'), ...byAbsence(by('not-known'))];
}

function severityRank(finding: Finding | undefined): number {
  return SEVERITY_ORDER.indexOf(finding?.severity ?? 'notice');
}

/** What is not known for the same reason is said once: `hung tasks, I/O errors: not captured (dmesg would tell)`. */
function byAbsence(notKnown: readonly Finding[]): Finding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of notKnown) {
    const why = finding.title.slice(finding.title.indexOf(': '));
    addTo(groups, why, finding);
  }
  return [...groups].map(([why, group]) => {
    const topics = group.map(({ title }) => title.slice(0, title.indexOf(': ')));
    const [first, ...others] = group as [Finding, ...Finding[]];
    const also = others.length === 0 ? {} : { also: others.map(({ rule }) => rule) };
    return { ...first, ...also, title: `${topics.join(', ')}${why}` };
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

function finished(rule: Rule, verdict: Verdict, view: View): Finding {
  const { capture } = view;
  const sources = [...new Set(verdict.evidence.map(({ source }) => source))];
  const own = verdict.verdict === 'found' ? (verdict.doubts ?? []) : [];
  const doubts = [...own, ...sources.flatMap((i) => doubtsOf(capture.sources[i] as Source, capture))];
  const { command, cannot } = nextOn(view, verdict.verdict === 'found' ? verdict.next : null);
  return {
    severity: 'notice',
    since: null,
    ...verdict,
    detail: [
      verdict.verdict === 'found' ? verdict.detail : '',
      cannot === '' ? '' : `More would be told, but ${cannot}.`,
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    next: command,
    rule: rule.name,
    subsystem: rule.subsystem,
    doubts,
    confidence: doubts.length === 0 ? 'high' : doubts.length === 1 ? 'medium' : 'low',
  };
}

function notKnown(rule: Rule, view: View): Finding {
  const runs = view.capture.manifest?.runs.filter(({ tool }) => rule.tools.includes(tool)) ?? [];
  return {
    rule: rule.name,
    subsystem: rule.subsystem,
    verdict: 'not-known',
    severity: 'notice',
    title: `${rule.topic}: ${whyAbsent(rule.tools, runs)}`,
    detail: '',
    since: null,
    numbers: [],
    evidence: [],
    confidence: 'high',
    doubts: [],
    next: firstToTell(view, rule.tools),
  };
}

function whyAbsent(tools: readonly string[], runs: readonly Run[]): string {
  if (runs.length === 0) return `not captured (${tools.slice(0, 2).join(' or ')} would tell)`;
  const ends = new Map<string, string[]>();
  for (const { tool, outcome, reason } of runs)
    addTo(ends, `${outcome === 'ok' ? 'ran' : outcome}${reason === '' ? '' : `, ${reason}`}`, tool);
  return [...ends].map(([how, names]) => `${names.join(', ')} ${how}`).join('; ');
}
