/** docs/tools.md: the catalogue as a page for readers. A test keeps the file as this prints it. */
import { capitalized } from '../datasets/capitalized.ts';
import type { Output, Recipe, SetName, Tool } from './tool.ts';
import { sets, subsystems } from './tool.ts';

const TITLES: Readonly<Record<string, string>> = { cpu: 'CPU', filesystem: 'File system' };

/** One tool in one flavour, as it fared on one kernel of the virtual host (test/host). */
export interface Trial {
  kernel: string;
  tool: string;
  flavour: string;
  /** What was read of its output, and of what: rows, samples, values. */
  rows: number | null;
  unit: string;
  /** Seconds until it was attached, and CPU seconds in all, on a machine that is emulated. */
  attached: number | null;
  cpu: number | null;
  fault: string | null;
  cannot: string | null;
  truth: { what: string; done: number; said: number; agrees: boolean } | null;
}

/**
 * The whole page, in Markdown.
 * @param trials what was tried on the virtual host
 */
export function toolsDocument(tools: readonly Tool[], trials: readonly Trial[]): string {
  const sections = subsystems.map((subsystem) => {
    const rows = tools.filter((tool) => tool.subsystem === subsystem);
    return `## ${TITLES[subsystem] ?? capitalized(subsystem)}\n\n${rows.map(entry).join('\n')}`;
  });
  return `${intro(tools)}\n${sections.join('\n')}\n${triedSection(tools, trials)}`;
}

function triedSection(tools: readonly Tool[], trials: readonly Trial[]): string {
  const kernels = [...new Set(trials.map(({ kernel }) => kernel).filter((kernel) => kernel !== ''))].sort();
  const rows = tools.flatMap(({ name }) =>
    [...new Set(trials.filter(({ tool }) => tool === name).map(({ flavour }) => flavour))].map((flavour) => {
      const cells = kernels.map((kernel) =>
        triedCell(trials.find((trial) => trial.tool === name && trial.flavour === flavour && trial.kernel === kernel)),
      );
      return `| ${name} | ${flavour} | ${cells.join(' | ')} |\n`;
    }),
  );
  return `## Tried

Tools by the ways that a host may have them, run by \`npm run host\` on Debian's kernels in a virtual machine beside a workload that
makes them print: what was read of the output, how long it took to attach, and the CPU seconds that it took in all. The machine is
emulated and far slower than a real one: its times compare with each other alone. Where the workload measured the same itself, both
numbers stand there. What is not in the table has not been tried there yet.

<!-- Generated from test/host/tried.json: npm run host -- SUITE --write, then npx vitest run test/tools -u. -->

| tool | by | ${kernels.map((kernel) => `Linux ${kernel}`).join(' | ')} |
| --- | --- |${' --- |'.repeat(kernels.length)}
${rows.join('')}`;
}

function triedCell(trial: Trial | undefined): string {
  if (trial === undefined) return '';
  const { rows, unit, attached, cpu, fault, cannot, truth } = trial;
  if (cannot) return cannot;
  if (fault !== null) return fault.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const parts = [
    `${rows?.toLocaleString('en-US')} ${unit}`,
    truth === null ? '' : `${truth.said} of ${truth.done} ${truth.what}${truth.agrees ? '' : ' (**disagrees**)'}`,
    attached === null ? '' : `attached in ${attached.toFixed(1)} s`,
    cpu === null ? '' : `${cpu.toFixed(1)} CPU s`,
  ];
  return parts.filter((part) => part !== '').join(', ');
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
