/** The command table. */
import type { CommandModule } from 'yargs';
import { writeOutput } from './commands/output.ts';
import { strict } from './commands/strict.ts';
import { say } from './commands/terminal.ts';
import { forYargs } from './commands/words.ts';
import { UserError } from './errors.ts';
import { version } from './generated/version.ts';

/** A command's code is loaded when it is asked for: each run waits for it. */
const commands: Record<string, () => Promise<unknown>> = {
  collect: () => import('./commands/collect.ts'),
  analyze: () => import('./commands/analyze.ts'),
  diff: () => import('./commands/diff.ts'),
  draw: () => import('./commands/draw.ts'),
  export: () => import('./commands/export.ts'),
  tools: () => import('./commands/tools.ts'),
};

/** In place of yargs's own words, whose two numbers it drops by %c. */
const NO_FILES = 'Say which files; - is standard input.%c%c';

async function main(words: string[]): Promise<void> {
  if (words.length === 1 && words[0] === '--version') {
    await writeOutput('-', [`${version}\n`]);
    return;
  }
  const { default: yargs } = await import('yargs');
  const program = yargs(forYargs(words))
    .scriptName('coldflame')
    .usage('$0 <command>\n\nWhat a slow Linux host was doing: collect there, analyze here.');
  for (const module of await commandsFor(words)) program.command(strict(module));
  await program
    .demandCommand(1, 'Say what to do: coldflame --help lists the commands.')
    .updateStrings({
      'Not enough non-option arguments: got %s, need at least %s': { one: NO_FILES, other: NO_FILES } as never,
      'Not enough arguments following: %s': 'The option %s needs a value.',
    })
    .strict()
    .version(version)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new UserError(message ?? 'wrong arguments', 2);
    })
    .parseAsync();
}

/** The command that is named first, else all of them: for --help, and to say what is wrong. */
async function commandsFor([first = '']: readonly string[]): Promise<CommandModule[]> {
  const named = Object.hasOwn(commands, first) ? commands[first] : undefined;
  const loaded = await Promise.all((named === undefined ? Object.values(commands) : [named]).map((load) => load()));
  return loaded as CommandModule[];
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof Error && error.name === 'YError';
  if (!(isUsage || error instanceof UserError)) throw error;
  say(error.message);
  process.exitCode = error instanceof UserError ? error.exitCode : 2;
});
