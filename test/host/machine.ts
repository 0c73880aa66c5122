/** The virtual host: its images, and how it is booted. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const HERE = import.meta.dirname;
export const SUITES = ['bookworm', 'trixie'];
/** Images, the archives of the last runs and scratch files: some gigabytes. */
export const FOLDER = process.env.HOST_FOLDER ?? '/var/tmp/coldflame-host';
/** Of all that a boot runs together; what is done by then is kept. */
const LONGEST = 10 * 3600;

/** Builds the image where it is missing. */
export function prepared(suite: string): void {
  if (existsSync(join(FOLDER, `${suite}.img`))) return;
  process.stdout.write(`building ${join(FOLDER, suite)}.img, once: some minutes and 2 GB\n`);
  execFileSync(join(HERE, 'image.sh'), [suite, FOLDER], { stdio: 'inherit' });
}

/**
 * Boots, runs SHARE/job.sh and waits until it has ended.
 *
 * @param share the folder that is /mnt there
 * @returns the exit status of the job
 */
export function boot(suite: string, share: string): Promise<number> {
  const machine = spawn('nice', ['-n', '2', join(HERE, 'machine.sh'), suite, FOLDER, share, String(LONGEST)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stop = () => machine.kill();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return new Promise((ended) => machine.once('close', (status) => ended(status ?? 1)));
}
