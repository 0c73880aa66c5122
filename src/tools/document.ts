/** docs/tools.md: the catalogue as a page for readers. A test keeps the file as this prints it. */
import type { Output, Recipe, SetName, Tool } from './tool.ts';
import { sets, subsystems } from './tool.ts';

const TITLES: Readonly<Record<string, string>> = { cpu: 'CPU', filesystem: 'File system' };

/** The whole page, in Markdown. */
export function toolsDocument(tools: readonly Tool[]): string {
  const sections = subsystems.map((subsystem) => {
    const rows = tools.filter((tool) => tool.subsystem === subsystem);
    return `## ${TITLES[subsystem] ?? capital(subsystem)}\n\n${rows.map(entry).join('\n')}`;
  });
  return `${intro(tools)}\n${sections.join('\n')}`;
}

function intro(tools: readonly Tool[]): string {
  const inSet = (set: SetName) => tools.filter((tool) => tool.sets.includes(set)).map(({ name }) => name);
  return `# The tools

<!-- Generated from src/tools: change the rows there, then run npx vitest run test/tools -u. -->

Each tool answers one question. \`coldflame tools\` lists them with what this host has of them; \`coldflame collect\`
takes a set of them, the first way that the host has:

${sets.map((set) => `- \`${set}\`: ${inSet(set).join(', ')}`).join('\n')}
`;
}

function entry(tool: Tool): string {
  const ways = tool.capture.map((recipe) => `- ${way(recipe)}`).join('\n');
  return `### ${tool.name}

**${tool.asks}**

${tool.reading}

Becomes ${shapeOf(tool.output)}.${ways === '' ? '' : ` Collected by the first of:\n\n${ways}`}
`;
}

/** What the output becomes, in words: `a histogram in usecs`. */
export function shapeOf(output: Output): string {
  switch (output.shape) {
    case 'stacks':
      return `a flame graph (${output.kind}), in ${output.unit}`;
    case 'histogram':
      return `a histogram, in ${output.unit}`;
    case 'counts':
      return output.unit === '' ? 'counts' : `counts of ${output.unit}`;
    case 'events':
      return 'a table of events';
    case 'series':
      return 'series over time';
    case 'text':
      return 'text';
  }
}

function way(recipe: Recipe): string {
  const { via, target, root, overhead } = recipe;
  const notes = [
    via,
    target === undefined || target === 'host' ? '' : `for one ${target === 'pid' ? 'process' : target}`,
    root ? whoMay(recipe) : '',
    overhead === 'none' ? '' : `${overhead} overhead`,
  ];
  const words = wordsOf(recipe);
  return `${isOwn(recipe) ? words : `\`${words}\``} (${notes.filter((note) => note !== '').join(', ')})`;
}

/** Who may run it, in words: `root, or perf_event_paranoid at most 2`. */
export function whoMay({ root, paranoid }: Recipe): string {
  if (!root) return 'any user';
  return paranoid === undefined ? 'root' : `root, or perf_event_paranoid at most ${paranoid}`;
}

/** What the recipe runs, in words that fit a line. */
export function wordsOf(recipe: Recipe): string {
  if (!isOwn(recipe)) return recipe.command.join(' ');
  return recipe.via === 'proc' ? 'a program of our own that reads /proc' : 'a bpftrace program of our own';
}

function isOwn({ via, command, program }: Recipe): boolean {
  return program !== undefined || (via === 'proc' && command[0] === 'sh');
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
