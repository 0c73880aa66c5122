/** Two captures as one, so that the report's own parts can show them: what was before first, what came after behind it. */
import type { Capture, Manifest, Source } from '../../../datasets/capture.ts';
import type { Finding } from '../../../datasets/finding.ts';
import { type FindingChange, findingChanges } from '../../../datasets/finding-changes.ts';
import type { Range } from '../../../datasets/narrow.ts';
import { pairs } from '../../../datasets/pairs.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import { withTimes } from '../../../datasets/times.ts';
import { type Axis, axisOf, isOnAxis, isTelling, type Lane, signalsOf } from '../axis.ts';
import type { DatasetPair } from '../pair.ts';

export interface DiffInput {
  before: Capture;
  after: Capture;
  findingsBefore: readonly Finding[];
  findingsAfter: readonly Finding[];
}

export interface Compared {
  /** Sources and datasets of both; times are seconds since the start of their own capture. */
  capture: Capture;
  /** The captures by themselves. */
  sides: readonly [before: Capture, after: Capture];
  /** How many of the sources and datasets are of the earlier capture: from there on they are the later one's. */
  sourcesBefore: number;
  datasetsBefore: number;
  pairs: DatasetPair[];
  axis: Axis | null;
  signals: Signal[];
  changes: FindingChange[];
  /** Those of the later capture, with evidence in the sources of both together. */
  findings: Finding[];
}

/** A signal as the same tool told it both times; or, where none did, who told it once. */
export interface Signal {
  label: string;
  unit: string;
  /** Of a signal that is not paired all tools that told it. */
  tool: string;
  /** The same tool told it both times, in the same unit. */
  paired: boolean;
  before: Lane | null;
  after: Lane | null;
}

export function compared({ before, after, findingsBefore, findingsAfter }: DiffInput): Compared {
  const [was, is] = [sinceStart(before), sinceStart(after)];
  const sourcesBefore = was.sources.length;
  const datasetsBefore = was.datasets.length;
  const matched = pairs(was, is).map(([earlier, later]): DatasetPair => {
    const windows = [windowOf(earlier, was), windowOf(later, is)] as const;
    return {
      before: was.datasets.indexOf(earlier),
      after: datasetsBefore + is.datasets.indexOf(later),
      windows: windows[0] === null || windows[1] === null ? null : [windows[0], windows[1]],
    };
  });
  const moved = findingsAfter.map((finding) => withSources(finding, sourcesBefore));
  return {
    capture: together(was, is),
    sides: [before, after],
    sourcesBefore,
    datasetsBefore,
    pairs: matched,
    axis: commonAxis(before, after),
    signals: comparedSignals(was, is),
    changes: findingChanges(findingsBefore, moved),
    findings: moved,
  };
}

/** The lanes of the time strip: signals that the same tool told both times. */
export function lanesOf({ signals, axis }: Compared): Lane[] {
  if (axis === null) return [];
  return signals.flatMap(({ before, after, paired }): Lane[] => {
    if (!paired || before === null || after === null || !(isTelling(before) || isTelling(after))) return [];
    return [{ ...after, before: { at: before.at, value: before.value } }];
  });
}

/** The capture with every time that is on its axis counted from the axis's start. */
function sinceStart(capture: Capture): Capture {
  const axis = axisOf(capture);
  if (axis === null || capture.manifest !== null) return capture;
  const datasets = capture.datasets.map((dataset): Dataset => {
    if (!isOnAxis(dataset, axis)) return dataset;
    return { ...withTimes(dataset, (at) => at.map((time) => time - axis.from)), clock: 'capture' };
  });
  return { ...capture, datasets };
}

/** From the start of both to the end of the longer one. */
function commonAxis(before: Capture, after: Capture): Axis | null {
  const lengths = [before, after].flatMap((capture) => {
    const axis = axisOf(capture);
    return axis === null ? [] : [axis.to - axis.from];
  });
  return lengths.length === 0 ? null : { source: null, from: 0, to: Math.max(...lengths) };
}

function together(before: Capture, after: Capture): Capture {
  return {
    name: `${before.name} and ${after.name}`,
    manifest: null,
    damage: [...before.damage, ...after.damage],
    sources: [...named(before, 'before'), ...named(after, 'after')],
    datasets: [
      ...before.datasets,
      ...after.datasets.map((dataset) => ({ ...dataset, source: dataset.source + before.sources.length })),
    ],
  };
}

function named({ sources }: Capture, side: string): Source[] {
  return sources.map((source) => ({ ...source, name: `${side}: ${source.name}`, run: null }));
}

function withSources(finding: Finding, by: number): Finding {
  return { ...finding, evidence: finding.evidence.map((item) => ({ ...item, source: item.source + by })) };
}

/** When the tool of a dataset ran; null where no manifest tells it. */
function windowOf({ source }: Dataset, { sources, manifest }: Capture): Range | null {
  const run = manifest?.runs[sources[source]?.run ?? -1];
  if (run === undefined || run.started === null || run.ended === null || run.ended <= run.started) return null;
  return { from: run.started, to: run.ended };
}

/**
 * Each signal from a tool that told it both times, of several the one that reports most often: two tools measure the
 * same thing differently enough for a difference that is none.
 */
function comparedSignals(before: Capture, after: Capture): Signal[] {
  const [was, is] = [signalsByTool(before), signalsByTool(after)];
  const labels = [...new Set([...is, ...was].map(({ lane }) => lane.label))];
  return labels.map((label) => {
    const [earlier, later] = [was, is].map((side) => side.filter(({ lane }) => lane.label === label)) as [
      Told[],
      Told[],
    ];
    const both = later
      .flatMap(({ tool, lane }) => {
        const match = earlier.find((each) => each.tool === tool && each.lane.unit === lane.unit);
        if (match === undefined) return [];
        return [{ label, unit: lane.unit, tool, paired: true, before: match.lane, after: lane }];
      })
      .sort((a, b) => b.after.at.length - a.after.at.length)[0];
    if (both !== undefined) return both;
    const [one] = [...later, ...earlier] as [Told];
    const tool = [...later, ...earlier].map((each) => each.tool).join(', ');
    const [was1, is1] = [earlier[0]?.lane ?? null, later[0]?.lane ?? null];
    return { label, unit: one.lane.unit, tool, paired: false, before: was1, after: is1 };
  });
}

interface Told {
  tool: string;
  lane: Lane;
}

function signalsByTool({ datasets }: Capture): Told[] {
  const tools = [...new Set(datasets.map(({ tool }) => tool))];
  return tools.flatMap((tool) => {
    const own = datasets.filter((dataset) => dataset.tool === tool && dataset.clock === 'capture');
    return signalsOf(own).map((lane) => ({ tool, lane }));
  });
}

/** Seconds from start to end; null where no manifest tells it. */
export function lengthOf(manifest: Manifest | null): number | null {
  return manifest === null ? null : manifest.ended - manifest.started;
}
