import type { Argv } from 'yargs';
import { UserError } from '../errors.ts';
import { toFolded } from '../exports/folded.ts';
import { toJson } from '../exports/json.ts';
import { readCapture } from './read.ts';

export const command = 'export <files..>';
export const describe = 'what was read, as folded stacks, JSON or CSV';

export function builder(yargs: Argv) {
  return yargs
    .positional('files', {
      type: 'string',
      array: true,
      demandOption: true,
      describe: 'a capture, a folder, tool output, or -',
    })
    .option('format', { choices: ['folded', 'json'] as const, demandOption: true })
    .option('samples', { type: 'boolean', default: false, describe: 'each sample too (json)' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler({ files, format, samples }: Options): Promise<void> {
  const capture = await readCapture(files, { samples });
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify(toJson(capture, { samples }), null, 1)}\n`);
    return;
  }
  const stacks = capture.datasets.filter((dataset) => dataset.shape === 'stacks');
  if (stacks.length === 0) throw new UserError(`${files.join(', ')}: no stacks to fold`);
  for (const { profile } of stacks) for (const line of toFolded(profile)) process.stdout.write(line);
}
