/** Runs the collecting script: on this host, or on another through the system's own ssh. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { link, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.ts';

/**
 * Runs the script here; it writes the archive itself.
 * @returns the script's exit status
 */
export async function runHere(script: string): Promise<number> {
  const shell = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'inherit', 'inherit'] });
  return (await supervised(shell, script)).status;
}

/**
 * Runs the script on another host and brings its archive to `output`, whole or not at all, readable by its owner alone.
 *
 * @param script one that writes its archive to standard output
 * @param output a path, `-` for standard output, or empty for the first free capture.tar
 * @returns the path of the archive, or null when it went to standard output
 * @throws UserError when no whole archive arrived
 */
export async function runOverSsh(host: string, script: string, output: string): Promise<string | null> {
  if (output === '-') {
    const { status } = await supervised(startSsh(host, ['pipe', 'inherit', 'inherit']), script);
    if (status !== 0) throw failure(host, status);
    return null;
  }
  const wanted = resolve(output === '' ? 'capture.tar' : output);
  // Root would put a file in the place of /dev/null.
  if ((await stat(wanted).catch(() => null))?.isFile() === false)
    throw new UserError(`${wanted}: not a file; name another with -o (-o - is standard output)`);
  const unfinished = join(dirname(wanted), `.coldflame.${process.pid}.part`);
  try {
    const file = createWriteStream(unfinished, { mode: 0o600, flags: 'wx' });
    await new Promise((opened, failed) => file.once('open', opened).once('error', failed));
    const ssh = startSsh(host, ['pipe', 'pipe', 'inherit']);
    const arrival = pipeline(ssh.stdout as NodeJS.ReadableStream, file);
    // The status tells more than a broken pipe; the rejection is looked at after it.
    arrival.catch(() => ssh.kill());
    const { status } = await supervised(ssh, script);
    await arrival;
    if (status !== 0) throw failure(host, status);
    return await publish(unfinished, wanted, output === '');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${wanted}: could not be written (${(error as NodeJS.ErrnoException).code ?? error})`);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** ssh ends when it hears the terminal's Ctrl-C, and the archive with it: it ignores that, and the script is told. */
function startSsh(host: string, stdio: StdioOptions): ChildProcess {
  const words = ['-T', '--', host, 'exec /bin/sh -s'];
  return spawn('/bin/sh', ['-c', `trap '' INT; exec ssh "$@"`, 'ssh', ...words], { stdio });
}

function failure(host: string, status: number): UserError {
  return new UserError(
    status === 255 ? `${host}: ssh did not get through; see what it said above` : `${host}: no archive came back`,
  );
}

/**
 * Hands the script to a shell's standard input and leaves that open: when this process goes, in whatever way, it closes,
 * and the script ends. The first signal does the same on purpose: it keeps what there is. The second keeps nothing.
 */
async function supervised(child: ChildProcess, script: string): Promise<{ status: number }> {
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
      child.once('error', failed);
      child.once('close', (code) => ended({ status: code ?? 1 }));
    });
  } finally {
    for (const signal of caught) process.off(signal, onSignal);
    stdin.destroy();
  }
}

/** Gives the archive its name; without one from the user, the first free of capture.tar, capture-2.tar, … */
async function publish(unfinished: string, wanted: string, numbered: boolean): Promise<string> {
  if ((await stat(unfinished)).size === 0) throw new UserError('an empty archive came back');
  if (!numbered) {
    await rename(unfinished, wanted);
    return wanted;
  }
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : join(dirname(wanted), `${basename(wanted, '.tar')}-${number}.tar`);
    try {
      // A link fails where the name is taken, whoever took it just now.
      await link(unfinished, name);
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
