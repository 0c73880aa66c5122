/** What yargs lets pass on a command line and a person did not mean. */
import type { Argv, CommandModule } from 'yargs';
import { UserError } from '../errors.ts';

/** What yargs's types leave out: what it knows of the options declared so far, and the help text that it keeps. */
interface Inside {
  getOptions(): {
    array: string[];
    string: string[];
    number: string[];
    choices: Record<string, unknown>;
  };
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage(): void } };
}

/** Options that stand for something without a value too: PIDs in the first frame. */
const ALSO_FLAGS = /^[pt]id$/;

/** The command, with options that take their one value, are numbers where they must be, and are given once. */
export function strict(module: CommandModule): CommandModule {
  const positionals = new Set(String(module.command).match(/\w+(?=\.*[\]>])/g));
  const builder = async (yargs: Argv): Promise<Argv> => {
    const built = (await (module.builder as (yargs: Argv) => Argv)(yargs)) as Argv & Inside;
    const { array, string, number, choices } = built.getOptions();
    const valued = [...string, ...number, ...Object.keys(choices)];
    for (const name of valued) if (!positionals.has(name) && !ALSO_FLAGS.test(name)) built.nargs(name, 1);
    // Made beside each command that runs, for mistakes that are told without help here: 4 ms.
    built.getInternalMethods().getUsageInstance().cacheHelpMessage = () => {};
    // By the declared names: yargs hands each value over by its aliases and in camel case too.
    return built.check((values) => {
      for (const name of valued) checkOption(name, values[name], array.includes(name));
      return true;
    });
  };
  return { ...module, builder: builder as NonNullable<CommandModule['builder']> };
}

/** @throws UserError for an option that was given twice, or whose number is none. */
function checkOption(name: string, value: unknown, several: boolean): void {
  const flag = name.length === 1 ? `-${name}` : `--${name}`;
  if (Array.isArray(value) && !several) throw new UserError(`${flag} is given ${value.length} times: say it once`, 2);
  for (const each of [value].flat())
    if (typeof each === 'number' && !Number.isFinite(each)) throw new UserError(`${flag}: a number is needed`, 2);
}
