/** docs/findings.md: the rules as a page for readers. A test keeps the file as this prints it. */
import { capitalized } from '../datasets/capitalized.ts';
import type { Finding } from '../datasets/finding.ts';
import { meaningOf } from '../datasets/signals.ts';
import { type Ask, toolTells } from '../signals/index.ts';
import { tools as catalogue } from '../tools/index.ts';
import type { Rule } from './facts.ts';
import { words } from './say/index.ts';

const INTRODUCTION = `# Findings

<!-- Generated from src/findings: change the rules there, then run npx vitest run test/findings/sick -u. -->

What \`coldflame analyze\` judges, by which thresholds, and where those come from. Each rule is data and one pure check over
signals ([signals.md](signals.md)): it never asks for a tool, so that whatever tool tells the signal is judged.

Each rule comes to one of four verdicts, by the same code for all of them:

- **found**: a threshold is passed. The lines that say so are quoted.
- **near**: no threshold is passed, but more than half of the way is gone.
- **ruled out**: all that could tell was there and is clearly below the threshold: the whole window (nine tenths of it, less a
  few seconds for tools that start one after another), the whole host, every source and table judged, at least two readings,
  no lost events, no unread lines, no tool that ended badly, little CPU time of the capture's own tools, and nothing found on the
  same resource.
- **not known**: anything else, with the reason. Loose files do not say which window they were to cover: they can find, and
  rule nothing out.

Averages since boot (the first report of vmstat and iostat) and numbers that are none are never judged. One reading of a gauge
may find but never clear; a counter needs two. What was over when the capture began is history, below everything live. A
finding's confidence is high without a doubt, medium with one kind of doubt, low with more; that the end of a file is missing
takes away nothing of what is found in the rest, where that is half of the window or more.

Thresholds can be set in a JSON file, given as \`coldflame analyze --thresholds FILE\`:

    { "run-queue": { "perCpu": 2 }, "disk-latency": { "slow": 50000 } }
`;

/**
 * @param examples by rule, a finding of a real capture
 * @returns the whole page, rules in the order in which they are judged
 */
export function findingsDocument(rules: readonly Rule[], examples: ReadonlyMap<string, Finding> = new Map()): string {
  return [INTRODUCTION, ...rules.map((rule) => section(rule, examples.get(rule.name)))].join('\n');
}

function section(
  { name, about, lines = [], asks, thresholds, closer, sharesCpus }: Rule,
  example: Finding | undefined,
): string {
  const limits = Object.entries(thresholds).map(
    ([limit, { value, unit, why }]) => `| \`${limit}\` | ${value}${unit.startsWith('%') ? '' : ' '}${unit} | ${why} |`,
  );
  const table = limits.length === 0 ? [] : ['| threshold | default | why |', '| --- | --- | --- |', ...limits, ''];
  return [
    `## ${name}`,
    '',
    `${capitalized(words[name].topic)}. ${about}`,
    '',
    `Read from ${sourcesText(asks)}.${clearingText(asks)}${closer ? ' It looks closer: where nothing of that was tried, nothing is said to be missing.' : ''}${sharesCpus ? " The capture's own tools use the same CPUs: what they used stands beside it, or in its place where it was most of it." : ''}`,
    '',
    ...(lines.length === 0 ? [] : ['Lines that it reads:', '', ...lines.map((line) => `    ${line}`), '']),
    ...table,
    ...(example === undefined
      ? []
      : [`> **${escaped(example.title)}**${example.detail === '' ? '' : ` ${escaped(example.detail)}`}`, '']),
  ].join('\n');
}

function sourcesText(asks: readonly Ask[]): string {
  if (asks.length === 0) return 'the manifest and what the tools say of themselves';
  const what = asks.map(askText).join(', ');
  const tools = catalogue.filter((tool) => asks.some((ask) => toolTells(tool, ask))).map(({ name }) => `\`${name}\``);
  return `${what}: ${tools.join(', ')}`;
}

/** What it takes for nothing to be found there to mean that nothing was there. */
function clearingText(asks: readonly Ask[]): string {
  const ways = new Set(asks.map(wayOf));
  return ways.size === 0 ? '' : ` To rule it out takes ${[...ways].join(', or ')}.`;
}

function wayOf(ask: Ask): string {
  if ('profile' in ask) return 'a profile of the whole host through the window, with few frames without names';
  if ('events' in ask)
    return ask.events === 'kernel message'
      ? 'the log up to the end of the window'
      : 'a tool that was attached through the whole window and lost nothing';
  return meaningOf(ask.signal).kind === 'event'
    ? 'a tool that was attached through the whole window and lost nothing'
    : 'two readings or more, through the whole window';
}

function askText(ask: Ask): string {
  if ('profile' in ask) return `profiles of ${ask.profile}`;
  if ('events' in ask) return `events (${ask.events})`;
  return `${meaningOf(ask.signal).label} (\`${ask.signal}\`)`;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_<>[\]|]/g, (character) => `\\${character}`);
}
