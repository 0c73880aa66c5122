/** The command line: which verb it is, help, and what a wrong use is answered. */
import { existsSync } from 'node:fs';
import type { Common, Verb } from './cli/verb.ts';
import { entries, verbNamed } from './commands/index.ts';
import { takeLimits } from './commands/limits.ts';
import { print } from './commands/output.ts';
import { say, setTalk, styled } from './commands/terminal.ts';
import { setV8Flag } from './commands/v8-flag.ts';
import { systemFault, UserError } from './errors.ts';
import { version } from './generated/version.ts';
import { didYouMean } from './nearest.ts';

const HELP = ['-h', '--help'];
const VERSION = ['-V', '--version'];

/**
 * V8 optimises what has run a while. Of a run of a second much is optimised just before it ends, on the cores that do the work:
 * a seventh of the CPU time of a report, a tenth of folding by threads.
 */
function optimiseLater(): void {
  setV8Flag('--interrupt-budget=1000000');
}

async function main(words: readonly string[]): Promise<void> {
  const [first = 'help', ...rest] = words;
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  const asked = [first, ...own];
  if (first === 'help' || HELP.includes(first)) return help(own[0]);
  // Alone, -v means nothing else.
  if (asked.some((word) => VERSION.includes(word)) || (first === '-v' && own.length === 0))
    return print([`${version}\n`]);
  if (own.some((word) => HELP.includes(word))) return help(first);
  const verb = await known(first);
  const { parse } = await import('./cli/parse.ts');
  const { values, ...given } = parse(verb, rest);
  setTalk(values as Common);
  takeLimits();
  await verb.run(values as never, given);
}

async function known(name: string): Promise<Verb> {
  const verb = await verbNamed(name);
  if (verb !== undefined) return verb;
  const word = /^[\w.-]+$/.test(name) ? name : JSON.stringify(name);
  if (name.startsWith('-'))
    throw new UserError(`${word} stands before the command; options follow it (coldflame help)`, 2);
  const names = entries.map((entry) => entry.name);
  const near = existsSync(name) ? `; did you mean coldflame analyze ${word}?` : didYouMean(name, names);
  throw new UserError(`no command ${word}${near} (${names.join(', ')}; coldflame help)`, 2);
}

/** The list of commands, or all of one. */
async function help(name: string | undefined): Promise<void> {
  const { helpOf, shortHelp } = await import('./cli/help.ts');
  const heading = (text: string) => styled('bold', text, 'stdout');
  await print([name === undefined ? shortHelp(entries, heading) : helpOf(await known(name), heading)]);
}

optimiseLater();
main(process.argv.slice(2)).catch((error: unknown) => {
  const told = error instanceof UserError ? error : systemFault(error);
  if (told === null) throw error;
  say(told.message);
  process.exitCode = told.exitCode;
});
