/** The command table, and the only process.exit. */
import yargs from 'yargs';
import { STDIN } from './archive/input.ts';
import * as analyze from './commands/analyze.ts';
import * as collect from './commands/collect.ts';
import * as draw from './commands/draw.ts';
import * as exportCommand from './commands/export.ts';
import { withNumbers } from './commands/folding.ts';
import { printable } from './commands/terminal.ts';
import * as tools from './commands/tools.ts';
import { UserError } from './errors.ts';
import { version } from './generated/version.ts';

async function main(words: string[]): Promise<void> {
  await yargs(upToDashes(words, (own) => withNumbers(nameStdin(own))))
    .scriptName('coldflame')
    .usage('$0 <command>\n\nWhat a slow Linux host was doing: collect there, analyze here.')
    .command(collect)
    .command(analyze)
    .command(draw)
    .command(exportCommand)
    .command(tools)
    .demandCommand(1, 'Say what to do: coldflame --help lists the commands.')
    .strict()
    .version(version)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new UserError(message ?? 'wrong arguments', 2);
    })
    .parseAsync();
}

/** What stands after `--` is a command of the user's, and stays as it is. */
function upToDashes(words: string[], change: (own: string[]) => string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return [...change(words.slice(0, end)), ...words.slice(end)];
}

/** yargs loses a lone dash among the files: it goes by the name it has on Linux. After -o it is standard output. */
function nameStdin(words: string[]): string[] {
  return words.map((word, i) => (word === '-' && !/^(-o|--output)$/.test(words[i - 1] ?? '') ? STDIN : word));
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of a pipe has seen enough (head): that is no fault.
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`coldflame: ${printable(error.message)}\n`);
  process.exitCode = error.exitCode;
}
