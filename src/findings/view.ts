/** A capture as the rules ask of it: by tool and name, the averages since boot left out. */

import type { Capture, Source } from '../datasets/capture.ts';
import { meanOf, rowsWhere, timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
import type { Evidence } from '../datasets/finding.ts';
import type { Dataset, Metric, Series, Stacks, StacksKind } from '../datasets/shapes.ts';
import { looksOffCpu } from './symbols.ts';

/** One metric over time: parallel columns. */
export interface Track {
  source: number;
  labels: Record<string, string>;
  unit: string;
  values: Float64Array;
  /** NaN where there is no time. */
  at: Float64Array;
  lines: Uint32Array;
}

type ShapeOf<S extends Dataset['shape']> = Extract<Dataset, { shape: S }>;

export interface View {
  capture: Capture;
  /** CPUs of the host, or null where nothing tells. */
  cpus: number | null;
  /** The datasets of one shape from any of the tools. */
  datasets<S extends Dataset['shape']>(shape: S, ...tools: string[]): ShapeOf<S>[];
  /** The tracks of a metric by any of its names (`await`, `r_await`), over all label values and any of the tools. */
  tracks(tools: string | readonly string[], ...names: string[]): Track[];
  profiles(...kinds: StacksKind[]): Stacks[];
  /** Whether a tool was captured at all, with rows or without. */
  has(tool: string): boolean;
}

export function viewOf(capture: Capture): View {
  function datasets<S extends Dataset['shape']>(shape: S, ...tools: string[]): ShapeOf<S>[] {
    return capture.datasets.filter(
      (dataset): dataset is ShapeOf<S> => dataset.shape === shape && tools.includes(dataset.tool),
    );
  }
  return {
    capture,
    cpus: capture.manifest?.host.cpus ?? cpusInMpstat(datasets('series', 'mpstat')),
    datasets,
    tracks: (tools, ...names) =>
      datasets('series', ...[tools].flat()).flatMap((series) =>
        series.metrics
          .filter(({ name, english }) => names.includes(english ?? name))
          .map((metric) => trackOf(series, metric)),
      ),
    profiles: (...kinds) =>
      capture.datasets
        .filter((dataset) => dataset.shape === 'stacks')
        .filter((stacks) => kinds.includes(kindOf(stacks))),
    has: (tool) => capture.sources.some((source) => source.tool === tool),
  };
}

function kindOf(stacks: Stacks): StacksKind {
  return looksOffCpu(stacks) ? 'off-cpu' : stacks.kind;
}

/** mpstat -P ALL numbers the CPUs, so it tells how many there are. */
function cpusInMpstat(series: Series[]): number | null {
  const cpus = new Set(series.flatMap(({ metrics }) => metrics.map(({ labels }) => labels.CPU ?? '')));
  const numbered = [...cpus].filter((cpu) => /^\d+$/.test(cpu));
  return numbered.length > 0 ? numbered.length : null;
}

function trackOf({ source }: Series, { labels, unit, values, at, lines, sinceBoot }: Metric): Track {
  return {
    source,
    labels,
    unit,
    values: values.subarray(sinceBoot),
    at: at.subarray(sinceBoot),
    lines: lines.subarray(sinceBoot),
  };
}

/** The points of a track that meet a condition, and what a finding says of them. */
export interface Stretch {
  /** Of all points, 0 to 1. */
  share: number;
  since: number | null;
  until: number | null;
  /** Over the whole track. */
  mean: number;
  max: number;
  evidence: Evidence;
}

/** Null where no point meets the condition. */
export function stretch(track: Track, holds: (value: number) => boolean): Stretch | null {
  const hits = rowsWhere(track.values.length, (i) => holds(track.values[i] as number));
  const first = hits[0];
  if (first === undefined) return null;
  const last = hits.at(-1) as number;
  return {
    share: hits.length / track.values.length,
    since: timeAt(track.at, first),
    until: timeAt(track.at, last),
    mean: mean(track.values),
    max: extent(track.values)[1],
    evidence: { source: track.source, lines: [track.lines[first] as number, track.lines[last] as number] },
  };
}

/** All of a track as evidence. */
export function whole(track: Track): Evidence {
  const first = track.lines[0];
  const last = track.lines.at(-1);
  return { source: track.source, lines: first === undefined || last === undefined ? null : [first, last] };
}

/** What the tools of the collector start themselves. */
const HELPERS = ['sadc', 'timeout'];
/** The kernel keeps so many characters of a name. */
const COMM_LENGTH = 15;

/** The names under which the tools of this capture show among the processes that they watched. */
export function collectorsOwn({ capture: { manifest } }: View): ReadonlySet<string> {
  const ran = (manifest?.runs ?? []).filter(({ started, command }) => started !== null && command !== '');
  const names = ran.map(
    ({ command }) => (command.split(' ', 1)[0] ?? '').split('/').at(-1)?.slice(0, COMM_LENGTH) ?? '',
  );
  // The programs of our own are run by sh, as are many others.
  return new Set([...names, ...(names.length > 0 ? HELPERS : [])].filter((name) => name !== 'sh'));
}

/** How long the tool of a source ran; null where no manifest tells, or it ended at once. */
export function secondsOf({ capture: { manifest, sources } }: View, source: number): number | null {
  const run = manifest?.runs[sources[source]?.run ?? -1];
  const seconds = (run?.ended ?? 0) - (run?.started ?? 0);
  return seconds > 0 ? seconds : null;
}

/** 0 for no values. */
export const mean = meanOf;

// Lost 764896 samples        Processed 5 events and lost 12 chunks!        Possibly lost 3 samples        perf lost 12 events
const LOST = /\blost (\d+)/gi;

/** How many events a tool said it lost: in its output, or beside it on stderr. */
export function lostEvents({ notes, run }: Source, { manifest }: Capture): number {
  const stderr = run === null ? '' : (manifest?.runs[run]?.stderr ?? '');
  return [...`${notes.join('\n')}\n${stderr}`.matchAll(LOST)].reduce((sum, [, events]) => sum + Number(events), 0);
}

/** Why a source's numbers may not be the whole truth. */
export function doubtsOf(source: Source, capture: Capture): string[] {
  const doubts = source.notes.map((note) => `${source.tool}: ${note}`);
  const lost = lostEvents(source, capture);
  if (lost > 0 && source.notes.length === 0) doubts.push(`${source.tool} lost ${lost} events`);
  if (source.unreadCount > 0) doubts.push(`${source.name}: ${source.unreadCount} of ${source.lines} lines unread`);
  const run = source.run === null ? undefined : capture.manifest?.runs[source.run];
  if (run?.outcome === 'cut' || run?.outcome === 'failed')
    doubts.push(`${run.tool} did not end as asked: ${run.reason}`);
  return doubts;
}
