import { basename, dirname, join } from 'node:path';
import type { Argv } from 'yargs';
import { findingsOf } from '../findings/index.ts';
import { renderDiff } from '../render/report/diff.ts';
import { foundInOrder } from '../render/report/findings-html.ts';
import { writeOutput } from './output.ts';
import { readCapture } from './read.ts';
import { printable } from './terminal.ts';

export const command = 'diff <before> <after>';
export const describe = 'compare two captures: what is new, what is gone, what changed';

export function builder(yargs: Argv) {
  return yargs
    .positional('before', { type: 'string', demandOption: true, describe: 'the earlier capture, or the healthy one' })
    .positional('after', { type: 'string', demandOption: true, describe: 'the later capture, or the sick one' })
    .option('o', { alias: 'output', type: 'string', describe: 'the report (default: beside the second capture)' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler({ before, after, o }: Options): Promise<void> {
  const [earlier, later] = [
    await readCapture([before], { samples: false }),
    await readCapture([after], { samples: false }),
  ];
  const [findingsBefore, findingsAfter] = [findingsOf(earlier), findingsOf(later)];
  const path = o ?? join(dirname(after), `${basename(after).replace(/(\.tar)?(\.gz)?$/, '')}-diff.html`);
  await writeOutput(path, [renderDiff({ before: earlier, after: later, findingsBefore, findingsAfter })]);
  const rules = new Set(foundInOrder(findingsBefore).map(({ rule }) => rule));
  const fresh = foundInOrder(findingsAfter).filter(({ rule }) => !rules.has(rule));
  const lines = fresh.map(({ severity, title }) => `new ${severity.padEnd(9)} ${title}`);
  if (fresh.length === 0) lines.push('no new finding');
  if (path !== '-') lines.push(`report        ${path}`);
  (path === '-' ? process.stderr : process.stdout).write(`${printable(lines.join('\n'))}\n`);
  const damage = [...earlier.damage, ...later.damage];
  for (const fault of damage) process.stderr.write(`coldflame: ${printable(fault)}\n`);
  if (damage.length > 0) process.exitCode = 1;
}
