import { completionFor, type Shell, shells } from '../cli/completion.ts';
import type { Given, Verb, VerbTable } from '../cli/verb.ts';
import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { print } from './output.ts';

/** @param all gives every command of the table, this one too */
export function completionVerb(all: () => Promise<Verb[]>): VerbTable {
  return {
    operands: [{ name: 'SHELL', needed: `a shell: ${shells.join(', ')}`, words: shells }],
    groups: [],
    examples: [
      ['source <(coldflame completion bash)', 'bash, in ~/.bashrc'],
      ['coldflame completion zsh > ~/.zfunc/_coldflame', 'zsh, where ~/.zfunc is in fpath before compinit'],
      ['coldflame completion fish > ~/.config/fish/completions/coldflame.fish', 'fish'],
    ],
    run: async (_: object, { operands: [shell = ''] }: Given) => {
      if (!isShell(shell))
        throw new UserError(
          `no completion for ${JSON.stringify(shell)}${didYouMean(shell, shells)} (${shells.join(', ')})`,
          2,
        );
      await print([completionFor(shell, await all())]);
    },
  };
}

function isShell(word: string): word is Shell {
  return shells.some((each) => each === word);
}
