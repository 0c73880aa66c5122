/** The report's one time axis, and the few signals that are drawn along it. */
import type { Capture } from '../../datasets/capture.ts';
import { extentOf } from '../../datasets/extent.ts';
import { type Finding, foundOf } from '../../datasets/finding.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { Dataset, Metric, Series, Stacks } from '../../datasets/shapes.ts';
import { timesOf } from '../../datasets/times.ts';

export interface Axis extends Range {
  /** Without a manifest the files have no common clock: then the axis is that of one source. */
  source: number | null;
}

/** A signal along the axis. */
export interface Lane {
  label: string;
  /** Its name, as findings have it; empty for what is none. */
  signal: string;
  /** Who told it. */
  tool: string;
  unit: string;
  at: number[];
  value: number[];
  /** What fills the lane: 100 for percents; null takes the largest value. */
  full: number | null;
  /** When a finding rests on it. */
  found?: Range[];
  /** The same signal of an earlier capture, on the same axis. */
  before?: Pick<Lane, 'at' | 'value'>;
}

/** In how many steps samples are counted along the axis. */
const SAMPLE_STEPS = 240;

/** Whether the dataset's times are on the axis. */
export function isOnAxis({ clock, source }: Pick<Dataset, 'clock' | 'source'>, axis: Axis): boolean {
  return axis.source === null ? clock === 'capture' : clock !== null && source === axis.source;
}

/**
 * The axis of a capture: its window by the manifest, and what its tools said just after; else from the first to the last time of its first file that has
 * any. Null where nothing has.
 */
export function axisOf({ manifest, datasets }: Capture): Axis | null {
  if (manifest !== null) return { source: null, from: 0, to: lastOf(datasets, manifest.ended - manifest.started) };
  const onCapture = datasets.some(({ clock }) => clock === 'capture');
  for (const dataset of datasets) {
    if (dataset.clock === null || (onCapture && dataset.clock !== 'capture')) continue;
    const ends = endsOf(dataset);
    if (ends !== null) return { source: onCapture ? null : dataset.source, from: ends.from, to: ends.to };
  }
  return null;
}

/** Some tools report once more after the window. What is a minute after it, none of them said: its clock is wrong. */
function lastOf(datasets: readonly Dataset[], window: number): number {
  const ends = datasets.flatMap((dataset) => (dataset.clock === 'capture' ? (endsOf(dataset)?.to ?? []) : []));
  return ends.filter((end) => end < window + 60).reduce((last, end) => Math.max(last, end), Math.max(window, 0.001));
}

/** First time and a little after the last: the range is half open. */
function endsOf(dataset: Dataset): Range | null {
  const [from, to] = extentOf(timesOf(dataset));
  return from > to ? null : { from: Math.floor(from * 1000) / 1000, to: Math.ceil(to * 1000 + 1) / 1000 };
}

interface Signal {
  label: string;
  /** Its name, as findings have it. */
  signal: string;
  unit: string;
  full: number | null;
  /** Metrics by name; the first pattern that a series of the capture has is taken. */
  metrics: readonly RegExp[];
  /** Which of a metric's labelled lines: all of them, or those of one label's value. */
  only?: Readonly<Record<string, string>>;
  /** How the lines at one time become one. */
  merge: 'sum' | 'max';
  /** The signal is what the metric leaves of this. */
  from?: number;
}

/** What a person looks for first, each from whichever tool printed it. */
const SIGNALS: readonly Signal[] = [
  {
    label: 'CPU busy',
    signal: 'system.cpu.utilization',
    unit: '%',
    full: 100,
    metrics: [/^%?id(le)?$/],
    only: { CPU: 'all' },
    merge: 'max',
    from: 100,
  },
  {
    label: 'Run queue',
    signal: 'system.cpu.run_queue.length',
    unit: '',
    full: null,
    metrics: [/^r$/, /^runq-sz$/],
    merge: 'max',
  },
  {
    label: 'I/O wait',
    signal: 'system.cpu.utilization.iowait',
    unit: '%',
    full: 100,
    metrics: [/^%?(wa|iowait)$/],
    only: { CPU: 'all' },
    merge: 'max',
  },
  { label: 'Disk busy', signal: 'system.disk.io_time', unit: '%', full: 100, metrics: [/^%util$/], merge: 'max' },
  {
    label: 'Disk await',
    signal: 'system.disk.operation_time',
    unit: 'ms',
    full: null,
    metrics: [/^(await|r_await|w_await)$/],
    merge: 'max',
  },
  { label: 'Network', signal: 'system.network.io', unit: 'kB/s', full: null, metrics: [/^[rt]xkB\/s$/], merge: 'sum' },
  {
    label: 'Retransmits',
    signal: 'system.network.tcp.retransmissions',
    unit: '/s',
    full: null,
    metrics: [/^retrans\/s$/],
    merge: 'sum',
  },
  {
    label: 'Swapping',
    signal: 'system.paging.operations',
    unit: '',
    full: null,
    metrics: [/^s[io]$/, /^pswp(in|out)\/s$/],
    merge: 'sum',
  },
  {
    label: 'Major faults',
    signal: 'system.paging.faults.major',
    unit: '/s',
    full: null,
    metrics: [/^majflt\/s$/],
    merge: 'sum',
  },
];

/** The lanes of a capture: samples of the first profile that has them, then the signals that were captured. */
export function lanesOf(capture: Capture, axis: Axis, findings: readonly Finding[] = []): Lane[] {
  const onAxis = capture.datasets.filter((dataset) => isOnAxis(dataset, axis));
  const stacks = onAxis.find(
    (dataset): dataset is Stacks => dataset.shape === 'stacks' && dataset.profile.samples !== null,
  );
  const telling = signalsOf(onAxis).filter(isTelling);
  const lanes = [...telling, ...(stacks === undefined ? [] : [sampleLane(stacks, axis)])];
  // What was found first is looked for first.
  return lanes
    .map((lane) => ({ lane, found: foundOn(lane, findings) }))
    .sort((a, b) => placeOf(a.found) - placeOf(b.found))
    .map(({ lane, found }) => (found.length === 0 ? lane : { ...lane, found: found.map(({ range }) => range) }));
}

/** The times of the findings that rest on a lane, and the places of those findings in their order. */
function foundOn({ signal }: Lane, findings: readonly Finding[]): { range: Range; place: number }[] {
  return foundOf(findings).flatMap(({ since, until, isPast, measures }, place) => {
    const restsOnIt = signal !== '' && measures.some((measure) => measure.signal === signal);
    if (!restsOnIt || since === null || isPast) return [];
    return [{ range: { from: since, to: until ?? Number.MAX_VALUE }, place }];
  });
}

function placeOf(found: readonly { place: number }[]): number {
  return Math.min(...found.map(({ place }) => place), Number.MAX_VALUE);
}

/** Every signal that the datasets tell, in the order they are looked for. */
export function signalsOf(datasets: readonly Dataset[]): Lane[] {
  const series = datasets.filter((dataset): dataset is Series => dataset.shape === 'series');
  return SIGNALS.map((signal) => laneOf(signal, series)).filter((lane) => lane !== null);
}

/** A signal that is zero throughout tells nothing but takes room; CPU and run queue are looked for in any case. */
export function isTelling({ label, value }: Pick<Lane, 'label' | 'value'>): boolean {
  return /CPU|Run/.test(label) || value.some((number) => number > 0);
}

/** From the series that tells it most often: mpstat reports each second where top looks every five. */
function laneOf(signal: Signal, series: readonly Series[]): Lane | null {
  for (const pattern of signal.metrics) {
    const lanes = series.map(({ tool, metrics }) =>
      mergeLane(
        signal,
        tool,
        metrics.filter(
          (metric) =>
            pattern.test(metric.english ?? metric.name) &&
            isOfUnit(metric, signal) &&
            hasLabels(metric.labels, signal.only),
        ),
      ),
    );
    const finest = lanes.reduce<Lane | null>(
      (best, lane) => (lane.at.length > (best?.at.length ?? 1) ? lane : best),
      null,
    );
    if (finest !== null) return finest;
  }
  return null;
}

/** vmstat's si is swapping in, top's si is the share of soft interrupts. */
function isOfUnit({ unit }: Metric, signal: Signal): boolean {
  return (unit === '%') === (signal.unit === '%');
}

/** Metrics without labels are the whole host's. */
function hasLabels(labels: Metric['labels'], only: Signal['only']): boolean {
  if (only === undefined || Object.keys(labels).length === 0) return true;
  return Object.entries(only).every(([name, value]) => labels[name] === value);
}

function mergeLane(signal: Signal, tool: string, metrics: readonly Metric[]): Lane {
  const values = new Map<number, number>();
  for (const metric of metrics)
    for (let i = metric.sinceBoot; i < metric.values.length; i++) {
      const [at, value] = [metric.at[i] as number, metric.values[i] as number];
      if (Number.isNaN(at)) continue;
      const known = values.get(at);
      const own = signal.from === undefined ? value : signal.from - value;
      values.set(at, known === undefined ? own : signal.merge === 'sum' ? known + own : Math.max(known, own));
    }
  const at = [...values.keys()].sort((a, b) => a - b);
  return {
    label: signal.label,
    signal: signal.signal,
    tool,
    unit: signal.unit,
    full: signal.full,
    at,
    value: at.map((time) => values.get(time) ?? 0),
  };
}

function sampleLane({ tool, profile }: Stacks, { from, to }: Axis): Lane {
  const step = (to - from) / SAMPLE_STEPS;
  const value = new Array<number>(SAMPLE_STEPS).fill(0);
  for (const at of profile.samples?.at ?? []) {
    const i = Math.floor((at - from) / step);
    if (i >= 0 && i < SAMPLE_STEPS) value[i] = (value[i] as number) + 1;
  }
  const at = value.map((_, i) => from + (i + 0.5) * step);
  return { label: 'Samples', signal: '', tool, unit: 'samples', full: null, at, value };
}
