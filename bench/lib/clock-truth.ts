/** What a capture's tools say of bursts whose times are known: how far off, and whether within what they claim. */
import { bucketsOf, groupCount } from '../../src/datasets/buckets.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { cellAt, numberAt, rowCount } from '../../src/datasets/cells.ts';
import { narrow } from '../../src/datasets/narrow.ts';
import type { Dataset, Events, Series, Timing } from '../../src/datasets/shapes.ts';
import { hasTimes, timesOf } from '../../src/datasets/times.ts';
import { MOMENT } from '../../src/datasets/timing.ts';
import type { BurstKind, Truth } from './bursts.ts';

export interface ToolClock {
  tool: string;
  /** How many rows tell of a burst. */
  rows: number;
  /** The median of how far they lie from the truth, in seconds; below 0 is too early. Null where nothing was seen. */
  error: number | null;
  /** What a row claims to be about, and how far all of it may be off. */
  width: number;
  doubt: number;
  /** Of the rows, how many have a truth within what they claim. */
  within: number | null;
  /** A range over each burst and its width keeps so much of its rows, and so much of those farther away than that. */
  kept: number | null;
  foreign: number | null;
}

/** A row of an event table, and the burst that it tells of. */
interface Seen {
  at: number;
  line: number;
  truth: Truth;
}

/** Which burst the rows of a table tell of, and by what they are known. */
const EVENTS: Readonly<Record<string, { kind: BurstKind; by: 'word' | 'pid' | 'port'; only?: string }>> = {
  execsnoop: { kind: 'exec', by: 'word' },
  exitsnoop: { kind: 'exit', by: 'pid' },
  opensnoop: { kind: 'open', by: 'word' },
  statsnoop: { kind: 'stat', by: 'word' },
  biosnoop: { kind: 'fsync', by: 'pid' },
  // SIGCONT.
  killsnoop: { kind: 'kill', by: 'pid', only: '18' },
  tcplife: { kind: 'close', by: 'port' },
  tcpstates: { kind: 'connect', by: 'port', only: 'SYN_SENT' },
  dmesg: { kind: 'log', by: 'word' },
  pidstat: { kind: 'cpu', by: 'pid' },
  top: { kind: 'cpu', by: 'pid' },
};

/** What of a table of values goes up in a burst; of a counter its growth. */
interface Level {
  kind: BurstKind;
  metric: RegExp;
  labels?: Readonly<Record<string, string>>;
  isCounter?: true;
}

const LEVELS: Readonly<Record<string, Level>> = {
  vmstat: { kind: 'fsync', metric: /^bo$/ },
  iostat: { kind: 'fsync', metric: /^wkB\/s$/ },
  'sar-dev': { kind: 'close', metric: /^rxkB\/s$/ },
  'sar-tcp': { kind: 'close', metric: /^iseg\/s$/ },
  'proc-vmstat': { kind: 'fsync', metric: /^pgpgout$/, isCounter: true },
  'proc-net': { kind: 'close', metric: /InOctets/, isCounter: true },
  pressure: { kind: 'fsync', metric: /^total$/, labels: { resource: 'io', share: 'some' }, isCounter: true },
  'perf-stat': { kind: 'faults', metric: /faults/ },
  mpstat: { kind: 'cpu', metric: /^%usr$/ },
};

export function judgeTools(capture: Capture, truths: readonly Truth[]): ToolClock[] {
  const { manifest } = capture;
  if (manifest?.monotonic == null) throw new Error('the capture does not tell the monotonic clock');
  const zero = manifest.monotonic;
  const onAxis = truths.map((truth) => ({ ...truth, from: truth.from - zero, to: truth.to - zero }));
  return capture.sources.flatMap(({ tool }, source) => {
    const datasets = capture.datasets.filter((dataset) => dataset.source === source && hasTimes(dataset));
    const judged = datasets.map((dataset) => judge(tool, dataset, onAxis)).filter((each) => each !== null);
    return judged.sort((a, b) => b.rows - a.rows).slice(0, 1);
  });
}

function judge(tool: string, dataset: Dataset, truths: readonly Truth[]): ToolClock | null {
  const timing = dataset.timing ?? MOMENT;
  const stated = { tool, width: timing.span + timing.grain, doubt: timing.doubt };
  if (dataset.clock !== 'capture') return { ...stated, rows: 0, error: null, within: null, kept: null, foreign: null };
  if (dataset.shape === 'events' && timing.span === 0) return ofEvents(stated, dataset, truths);
  if (dataset.shape === 'stacks') return ofSamples(stated, dataset, truths);
  return ofLevels(stated, dataset, truths);
}

type Stated = Pick<ToolClock, 'tool' | 'width' | 'doubt'>;

function ofEvents(stated: Stated, events: Events, truths: readonly Truth[]): ToolClock | null {
  const seen = seenIn(events, truths);
  if (seen === null) return null;
  const timing = events.timing ?? MOMENT;
  return {
    ...stated,
    rows: seen.length,
    error: median(seen.map(({ at, truth }) => beside(at, truth))),
    within: shareOf(seen, ({ at, truth }) => isWithin(at, truth, timing)),
    ...ofRanges(events, seen, timing),
  };
}

function seenIn(events: Events, truths: readonly Truth[]): Seen[] | null {
  const known = Object.hasOwn(EVENTS, events.tool) ? EVENTS[events.tool] : undefined;
  if (known === undefined) return null;
  const ofKind = truths.filter(({ kind }) => kind === known.kind);
  const seen: Seen[] = [];
  for (let row = 0; row < rowCount(events); row++) {
    const at = events.at[row] as number;
    const cells = events.columns.map((_, column) => String(cellAt(events, row, column) ?? ''));
    if (known.only !== undefined && !cells.includes(known.only)) continue;
    const of = ofKind.filter((truth) => {
      if (known.by === 'word') return cells.some((cell) => isWordIn(truth.word, cell));
      return cells.includes(String(known.by === 'pid' ? truth.pid : truth.port));
    });
    const truth = nearest(at, of);
    if (truth !== undefined && !Number.isNaN(at)) seen.push({ at, line: events.lines[row] as number, truth });
  }
  return seen;
}

/** `coldflame-burst-exec-1` is not in `coldflame-burst-exec-12`. */
function isWordIn(word: string, text: string): boolean {
  const place = text.indexOf(word);
  return place >= 0 && !/\d/.test(text[place + word.length] ?? '');
}

/** How far a time lies from a burst: below 0 before it, 0 in it. */
function beside(at: number, { from, to }: Truth): number {
  return Math.min(0, at - from) + Math.max(0, at - to);
}

function nearest(at: number, truths: readonly Truth[]): Truth | undefined {
  return truths.toSorted((a, b) => Math.abs(beside(at, a)) - Math.abs(beside(at, b)))[0];
}

function isWithin(at: number, { from, to }: Truth, { span, grain, doubt }: Timing): boolean {
  return at - span - doubt <= to && at + grain + doubt >= from;
}

function ofSamples(stated: Stated, dataset: Dataset, truths: readonly Truth[]): ToolClock | null {
  if (dataset.shape !== 'stacks' || dataset.profile.samples === null) return null;
  const { samples, threads } = dataset.profile;
  const timing = dataset.timing ?? MOMENT;
  const burns = truths.filter(({ kind }) => kind === 'cpu');
  const seen: Seen[] = [];
  for (const [i, thread] of samples.thread.entries()) {
    const at = samples.at[i] as number;
    const pid = threads[thread]?.pid;
    const truth = nearest(
      at,
      burns.filter((each) => each.pid === pid),
    );
    if (truth !== undefined) seen.push({ at, line: i, truth });
  }
  return {
    ...stated,
    rows: seen.length,
    error: median(seen.map(({ at, truth }) => beside(at, truth))),
    within: shareOf(seen, ({ at, truth }) => isWithin(at, truth, timing)),
    kept: null,
    foreign: null,
  };
}

/** What a range over each burst and its width keeps, by the lines of the rows. */
function ofRanges(events: Events, seen: readonly Seen[], timing: Timing): Pick<ToolClock, 'kept' | 'foreign'> {
  const width = timing.span + timing.grain + timing.doubt;
  let [own, ownKept, far, farKept] = [0, 0, 0, 0];
  for (const truth of new Set(seen.map((each) => each.truth))) {
    const range = { from: truth.from - width, to: truth.to + width + 1e-6 };
    const kept = narrow(events, range);
    const lines = new Set(kept.lines);
    const ofTruth = seen.filter((each) => each.truth === truth);
    own += ofTruth.length;
    ownKept += ofTruth.filter(({ line }) => lines.has(line)).length;
    const isFar = (at: number): boolean => at < range.from - width || at > range.to + width;
    for (const at of events.at) if (isFar(at)) far++;
    for (const at of kept.at) if (isFar(at)) farKept++;
  }
  return { kept: own === 0 ? null : ownKept / own, foreign: far === 0 ? null : farKept / far };
}

/** Values by interval: `at` is when one ended. */
interface Course {
  at: number[];
  value: number[];
}

/**
 * Of values over intervals: the shift at which what the bursts put into each interval fits them best; within: of the
 * intervals that are well above the rest, how many have a burst in what they claim.
 */
function ofLevels(stated: Stated, dataset: Dataset, truths: readonly Truth[]): ToolClock | null {
  const course = courseOf(dataset, truths);
  if (course === null || course.at.length < 5) return null;
  const { kind, at, value } = course;
  const bursts = truths.filter((truth) => truth.kind === kind);
  const timing = dataset.timing ?? MOMENT;
  const best = bestShift(course, bursts);
  const high = value.toSorted((a, b) => a - b)[Math.floor(value.length * 0.95)] as number;
  const low = median(value) ?? 0;
  const hits = [...value.keys()].filter((i) => (value[i] as number) > low + 0.6 * (high - low));
  // What else the machine did hides the bursts.
  if (best.fit < LEAST_FIT) return { ...stated, rows: 0, error: null, within: null, kept: null, foreign: null };
  return {
    ...stated,
    rows: hits.length,
    error: best.shift,
    within: shareOf(hits, (i) => bursts.some((truth) => isWithin(at[i] as number, truth, timing))),
    kept: null,
    foreign: null,
  };
}

/** A correlation that chance does not reach. */
const LEAST_FIT = 0.6;

/** Half a minute of fit is told from chance by how much of the variance it explains. */
function bestShift({ at, value }: Course, bursts: readonly Truth[]): { shift: number; fit: number } {
  let best = { shift: 0, fit: Number.NEGATIVE_INFINITY };
  for (let shift = -3; shift <= 3; shift += 0.01) {
    // A row that is shown too early by so much is about what was that much later.
    const expected = at.map((end, i) => {
      const from = (i === 0 ? end - 1 : (at[i - 1] as number)) - shift;
      const to = end - shift;
      const inside = bursts.reduce(
        (sum, burst) =>
          sum + Math.max(0, Math.min(to, burst.to) - Math.max(from, burst.from)) / (burst.to - burst.from),
        0,
      );
      return inside / (to - from);
    });
    const fit = correlation(expected, value);
    if (fit > best.fit) best = { shift, fit };
  }
  return best;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, each] of a.entries()) {
    const [da, db] = [each - ma, (b[i] as number) - mb];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

function courseOf(dataset: Dataset, truths: readonly Truth[]): (Course & { kind: BurstKind }) | null {
  if (dataset.shape === 'histogram') {
    const sums = new Map<number, number>();
    for (let group = 0; group < groupCount(dataset); group++) {
      const counted = bucketsOf(dataset, group).reduce((sum, [, , count]) => sum + count, 0);
      const at = dataset.at[group] as number;
      sums.set(at, (sums.get(at) ?? 0) + counted);
    }
    return { kind: 'fsync', at: [...sums.keys()], value: [...sums.values()] };
  }
  if (dataset.shape === 'events') return ofProcesses(dataset, truths);
  const known = Object.hasOwn(LEVELS, dataset.tool) ? LEVELS[dataset.tool] : undefined;
  if (dataset.shape !== 'series' || known === undefined) return null;
  const course = summed(dataset, known);
  if (known.isCounter !== true) return { kind: known.kind, ...course };
  const grown = course.value.slice(1).map((value, i) => {
    const length = (course.at[i + 1] as number) - (course.at[i] as number);
    return (value - (course.value[i] as number)) / length;
  });
  return { kind: known.kind, at: course.at.slice(1), value: grown };
}

function summed({ metrics }: Series, { metric, labels = {} }: Level): Course {
  const sums = new Map<number, number>();
  const wanted = metrics.filter(
    (each) => metric.test(each.name) && Object.entries(labels).every(([label, value]) => each.labels[label] === value),
  );
  for (const { at, values, sinceBoot } of wanted) {
    for (let i = sinceBoot; i < values.length; i++) {
      const time = at[i] as number;
      sums.set(time, (sums.get(time) ?? 0) + (values[i] as number));
    }
  }
  return { at: [...sums.keys()], value: [...sums.values()] };
}

/** The CPU use of the processes that burned, by report. */
function ofProcesses(events: Events, truths: readonly Truth[]): (Course & { kind: BurstKind }) | null {
  const burners = new Set(truths.filter(({ kind }) => kind === 'cpu').map(({ pid }) => pid));
  const [pid, use] = ['PID', '%CPU'].map((wanted) => events.columns.findIndex(({ name }) => name === wanted));
  if (pid === undefined || use === undefined || pid < 0 || use < 0) return null;
  const [times = new Float64Array()] = timesOf(events);
  const sums = new Map([...times].map((at) => [at, 0]));
  for (let row = 0; row < rowCount(events); row++) {
    if (!burners.has(numberAt(events, row, pid))) continue;
    const at = events.at[row] as number;
    sums.set(at, (sums.get(at) ?? 0) + numberAt(events, row, use));
  }
  return { kind: 'cpu', at: [...sums.keys()], value: [...sums.values()] };
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}

function shareOf<T>(list: readonly T[], holds: (each: T) => boolean): number | null {
  return list.length === 0 ? null : list.filter(holds).length / list.length;
}
