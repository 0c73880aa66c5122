/**
 * Whether what says it is a capture is one. What a parser made is; what was read back from a page is whatever somebody put there:
 * a stack that is its own caller would be walked without end.
 */
import type { Capture } from './capture.ts';
import { FrameKind } from './profile.ts';
import type { Dataset } from './shapes.ts';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const truth: Check = (value) => typeof value === 'boolean';
/** 1e999 is a number in JSON, and infinite. */
const number: Check = (value) => Number.isFinite(value);
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...known: readonly unknown[]): Check =>
  (value) =>
    known.includes(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const named =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
/** An object with these fields; what it has besides is taken from it. */
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (!isObject(value)) return false;
    for (const name of Object.keys(value)) if (!Object.hasOwn(checks, name)) delete value[name];
    return Object.entries(checks).every(([name, check]) => check(Object.hasOwn(value, name) ? value[name] : undefined));
  };
const doubles: Check = (value) => value instanceof Float64Array;
const wholes: Check = (value) => value instanceof Uint32Array;

const host = {
  hostname: text,
  kernel: text,
  arch: text,
  os: text,
  cpus: orNull(number),
  memoryBytes: orNull(number),
  disks: optional(named(text)),
  facts: optional(named(text)),
};
const run = fields({
  tool: text,
  via: text,
  command: text,
  outcome: oneOf('ok', 'failed', 'missing', 'skipped', 'cut'),
  reason: text,
  file: orNull(text),
  stderr: text,
  started: orNull(number),
  ended: orNull(number),
  attached: orNull(number),
  lastPrinted: optional(orNull(number)),
  late: truth,
  status: orNull(number),
  bytes: number,
  pids: list(number),
  cpu: orNull(number),
  cpuAttaching: orNull(number),
  cpuInWindow: orNull(number),
  interval: orNull(number),
});
const manifest = fields({
  coldflame: oneOf(1, 2),
  host: fields(host),
  versions: named(text),
  started: number,
  ended: number,
  windowBegan: orNull(number),
  monotonic: orNull(number),
  utcOffset: number,
  zone: text,
  narrowed: optional(orNull(fields({ pid: orNull(number), comm: text, container: text, cgroup: text }))),
  processes: optional(oneOf(null, 'host', 'namespace')),
  notes: list(text),
  collector: fields({ pids: list(number), cpu: orNull(number) }),
  marks: list(
    fields({
      kind: oneOf('exec', 'open', 'fsync', 'connect'),
      at: number,
      until: orNull(number),
      word: text,
      pid: orNull(number),
    }),
  ),
  runs: list(run),
});
const source = fields({
  name: text,
  tool: text,
  grammar: text,
  lines: count,
  read: count,
  noise: count,
  unreadCount: count,
  unread: list(fields({ line: count, text, why: text })),
  notes: list(text),
  raw: orNull(text),
  run: orNull(count),
  bytes: optional(count),
  file: optional(text),
  firstLine: optional(count),
  command: optional(text),
  host: optional(text),
  cpus: optional(number),
});
const clock = fields({ started: number, utcOffset: number, zoned: truth, dated: truth });
const ofCapture = {
  name: text,
  manifest: orNull(manifest),
  host: optional(fields(Object.fromEntries(Object.entries(host).map(([name, check]) => [name, optional(check)])))),
  taken: optional(number),
  aside: optional(list(text)),
  printedClock: optional(orNull(clock)),
  damage: list(text),
  sources: list(source),
  datasets: Array.isArray,
  masking: optional(
    fields({
      secrets: list(fields({ source: text, kind: text, count })),
      redaction: optional(
        fields({
          names: named(number),
          leftOut: list(text),
          kept: fields({ processes: list(text), paths: list(text), words: list(text) }),
        }),
      ),
    }),
  ),
};

const shared = {
  source: count,
  tool: text,
  title: text,
  clock: oneOf(null, 'monotonic', 'perf', 'epoch', 'day', 'local', 'year', 'elapsed', 'capture'),
  east: optional(number),
  timing: optional(fields({ span: number, grain: number, doubt: number })),
};
const metric = fields({
  name: text,
  english: optional(text),
  labels: named(text),
  unit: text,
  at: doubles,
  values: doubles,
  lines: wholes,
  spread: optional(fields({ least: doubles, greatest: doubles })),
  sinceBoot: count,
  isCounter: optional(truth),
});
const profile = fields({
  frames: fields({ names: list(text), kinds: list(oneOf(...Object.values(FrameKind))), modules: list(text) }),
  parent: wholes,
  frame: wholes,
  self: doubles,
  sampleCount: number,
  threads: list(fields({ comm: text, pid: orNull(number), tid: orNull(number) })),
  samples: orNull(
    fields({
      at: doubles,
      stack: wholes,
      weight: orNull(doubles),
      thread: wholes,
      cpu: (value) => value instanceof Int16Array,
    }),
  ),
});
const SHAPES: Readonly<Record<string, Check>> = {
  stacks: fields({
    ...shared,
    shape: text,
    kind: oneOf('on-cpu', 'off-cpu', 'wakeup', 'chain', 'memory', 'events'),
    unit: text,
    event: optional(text),
    annotated: optional(truth),
    profile,
  }),
  histogram: fields({
    ...shared,
    shape: text,
    unit: text,
    labels: list(named(text)),
    at: doubles,
    starts: wholes,
    low: doubles,
    high: doubles,
    counts: doubles,
    lines: wholes,
    cumulative: truth,
  }),
  events: fields({
    ...shared,
    shape: text,
    columns: list(
      fields({
        name: text,
        type: oneOf('number', 'text'),
        unit: text,
        role: oneOf(null, 'time', 'duration', 'size', 'process', 'pid'),
      }),
    ),
    cells: list(fields({ numbers: doubles, ids: wholes, texts: list(text) })),
    at: doubles,
    lines: wholes,
  }),
  counts: fields({
    ...shared,
    shape: text,
    unit: text,
    noSum: optional(truth),
    keys: list(list(text)),
    key: wholes,
    values: doubles,
    at: doubles,
    lines: wholes,
    cumulative: truth,
  }),
  series: fields({ ...shared, shape: text, metrics: list(metric) }),
  text: fields({ ...shared, shape: text, lines: list(text) }),
};

/**
 * What is wrong with a capture of unknown origin, for a person; null where it is sound. Fields that no capture has are taken from it.
 */
export function flawIn(capture: Capture): string | null {
  const parts = capture as unknown as Record<string, unknown>;
  for (const name of Object.keys(parts)) if (!Object.hasOwn(ofCapture, name)) delete parts[name];
  const wrong = Object.entries(ofCapture).find(([name, check]) => !check(parts[name]));
  if (wrong !== undefined) return `${wrong[0]} is not what a capture has`;
  const at = capture.datasets.findIndex((dataset) => !isSound(dataset, capture.sources.length));
  return at < 0 ? null : `dataset ${at + 1} is not sound`;
}

function isSound(dataset: Dataset, sources: number): boolean {
  const check = isObject(dataset) && Object.hasOwn(SHAPES, dataset.shape) ? SHAPES[dataset.shape] : undefined;
  return check?.(dataset) === true && dataset.source < sources && isWellFormed(dataset);
}

/** Columns are as long as one another, and what points somewhere points at something. */
function isWellFormed(dataset: Dataset): boolean {
  switch (dataset.shape) {
    case 'stacks':
      return isProfile(dataset.profile);
    case 'histogram': {
      const { labels, at, starts, low, high, counts, lines } = dataset;
      return (
        areAlike(labels.length, at, { length: starts.length - 1 }) &&
        areAlike(lines.length, low, high, counts) &&
        starts.every((start, i) => start >= (i === 0 ? 0 : (starts[i - 1] as number))) &&
        starts[0] === 0 &&
        starts.at(-1) === lines.length
      );
    }
    case 'events': {
      const { columns, cells, at, lines } = dataset;
      const isColumn = (column: ArrayLike<number>) => column.length === 0 || column.length === lines.length;
      return (
        areAlike(lines.length, at) &&
        cells.length === columns.length &&
        cells.every(
          ({ numbers, ids, texts }) => isColumn(numbers) && isColumn(ids) && ids.every((id) => id <= texts.length),
        )
      );
    }
    case 'counts': {
      const { keys, key, values, at, lines } = dataset;
      return areAlike(lines.length, key, values, at) && key.every((place) => place < keys.length);
    }
    case 'series':
      return dataset.metrics.every(
        ({ at, values, lines, spread, sinceBoot }) =>
          areAlike(values.length, at, lines, spread?.least ?? at, spread?.greatest ?? at) && sinceBoot <= values.length,
      );
    case 'text':
      return true;
  }
}

function areAlike(length: number, ...columns: readonly { length: number }[]): boolean {
  return columns.every((column) => column.length === length);
}

/** A parent stands before its children, so that every walk ends. */
function isProfile({
  frames,
  parent,
  frame,
  self,
  threads,
  samples,
}: Extract<Dataset, { profile: unknown }>['profile']) {
  const { names, kinds, modules } = frames;
  if (!areAlike(names.length, kinds, modules) || !areAlike(parent.length, frame, self)) return false;
  if (parent.length === 0 || !self.every(Number.isFinite)) return false;
  for (let node = 1; node < parent.length; node++)
    if ((parent[node] as number) >= node || (frame[node] as number) >= names.length) return false;
  if (samples === null) return true;
  const { at, stack, weight, thread, cpu } = samples;
  return (
    areAlike(stack.length, at, thread, cpu, weight ?? at) &&
    stack.every((node) => node < parent.length) &&
    thread.every((place) => place < threads.length)
  );
}
