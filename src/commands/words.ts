/** The words of the command line, before yargs sees them. */
import { STDIN } from '../archive/stdin.ts';

/** What yargs would misread, said so that it does not. What stands after `--` is a command of the user's, and stays. */
export function forYargs(words: readonly string[]): string[] {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return [...withNumbers(nameStdin(words.slice(0, end))), ...words.slice(end)];
}

/** yargs loses a lone dash among the files: it goes by the name it has on Linux. After -o it is standard output. */
function nameStdin(words: readonly string[]): string[] {
  return words.map((word, i) => (word === '-' && !/^(-o|--output)$/.test(words[i - 1] ?? '') ? STDIN : word));
}

/** `--pid perf.txt` is a flag and a file, `--pid 4242` narrows: yargs is told which by an equals sign. */
function withNumbers(words: readonly string[]): string[] {
  const out: string[] = [];
  for (const word of words) {
    const last = out.at(-1);
    if ((last === '--pid=' || last === '--tid=') && /^\d+(,\d+)*$/.test(word)) out[out.length - 1] = `${last}${word}`;
    else out.push(word === '--pid' || word === '--tid' ? `${word}=` : word);
  }
  return out;
}
