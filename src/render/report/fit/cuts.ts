/** What can be left out of a page to make it smaller, what goes first, what goes last, and how that is said. */
import { bytesText, commas, counted, durationText } from '../../../datasets/amounts.ts';
import type { Capture } from '../../../datasets/capture.ts';
import { eventsAt, rowCount, withoutUnused } from '../../../datasets/cells.ts';
import { allRows } from '../../../datasets/columns.ts';
import type { Profile } from '../../../datasets/profile.ts';
import { nodeTotals } from '../../../datasets/profile-functions.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import { countsInSteps, countsOfKeys, histogramInSteps, seriesInSteps } from '../../../datasets/thin.ts';

/** A way to make a capture smaller. */
export interface Cut {
  /** Cuts of one kind go further each time: the last says it all. */
  what: string;
  /** The capture with less in it; null where there is nothing of it to leave out. */
  of(capture: Capture): Capture | null;
  /** What is missing, in words. */
  say(less: Capture, whole: Capture): string;
}

/** What of a page's data is left out: what is missed least goes first. */
export const LADDER: readonly Cut[] = [
  seriesTo(20_000),
  thinFrames(0.0001),
  thinFrames(0.001),
  texts(2 ** 20),
  texts(2 ** 16),
  texts(0),
  intervals(2000),
  oldRows(500_000),
  oldRows(200_000),
  oldRows(100_000),
  oldRows(50_000),
  seriesTo(10_000),
  intervals(500),
  oldRows(20_000),
  oldRows(10_000),
  seriesTo(5000),
  keys(10_000),
  seriesTo(2000),
  oldRows(5000),
  seriesTo(1000),
  oldRows(2000),
  samples(),
  thinFrames(0.01),
  intervals(100),
  keys(1000),
  oldRows(1000),
  seriesTo(500),
  textLines(1000),
  oldRows(200),
  seriesTo(200),
];

/**
 * What is left out of a comparison must not make a difference that is none: no rows, which are counted, and no frame to
 * speak of.
 */
export const COMPARED_LADDER: readonly Cut[] = [
  thinFrames(0.0001),
  texts(2 ** 20),
  texts(2 ** 16),
  texts(0),
  thinFrames(0.001),
  samples(),
];

/** The capture with other datasets; null where none became another. */
function withDatasets(capture: Capture, change: (dataset: Dataset) => Dataset): Capture | null {
  const datasets = capture.datasets.map(change);
  return datasets.every((dataset, i) => dataset === capture.datasets[i]) ? null : { ...capture, datasets };
}

/** How much less there is of something in one capture than in another. */
function missing(less: Capture, whole: Capture, amountOf: (dataset: Dataset) => number): number {
  const sum = ({ datasets }: Capture): number => datasets.reduce((all, dataset) => all + amountOf(dataset), 0);
  return sum(whole) - sum(less);
}

/** Of many values in a row the mean, the least and the greatest stay: no peak is lost. */
function seriesTo(most: number): Cut {
  return {
    what: 'series',
    of: (capture) =>
      withDatasets(capture, (dataset) =>
        dataset.shape === 'series' ? (seriesInSteps(dataset, most)?.dataset ?? dataset) : dataset,
      ),
    say: (less, whole) => {
      const steps = less.datasets.filter((dataset, i) => dataset !== whole.datasets[i] && dataset.shape === 'series');
      const longest = steps.reduce((step, { timing }) => Math.max(step, timing?.span ?? 0), 0);
      const gone = missing(less, whole, (dataset) =>
        dataset.shape === 'series' ? dataset.metrics.reduce((sum, { values }) => sum + values.length, 0) : 0,
      );
      const each = longest === 0 ? 'group of them' : durationText(longest);
      return `${counted(gone, 'value')} of long series; the mean, least and greatest of each ${each} stay`;
    },
  };
}

/** Frames below a share of their profile become part of their caller: weights and samples are conserved. */
function thinFrames(share: number): Cut {
  return {
    what: 'frames',
    of: (capture) =>
      withDatasets(capture, (dataset) => {
        if (dataset.shape !== 'stacks') return dataset;
        const profile = thinned(dataset.profile, share);
        return profile.parent.length === dataset.profile.parent.length ? dataset : { ...dataset, profile };
      }),
    say: (less, whole) => {
      const gone = missing(less, whole, (dataset) => (dataset.shape === 'stacks' ? dataset.profile.parent.length : 0));
      return `${counted(gone, 'frame')} below ${share * 100}% of their profile, whose weight is with their callers`;
    },
  };
}

function thinned(profile: Profile, share: number): Profile {
  const totals = nodeTotals(profile);
  const least = (totals[0] ?? 0) * share;
  const place = new Uint32Array(totals.length);
  const parent: number[] = [0];
  const frame: number[] = [0];
  const self: number[] = [profile.self[0] ?? 0];
  for (let node = 1; node < totals.length; node++) {
    const above = place[profile.parent[node] as number] as number;
    if ((totals[node] as number) < least) {
      place[node] = above;
      self[above] = (self[above] as number) + (profile.self[node] as number);
    } else {
      place[node] = parent.length;
      parent.push(above);
      frame.push(profile.frame[node] as number);
      self.push(profile.self[node] as number);
    }
  }
  const { samples: all } = profile;
  return {
    ...profile,
    parent: Uint32Array.from(parent),
    frame: Uint32Array.from(frame),
    self: Float64Array.from(self),
    samples: all && { ...all, stack: all.stack.map((node) => place[node] as number) },
  };
}

/** The texts of files as printed, those of more than so many characters. */
function texts(above: number): Cut {
  return {
    what: 'texts',
    of: (capture) => {
      const isLong = ({ raw }: Capture['sources'][number]): boolean => raw !== null && raw.length > above;
      if (!capture.sources.some(isLong)) return null;
      return {
        ...capture,
        sources: capture.sources.map((source) => (isLong(source) ? { ...source, raw: null } : source)),
      };
    },
    say: (less, whole) => {
      const gone = whole.sources.filter(({ raw }, i) => raw !== null && less.sources[i]?.raw === null);
      const bytes = gone.reduce((sum, { raw }) => sum + (raw?.length ?? 0), 0);
      return `the text of ${gone.map(({ name }) => name).join(', ')} (${bytesText(bytes)})`;
    },
  };
}

/** Counts and histograms of many intervals are added up: nothing that was counted is lost. */
function intervals(most: number): Cut {
  return {
    what: 'intervals',
    of: (capture) =>
      withDatasets(capture, (dataset) => {
        if (dataset.shape === 'counts') return countsInSteps(dataset, most)?.dataset ?? dataset;
        return dataset.shape === 'histogram' ? (histogramInSteps(dataset, most)?.dataset ?? dataset) : dataset;
      }),
    say: (less, whole) => {
      const changed = less.datasets.filter((dataset, i) => dataset !== whole.datasets[i] && 'cumulative' in dataset);
      const longest = changed.reduce((step, { timing }) => Math.max(step, timing?.span ?? 0), 0);
      return `intervals shorter than ${durationText(longest)} of counts and histograms, which are added up`;
    },
  };
}

function keys(most: number): Cut {
  return {
    what: 'keys',
    of: (capture) =>
      withDatasets(capture, (dataset) =>
        dataset.shape === 'counts' ? (countsOfKeys(dataset, most) ?? dataset) : dataset,
      ),
    say: () => `counts by key beyond the ${commas(most)} greatest of each table, which are added up`,
  };
}

function oldRows(keep: number): Cut {
  const rowsIn = (dataset: Dataset): number => (dataset.shape === 'events' ? rowCount(dataset) : 0);
  return {
    what: 'rows',
    of: (capture) =>
      withDatasets(capture, (dataset) => {
        if (dataset.shape !== 'events' || rowCount(dataset) <= keep) return dataset;
        return withoutUnused(eventsAt(dataset, allRows(rowCount(dataset)).subarray(-keep)));
      }),
    say: (less, whole) => `${counted(missing(less, whole, rowsIn), 'row')}, the oldest of each table`,
  };
}

function samples(): Cut {
  return {
    what: 'samples',
    of: (capture) =>
      withDatasets(capture, (dataset) => {
        if (dataset.shape !== 'stacks' || dataset.profile.samples === null) return dataset;
        return { ...dataset, clock: null, profile: { ...dataset.profile, samples: null } };
      }),
    say: (less, whole) => {
      const gone = missing(less, whole, (dataset) =>
        dataset.shape === 'stacks' ? (dataset.profile.samples?.at.length ?? 0) : 0,
      );
      return `time, thread and CPU of ${counted(gone, 'sample')}; their stacks are all there`;
    },
  };
}

/** Lines of what is plain text. */
function textLines(keep: number): Cut {
  const linesIn = (dataset: Dataset): number => (dataset.shape === 'text' ? dataset.lines.length : 0);
  return {
    what: 'lines',
    of: (capture) =>
      withDatasets(capture, (dataset) =>
        linesIn(dataset) <= keep || dataset.shape !== 'text'
          ? dataset
          : { ...dataset, lines: dataset.lines.slice(0, keep) },
      ),
    say: (less, whole) => `${counted(missing(less, whole, linesIn), 'line')} of text, the last of each file`,
  };
}
