import { readFile, writeFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import { STDIN } from '../archive/input.ts';
import { UserError } from '../errors.ts';
import { findingsOf } from '../findings/index.ts';
import { parseThresholds } from '../findings/thresholds.ts';
import { renderReport } from '../render/report/report.ts';
import { readCapture } from './read.ts';
import { printable } from './terminal.ts';

export const command = 'analyze <files..>';
export const describe = 'read a capture, print its summary, write the HTML report';

export function builder(yargs: Argv) {
  return yargs
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'a capture, a folder, tool output, or -',
    })
    .option('o', { alias: 'output', type: 'string', describe: 'the report (default: beside the first file)' })
    .option('thresholds', {
      type: 'string',
      describe: 'a JSON file of thresholds for the findings (docs/findings.md)',
    });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler({ files, o, thresholds }: Options): Promise<void> {
  const limits = thresholds === undefined ? {} : parseThresholds(thresholds, await readText(thresholds));
  const capture = await readCapture(files, { samples: true });
  const report = renderReport({ capture, findings: findingsOf(capture, limits) });
  const path = o ?? reportPath(files[0] as string);
  if (path === '-') process.stdout.write(report);
  else await writeFile(path, report);
  for (const fault of capture.damage) process.stderr.write(`coldflame: ${printable(fault)}\n`);
  if (capture.damage.length > 0) process.exitCode = 1;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path}: cannot be read (${error.code})`, 2);
  });
}

/** capture.tar.gz gives capture.html beside it. */
function reportPath(file: string): string {
  return file === STDIN ? 'coldflame.html' : `${file.replace(/(\.tar)?(\.gz)?$/, '')}.html`;
}
