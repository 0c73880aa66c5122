/** The command table: what the list of commands says of each verb. Its code is loaded when it is asked for, as each run waits for it. */
import type { Listed, Verb, VerbTable } from '../cli/verb.ts';

interface Entry extends Listed {
  load(): Promise<{ verb: VerbTable }>;
}

export const entries: readonly Entry[] = [
  {
    name: 'collect',
    summary: 'run performance tools on this host, or over ssh, and write capture.tar',
    load: () => import('./collect.ts'),
  },
  {
    name: 'analyze',
    summary: 'read a capture or tool output, print the findings, write the HTML report',
    load: () => import('./analyze.ts'),
  },
  {
    name: 'diff',
    summary: 'compare two captures: what is new, gone or changed',
    load: () => import('./diff.ts'),
  },
  {
    name: 'fleet',
    summary: 'show many captures on one page: which hosts differ, and how',
    load: () => import('./fleet.ts'),
  },
  {
    name: 'draw',
    summary: 'draw one picture as SVG or PNG: flame graph, heat map, histogram, lines, bars, table',
    load: () => import('./draw.ts'),
  },
  {
    name: 'export',
    summary: 'write what was read as folded stacks, JSON, CSV, Parquet, or for other viewers',
    load: () => import('./export.ts'),
  },
  {
    name: 'tools',
    summary: 'list the known tools: what each answers, how to read it, whether this host has it',
    load: () => import('./tools.ts'),
  },
  {
    name: 'completion',
    summary: 'print completions of commands and options for bash, zsh or fish',
    load: async () => ({ verb: (await import('./completion.ts')).completionVerb(allVerbs) }),
  },
];

export async function verbNamed(name: string): Promise<Verb | undefined> {
  const entry = entries.find((each) => each.name === name);
  return entry && { name, summary: entry.summary, ...(await entry.load()).verb };
}

/** The whole table, for what is generated from it. */
export async function allVerbs(): Promise<Verb[]> {
  return Promise.all(entries.map(async ({ name, summary, load }) => ({ name, summary, ...(await load()).verb })));
}
