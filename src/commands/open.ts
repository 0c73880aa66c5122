/** Shows a report in the browser of whoever asked for it. */
import type { Option } from '../cli/verb.ts';
import { say } from './terminal.ts';

export const OPEN = {
  type: 'boolean',
  default: false,
  describe: 'show the report in the browser',
} as const satisfies Option;

/** @param path null where no report was written, `-` where it went to standard output */
export async function openReport(path: string | null): Promise<void> {
  if (path === null || path === '-') return say('--open: no report file to show');
  const { default: open } = await import('open');
  const viewer = await open(path);
  // Without a browser the file is there all the same.
  viewer.once('error', ({ message }) => say(`--open: no browser could be started (${message})`));
  viewer.once('exit', (status) => {
    if (status) say(`--open: no browser could be started`);
  });
}
