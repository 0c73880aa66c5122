/** Which tools a capture is made with, from the words of the command line. */

import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import type { Tool } from '../tools/tool.ts';
import { sets } from '../tools/tool.ts';

export interface Choice {
  sets: readonly string[];
  tools: readonly string[];
  skip: readonly string[];
}

/**
 * The rows to collect, in the catalogue's order: those of the sets and those named, without those to skip.
 * @throws UserError (exit 2) for a set or tool that the catalogue does not know, and for an empty choice.
 */
export function chooseTools(catalogue: readonly Tool[], choice: Choice): Tool[] {
  for (const set of choice.sets) known('set', set, [...sets, 'all']);
  const names = catalogue.filter(({ capture }) => capture.length > 0).map(({ name }) => name);
  for (const name of [...choice.tools, ...choice.skip]) known('tool', name, names);
  const chosen = catalogue.filter(
    (tool) =>
      names.includes(tool.name) &&
      !choice.skip.includes(tool.name) &&
      (choice.tools.includes(tool.name) ||
        choice.sets.includes('all') ||
        tool.sets.some((set) => choice.sets.includes(set))),
  );
  if (chosen.length === 0) throw new UserError('no tool is left to run; name one with --set or --tool', 2);
  return chosen;
}

function known(kind: 'set' | 'tool', name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const hint = kind === 'set' ? `the sets are ${names.join(', ')}` : 'coldflame tools lists them';
  throw new UserError(`no ${kind} ${name}${didYouMean(name, names)} (${hint})`, 2);
}
