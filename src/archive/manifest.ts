/** manifest.json, as the collector's script writes it, read as the hostile file it may be. */
import type { Host, Manifest, Mark, MarkKind, Narrowing, Outcome, Run } from '../datasets/capture.ts';
import { UserError } from '../errors.ts';

export const MANIFEST_NAME = 'manifest.json';

/** More runs than the catalogue has tools, many times over. */
const MAX_RUNS = 1000;
const MAX_NOTES = 1000;
const MAX_VERSIONS = 100;
/** More than the collector writes. */
const MAX_DISKS = 4096;
const MAX_FACTS = 4096;
const MAX_MARKS = 100;
const MAX_PIDS = 1000;
/** PID_MAX_LIMIT of 64-bit kernels. */
const LAST_PID = 2 ** 22;
/** Longer than any command line, stderr or reason that the collector writes. */
const MAX_TEXT = 64 * 1024;
/** The end of the year 9999, in Unix seconds: no clock of a host shows more. */
const LATEST = 253_402_300_799;
/** The widest that time zones go is UTC+14. */
const MAX_UTC_OFFSET = 15 * 3600;
const MARK_KINDS: readonly MarkKind[] = ['exec', 'open', 'fsync', 'connect'];
const PROCESSES = ['host', 'namespace'] as const;
const OUTCOMES: readonly Outcome[] = ['ok', 'failed', 'missing', 'skipped', 'cut'];

type Fields = Readonly<Record<string, unknown>>;

/**
 * A manifest of which every field is what its type says: what is not becomes null or empty, what is too long is cut, and
 * a note tells of it.
 *
 * @param text the manifest's JSON
 * @throws UserError when it is not a manifest, is of a later version, or does not tell when the capture was.
 */
export function parseManifest(text: string): Manifest {
  const fields = fieldsOf(parsed(text));
  const version = fields.coldflame;
  if (version !== 1 && version !== 2) {
    throw new UserError(
      `${MANIFEST_NAME}: of version ${short(version)}; this coldflame reads versions 1 and 2. Update coldflame to read it`,
    );
  }
  const [started, ended] = [numberOf(fields.started), numberOf(fields.ended)];
  if (!(started !== null && ended !== null && started >= 0 && started <= ended && ended <= LATEST))
    throw new UserError(`${MANIFEST_NAME}: does not tell when the capture was`);
  const window = windowOf(numberOf(fields.window), ended - started);
  const faults: string[] = [];
  const all = listOf(fields.runs, MAX_RUNS, 'runs', faults).flatMap((run, i) => runOf(fieldsOf(run), i, faults));
  const runs = all.map((run) => ({
    ...run,
    ended: run.ended === null ? null : Math.min(run.ended, Math.max(window, run.started ?? 0)),
  }));
  const notes = listOf(fields.notes, MAX_NOTES, 'notes', faults).map(textOf);
  const marks =
    version === 1 ? [] : listOf(fields.marks, MAX_MARKS, 'marks', faults).flatMap((mark) => markOf(fieldsOf(mark)));
  const collector = fieldsOf(fields.collector);
  const began = momentOf(fields.windowBegan);
  return {
    coldflame: version,
    host: hostOf(fieldsOf(fields.host)),
    versions: versionsOf(fieldsOf(fields.versions)),
    started,
    ended: started + window,
    windowBegan: began !== null && began < window ? began : null,
    monotonic: numberOf(fields.monotonic),
    utcOffset: utcOffsetOf(fields.utcOffset, faults),
    zone: textOf(fields.zone),
    narrowed: narrowedOf(fieldsOf(fields.narrowed)),
    processes: PROCESSES.find((known) => known === fields.processes) ?? null,
    notes: [...notes, ...faults],
    collector: { pids: pidsOf(collector.pids), cpu: countOf(collector.cpu) },
    marks,
    runs,
  };
}

/** Whether the file is called a manifest and is another program's: an object that says nothing of coldflame. */
export function isForeign(text: string): boolean {
  const fields = parsed(text);
  return typeof fields === 'object' && fields !== null && !Array.isArray(fields) && !('coldflame' in fields);
}

/** How long the tools looked; captures of before it was recorded tell only how long collecting took, writing included. */
function windowOf(recorded: number | null, whole: number): number {
  return recorded !== null && recorded > 0 && recorded < whole ? recorded : whole;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${MANIFEST_NAME}: not JSON; it may have been cut short`);
  }
}

function hostOf(fields: Fields): Host {
  return {
    hostname: textOf(fields.hostname),
    kernel: textOf(fields.kernel),
    arch: textOf(fields.arch),
    os: textOf(fields.os),
    cpus: countOf(fields.cpus),
    memoryBytes: countOf(fields.memoryBytes),
    disks: disksOf(fieldsOf(fields.disks)),
    facts: factsOf(fieldsOf(fields.facts)),
  };
}

function narrowedOf(fields: Fields): Narrowing | null {
  const narrowed = {
    pid: pidsOf([fields.pid])[0] ?? null,
    comm: textOf(fields.comm),
    container: textOf(fields.container),
    cgroup: textOf(fields.cgroup),
  };
  return narrowed.pid === null && narrowed.cgroup === '' ? null : narrowed;
}

function factsOf(fields: Fields): Record<string, string> {
  const known = Object.entries(fields).slice(0, MAX_FACTS);
  return Object.fromEntries(known.map(([name, value]) => [textOf(name), textOf(value)]));
}

function disksOf(fields: Fields): Record<string, string> {
  const known = Object.entries(fields).filter(
    ([numbers, name]) => /^\d{1,9}:\d{1,9}$/.test(numbers) && textOf(name) !== '',
  );
  return Object.fromEntries(known.slice(0, MAX_DISKS).map(([numbers, name]) => [numbers, textOf(name)]));
}

function versionsOf(fields: Fields): Record<string, string> {
  const known = Object.entries(fields).slice(0, MAX_VERSIONS);
  return Object.fromEntries(known.map(([command, version]) => [textOf(command), textOf(version)]));
}

/** The run as a list of one, or of none where it does not even name its tool. */
function runOf(fields: Fields, index: number, faults: string[]): Run[] {
  const tool = textOf(fields.tool);
  if (tool === '') {
    faults.push(`${MANIFEST_NAME}: run ${index + 1} names no tool and is left out`);
    return [];
  }
  const outcome = OUTCOMES.find((known) => known === fields.outcome);
  if (outcome === undefined) faults.push(`${MANIFEST_NAME}: ${tool} has the outcome ${short(fields.outcome)}`);
  const interval = numberOf(fields.interval);
  return [
    {
      tool,
      via: textOf(fields.via),
      command: textOf(fields.command),
      outcome: outcome ?? 'failed',
      reason: textOf(fields.reason),
      file: fields.file === null ? null : textOf(fields.file) || null,
      stderr: textOf(fields.stderr),
      started: numberOf(fields.started),
      ended: numberOf(fields.ended),
      attached: momentOf(fields.attached),
      lastPrinted: momentOf(fields.lastPrinted),
      late: fields.late === true,
      status: numberOf(fields.status),
      bytes: countOf(fields.bytes) ?? 0,
      pids: pidsOf(fields.pids),
      cpu: countOf(fields.cpu),
      cpuAttaching: countOf(fields.cpuAttaching),
      cpuInWindow: countOf(fields.cpuInWindow),
      interval: interval !== null && interval > 0 ? interval : null,
    },
  ];
}

/** The mark as a list of one, or of none where it is none. */
function markOf(fields: Fields): Mark[] {
  const kind = MARK_KINDS.find((known) => known === fields.kind);
  const [at, until, word] = [momentOf(fields.at), momentOf(fields.until), textOf(fields.word)];
  if (kind === undefined || at === null || word === '') return [];
  return [
    { kind, at, until: until !== null && until >= at ? until : null, word, pid: pidsOf([fields.pid])[0] ?? null },
  ];
}

function pidsOf(value: unknown): number[] {
  const listed: unknown[] = Array.isArray(value) ? value.slice(0, MAX_PIDS) : [];
  return listed.filter((pid): pid is number => Number.isInteger(pid) && Number(pid) > 0 && Number(pid) <= LAST_PID);
}

/** Seconds since the capture started: nothing was before. */
const momentOf = countOf;

function utcOffsetOf(value: unknown, faults: string[]): number {
  const offset = numberOf(value);
  if (offset !== null && Math.abs(offset) <= MAX_UTC_OFFSET) return offset;
  faults.push(`${MANIFEST_NAME}: no sound offset from UTC: clock times of tools are taken as UTC`);
  return 0;
}

function listOf(value: unknown, most: number, name: string, faults: string[]): unknown[] {
  if (!Array.isArray(value)) {
    faults.push(`${MANIFEST_NAME}: its ${name} are no list`);
    return [];
  }
  if (value.length > most) faults.push(`${MANIFEST_NAME}: ${value.length} ${name}; the first ${most} are read`);
  return value.slice(0, most);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}

function numberOf(value: unknown): number | null {
  // No clock and no count of a host goes further, and sums of what does become infinite.
  return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
}

function countOf(value: unknown): number | null {
  const number = numberOf(value);
  return number !== null && number >= 0 ? number : null;
}

/** A value for an error message. */
function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'none').slice(0, 60);
}
