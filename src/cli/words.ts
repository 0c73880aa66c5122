/** The words of a command line before yargs reads them: spelled so that it cannot misread them, and checked for what it lets pass. */
import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { dashed, type Option, type OptionTable, spellings } from './verb.ts';

/** The options of a verb by every spelling, `-o` and `--output` alike. */
function bySpelling(options: OptionTable): Map<string, Option> {
  const entries = Object.entries(options).flatMap(([name, option]) =>
    spellings(name, option).map((spelling) => [dashed(spelling), option] as const),
  );
  return new Map(entries);
}

/**
 * @param words of a verb, without it, up to `--`
 * @returns the same, in spellings that yargs reads in one way only
 * @throws UserError (exit 2) for an option that the verb does not have, that lacks its value, or has one and takes none
 */
export function checkedWords(verb: string, words: readonly string[], table: OptionTable): string[] {
  const options = bySpelling(table);
  const checked: string[] = [];
  for (const all = words.flatMap((word) => separate(word, options)); all.length > 0; ) {
    const word = all.shift() as string;
    if (!word.startsWith('-') || word === '-') {
      checked.push(word);
      continue;
    }
    const [spelled = '', ...rest] = word.split('=');
    const option = optionOf(spelled, options);
    if (option === undefined)
      throw new UserError(
        `${verb} has no option ${spelled}${nearOption(spelled, options)} (coldflame ${verb} -h lists them)`,
        2,
      );
    const isFlag = option.value === undefined;
    if (isFlag && rest.length > 0) throw new UserError(`${spelled} takes no value`, 2);
    const value = isFlag ? undefined : rest.length > 0 ? rest.join('=') : takeValue(all, option);
    if (value === '' && option.optional === undefined)
      throw new UserError(`${spelled} needs a value: ${spelled} ${option.value}`, 2);
    checked.push(value === undefined ? word : `${spelled}=${value}`);
  }
  return checked;
}

/** `--no-idle` is `--idle`, said no to. */
function optionOf(spelled: string, options: ReadonlyMap<string, Option>): Option | undefined {
  const option = options.get(spelled);
  if (option !== undefined || !spelled.startsWith('--no-')) return option;
  const negated = options.get(`--${spelled.slice('--no-'.length)}`);
  return negated?.type === 'boolean' ? negated : undefined;
}

/** Takes the next word for a value; empty where there is none. `--pid perf.txt` is a flag and a file: a value of its kind is numbers. */
function takeValue(rest: string[], { optional }: Option): string {
  const [next] = rest;
  if (next === undefined || (optional ? !/^\d+(,\d+)*$/.test(next) : /^-[^\d]/.test(next))) return '';
  return rest.shift() as string;
}

/** `-qv` as `-q -v`, and `-F99` as `-F 99`. */
function separate(word: string, options: ReadonlyMap<string, Option>): string[] {
  if (!/^-[a-z]{2}|^-[a-z]\d/i.test(word)) return [word];
  const letter = word.slice(0, 2);
  const option = options.get(letter);
  if (option === undefined) return [word];
  if (option.value !== undefined) return [letter, word.slice(2)];
  const others = separate(`-${word.slice(2)}`, options);
  return options.has(others[0] as string) ? [letter, ...others] : [word];
}

/** Any letter is near any other: a letter has no near miss. */
function nearOption(spelled: string, options: ReadonlyMap<string, Option>): string {
  return spelled.startsWith('--')
    ? didYouMean(
        spelled,
        [...options.keys()].filter((name) => name.startsWith('--')),
      )
    : '';
}
