/**
 * A verb's words as values, by yargs. This is the only file that knows yargs. It declares options and nothing else: the help
 * and the messages of yargs know no metavariables, no groups and no near misses.
 */
import yargs from 'yargs';
import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { camelCase, dashed, type Given, type Option, type OptionTable, optionsOf, type Verb } from './verb.ts';
import { checkedWords } from './words.ts';

const CONFIGURATION = {
  // `12` may be a file, and `--a.b` is no object.
  'parse-positional-numbers': false,
  'dot-notation': false,
  'short-option-groups': false,
};

type Values = Record<string, unknown>;

/**
 * @param words what follows the verb
 * @throws UserError (exit 2) for anything that is wrong with them
 */
export function parse(verb: Verb, words: readonly string[]): Given & { values: Values } {
  const table = optionsOf(verb);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const rest = words.slice(end + 1);
  const { _: named, ...values } = read(checkedWords(verb.name, words.slice(0, end), table), table);
  const operands = verb.command === undefined ? [...named, ...rest] : named;
  checkOperands(verb, operands);
  for (const [name, option] of Object.entries(table)) checkValue(name, option, values);
  checkConflicts(table, values);
  return { values: typed(values, table), operands, command: verb.command === undefined ? [] : rest };
}

function read(words: readonly string[], table: OptionTable): Values & { _: string[] } {
  return yargs()
    .help(false)
    .version(false)
    .options(Object.fromEntries(Object.entries(table).map(([name, option]) => [name, forYargs(option)])))
    .parserConfiguration(CONFIGURATION)
    .parseSync(words) as unknown as Values & { _: string[] };
}

function forYargs({ type, value, alias = [], array, default: fallback }: Option) {
  return {
    // Numbers are read below: yargs takes an empty word for 0.
    type: type === 'number' ? ('string' as const) : type,
    alias: [alias].flat(),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(array ? { array } : {}),
    ...(value === undefined ? {} : { nargs: 1 }),
  };
}

function checkValue(name: string, { type, value: metavariable, choices, array, demandOption }: Option, values: Values) {
  const given = values[name];
  const option = dashed(name);
  if (given === undefined && demandOption) throw new UserError(`${option} ${metavariable} is required`, 2);
  if (Array.isArray(given) && !array) throw new UserError(`${option} can be given only once`, 2);
  for (const word of [given].flat().filter((each) => typeof each === 'string')) {
    if (type === 'number' && !/^-?\d+(\.\d+)?$/.test(word))
      throw new UserError(`${option} must be a number (got ${word})`, 2);
    if (choices?.includes(word) === false)
      throw new UserError(`${option} must be ${listed(choices)} (got ${word})${didYouMean(word, choices)}`, 2);
  }
}

/** `a, b or c`. */
function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function checkConflicts(table: OptionTable, values: Values): void {
  const isGiven = (name: string) => values[name] !== undefined && values[name] !== table[name]?.default;
  for (const [name, { conflicts = [] }] of Object.entries(table))
    for (const other of conflicts)
      if (isGiven(name) && isGiven(other))
        throw new UserError(`${dashed(name)} and ${dashed(other)} exclude each other`, 2);
}

function checkOperands({ name, operands, command }: Verb, given: readonly string[]): void {
  const missing = operands.find(({ needed }, i) => needed !== undefined && given[i] === undefined);
  if (missing !== undefined) throw new UserError(`${name} needs ${missing.needed}`, 2);
  const extra = operands.some(({ several }) => several) ? undefined : given[operands.length];
  if (extra === undefined) return;
  const hint = command === undefined ? '' : `; a command to run follows --: coldflame ${name} -- ${extra}`;
  throw new UserError(`${name} does not take ${JSON.stringify(extra)}${hint}`, 2);
}

/** By name in camel case, numbers as numbers. */
function typed(values: Values, table: OptionTable): Values {
  const entries = Object.entries(table).map(([name, { type }]) => {
    const given = values[name];
    const value =
      type !== 'number' || given === undefined ? given : Array.isArray(given) ? given.map(Number) : Number(given);
    return [camelCase(name), value] as const;
  });
  return Object.fromEntries(entries);
}
