/** What was tried, on which kernel, and how it fared: tried.json, from which docs/tools.md has its table. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flavour } from './trials.ts';
import type { Truth } from './truth.ts';

export const TRIED = join(import.meta.dirname, 'tried.json');

export interface Tried {
  suite: string;
  /** As uname -r prints it. */
  kernel: string;
  tool: string;
  flavour: Flavour;
  /** What was read of its output, and what that is: rows, counted, samples, values; null where it did not run. */
  rows: number | null;
  unit: string;
  /** Seconds from its start until it was attached; null where that is not known. */
  attached: number | null;
  /** CPU seconds that it took in all, on a machine without hardware virtualization. */
  cpu: number | null;
  /** What is wrong; null where nothing is. */
  fault: string | null;
  /** Why that cannot be otherwise on this kernel; null where it should be. */
  cannot: string | null;
  why: string;
  /** Beside what the workload measured itself; null where that is not compared. */
  truth: Truth | null;
}

/** tried.json with these in the place of what was tried before; not what never came to run. */
export function written(latest: readonly Tried[]): string {
  const before: Tried[] = JSON.parse(readFileSync(TRIED, 'utf8'));
  const known = new Map(before.map((tried) => [keyOf(tried), tried]));
  for (const tried of latest) if (tried.kernel !== '') known.set(keyOf(tried), tried);
  const sorted = [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, tried]) => tried);
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

function keyOf({ tool, flavour, suite }: Tried): string {
  return `${tool} ${flavour} ${suite}`;
}

/** A line each, for the terminal. */
export function printed(tried: readonly Tried[]): string {
  const lines = tried.map(({ tool, flavour, rows, unit, attached, cpu, fault, cannot, truth }) => {
    const cells = [
      tool.padEnd(16),
      flavour.padEnd(13),
      rows === null ? '-'.padStart(10) : `${String(rows).padStart(10)} ${unit}`,
      attached === null ? '' : `attached in ${attached} s`,
      cpu === null ? '' : `${cpu} CPU s`,
      truth === null ? '' : `${truth.said} of ${truth.done} ${truth.what}${truth.agrees ? '' : ': DISAGREES'}`,
      fault === null ? '' : cannot === null ? `FAULT ${fault}` : `cannot: ${cannot}`,
    ];
    return `${cells.filter((cell) => cell !== '').join('  ')}\n`;
  });
  return lines.join('');
}
