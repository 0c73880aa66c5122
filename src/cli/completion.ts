/** Completions for bash, zsh and fish, from the command table: plain scripts, so that a TAB starts no Node. */
import { dashed, groupsOf, type Operand, type Option, optionsOf, spellings, type Verb } from './verb.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Values that name a file or a folder. */
const PATHS = new Set(['FILE', 'DIR', 'PATH', 'DIR|TAR']);

/**
 * @param verbs the whole table
 * @returns a script for the shell to read: `source <(coldflame completion bash)`
 */
export function completionFor(shell: Shell, verbs: readonly Verb[]): string {
  const lines = { bash, zsh, fish }[shell](verbs);
  return `${lines.join('\n')}\n`;
}

function bash(verbs: readonly Verb[]): string[] {
  return [
    '# bash completion for coldflame. Read it in ~/.bashrc: source <(coldflame completion bash)',
    '_coldflame() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= options=',
    '  # `--format=json` comes as three words.',
    "  [[ $cur == = ]] && cur=''",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}',
    '  COMPREPLY=()',
    '  if (( COMP_CWORD == 1 )); then',
    `    COMPREPLY=($(compgen -W ${quoted([...namesOf(verbs), 'help'].join(' '))} -- "$cur"))`,
    '    return',
    '  fi',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  case ${COMP_WORDS[1]}:$prev in',
    ...verbs.flatMap((verb) => Object.entries(optionsOf(verb)).flatMap((entry) => bashValue(verb.name, ...entry))),
    '  esac',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of the shell
    '  case ${COMP_WORDS[1]} in',
    ...verbs.map(
      (verb) =>
        `    ${verb.name}) options=${quoted(allDashed(verb).join(' '))} words=${quoted(operandWords(verb).join(' '))} ;;`,
    ),
    `    help) words=${quoted(namesOf(verbs).join(' '))} ;;`,
    '  esac',
    '  # With no word of ours, files.',
    '  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$cur"))',
    '  else COMPREPLY=($(compgen -W "$words" -- "$cur")); fi',
    '}',
    'complete -o default -F _coldflame coldflame',
  ];
}

/** What may follow the option; files where it names one; nothing of ours otherwise, and no file. */
function bashValue(verb: string, name: string, option: Option): string[] {
  if (option.value === undefined) return [];
  const words = wordsOf(option);
  if (words.length === 0 && PATHS.has(option.value)) return [];
  const pattern = spellings(name, option)
    .map((each) => `${verb}:${dashed(each)}`)
    .join('|');
  const reply =
    words.length === 0 ? 'compopt +o default' : `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$cur"))`;
  return [`    ${pattern}) ${reply}; return ;;`];
}

function zsh(verbs: readonly Verb[]): string[] {
  return [
    '#compdef coldflame',
    '# zsh completion for coldflame. Write it to a folder of $fpath: coldflame completion zsh > ~/.zfunc/_coldflame',
    '_coldflame() {',
    '  local curcontext=$curcontext state line',
    "  _arguments -C '1: :->command' '*:: :->rest'",
    '  case $state in',
    '    command)',
    '      local -a commands=(',
    ...verbs.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`),
    '        help:"options and examples of a command"',
    '      )',
    '      _describe command commands ;;',
    '    rest)',
    '      case $words[1] in',
    ...verbs.flatMap((verb) => [
      `        ${verb.name}) _arguments \\`,
      [
        ...Object.entries(optionsOf(verb)).flatMap((entry) => zshOption(...entry)),
        ...verb.operands.map(zshOperand),
        ...(verb.command === undefined ? [] : [quoted('*::command:_normal')]),
      ]
        .map((each) => `          ${each}`)
        .join(' \\\n'),
      '          ;;',
    ]),
    `        help) _values command ${namesOf(verbs).join(' ')} ;;`,
    '      esac ;;',
    '  esac',
    '}',
    'if [[ $funcstack[1] == _coldflame ]]; then _coldflame; else compdef _coldflame coldflame; fi',
  ];
}

function zshOption(name: string, option: Option): string[] {
  const all = dashedOf(name, option);
  const text = `[${option.describe.replace(/[[\]\\]/g, '\\$&')}]`;
  const words = wordsOf(option);
  const value = option.value ?? '';
  const action = words.length > 0 ? `(${words.join(' ')})` : PATHS.has(value) ? '_files' : ' ';
  const after = value === '' ? '' : `:${value}:${action}`;
  const once = option.array ? '*' : `(${all.join(' ')})`;
  return all.map((each) => quoted(`${once}${each}${text}${after}`));
}

function zshOperand(operand: Operand): string {
  const { name, several, words = [] } = operand;
  return quoted(`${several ? '*' : ''}:${name}:${words.length > 0 ? `(${words.join(' ')})` : '_files'}`);
}

function fish(verbs: readonly Verb[]): string[] {
  const first = `complete -c coldflame -n __fish_use_subcommand -f`;
  return [
    '# fish completion for coldflame: coldflame completion fish > ~/.config/fish/completions/coldflame.fish',
    ...verbs.map(({ name, summary }) => `${first} -a ${name} -d ${fishQuoted(summary)}`),
    `${first} -a help -d ${fishQuoted('options and examples of a command')}`,
    `complete -c coldflame -n '__fish_seen_subcommand_from help' -f -a ${fishQuoted(namesOf(verbs).join(' '))}`,
    ...verbs.flatMap((verb) => {
      const here = `complete -c coldflame -n '__fish_seen_subcommand_from ${verb.name}'`;
      const words = operandWords(verb);
      return [
        ...(words.length === 0 ? [] : [`${here} -f -a ${fishQuoted(words.join(' '))}`]),
        ...Object.entries(optionsOf(verb)).map(([name, option]) => `${here}${fishOption(name, option)}`),
      ];
    }),
  ];
}

function fishOption(name: string, option: Option): string {
  const names = dashedOf(name, option).map(
    (each) => ` ${each.startsWith('--') ? '-l' : '-s'} ${each.replace(/^--?/, '')}`,
  );
  const words = wordsOf(option);
  const value = option.value ?? '';
  const needs = value === '' ? '' : PATHS.has(value) ? ' -r' : ' -x';
  const offered = words.length === 0 ? '' : ` -a ${fishQuoted(words.join(' '))}`;
  return `${names.join('')}${needs}${offered} -d ${fishQuoted(option.describe)}`;
}

function namesOf(verbs: readonly Verb[]): string[] {
  return verbs.map(({ name }) => name);
}

function wordsOf({ choices, words = choices ?? [] }: Option): readonly string[] {
  return words;
}

function operandWords({ operands }: Verb): readonly string[] {
  return operands.flatMap(({ words = [] }) => words);
}

/** Every spelling; of what is on unless it is told otherwise, the one that turns it off. */
function dashedOf(name: string, option: Option): string[] {
  return option.type === 'boolean' && option.default === true ? [`--no-${name}`] : spellings(name, option).map(dashed);
}

function allDashed(verb: Verb): string[] {
  return groupsOf(verb).flatMap(({ options }) => Object.entries(options).flatMap((entry) => dashedOf(...entry)));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** In single quotes fish takes backslashes for its own. */
function fishQuoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
