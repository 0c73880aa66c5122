/** docs/findings.md: the rules as a page for readers. A test keeps the file as this prints it. */
import type { Rule } from './rule.ts';

const INTRODUCTION = `# Findings

<!-- Generated from src/findings: change the rules there, then run npx vitest run test/findings -u. -->

What \`coldflame analyze\` judges, by which thresholds, and where those come from. Each rule is data and one pure check in
\`src/findings\`; this page is generated from them.

A rule says one of three things: **found** (with the lines it rests on), **ruled out** (with the numbers that say so), or
**not known** (nothing was captured that could tell, and why). It says nothing where what was captured is too little or
too mixed to judge. Averages since boot (the first report of vmstat and iostat) are never judged. Confidence falls by what
its sources doubt themselves: lost events, unread lines, frames without symbols.

Thresholds can be set in a JSON file, given as \`coldflame analyze --thresholds FILE\`:

    { "run-queue": { "perCpu": 2 }, "disk-latency": { "slow": 50000 } }
`;

/** @returns the whole page, rules in the order in which they are judged. */
export function findingsDocument(rules: readonly Rule[]): string {
  return [INTRODUCTION, ...rules.map(section)].join('\n');
}

function section({ name, topic, about, tools, thresholds }: Rule): string {
  const told =
    tools.length === 0
      ? 'the manifest and what the tools say of themselves'
      : tools.map((tool) => `\`${tool}\``).join(', ');
  const limits = Object.entries(thresholds).map(
    ([limit, { value, unit, why }]) => `| \`${limit}\` | ${value} ${unit} | ${why} |`,
  );
  const table = limits.length === 0 ? [] : ['| threshold | default | why |', '| --- | --- | --- |', ...limits, ''];
  return [`## ${name}`, '', `${capitalized(topic)}. ${about}`, '', `Read from ${told}.`, '', ...table].join('\n');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
