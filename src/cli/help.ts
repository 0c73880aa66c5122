/** Help, from the command table. */
import {
  dashed,
  groupsOf,
  type Listed,
  type Operand,
  type Option,
  type OptionGroup,
  spellings,
  type Verb,
} from './verb.ts';

export const HELP_WIDTH = 100;
/** Where descriptions begin. */
const COLUMN = 26;

const ABOUT = 'coldflame: what was a slow Linux host doing? Collect there, analyze here, offline.';
const FIRST_STEPS = [
  ['coldflame collect', 'on the host: 30 seconds of its tools, into capture.tar'],
  ['coldflame analyze capture.tar', 'on the laptop: findings, and capture.html for the ticket'],
  ['coldflame draw perf.txt -o cpu.svg', 'one flame graph from perf script or folded stacks'],
] as const;

/** How a heading looks: on a terminal that has it, bold. */
export type Heading = (text: string) => string;

/** What `coldflame` alone prints. */
export function shortHelp(verbs: readonly Listed[], heading: Heading): string {
  return lines([
    ABOUT,
    '',
    ...FIRST_STEPS.flatMap(([command, what]) => row(`  ${command}`, what, 38)),
    '',
    heading('Commands:'),
    ...verbs.flatMap(({ name, summary }) => row(`  ${name}`, summary, 14)),
    '',
    'coldflame help COMMAND (or COMMAND -h) shows its options and examples; coldflame -V the version.',
  ]);
}

/** What `coldflame VERB --help` prints. */
export function helpOf(verb: Verb, heading: Heading): string {
  const { summary, examples, notes = [] } = verb;
  return lines([
    `${heading('Usage:')} ${usageOf(verb)}`,
    '',
    ...wrapped(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`, HELP_WIDTH),
    ...groupsOf(verb).flatMap((group) => ['', ...groupLines(group, heading)]),
    ...notes.flatMap((note) => ['', ...wrapped(note, HELP_WIDTH)]),
    ...(examples.length === 0 ? [] : ['', heading('Examples:')]),
    ...examples.flatMap(([command, what]) => [
      `  ${command}`,
      ...wrapped(what, HELP_WIDTH - 6).map((line) => `      ${line}`),
    ]),
  ]);
}

/** `coldflame draw [OPTION…] FILE…` */
export function usageOf({ name, operands, command, groups }: Verb): string {
  const words = operands.map(({ name: operand, needed, several }: Operand) => {
    const word = `${operand}${several ? '…' : ''}`;
    return needed === undefined ? `[${word}]` : word;
  });
  const options = groups.length === 0 ? [] : ['[OPTION…]'];
  return ['coldflame', name, ...options, ...words, ...(command === undefined ? [] : [`[-- ${command}]`])].join(' ');
}

function groupLines({ title, options }: OptionGroup, heading: Heading): string[] {
  return [heading(`${title}:`), ...Object.entries(options).flatMap(([name, option]) => optionLines(name, option))];
}

function optionLines(name: string, option: Option): string[] {
  return row(optionHead(name, option), option.describe, COLUMN);
}

/** `  -o, --output FILE`; long names under one another whether they have a letter or not. */
function optionHead(name: string, option: Option): string {
  const letters = spellings(name, option)
    .filter((each) => each.length === 1)
    .map(dashed);
  if (name.length === 1) return `  ${letters.join(', ')}`;
  return `  ${letters.length === 0 ? '    ' : `${letters.join(', ')}, `}${withValue(name, option)}`;
}

/** `--output FILE`, `--pid [PID]`. */
export function withValue(name: string, { value, optional }: Option): string {
  if (value === undefined) return dashed(name);
  return `${dashed(name)} ${optional ? `[${value}]` : value}`;
}

/** The text beside its head, or below it where the head is long. */
function row(head: string, text: string, column: number): string[] {
  const [first = '', ...more] = wrapped(text, HELP_WIDTH - column).map((line) => ' '.repeat(column) + line);
  return head.length + 2 <= column ? [head + first.slice(head.length), ...more] : [head, first, ...more];
}

/** The words in lines of at most so many characters. */
export function wrapped(text: string, width: number): string[] {
  const rows: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      rows.push(line);
      line = word;
    } else line += (line === '' ? '' : ' ') + word;
  }
  return [...rows, line];
}

function lines(all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
