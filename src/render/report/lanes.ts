/** The few signals that are drawn along the time axis: what a person looks for first, each from the tool that tells it most often. */
import type { Capture } from '../../datasets/capture.ts';
import { type Finding, foundOf, type Severity, type SubjectKind } from '../../datasets/finding.ts';
import { groupsOf } from '../../datasets/groups.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { Dataset, Stacks } from '../../datasets/shapes.ts';
import type { SignalName } from '../../datasets/signals.ts';
import { watchedFrom } from '../../datasets/window.ts';
import { type Signals, signalsOf } from '../../signals/index.ts';
import { runOf } from '../../signals/sources.ts';
import { type Track, timeOf } from '../../signals/track.ts';
import { type Axis, isOnAxis, type Lane } from './axis.ts';

interface LaneKind {
  label: string;
  unit: string;
  full: number | null;
  /** Each with what it is of; several are added up. */
  signals: readonly (readonly [SignalName, SubjectKind])[];
  /** How what several disks or interfaces say at one time becomes one. */
  merge: 'sum' | 'max';
  /** It is drawn where it was zero throughout, too. */
  isAlways?: true;
}

const LANES: readonly LaneKind[] = [
  {
    label: 'CPU busy',
    unit: '%',
    full: 100,
    signals: [['system.cpu.utilization', 'host']],
    merge: 'max',
    isAlways: true,
  },
  {
    label: 'Run queue',
    unit: '',
    full: null,
    signals: [['system.cpu.run_queue.length', 'host']],
    merge: 'max',
    isAlways: true,
  },
  { label: 'I/O wait', unit: '%', full: 100, signals: [['system.cpu.utilization.iowait', 'host']], merge: 'max' },
  { label: 'Disk busy', unit: '%', full: 100, signals: [['system.disk.io_time', 'disk']], merge: 'max' },
  { label: 'Disk await', unit: 'ms', full: null, signals: [['system.disk.operation_time', 'disk']], merge: 'max' },
  {
    label: 'Network',
    unit: 'bytes/s',
    full: null,
    signals: [
      ['system.network.io.receive', 'interface'],
      ['system.network.io.transmit', 'interface'],
    ],
    merge: 'sum',
  },
  {
    label: 'Retransmits',
    unit: '/s',
    full: null,
    signals: [['system.network.tcp.retransmissions', 'tcp']],
    merge: 'sum',
  },
  {
    label: 'Swapping',
    unit: 'pages/s',
    full: null,
    signals: [
      ['system.paging.operations.in', 'host'],
      ['system.paging.operations.out', 'host'],
    ],
    merge: 'sum',
  },
  { label: 'Major faults', unit: '/s', full: null, signals: [['system.paging.faults.major', 'host']], merge: 'sum' },
];

/**
 * The lanes of a capture: the signals that were captured, what was found on first, then the samples of the first profile that
 * has them.
 */
export function lanesOf(capture: Capture, axis: Axis, findings: readonly Finding[] = []): Lane[] {
  const told = toldLanes(capture, axis);
  const lanes = LANES.flatMap(({ label }) => {
    const finest = finestOf(told.filter((lane) => lane.label === label));
    return finest === null || !isTelling(finest) ? [] : [finest];
  });
  const stacks = capture.datasets.find(
    (dataset): dataset is Stacks =>
      dataset.shape === 'stacks' && dataset.profile.samples !== null && isOnAxis(dataset, axis),
  );
  const sampled = stacks === undefined ? [] : [{ ...sampleLane(stacks, axis), ...watching(capture, stacks) }];
  return byFindings([...lanes, ...sampled], findings);
}

/** Lanes that findings rest on first, with the times of those. */
export function byFindings(lanes: readonly Lane[], findings: readonly Finding[]): Lane[] {
  return lanes
    .map((lane) => ({ lane, found: foundOn(lane, findings) }))
    .sort((a, b) => placeOf(a.found) - placeOf(b.found))
    .map(({ lane, found }) => (found.length === 0 ? lane : { ...lane, found: found.map(({ range }) => range) }));
}

/** The times of the findings that rest on a lane, and the places of those findings in their order. */
function foundOn(
  { signals }: Lane,
  findings: readonly Finding[],
): { range: Range & { severity: Severity }; place: number }[] {
  return foundOf(findings).flatMap(({ since, until, isPast, measures, severity }, place) => {
    if (since === null || isPast || !measures.some(({ signal }) => signals.includes(signal))) return [];
    return [{ range: { from: since, to: until ?? Number.MAX_VALUE, severity }, place }];
  });
}

function placeOf(found: readonly { place: number }[]): number {
  return Math.min(...found.map(({ place }) => place), Number.MAX_VALUE);
}

/** Every signal, once for each tool that tells it. */
export function toldLanes(capture: Capture, axis: Axis): Lane[] {
  const hosts = signalsOf(capture);
  return LANES.flatMap((kind) => {
    const byTool = groupsOf(
      hosts.flatMap((host) => lanesOfKind(kind, host, capture, axis)),
      ({ tool }) => tool,
    );
    return [...byTool.values()].map(finestOf).filter((each) => each !== null);
  });
}

/** A signal that is zero throughout tells nothing but takes room. */
export function isTelling({ label, value }: Pick<Lane, 'label' | 'value'>): boolean {
  return LANES.some((kind) => kind.label === label && kind.isAlways) || value.some((number) => number > 0);
}

/** mpstat reports each second where top looks every five. One report is no course. */
function finestOf(lanes: readonly Lane[]): Lane | null {
  return lanes.reduce<Lane | null>((best, lane) => (lane.at.length > (best?.at.length ?? 1) ? lane : best), null);
}

/** One lane of each dataset that tells it. */
function lanesOfKind(kind: LaneKind, host: Signals, capture: Capture, axis: Axis): Lane[] {
  const tracks = kind.signals.flatMap(([signal, of]) => host.tracks(signal, of));
  return [...groupsOf(tracks, ({ dataset }) => dataset)].flatMap(([place, own]) => {
    const dataset = capture.datasets[place];
    if (dataset === undefined || !isOnAxis(dataset, axis)) return [];
    return [{ ...mergedLane(kind, dataset.tool, own), ...watching(capture, dataset) }];
  });
}

/** Since when the tool was watching, where the manifest tells. */
function watching(capture: Capture, dataset: Dataset): Pick<Lane, 'watchedFrom'> {
  const source = capture.sources[dataset.source];
  const run = source === undefined ? null : runOf(capture, source);
  const from = run === null ? null : watchedFrom(run, [dataset]);
  return from === null ? {} : { watchedFrom: from };
}

function mergedLane({ label, unit, full, signals, merge }: LaneKind, tool: string, tracks: readonly Track[]): Lane {
  const values = new Map<number, number>();
  for (const track of tracks)
    for (const [i, value] of track.values.entries()) {
      const at = timeOf(track, i);
      if (at === null) continue;
      const known = values.get(at);
      values.set(at, known === undefined ? value : merge === 'sum' ? known + value : Math.max(known, value));
    }
  const at = [...values.keys()].sort((a, b) => a - b);
  return {
    label,
    signals: signals.map(([name]) => name),
    tool,
    unit,
    full,
    at,
    value: at.map((time) => values.get(time) ?? 0),
  };
}

/** In how many steps samples are counted along the axis. */
const SAMPLE_STEPS = 240;

function sampleLane({ tool, profile }: Stacks, { from, to }: Axis): Lane {
  const step = (to - from) / SAMPLE_STEPS;
  const value = new Array<number>(SAMPLE_STEPS).fill(0);
  for (const at of profile.samples?.at ?? []) {
    const i = Math.floor((at - from) / step);
    if (i >= 0 && i < SAMPLE_STEPS) value[i] = (value[i] as number) + 1;
  }
  const at = value.map((_, i) => from + (i + 0.5) * step);
  return { label: 'Samples', signals: [], tool, unit: 'samples', full: null, at, value };
}
