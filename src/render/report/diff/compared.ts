/** Two captures as one, so that the report's own parts can show them: what was before first, what came after behind it. */
import type { Capture, Manifest, Source } from '../../../datasets/capture.ts';
import type { Finding } from '../../../datasets/finding.ts';
import { type FindingChange, findingChanges } from '../../../datasets/finding-changes.ts';
import type { Range } from '../../../datasets/narrow.ts';
import { pairs } from '../../../datasets/pairs.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import { withTimes } from '../../../datasets/times.ts';
import { type Axis, axisOf, isOnAxis, type Lane } from '../axis.ts';
import { byFindings, isTelling, toldLanes } from '../lanes.ts';
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
  const moved = findingsAfter.map((finding) => movedBy(finding, sourcesBefore, datasetsBefore));
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

/** The lanes of the time strip: signals that the same tool told both times, first those that what was found after rests on. */
export function lanesOf({ signals, axis, findings }: Compared): Lane[] {
  if (axis === null) return [];
  const lanes = signals.flatMap(({ before, after, paired }): Lane[] => {
    if (!paired || before === null || after === null || !(isTelling(before) || isTelling(after))) return [];
    return [{ ...after, before: { at: before.at, value: before.value } }];
  });
  return byFindings(lanes, findings);
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

/** The finding with its evidence in the sources and datasets of both captures together. */
function movedBy(finding: Finding, sources: number, datasets: number): Finding {
  const evidence = finding.evidence.map(({ source, lines, drawn }) => ({
    source: source + sources,
    lines,
    ...(drawn === undefined ? {} : { drawn: { ...drawn, dataset: drawn.dataset + datasets } }),
  }));
  return { ...finding, evidence };
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
  const labels = [...new Set([...is, ...was].map((lane) => lane.label))];
  return labels.map((label) => {
    const [earlier, later] = [was, is].map((side) => side.filter((lane) => lane.label === label)) as [Lane[], Lane[]];
    const both = later
      .flatMap((after) => {
        const { tool, unit } = after;
        const before = earlier.find((lane) => lane.tool === tool && lane.unit === unit);
        return before === undefined ? [] : [{ label, unit, tool, paired: true, before, after }];
      })
      .sort((a, b) => b.after.at.length - a.after.at.length)[0];
    if (both !== undefined) return both;
    const told = [...later, ...earlier];
    return {
      label,
      unit: told[0]?.unit ?? '',
      tool: told.map(({ tool }) => tool).join(', '),
      paired: false,
      before: earlier[0] ?? null,
      after: later[0] ?? null,
    };
  });
}

/** On the common axis, which both start at 0. */
function signalsByTool(capture: Capture): Lane[] {
  return toldLanes(capture, { source: null, from: 0, to: Number.POSITIVE_INFINITY });
}

/** Seconds from start to end; null where no manifest tells it. */
export function lengthOf(manifest: Manifest | null): number | null {
  return manifest === null ? null : manifest.ended - manifest.started;
}
