/** Files that are not whole yet, beside the place that they get when they are. */
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

let made = 0;

/**
 * A name of this process's own in the folder of `place`. What earlier runs on this host left there, because they were killed,
 * goes.
 */
export function partBeside(place: string): string {
  const folder = dirname(place);
  const host = hostname().replace(/[^\w-]/g, '_');
  removeStale(folder, host);
  return join(folder, `.coldflame.${host}.${process.pid}-${++made}.part`);
}

function removeStale(folder: string, host: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const [, owner, pid] = /^\.coldflame\.([\w-]+)\.(\d+)-\d+\.part$/.exec(name) ?? [];
      if (owner === host && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
    }
  } catch {
    // Somebody else's, or a folder that cannot be listed: the new part does not depend on it.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
