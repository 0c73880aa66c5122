/** What is known of a source itself: whether it looked at the whole host for the whole window, and what speaks against it. */
import type { Capture, Run, Source } from '../datasets/capture.ts';
import type { Range } from '../datasets/narrow.ts';
import { watchedFrom } from '../datasets/window.ts';
import { toolNamed } from '../tools/index.ts';

/** Why what a source says may not be all of the truth. */
export type Doubt =
  | { kind: 'lost'; tool: string; events: number }
  | { kind: 'unread'; name: string; lines: number; of: number }
  | { kind: 'said'; tool: string; text: string }
  | { kind: 'ended'; tool: string; outcome: Run['outcome']; reason: string }
  | { kind: 'cut short'; name: string }
  | { kind: 'own processes' }
  | { kind: 'frozen columns'; tool: string }
  | { kind: 'other clock'; name: string }
  | { kind: 'nameless frames'; share: number }
  | { kind: 'own tools'; share: number }
  | { kind: 'names only' }
  | { kind: 'others'; tools: readonly string[] };

export function runOf({ manifest }: Capture, { run }: Pick<Source, 'run'>): Run | null {
  return run === null ? null : (manifest?.runs[run] ?? null);
}

/** How long the tool of a source looked: since it was attached, where the manifest tells, else since it was started. */
export function lookOf(capture: Capture, source: Source): Range | null {
  const run = runOf(capture, source);
  if (run === null) return null;
  const place = capture.sources.indexOf(source);
  const own = capture.datasets.filter((dataset) => dataset.source === place);
  const from = watchedFrom(run, own) ?? run.started;
  return from === null || run.ended === null || run.ended <= from ? null : { from, to: run.ended };
}

/** Tools that attach to a kernel they must first compile for: when they did is not when they were started. */
const ATTACHES_LATE: ReadonlySet<string> = new Set(['bcc', 'bpftrace', 'libbpf-tools']);

/** Whether it is known when the tool began to look. */
export function isAttachKnown(capture: Capture, source: Source): boolean {
  const run = runOf(capture, source);
  return run !== null && (run.attached !== null || !ATTACHES_LATE.has(run.via));
}

// -p 4242        -c /sys/fs/cgroup/shop        -G shop.slice        -u 1000
const NARROWED = /\{(?:pid|user|cgroup|cgroupname|command)\}/;

/** Whether the tool looked at the whole host, and not at one process, user, group or command of it. */
export function isOfWholeHost(capture: Capture, source: Source): boolean {
  const run = runOf(capture, source);
  if (run === null) return source.command === undefined || !isNarrowed(source.tool, source.command);
  const recipes = toolNamed(run.tool)?.capture.filter(({ via }) => via === run.via) ?? [];
  const words = run.command.split(' ');
  return !recipes.some(({ command }) =>
    command.some((word, i) => {
      const flag = command[i - 1] ?? '';
      if (!NARROWED.test(word) || !flag.startsWith('-')) return false;
      if (flag === '--') return words.includes('--') && !words.includes('sleep');
      return words.includes(flag) && !command.includes(words[words.indexOf(flag) + 1] ?? '');
    }),
  );
}

// pidstat -p 42 1        pidstat -C nginx 1        pidstat -U shop 1        top -b -u shop        and not pidstat -p ALL 1, pidstat -U 1
const SOME_PROCESSES: Readonly<Record<string, RegExp>> = {
  pidstat: / (?:-p (?!ALL\b)|-[CG] |-U [a-zA-Z_])/,
  top: / -[a-zA-Z]*[puU] ?[^\s-]/,
  iotop: / -[a-zA-Z]*[pu] ?[^\s-]/,
};

/** Of a command that somebody typed. */
function isNarrowed(tool: string, command: string): boolean {
  return SOME_PROCESSES[tool]?.test(command) ?? false;
}

// Lost 764896 samples        Processed 5 events and lost 12 chunks!        Possibly lost 3 samples        perf lost 12 events
const LOST = /\blost (\d+)/gi;

/** How many events a tool said that it lost, in its output or beside it. */
export function lostBy(capture: Capture, source: Source): number {
  const said = `${source.notes.join('\n')}\n${runOf(capture, source)?.stderr ?? ''}`;
  return [...said.matchAll(LOST)].reduce((sum, [, events]) => sum + Number(events), 0);
}

/** What the tool, the collector and the reader say against a source. */
export function doubtsAbout(capture: Capture, source: Source): Doubt[] {
  const doubts: Doubt[] = [];
  const lost = lostBy(capture, source);
  const run = runOf(capture, source);
  if (lost > 0) doubts.push({ kind: 'lost', tool: source.tool, events: lost });
  else doubts.push(...source.notes.map((text): Doubt => ({ kind: 'said', tool: source.tool, text })));
  if (source.unreadCount > 0)
    doubts.push({ kind: 'unread', name: source.name, lines: source.unreadCount, of: source.lines });
  if (run !== null && (run.outcome === 'cut' || run.outcome === 'failed'))
    doubts.push({ kind: 'ended', tool: run.tool, outcome: run.outcome, reason: run.reason });
  if (run !== null && capture.manifest?.processes === 'namespace') doubts.push({ kind: 'own processes' });
  if (run !== null && isShort(source, run)) doubts.push({ kind: 'cut short', name: source.name });
  return doubts;
}

/** The manifest tells how much the tool wrote: what is clearly less was cut on the way. Names may have been masked in it. */
function isShort({ bytes }: Source, run: Run): boolean {
  return bytes !== undefined && bytes < run.bytes - MASKED && bytes < run.bytes * (1 - MASKED_SHARE);
}

const MASKED = 64;
const MASKED_SHARE = 0.02;

/** Whether all that the tool wrote is there, and it ended as asked. */
export function isWholeFile(capture: Capture, source: Source): boolean {
  const run = runOf(capture, source);
  return run !== null && run.outcome === 'ok' && run.bytes > 0 && source.bytes !== undefined && !isShort(source, run);
}
