/** Which metrics of a series belong into one panel, and which are parts of a whole. Names are the tools' own. */
import { withRates } from '../datasets/counters.ts';
import { extent } from '../datasets/extent.ts';
import { groupsOf } from '../datasets/groups.ts';
import { labelWords } from '../datasets/labels.ts';
import type { Metric, Series } from '../datasets/shapes.ts';

/** One line over time. */
export interface Line {
  name: string;
  /** NaN where a value has no time: then the order is all there is. */
  at: Float64Array;
  values: Float64Array;
  /** Where each value is the mean of many: the least and the greatest of them. */
  spread?: Metric['spread'];
}

export interface LinePanel {
  title: string;
  unit: string;
  /** Parts of a whole are drawn on top of one another. */
  stacked: boolean;
  lines: Line[];
  /** Lines that are left out, the least of them. */
  hidden: number;
  /** Each line has times of its own: it goes on where only the others have a value. */
  apart?: boolean;
}

/** Metrics that are read together, in the order they are stacked: what costs most attention lowest. */
const FAMILIES: readonly { names: readonly string[]; stacked: boolean }[] = [
  // vmstat, top
  { names: ['us', 'sy', 'ni', 'wa', 'hi', 'si', 'st', 'gu', 'id'], stacked: true },
  // mpstat
  {
    names: ['%usr', '%sys', '%nice', '%iowait', '%irq', '%soft', '%steal', '%guest', '%gnice', '%idle'],
    stacked: true,
  },
  // iostat, sar
  { names: ['%user', '%system', '%nice', '%iowait', '%steal', '%idle'], stacked: true },
  // vmstat
  { names: ['r', 'b'], stacked: false },
  { names: ['free', 'buff', 'cache', 'inact', 'active', 'swpd'], stacked: false },
  { names: ['si', 'so'], stacked: false },
  { names: ['bi', 'bo'], stacked: false },
  { names: ['in', 'cs'], stacked: false },
  // free
  {
    names: ['total', 'used', 'free', 'shared', 'buffers', 'cache', 'cached', 'buff/cache', 'available'],
    stacked: false,
  },
  // uptime
  { names: ['load1', 'load5', 'load15'], stacked: false },
  // sar -n DEV, TCP, ETCP
  { names: ['rxpck/s', 'txpck/s'], stacked: false },
  { names: ['rxkB/s', 'txkB/s'], stacked: false },
  { names: ['active/s', 'passive/s'], stacked: false },
  { names: ['iseg/s', 'oseg/s'], stacked: false },
  // iostat -x
  { names: ['r/s', 'w/s', 'd/s', 'f/s'], stacked: false },
  { names: ['rkB/s', 'wkB/s', 'dkB/s'], stacked: false },
  { names: ['r_await', 'w_await', 'd_await', 'f_await'], stacked: false },
];

/** More lines than this in one panel cannot be told apart. */
const MAX_LINES = 8;

/**
 * The panels of a series. A family needs two of its names with the same labels; every other metric has its own panel.
 * Averages since boot are left out, unless there is nothing else; counters are drawn as rates.
 * @param first names of metrics that stand before the others
 */
export function panelsOf(series: Series, first: readonly string[] = []): LinePanel[] {
  const all = withRates(series).metrics;
  const isFirst = ({ name }: Metric): boolean => first.includes(name);
  const metrics = [...all.filter(isFirst), ...all.filter((metric) => !isFirst(metric))];
  const shown = onlySinceBoot(metrics) ? metrics.map((metric) => ({ ...metric, sinceBoot: 0 })) : metrics;
  const left = new Set(shown.filter((metric) => metric.values.length > metric.sinceBoot && !isZero(metric)));
  const [besides, alike] = [groupsOf(left, placeOf), groupsOf(left, ({ name, unit }) => `${unit}\n${name}`)];
  const stillLeft = (found: readonly Metric[] = []): Metric[] => found.filter((metric) => left.has(metric));
  const panels: LinePanel[] = [];
  for (const metric of shown) {
    if (!left.has(metric)) continue;
    const family = familyOf(metric, (name) => stillLeft(besides.get(placeOf({ ...metric, english: name }))));
    const members = family?.members ?? stillLeft(alike.get(`${metric.unit}\n${metric.name}`));
    for (const member of members) left.delete(member);
    panels.push(toPanel(members, family?.stacked ?? false));
  }
  return panels;
}

/** Metrics of the same labels and unit are told apart by their names. */
function placeOf({ name, english, unit, labels }: Pick<Metric, 'name' | 'english' | 'unit' | 'labels'>): string {
  return `${labelWords({ labels })}\n${unit}\n${english ?? name}`;
}

/** True where a tool was run for one report alone, which is of the time since boot and not of now. */
export function onlySinceBoot(metrics: readonly Metric[]): boolean {
  return metrics.length > 0 && metrics.every(({ values, sinceBoot }) => sinceBoot > 0 && values.length <= sinceBoot);
}

/** True where no line has a course: a value that was printed once, or that stayed the same, is a number and no chart. */
export function isOfNumbers({ lines, unit }: LinePanel): boolean {
  return lines.every((line) => {
    const [least, greatest] = extentOfLine(line);
    return line.values.length < 2 || (unit !== '%' && least === greatest);
  });
}

/** True where nothing but zero was reported: there is nothing to see. */
export function isZero({ values, sinceBoot, spread }: Metric): boolean {
  const isNothing = (column: Float64Array): boolean => column.subarray(sinceBoot).every((value) => value === 0);
  if (values.length <= sinceBoot || !isNothing(values)) return false;
  return spread === undefined || (isNothing(spread.least) && isNothing(spread.greatest));
}

/** @param named the metrics of that name beside the metric, with its labels and its unit */
function familyOf(metric: Metric, named: (name: string) => Metric[]): { members: Metric[]; stacked: boolean } | null {
  const own = metric.english ?? metric.name;
  const candidates = FAMILIES.filter(({ names }) => names.includes(own));
  const found = candidates
    .map(({ names, stacked }) => ({
      stacked,
      members: names.flatMap(named),
    }))
    .filter(({ members }) => members.includes(metric) && members.length > 1);
  const best = found.sort((a, b) => b.members.length - a.members.length)[0];
  return best === undefined ? null : { ...best, stacked: best.stacked && isWhole(best.members) };
}

/** True where the parts make about 100 at every point: only then a stack of them means something. */
function isWhole(members: readonly Metric[]): boolean {
  const [first] = members;
  if (first === undefined || members.some(({ values }) => values.length !== first.values.length)) return false;
  return first.values.every((_, i) => {
    const sum = members.reduce((total, { values }) => total + (values[i] as number), 0);
    return sum > 95 && sum < 105;
  });
}

function toPanel(members: readonly Metric[], stacked: boolean): LinePanel {
  const names = new Set(members.map(({ name }) => name));
  const labels = new Set(members.map(labelWords));
  const shared = labels.size === 1 ? [...labels][0] : '';
  const lines = members.map((metric) =>
    lineOf(metric, names.size === 1 && labels.size > 1 ? labelWords(metric) : metric.name),
  );
  const kept = stacked ? lines : heaviest(lines);
  const title = [names.size === 1 ? [...names].join('') : [...names].join(', '), shared].filter(Boolean).join(' · ');
  return { title, unit: members[0]?.unit ?? '', stacked, lines: kept, hidden: lines.length - kept.length };
}

/** The metric without its averages since boot. */
export function lineOf({ at, values, spread, sinceBoot }: Metric, name: string): Line {
  const line = { name, at: at.subarray(sinceBoot), values: values.subarray(sinceBoot) };
  if (spread === undefined) return line;
  const [least, greatest] = [spread.least.subarray(sinceBoot), spread.greatest.subarray(sinceBoot)];
  return { ...line, spread: { least, greatest } };
}

/** The least and the greatest value that the line stands for. */
export function extentOfLine({ values, spread }: Pick<Line, 'values' | 'spread'>): [least: number, greatest: number] {
  return spread === undefined ? extent(values) : [extent(spread.least)[0], extent(spread.greatest)[1]];
}

function heaviest(lines: Line[]): Line[] {
  if (lines.length <= MAX_LINES) return lines;
  const peaks = new Map(lines.map((line) => [line, extentOfLine(line)[1]]));
  const peak = (line: Line): number => peaks.get(line) as number;
  const kept = new Set([...lines].sort((a, b) => peak(b) - peak(a)).slice(0, MAX_LINES));
  return lines.filter((each) => kept.has(each));
}
