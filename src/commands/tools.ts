import type { Argv } from 'yargs';
import { UserError } from '../errors.ts';
import { shapeOf, whoMay, wordsOf } from '../tools/document.ts';
import { toolNamed, tools } from '../tools/index.ts';
import { type Recipe, subsystems, type Tool } from '../tools/tool.ts';
import { writeOutput } from './output.ts';
import { placeHere } from './presence.ts';

export const command = 'tools [name]';
export const describe = 'the tools that are known: what each answers, how to read it, whether it is here';

const WIDTH = 100;

export function builder(yargs: Argv) {
  return yargs
    .positional('name', { type: 'string', describe: 'one tool: all that is known of it' })
    .option('format', { choices: ['text', 'json'] as const, default: 'text' as const, describe: 'json for programs' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler({ name, format }: Options): Promise<void> {
  const chosen = name === undefined ? tools : [toolOrFail(name)];
  if (format === 'json') await writeOutput('-', [`${JSON.stringify(chosen.map(asJson), null, 1)}\n`]);
  else await writeOutput('-', name === undefined ? list(chosen) : chosen.flatMap(page));
}

function toolOrFail(name: string): Tool {
  const tool = toolNamed(name);
  if (tool !== undefined) return tool;
  const near = tools
    .filter((other) => other.name.includes(name) || name.includes(other.name))
    .map((other) => other.name);
  const hint = near.length > 0 ? `; there is ${near.join(', ')}` : '';
  throw new UserError(`${name}: no such tool${hint}. coldflame tools lists all of them.`, 2);
}

/** By subsystem, a line each: the name, the way this host has it, the question. */
function list(rows: readonly Tool[]): string[] {
  const lines = subsystems.flatMap((subsystem) => [
    `${subsystem}\n`,
    ...rows
      .filter((tool) => tool.subsystem === subsystem)
      .map((tool) => `  ${tool.name.padEnd(15)}${(wayHere(tool)?.recipe.via ?? '-').padEnd(14)}${tool.asks}\n`),
  ]);
  return [...lines, '\nThe second column is the way this host has the tool; coldflame tools NAME tells all of it.\n'];
}

function page(tool: Tool): string[] {
  const here = wayHere(tool);
  return [
    `${tool.name} (${tool.subsystem})\n\n`,
    `${tool.asks}\n\n`,
    ...wrapped(tool.reading, WIDTH),
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

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(`${line}\n`);
      line = word;
    } else line += (line === '' ? '' : ' ') + word;
  }
  return [...lines, `${line}\n`];
}
