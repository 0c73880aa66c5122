import { HELP_WIDTH, wrapped } from '../cli/help.ts';
import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { UserError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { shapeOf, whoMay, wordsOf } from '../tools/document.ts';
import { toolNamed, tools } from '../tools/index.ts';
import { type Recipe, subsystems, type Tool } from '../tools/tool.ts';
import { print } from './output.ts';
import { placeHere } from './presence.ts';

const OPTIONS = {
  format: {
    alias: 'f',
    type: 'string',
    value: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    describe: 'text or json (default: text)',
  },
} as const satisfies OptionTable;

export const verb = {
  operands: [{ name: 'TOOL', words: tools.map(({ name }) => name) }],
  groups: [{ title: 'Output', options: OPTIONS }],
  examples: [
    ['coldflame tools', 'all tools, by subsystem, and how this host has each'],
    ['coldflame tools runqlat', 'how to read runqlat, and what to beware of'],
  ],
  run,
} satisfies VerbTable;

async function run({ format }: ValuesOf<typeof OPTIONS>, { operands: [name] }: Given): Promise<void> {
  const chosen = name === undefined ? tools : [toolOrFail(name)];
  if (format === 'json') await print([`${JSON.stringify(chosen.map(asJson), null, 1)}\n`]);
  else await print(name === undefined ? list(chosen) : chosen.flatMap(page));
}

function toolOrFail(name: string): Tool {
  const tool = toolNamed(name);
  if (tool !== undefined) return tool;
  const names = tools.map((other) => other.name);
  throw new UserError(`no tool ${name}${didYouMean(name, names)} (coldflame tools lists them)`, 2);
}

/** By subsystem, a line each: the name, the way this host has it, the question. */
function list(rows: readonly Tool[]): string[] {
  const lines = subsystems.flatMap((subsystem) => [
    `${subsystem}\n`,
    ...rows
      .filter((tool) => tool.subsystem === subsystem)
      .map((tool) => `  ${tool.name.padEnd(15)}${(wayHere(tool)?.recipe.via ?? '-').padEnd(14)}${tool.asks}\n`),
  ]);
  return [
    ...lines,
    '\nSecond column: how this host has the tool (- for not at all). More about one: coldflame tools NAME.\n',
  ];
}

function page(tool: Tool): string[] {
  const here = wayHere(tool);
  return [
    `${tool.name} (${tool.subsystem})\n\n`,
    `${tool.asks}\n\n`,
    ...wrapped(tool.reading, HELP_WIDTH).map((line) => `${line}\n`),
    `\nBecomes ${shapeOf(tool.output)}.\n`,
    ...(tool.sets.length > 0 ? [`In the sets ${tool.sets.join(', ')}.\n`] : []),
    ...(tool.capture.length > 0 ? ['\nCollected by the first of these that the host has:\n'] : []),
    ...tool.capture.map((recipe) => way(recipe, here?.recipe === recipe ? here.path : null)),
  ];
}

function way(recipe: Recipe, path: string | null): string {
  const traits = [whoMay(recipe), recipe.overhead === 'none' ? '' : `${recipe.overhead} overhead`];
  const notes = [recipe.via, ...traits, path === null ? '' : `here: ${path}`].filter((note) => note !== '');
  return `${path === null ? ' ' : '*'} ${wordsOf(recipe)}\n      ${notes.join(', ')}\n`;
}

/** The recipe that this host would take, and the program it would run; null where it has none. */
function wayHere(tool: Tool): { recipe: Recipe; path: string } | null {
  for (const recipe of tool.capture) {
    const path = placeHere(recipe);
    if (path !== null) return { recipe, path };
  }
  return null;
}

function asJson(tool: Tool): object {
  const here = wayHere(tool);
  return { ...tool, here: here === null ? null : { via: here.recipe.via, path: here.path } };
}
