/** Runs the collecting script: on this host, or on another through the system's own ssh or any command that gives a shell there. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { UserError } from '../errors.ts';

/** How a shell on the host is reached. */
export type Way = { ssh: string } | { via: string };

/** The host, as messages have it. */
export function nameOf(way: Way): string {
  return 'ssh' in way ? way.ssh : way.via;
}

/**
 * Runs the script here; it writes the archive itself.
 * @returns the script's exit status
 */
export async function runHere(script: string): Promise<number> {
  return supervised(shell(['-s'], ['pipe', 'inherit', 'inherit']), script);
}

/**
 * Starts a shell on the host that reads its script from standard input. It ignores the terminal's Ctrl-C, or the archive
 * would end with the connection: the script is told instead (`supervised`).
 */
export function startThere(way: Way, stdout: 'pipe' | 'inherit'): ChildProcess {
  const stdio: StdioOptions = ['pipe', stdout, 'inherit'];
  if ('ssh' in way)
    return shell(['-c', `trap '' INT; exec ssh "$@"`, 'ssh', '-T', '--', way.ssh, 'exec /bin/sh -s'], stdio);
  // `kubectl debug … --` leaves what to run to us.
  const command = / --\s*$/.test(way.via) ? `${way.via} sh` : way.via;
  return shell(['-c', `trap '' INT\n${command}`], stdio);
}

/** @throws UserError where this machine starts no process now, at once or by the child's `error` */
function shell(words: readonly string[], stdio: StdioOptions): ChildProcess {
  try {
    return spawn('/bin/sh', words, { stdio });
  } catch (error) {
    throw notStarted(error as NodeJS.ErrnoException);
  }
}

function notStarted({ code, message }: NodeJS.ErrnoException): UserError {
  return new UserError(
    `/bin/sh could not be started (${code ?? message}): see the limits of processes and open files (ulimit -a)`,
  );
}

/**
 * Hands the script to a shell's standard input and leaves that open: when this process goes, in whatever way, it closes,
 * and the script ends. The first signal does the same on purpose: it keeps what there is. The second keeps nothing.
 *
 * @returns the shell's exit status
 */
export async function supervised(child: ChildProcess, script: string): Promise<number> {
  const { stdin } = child;
  if (stdin === null) throw new TypeError('the shell needs a pipe');
  stdin.on('error', () => {}); // It ended before it had read all: its status says why.
  stdin.write(script);
  let signals = 0;
  const onSignal = () => {
    if (++signals === 1) stdin.end();
    else child.kill('SIGTERM');
  };
  const caught = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of caught) process.on(signal, onSignal);
  try {
    return await new Promise((ended, failed) => {
      child.once('error', (error) => failed(notStarted(error)));
      child.once('close', (code) => ended(code ?? 1));
    });
  } finally {
    for (const signal of caught) process.off(signal, onSignal);
    stdin.destroy();
  }
}
