/** The few numbers that are looked for first, before and after, each as the same tool told it both times. */
import { range as bucketRange, commas, quantity } from '../../../datasets/amounts.ts';
import type { Bucket, Dataset } from '../../../datasets/shapes.ts';
import type { Lane } from '../axis.ts';
import { secondsOf } from '../pair.ts';
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
/** Two means that differ by less are the same to the eye. */
const LEAST_CHANGE = 0.005;

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

/** Where in a bucket a percentile lies nobody knows: its growth lies between two factors. */
export function bucketChange([low, high]: Bucket, [lowNow, highNow]: Bucket): string {
  if (low === lowNow && high === highNow) return 'same bucket';
  const grew = (lowNow ?? -Infinity) > (low ?? -Infinity);
  const [least, most] = grew
    ? [factor(lowNow, high), factor(highNow, low)]
    : [factor(low, highNow), factor(high, lowNow)];
  const sign = grew ? '×' : '÷';
  if (least === null || least <= 1) return most === null ? (grew ? 'more' : 'less') : `up to ${sign}${commas(most, 1)}`;
  return most === null
    ? `${sign}${commas(least, 1)} or more`
    : `${sign}${commas(least, 1)} to ${sign}${commas(most, 1)}`;
}

function factor(of: number | null, by: number | null): number | null {
  return of === null || by === null || by <= 0 || of <= 0 ? null : of / by;
}

/** `+40%`, `−12%`, `×3.2`, `÷8`; `same` within half a percent. */
export function changeText(was: number, is: number): string {
  if (Math.abs(is - was) <= LEAST_CHANGE * Math.max(Math.abs(was), Math.abs(is))) return 'same';
  if (was === 0) return 'from 0';
  if (is === 0) return 'to 0';
  const ratio = is / was;
  if (ratio >= 2) return `×${commas(ratio, 1)}`;
  if (ratio > 0 && ratio <= 0.5) return `÷${commas(1 / ratio, 1)}`;
  return `${is > was ? '+' : '−'}${commas((100 * Math.abs(is - was)) / Math.abs(was), 0)}%`;
}
