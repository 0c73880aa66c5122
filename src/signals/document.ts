/** docs/signals.md: the vocabulary as a page for readers. A test keeps the file as this prints it. */
import { meaningOf, type SignalName, signals } from '../datasets/signals.ts';
import { tools as catalogue } from '../tools/index.ts';
import type { EventKind, Tool } from '../tools/tool.ts';
import { derivations } from './derived.ts';
import { columnsTelling } from './told.ts';

const INTRODUCTION = `# Signals

<!-- Generated from src/datasets/signals.ts and the catalogue: change them there, then run npx vitest run test/signals -u. -->

What a capture measures, whoever printed it. Findings, the table of resources, the time strip and the key numbers of a comparison
ask for these and never for a tool's column; the rows of the catalogue say which of their columns is which.

Names are those of the [OpenTelemetry semantic conventions](https://opentelemetry.io/docs/specs/semconv/system/) where these have
one, with the value of an attribute behind it (\`.read\` of \`disk.io.direction=read\`), and are made in the same manner where they
do not. \`%\` is of all CPUs for a host, of one CPU for a CPU or a process, else of the time.

A **gauge** is what it was at a moment: one reading may find something and never clears it. A **rate** is the mean of an interval; of
a counter it is what it grew by between two readings. An **event** is one of many that were timed or counted. "Worse" is the
direction that is bad for whoever waits; where there is none, the number means nothing by itself.

Averages since boot, numbers that are none, and columns that a known defect of a tool repeats (the memory columns of vmstat in
procps-ng 4.0.2) are no readings.
`;

const GROUPS: readonly [title: string, prefix: string][] = [
  ['CPUs and tasks', 'system.cpu.'],
  ['CPUs and tasks', 'system.process.'],
  ['CPUs and tasks', 'system.context_switches'],
  ['CPUs and tasks', 'system.interrupts'],
  ['Pressure', 'system.pressure.'],
  ['Memory', 'system.memory.'],
  ['Memory', 'system.linux.memory.'],
  ['Memory', 'system.paging.'],
  ['Disks', 'system.disk.'],
  ['File systems', 'system.filesystem.'],
  ['File systems', 'system.file_handle.'],
  ['Network', 'system.network.'],
  ['Network', 'dns.'],
  ['Processes', 'process.'],
  ['Control groups', 'cgroup.'],
  ['The kernel', 'kernel.'],
  ['Profiles', 'profile.'],
  ['The tools themselves', 'tool.'],
];

export function signalsDocument(): string {
  const names = Object.keys(signals) as SignalName[];
  const titles = [...new Set(GROUPS.map(([title]) => title))];
  const sections = titles.map((title) => {
    const own = names.filter((name) => GROUPS.find(([, prefix]) => name.startsWith(prefix))?.[0] === title);
    return [
      `## ${title}`,
      '',
      '| signal | what | unit | of | kind | worse | told by |',
      '| --- | --- | --- | --- | --- | --- | --- |',
      ...own.map(rowOf),
      '',
    ].join('\n');
  });
  return [INTRODUCTION, ...sections].join('\n');
}

function rowOf(name: SignalName): string {
  const { label, unit, scope, kind, worse } = meaningOf(name);
  return `| \`${name}\` | ${label} | ${unit} | ${scope.join(', ')} | ${kind} | ${worse ?? ''} | ${toldText(name)} |`;
}

/** The rows of event tables, each of which is one of what the signal counts or times. */
const EVENTS: Readonly<Partial<Record<SignalName, readonly EventKind[]>>> = {
  'process.created': ['exec'],
  'process.ended': ['exit'],
  'process.killed': ['OOM kill'],
  'process.file.open.failed': ['open', 'stat'],
  'process.reclaim.duration': ['direct reclaim'],
  'process.query.duration': ['query'],
  'process.run_queue.duration': ['run queue wait'],
  'system.disk.operation.duration': ['block I/O'],
  'system.filesystem.operation.duration': ['file operation'],
  'system.network.tcp.retransmission': ['TCP retransmit'],
  'system.network.tcp.drop': ['TCP drop'],
  'system.network.tcp.connect.duration': ['TCP connect'],
  'dns.lookup.duration': ['name lookup'],
  'kernel.message': ['kernel message'],
  'kernel.lock.wait': ['kernel lock'],
};
const OTHERS: readonly [prefix: string, text: string][] = [
  ['process.off_cpu.duration', 'profiles of time off CPU'],
  ['profile.', 'profiles of CPU time'],
  ['tool.events.lost', 'what the tools say of themselves'],
  ['tool.', 'the manifest'],
];

/** `mpstat (%idle), vmstat (id), from system.cpu.utilization.idle`. */
function toldText(name: SignalName): string {
  const kinds = EVENTS[name] ?? [];
  const tools = catalogue.map((tool) => toldBy(tool, name, kinds)).filter((text) => text !== null);
  const from = (derivations[name] ?? []).map(({ from: sources, isBound }) => {
    const names = sources.map((each) => `\`${each}\``).join(' and ');
    return `${isBound ? 'no more than' : 'from'} ${names}`;
  });
  const others = OTHERS.find(([prefix]) => name.startsWith(prefix));
  return [...tools, ...from, ...(others === undefined ? [] : [others[1]])].join(', ');
}

function toldBy({ name, output }: Tool, signal: SignalName, kinds: readonly EventKind[]): string | null {
  const columns = columnsTelling(name, signal).map((column) => `\`${column.replaceAll('|', '\\|')}\``);
  if (columns.length > 0) return `${name} (${columns.join(', ')})`;
  const tells = 'tells' in output && output.tells === signal;
  const isOfKind = output.shape === 'events' && output.of !== undefined && kinds.includes(output.of);
  return tells || isOfKind ? name : null;
}
