/** A comparison as Markdown for a pull request: what changed, and nothing else. */
import { percent } from '../../../datasets/amounts.ts';
import type { Comparison, ToldFunction } from '../../../datasets/comparison.ts';
import type { FindingChange } from '../../../datasets/finding-changes.ts';
import { codeSpan, escaped } from '../markdown.ts';
import { CHANGE_WORDS } from './change-text.ts';

/** Rows of a table: a comment on a pull request is read, not searched. */
const MAX_ROWS = 20;

/** @returns Markdown in which whatever came from the hosts is escaped */
export function comparisonMarkdown({ before, after, changes, functions }: Comparison): string {
  const changed = changes.filter(({ kind }) => kind !== 'same');
  const parts = [
    `### ${escaped(after.name)} compared with ${escaped(before.name)}`,
    ...(changed.length === 0 ? ['No finding changed.'] : [table(['', 'finding', 'severity'], changed.map(findingRow))]),
    ...(functions.length === 0
      ? ["No function's share changed beyond chance."]
      : [table(['function', 'event', 'before', 'after'], functions.map(functionRow))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function findingRow({ kind, before, after, note }: FindingChange): string[] {
  const finding = after ?? before;
  const remark = note === '' ? '' : ` (${note})`;
  return [CHANGE_WORDS[kind], escaped(`${finding?.title ?? ''}${remark}`), finding?.severity ?? ''];
}

function functionRow({ name, event, before, after }: ToldFunction): string[] {
  return [codeSpan(name).replaceAll('|', '\\|'), escaped(event), percent(before, 1, 1), percent(after, 1, 1)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const left = rows.length - MAX_ROWS;
  const shown = [line(head), line(head.map(() => '---')), ...rows.slice(0, MAX_ROWS).map(line)].join('\n');
  return left > 0 ? `${shown}\n\nand ${left} more` : shown;
}
