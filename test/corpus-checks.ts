/**
 * What a reading misses of what an independent reader found, in words; nothing when it has all of it.
 * The readings are what `export --format json` prints.
 */
import type {
  CorpusCase,
  CountsTruth,
  EventsTruth,
  HistogramTruth,
  KeyedNumber,
  PerfTruth,
  SeriesTruth,
  StacksTruth,
  Value,
} from './corpus.ts';

type Shape<Name, Fields> = { shape: Name; tool: string; title: string; unit: string } & Fields;
type Stacks = Shape<'stacks', { folded: [string, number][] }>;
type Group = { labels: Record<string, string>; at: number | null; buckets: [Value, Value, number][] };
type Histogram = Shape<'histogram', { groups: Group[] }>;
type Events = Shape<'events', { columns: { name: string }[]; rows: Value[][] }>;
type Counts = Shape<'counts', { items: { key: string[]; value: number }[] }>;
type Metric = { name: string; labels: Record<string, string>; points: [number | null, number][] };
type Series = Shape<'series', { metrics: Metric[] }>;
type Text = Shape<'text', { lines: string[] }>;
export type Reading = Stacks | Histogram | Events | Counts | Series | Text;

export function missesOf(wanted: CorpusCase, datasets: readonly Reading[]): string[] {
  switch (wanted.kind) {
    case 'histogram':
      return histogramMisses(wanted.truth, only(datasets, 'histogram'));
    case 'counts':
      return countsMisses(wanted.truth, datasets);
    case 'stacks':
      return 'events' in wanted.truth
        ? perfMisses(wanted.truth, only(datasets, 'stacks'))
        : stacksMisses(wanted.truth, only(datasets, 'stacks'));
    case 'events':
      return eventsMisses(wanted.truth, only(datasets, 'events'));
    case 'series':
      return seriesMisses(wanted.truth, datasets);
    case 'text':
      return textMisses(wanted.truth, datasets);
  }
}

function only<Name extends Reading['shape']>(datasets: readonly Reading[], shape: Name) {
  return datasets.filter((dataset): dataset is Extract<Reading, { shape: Name }> => dataset.shape === shape);
}

/** One line for each pair that is in one list and not in the other, as often as it is. */
function unequal(wanted: readonly unknown[], found: readonly unknown[], what: string): string[] {
  const left = found.map((value) => JSON.stringify(value));
  const missing = wanted.map((value) => JSON.stringify(value)).filter((text) => !takeOut(left, text));
  return [...missing.map((text) => `${what} missing: ${text}`), ...left.map((text) => `${what} too many: ${text}`)];
}

function takeOut(list: string[], text: string): boolean {
  const at = list.indexOf(text);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

function histogramMisses(truth: HistogramTruth, found: readonly Histogram[]): string[] {
  const groups = found.flatMap((dataset) => dataset.groups.map((group) => ({ ...group, ...dataset })));
  const wanted =
    truth.cumulative === true && groups.length < truth.groups.length ? truth.groups.slice(-1) : truth.groups;
  if (groups.length !== wanted.length) return [`${groups.length} histograms for ${wanted.length}`];
  return wanted.flatMap(({ labels, at, unit, buckets }, i) => {
    const group = groups[i] as (typeof groups)[number];
    const told = [...Object.values(group.labels), group.title, group.unit].map(loose);
    const printed = [...labels, ...(at === null ? [] : [at])].filter((label) => !told.includes(loose(label)));
    return [
      ...printed.map((label) => `histogram ${i}: ${label} is not in ${JSON.stringify(group.labels)}`),
      ...(unit === null || unit === group.unit ? [] : [`histogram ${i}: unit ${group.unit} for ${unit}`]),
      ...unequal(buckets, group.buckets, `histogram ${i}: bucket`),
    ];
  });
}

/** A label without what versions differ in: quotes, blanks, byte marks. */
function loose(text: string): string {
  return text.replace(/\bb'|['"]/g, '').replace(/\s+/g, '');
}

function countsMisses(truth: CountsTruth, datasets: readonly Reading[]): string[] {
  const counted: KeyedNumber[] = only(datasets, 'counts').flatMap(({ items }) =>
    items.map(({ key, value }): KeyedNumber => [key.length === 0 ? null : key.join(', '), value]),
  );
  const found = counted.length > 0 ? counted : only(datasets, 'series').flatMap(pointsAsItems);
  const strict = (items: readonly KeyedNumber[]) => items.map(([key, value]): KeyedNumber => [loose(key ?? ''), value]);
  if (truth.stats !== undefined) {
    const each = truth.stats.flatMap(([key, ...numbers]) => numbers.map((number): KeyedNumber => [key, number]));
    return unequal(strict([...truth.items, ...each]), strict(found), 'count').filter((text) =>
      text.includes('missing'),
    );
  }
  const misses = unequal(strict(truth.items), strict(found), 'count');
  return truth.last !== undefined && unequal(strict(truth.last), strict(found), '').length === 0 ? [] : misses;
}

function pointsAsItems({ metrics }: Series): KeyedNumber[] {
  return metrics.flatMap(({ name, labels, points }) =>
    points.map(([, value]): KeyedNumber => [Object.values(labels).join(', ') || name, value]),
  );
}

const NO_NAME = /^(?:--?|)$/;

/** A stack's frames without what versions print differently: addresses, offsets, modules, kinds, delimiters, pids. */
function plainFrames(stack: string): string[] {
  const frames = stack.split(';').map((frame) =>
    frame
      .replace(/_\[[kwij]\]$/, '')
      .replace(/^(?:0x)?[0-9a-f]{8,16}\s+(?=\S)/, '')
      .replace(/(\S)\s+[[(][^\])]*[\])]$/, '$1')
      .replace(/(\S)\+(?:0x[0-9a-f]+|\d+)$/, '$1')
      .trim(),
  );
  return frames.filter((frame) => !NO_NAME.test(frame));
}

function merged(folded: readonly [string, number][], unordered: boolean): Map<string, number> {
  const weights = new Map<string, number>();
  for (const [stack, weight] of folded) {
    const frames = plainFrames(stack);
    const key = (unordered ? frames.sort() : frames).join(';');
    weights.set(key, (weights.get(key) ?? 0) + weight);
  }
  return weights;
}

function stacksMisses(truth: StacksTruth, found: readonly Stacks[]): string[] {
  if (found.length === 0 && truth.empty !== true) return ['no stacks'];
  const folded = found.flatMap((dataset) => dataset.folded);
  const unordered = truth.unordered === true;
  const weights = merged(folded, unordered);
  const total = folded.reduce((sum, [, weight]) => sum + weight, 0);
  return [
    ...(total === truth.total ? [] : [`total ${total} for ${truth.total}`]),
    ...(weights.size === truth.distinct ? [] : [`${weights.size} distinct stacks for ${truth.distinct}`]),
    ...[...merged(truth.top3, unordered)]
      .filter(([stack, weight]) => weights.get(stack) !== weight)
      .map(([stack, weight]) => `${weights.get(stack) ?? 'nothing'} for ${weight}: ${stack}`),
  ];
}

function perfMisses(truth: PerfTruth, found: readonly Stacks[]): string[] {
  const wanted = Object.values(truth.events).map(({ samples, period }) => (period > 0 ? period : samples));
  const totals = found.map(({ folded }) => folded.reduce((sum, [, weight]) => sum + weight, 0));
  const roots = new Set(found.flatMap(({ folded }) => folded.map(([stack]) => stack.split(';')[0] as string)));
  const comms = [...roots].map(loose);
  return [
    ...unequal(wanted, totals, 'total'),
    ...truth.comms.filter((comm) => !comms.some((root) => sameComm(root, comm))).map((comm) => `no stack of ${comm}`),
  ];
}

function sameComm(root: string, comm: string): boolean {
  return root.replaceAll('_', '') === loose(comm).replaceAll('_', '');
}

function eventsMisses(truth: EventsTruth, found: readonly Events[]): string[] {
  const table = found[0];
  if (table === undefined) return ['no events'];
  if (truth.cells !== undefined) return cellMisses(truth.cells, found);
  const names = table.columns.map(({ name }) => name);
  const rows = found.flatMap((dataset) => dataset.rows.map((row) => record(dataset, row)));
  const optional = truth.optional ?? [];
  return [
    ...unequal(
      truth.columns.filter((name) => !optional.includes(name)),
      names.filter((name) => !optional.includes(name)),
      'column',
    ),
    ...(rows.length === truth.n_rows ? [] : [`${rows.length} rows for ${truth.n_rows}`]),
    ...rowMisses(truth.first, rows[0] ?? {}, 'first row'),
    ...rowMisses(truth.last, rows.at(-1) ?? {}, 'last row'),
    ...Object.entries(truth.sums)
      .map(([name, sum]) => [name, sum, rows.reduce((total, row) => total + numberIn(row[name]), 0)] as const)
      .filter(([, sum, total]) => !near(sum, total))
      .map(([name, sum, total]) => `the sum of ${name} is ${total} for ${sum}`),
  ];
}

function record({ columns }: Events, row: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]));
}

function rowMisses(wanted: Record<string, Value>, row: Record<string, Value>, which: string): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => !sameValue(value, row[name] ?? null))
    .map(([name, value]) => `${which}: ${name} is ${JSON.stringify(row[name])} for ${JSON.stringify(value)}`);
}

/** Numbers as numbers; an empty cell is null or the empty text. */
function sameValue(wanted: Value, found: Value): boolean {
  return String(wanted ?? '') === String(found ?? '') || (wanted !== '' && Number(wanted) === Number(found ?? 'none'));
}

function cellMisses(cells: readonly Value[][], found: readonly Events[]): string[] {
  const rows = found.flatMap((dataset) => dataset.rows.map((row) => row.map(String)));
  return cells.flatMap((row, i) =>
    row.filter((cell) => rows[i]?.includes(String(cell)) !== true).map((cell) => `row ${i}: no ${cell}`),
  );
}

function numberIn(value: Value | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** Sums of decimals differ in their last bits. */
function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
}

type Labelled = { name: string; label: string; values: number[] };

function seriesMisses(truth: SeriesTruth, datasets: readonly Reading[]): string[] {
  const metrics = only(datasets, 'series').flatMap((dataset) => dataset.metrics.map(labelled));
  const found = metrics.length > 0 ? metrics : only(datasets, 'events').flatMap(columnsOf);
  if (found.length === 0) return ['no series'];
  const numbers = found.flatMap(({ values }) => values);
  return [
    ...Object.entries(truth.columns ?? {}).flatMap(([name, [points, sum]]) =>
      columnMisses(found, [name, truth.renamed?.[name] ?? name], points, sum),
    ),
    ...(truth.last ?? [])
      .filter(([name, value, label]) => !found.some((metric) => endsWith(metric, name, value, label)))
      .map((last) => `last row missing: ${JSON.stringify(last)}`),
    ...(truth.values ?? []).filter((value) => !numbers.includes(value)).map((value) => `no ${value}`),
  ];
}

function labelled({ name, labels, points }: Metric): Labelled {
  return { name, label: Object.values(labels).join(' '), values: points.map(([, value]) => value) };
}

function columnsOf({ columns, rows }: Events): Labelled[] {
  return columns.map(({ name }, i) => ({
    name,
    label: '',
    values: rows.map((row) => row[i]).filter((cell) => typeof cell === 'number'),
  }));
}

function columnMisses(found: readonly Labelled[], names: readonly string[], points: number, sum: number): string[] {
  const values = found.filter(({ name }) => names.includes(name)).flatMap((metric) => metric.values);
  const total = values.reduce((all, value) => all + value, 0);
  return values.length === points && near(sum, total)
    ? []
    : [`${names[0]}: ${values.length} values, sum ${total}, for ${points}, sum ${sum}`];
}

function endsWith(metric: Labelled, name: string, value: number, label: string): boolean {
  return (
    metric.name === name && metric.values.at(-1) === value && (metric.label === '' || metric.label.includes(label))
  );
}

function textMisses({ lines }: { lines: number }, datasets: readonly Reading[]): string[] {
  const texts = only(datasets, 'text').reduce((sum, dataset) => sum + dataset.lines.length, 0);
  const others = datasets
    .filter(({ shape }) => shape !== 'text')
    .map(({ shape }) => `${shape} where there is only text`);
  return texts === lines ? others : [`${texts} lines of text for ${lines}`, ...others];
}
