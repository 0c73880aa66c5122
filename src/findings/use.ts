/** The USE table: utilization, saturation and errors of each resource, from the same tests that the findings are made of. */
import { type Subject, type SubjectKind, severities } from '../datasets/finding.ts';
import type { UseCell, UseColumn, UseRow, UseState, UseTable } from '../datasets/use.ts';
import { type Signals, toolsToTell } from '../signals/index.ts';
import { evidenceOf, maxOf } from '../signals/track.ts';
import { type RuleName, rankOf } from './names.ts';
import { reasonText } from './say/reasons.ts';
import { busyText, cellText, labelOfRow, queueText } from './say/use.ts';
import type { Fact } from './verdict.ts';

/** What a cell shows first: the rule whose number says most of it, where several decide it. */
const SHOWN: Readonly<Record<string, readonly RuleName[]>> = {
  'cpu utilization': ['cpu-busy', 'cpu-consumer', 'one-cpu'],
  'cpu saturation': ['run-queue', 'pressure-cpu'],
  'memory utilization': ['memory-available'],
  'memory saturation': ['swapping', 'direct-reclaim', 'pressure-memory'],
  'memory errors': ['oom-kill', 'oom-kill-events'],
  'disk utilization': ['disk-saturated'],
  'disk saturation': ['disk-saturated', 'pressure-io'],
  'disk errors': ['io-error', 'device-timeout'],
  'filesystem utilization': ['filesystem-full'],
  'filesystem saturation': ['slow-file-operations'],
  'filesystem errors': ['read-only-remount', 'failing-opens'],
  'interface utilization': ['interface-limit'],
  'interface saturation': ['softnet-drops'],
  'interface errors': ['interface-errors', 'link-down'],
  'tcp utilization': ['connection-churn'],
  'tcp saturation': ['listen-overflows'],
  'tcp errors': ['tcp-retransmits', 'syn-flood'],
  'dns saturation': ['slow-dns'],
  'scheduler utilization': ['context-switches'],
  'scheduler saturation': ['run-queue-latency', 'off-cpu-locks'],
  'cgroup utilization': ['memory-limit', 'tasks-used'],
  'cgroup saturation': ['cpu-throttled', 'io-throttled'],
  'cgroup errors': ['task-limit'],
};

function isSeverity(state: UseState): boolean {
  return severities.some((severity) => severity === state);
}

/** The rows that every host has; disks and interfaces have one each where they did something. */
const ROWS: readonly SubjectKind[] = [
  'cpu',
  'memory',
  'disk',
  'filesystem',
  'interface',
  'tcp',
  'dns',
  'scheduler',
  'cgroup',
];
/** Of these there is a row only where something tells of them. */
const OPTIONAL: ReadonlySet<SubjectKind> = new Set(['cgroup', 'dns']);
/** Disks and interfaces by name, no more than this: the busiest. */
const MOST_NAMED = 4;

export function useTable(signals: Signals, facts: readonly Fact[]): UseTable {
  const rows = ROWS.flatMap((kind) =>
    subjectsOf(signals, kind, facts).map((resource, place): UseRow => {
      const cell = (column: UseColumn) => cellOf(signals, facts, { resource, isFirst: place === 0, column });
      return {
        resource,
        label: labelOfRow(resource),
        utilization: cell('utilization'),
        saturation: cell('saturation'),
        errors: cell('errors'),
      };
    }),
  );
  return { host: signals.host, rows: rows.filter(isTelling) };
}

/** A host without control groups that have limits has no row for them, one whose name lookups nobody timed none for those. */
function isTelling({ resource, utilization, saturation, errors }: UseRow): boolean {
  if (!OPTIONAL.has(resource.kind)) return true;
  return (
    [utilization, saturation].some(({ state }) => state !== 'unknown' && state !== 'none') || isSeverity(errors.state)
  );
}

function subjectsOf(signals: Signals, kind: SubjectKind, facts: readonly Fact[]): Subject[] {
  const busy = { disk: 'system.disk.io_time', interface: 'system.network.io.receive' } as const;
  if (kind !== 'disk' && kind !== 'interface') return [{ kind, name: '' }];
  const named = new Set(
    facts
      .filter(({ verdict, subject }) => verdict === 'found' && subject.kind === kind && subject.name !== '')
      .map(({ subject }) => subject.name),
  );
  const levels = new Map<string, number>();
  const signalsOfKind = kind === 'disk' ? [busy.disk] : ([busy.interface, 'system.network.io.transmit'] as const);
  for (const signal of signalsOfKind)
    for (const track of signals.tracks(signal))
      levels.set(track.subject.name, Math.max(levels.get(track.subject.name) ?? 0, maxOf(track)));
  for (const [name, level] of levels) if (level > 0 && name !== 'lo') named.add(name);
  if (named.size === 0) return [{ kind, name: '' }];
  return [...named]
    .sort((a, b) => (levels.get(b) ?? 0) - (levels.get(a) ?? 0) || (a < b ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map((name) => ({ kind, name }));
}

/** How much a state says: the worst of several is the cell's. */
const STATES: readonly UseState[] = [...severities, 'near', 'seen', 'clear', 'unknown', 'none'];

interface Place {
  resource: Subject;
  /** Of several of its kind the busiest, which has what is of all of them. */
  isFirst: boolean;
  column: UseColumn;
}

function cellOf(signals: Signals, facts: readonly Fact[], { resource, isFirst, column }: Place): UseCell {
  const shown = SHOWN[`${resource.kind} ${column}`] ?? [];
  const asked = facts.filter(
    ({ rule }) => shown.includes(rule.name) || (rule.cell?.row === resource.kind && rule.cell.column === column),
  );
  const known = asked.filter((fact) => isOf(fact.subject, resource, isFirst) && stateOf(fact) !== 'unknown');
  // What is clear by one rule and only seen by another is not clear.
  const state = known.map(stateOf).sort((a, b) => STATES.indexOf(a) - STATES.indexOf(b))[0];
  if (state === undefined)
    return (
      diskCell(signals, asked, { resource, isFirst, column }) ??
      unknownCell(asked, shown, { resource, isFirst, column })
    );
  // Of those that say no worse, the number that says most of the resource.
  const fact = known
    .filter((each) => stateOf(each) === state)
    .sort((a, b) => order(shown, a) - order(shown, b))[0] as Fact;
  return {
    state,
    text: cellText(signals, fact, resource, column),
    rule: fact.rule.name,
    evidence: (fact.test?.evidence ?? []).slice(0, 4),
    collect: [],
  };
}

/** What was measured of a disk of which no verdict speaks, for another was the worst; null where nothing was. */
function diskCell(signals: Signals, facts: readonly Fact[], { resource, column }: Place): UseCell | null {
  if (resource.kind !== 'disk' || resource.name === '' || column === 'errors') return null;
  const signal = column === 'utilization' ? 'system.disk.io_time' : 'system.disk.pending_operations';
  const track = signals.tracks(signal).find(({ subject }) => subject.name === resource.name);
  if (track === undefined) return null;
  const text = column === 'utilization' ? busyText(track) : queueText(track);
  const isClear = facts.some(({ rule, verdict }) => rule.name === 'disk-saturated' && verdict === 'ruled-out');
  return { state: isClear ? 'clear' : 'seen', text, rule: null, evidence: [evidenceOf(track)], collect: [] };
}

function order(shown: readonly RuleName[], { rule }: Fact): number {
  const place = shown.indexOf(rule.name);
  return place < 0 ? shown.length + rankOf(rule.name) : place;
}

/** Whether a verdict on a subject stands in the row of a resource. */
function isOf(subject: Subject, resource: Subject, isFirst: boolean): boolean {
  if (subject.kind !== resource.kind || subject.name === '') return isFirst;
  return resource.name === '' || subject.name === resource.name;
}

export function stateOf({ verdict, severity, isPast, test }: Fact): UseState {
  switch (verdict) {
    case 'found':
      return isPast ? 'notice' : severity;
    case 'near':
      return 'near';
    case 'ruled-out':
      return 'clear';
    case 'not-known':
      return test === null || Number.isNaN(test.distance) ? 'unknown' : 'seen';
  }
}

function unknownCell(facts: readonly Fact[], shown: readonly RuleName[], { resource, column }: Place): UseCell {
  const empty = { rule: null, evidence: [] };
  if (NOTHING_TO_ASK.has(`${resource.kind} ${column}`)) return { ...empty, state: 'none', text: '', collect: [] };
  const [first] = [...facts].sort((a, b) => order(shown, a) - order(shown, b));
  const [reason] = first?.reasons ?? [];
  const all = toolsToTell(first?.rule.asks ?? []).slice(0, 2);
  if (reason !== undefined && reason.kind !== 'not captured')
    return { ...empty, state: 'unknown', text: reasonText(reason), collect: all };
  // What ran and did not tell would not tell the next time.
  const tools = reason?.tools ?? all;
  return {
    ...empty,
    state: 'unknown',
    text: tools.length === 0 ? 'not captured' : `not captured: ${tools.join(', ')}`,
    collect: tools,
  };
}

/** Scheduling has no errors of its own; of lookups only their time is known. */
const NOTHING_TO_ASK: ReadonlySet<string> = new Set(['scheduler errors', 'dns utilization', 'dns errors']);
