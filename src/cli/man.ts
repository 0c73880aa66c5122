/** Man pages from the command table, in the man macros of roff (man 7). The build writes them to dist/man. */
import { usageOf, withValue } from './help.ts';
import { dashed, groupsOf, type Listed, type Option, spellings, type Verb } from './verb.ts';

const ABOUT = `Find out why a Linux host is slow, from one file. collect runs performance tools that the host has and packs their output.
analyze reads it offline and writes one HTML report: findings with their evidence, flame graphs and heat maps on one time axis.`;

const EXIT = [
  ['0', 'done'],
  ['1', 'the input or the host could not give what was asked'],
  ['2', 'the command line was wrong'],
  ['3', 'analyze --fail-on found what it was to look for'],
  ['125', 'collect -- COMMAND: coldflame itself failed; otherwise the exit status is that of COMMAND'],
] as const;

const ENVIRONMENT = [
  [
    'COLDFLAME_LIMITS',
    'how many times as much is read of an input as the limits allow: of a packed file 128 MB and 100 times its size, of a table 2,000,000 lines and 128 MB (default: 1)',
  ],
  ['NO_COLOR', 'no colors, if it is set and not empty'],
  ['TMPDIR', 'folder for what collect writes before the archive is whole (default: /tmp)'],
] as const;

/** Names of the pages without their section, and the pages: one of the program, one of each command. */
export function manPages(verbs: readonly Verb[], version: string): [string, string][] {
  const ofVerbs = verbs.map((verb): [string, string] => [`coldflame-${verb.name}`, verbPage(verb, version)]);
  return [['coldflame', programPage(verbs, version)], ...ofVerbs];
}

/** The page of the program. */
function programPage(verbs: readonly Listed[], version: string): string {
  return page('coldflame', 'offline trace analyzer and flame graph generator', version, [
    section('SYNOPSIS'),
    '.B coldflame',
    '.I COMMAND',
    '.RI [ OPTION ...]',
    section('DESCRIPTION'),
    escaped(ABOUT),
    section('COMMANDS'),
    ...verbs.flatMap(({ name, summary }) => ['.TP', `.BR coldflame\\-${name} (1)`, escaped(summary)]),
    section('EXIT STATUS'),
    ...EXIT.flatMap(entry),
    section('ENVIRONMENT'),
    ...ENVIRONMENT.flatMap(entry),
    section('SEE ALSO'),
    verbs.map(({ name }) => `.BR coldflame\\-${name} (1)`).join(',\n'),
  ]);
}

/** The page of one command. */
function verbPage(verb: Verb, version: string): string {
  const { name, summary, notes = [], examples } = verb;
  return page(`coldflame-${name}`, summary, version, [
    section('SYNOPSIS'),
    escaped(usageOf(verb)),
    section('OPTIONS'),
    ...groupsOf(verb).flatMap(({ title, options }) => [
      `.SS "${escaped(title)}"`,
      ...Object.entries(options).flatMap(optionEntry),
    ]),
    ...(notes.length === 0 ? [] : [section('NOTES')]),
    ...notes.flatMap((note) => ['.PP', escaped(note)]),
    section('EXAMPLES'),
    ...examples.flatMap(([command, what]) => ['.TP', `.B ${escaped(command)}`, escaped(what)]),
    section('SEE ALSO'),
    '.BR coldflame (1)',
  ]);
}

function page(name: string, summary: string, version: string, body: readonly string[]): string {
  const head = [
    `.TH ${escaped(name.toUpperCase())} 1 "" "coldflame ${escaped(version)}" "User Commands"`,
    section('NAME'),
    `${escaped(name)} \\- ${escaped(summary)}`,
  ];
  return `${[...head, ...body].join('\n')}\n`;
}

function section(title: string): string {
  return `.SH "${escaped(title)}"`;
}

function entry([name, text]: readonly [string, string]): string[] {
  return ['.TP', `.B ${escaped(name)}`, escaped(text)];
}

function optionEntry([name, option]: [string, Option]): string[] {
  const letters = spellings(name, option).filter((each) => each.length === 1 && each !== name);
  return entry([[...letters.map(dashed), withValue(name, option)].join(', '), option.describe]);
}

/** Nothing of the text is a request or an escape of roff. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '...')
    .replaceAll('"', '\\(dq')
    .replace(/^(?=[.'])/gm, '\\&');
}
