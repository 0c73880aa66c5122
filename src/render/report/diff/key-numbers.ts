/** The few numbers that are looked for first, before and after, each as the same tool told it both times. */
import { range as bucketRange, commas, quantity } from '../../../datasets/amounts.ts';
import type { Bucket, Dataset } from '../../../datasets/shapes.ts';
import type { Lane } from '../axis.ts';
import { secondsOf } from '../pair.ts';
import { bucketChange, changeText } from './change-numbers.ts';
import type { Compared, Signal } from './compared.ts';
import { distributionPairs, durationColumn, durationsOf, exactPercentile } from './distributions.ts';
import { bucketsAt } from './pair-tables.ts';

export interface KeyNumber {
  what: string;
  tool: string;
  before: string;
  after: string;
  change: string;
}

/** Distributions told of one tool. */
const MAX_DISTRIBUTIONS = 3;
const PERCENTILES = [50, 99] as const;

export function keyNumbers(all: Compared): KeyNumber[] {
  return [...all.signals.flatMap(signalNumber), ...all.pairs.flatMap((pair) => pairNumbers(all, pair))];
}

/** Signals that no tool tells in both captures: `Disk busy (iostat, before only)`. */
export function unmatchedSignals({ signals }: Compared): string[] {
  return signals
    .filter(({ paired }) => !paired)
    .map(({ label, tool, before, after }) => {
      const side = before === null ? 'after only' : after === null ? 'before only' : 'not the same tool both times';
      return `${label} (${tool}, ${side})`;
    });
}

function signalNumber({ label, unit, tool, paired, before, after }: Signal): KeyNumber[] {
  if (!paired || before === null || after === null) return [];
  const [was, is] = [mean(before), mean(after)];
  if (was === 0 && is === 0) return [];
  return [
    {
      what: `${label}${/^Disk/.test(label) ? ' of the busiest' : ''}, mean`,
      tool,
      before: amount(was, unit),
      after: amount(is, unit),
      change: changeText(was, is),
    },
  ];
}

function mean({ value }: Pick<Lane, 'value'>): number {
  return value.reduce((sum, each) => sum + each, 0) / Math.max(1, value.length);
}

function amount(value: number, unit: string): string {
  return unit === '%' ? `${commas(value, 1)}%` : `${commas(value)}${unit === '' ? '' : ` ${unit}`}`;
}

function pairNumbers({ capture }: Compared, pair: Compared['pairs'][number]): KeyNumber[] {
  const [before, after] = [capture.datasets[pair.before], capture.datasets[pair.after]] as [Dataset, Dataset];
  if (before.shape === 'histogram' && after.shape === 'histogram') {
    return distributionPairs(before, after)
      .filter((each) => each.before !== null && each.after !== null)
      .slice(0, MAX_DISTRIBUTIONS)
      .flatMap((each) =>
        PERCENTILES.map((p) =>
          bucketNumber(
            bucketsAt(each, p),
            `${after.tool}${each.name === '' ? '' : ` ${each.name}`} p${p}`,
            after.tool,
            after.unit,
          ),
        ),
      )
      .filter((each) => each !== null);
  }
  if (before.shape !== 'events' || after.shape !== 'events') return [];
  const column = after.columns[durationColumn(after)];
  if (column === undefined || column.name !== before.columns[durationColumn(before)]?.name) return [];
  const [was, is] = [durationsOf(before), durationsOf(after)];
  const seconds = secondsOf(pair, null);
  const rates = seconds === null ? null : ([was.length / seconds[0], is.length / seconds[1]] as const);
  return [
    ...(rates === null ? [] : [plain(`${after.tool} events`, after.tool, rates, '/s')]),
    ...PERCENTILES.flatMap((p) => {
      const both = [exactPercentile(was, p), exactPercentile(is, p)] as const;
      return both[0] === null || both[1] === null
        ? []
        : [plain(`${after.tool} ${column.name} p${p}`, after.tool, [both[0], both[1]], column.unit)];
    }),
  ];
}

function plain(what: string, tool: string, [was, is]: readonly [number, number], unit: string): KeyNumber {
  const text = (value: number): string => (unit === '/s' ? `${commas(value)}/s` : quantity(value, unit));
  return { what, tool, before: text(was), after: text(is), change: changeText(was, is) };
}

function bucketNumber(
  [was, is]: readonly [Bucket | null, Bucket | null],
  what: string,
  tool: string,
  unit: string,
): KeyNumber | null {
  if (was === null || is === null) return null;
  const text = ([low, high]: Bucket): string => bucketRange(low, high, unit);
  return { what, tool, before: text(was), after: text(is), change: bucketChange(was, is) };
}
