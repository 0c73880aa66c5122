/** The capture's own tools: what they cost, and which of the processes that they saw are they. */
import type { Manifest, Run } from '../datasets/capture.ts';

export interface Observer {
  /** CPU seconds of each tool that used any in the window, most first. */
  tools: readonly { tool: string; seconds: number }[];
  /** Their share of the CPU time of the window, 0 to 1; null where it is not known. */
  share: number | null;
  /** Whether PIDs tell which processes are ours; names alone also fit somebody else's perf. */
  knowsPids: boolean;
  isOwn(name: string, pid: number | null): boolean;
}

/** What the tools of the collector start themselves. */
const HELPERS = ['sadc', 'timeout', 'coldflame'];
/** The kernel keeps so many characters of a name. */
const COMM_LENGTH = 15;

export function observerOf(manifest: Manifest | null, cpus: number | null): Observer {
  const ran = (manifest?.runs ?? []).filter(({ started, command }) => started !== null && command !== '');
  const marks = (manifest?.marks ?? []).flatMap(({ pid }) => pid ?? []);
  const pids = new Set([...ran.flatMap((run) => run.pids), ...(manifest?.collector.pids ?? []), ...marks]);
  const knowsPids = manifest !== null && manifest.coldflame >= 2;
  const names = namesOf(ran);
  const tools = ran
    .map((run) => ({ tool: run.tool, seconds: secondsOf(run) }))
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds || (a.tool < b.tool ? -1 : 1));
  return {
    tools,
    share: shareOf(tools, manifest, cpus),
    knowsPids,
    isOwn: (name, pid) => (knowsPids && pid !== null ? pids.has(pid) : names.has(name)),
  };
}

/** In the window, where the manifest tells it apart from the writing after it. */
function secondsOf(run: Run): number {
  return isOfUser(run) ? 0 : (run.cpuInWindow ?? run.cpu ?? 0);
}

// sh        /usr/bin/sh
const SHELL = /(?:^|\/)sh$/;

/** `perf record … -- make` runs the user's own command: its time is what was asked for, not what asking cost. */
function isOfUser({ command }: Run): boolean {
  const words = command.split(' ');
  const end = words.indexOf('--');
  // Programs of our own are shell scripts, and say `--` to the tools that they call.
  return !SHELL.test(words[0] ?? '') && end >= 0 && words[end + 1] !== 'sleep';
}

/** The programs of our own are run by sh, as are many others. */
function namesOf(ran: readonly Run[]): ReadonlySet<string> {
  const names = ran.map(
    ({ command }) => (command.split(' ', 1)[0] ?? '').split('/').at(-1)?.slice(0, COMM_LENGTH) ?? '',
  );
  return new Set([...names, ...(names.length > 0 ? HELPERS : [])].filter((name) => name !== 'sh' && name !== ''));
}

function shareOf(tools: Observer['tools'], manifest: Manifest | null, cpus: number | null): number | null {
  if (manifest === null || cpus === null || manifest.runs.every(({ cpu }) => cpu === null)) return null;
  const all = (manifest.ended - manifest.started - (manifest.windowBegan ?? 0)) * cpus;
  return all > 0 ? tools.reduce((sum, { seconds }) => sum + seconds, 0) / all : null;
}
