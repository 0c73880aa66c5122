/** A report made to fit a size: what goes first, what goes last, and what is said of it. */

import { bytesText, commas, counted } from '../../datasets/amounts.ts';
import type { Capture } from '../../datasets/capture.ts';
import { eventsAt, rowCount } from '../../datasets/cells.ts';
import { allRows, picked } from '../../datasets/columns.ts';
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';
import type { Dataset, Metric } from '../../datasets/shapes.ts';

/** Leaves something out of a capture, and says what; null where there was nothing of it. */
type Cut = (capture: Capture) => { capture: Capture; said: string | null };

/** A report, and what was cut from it so that it would fit. */
export interface Fitted {
  report: string;
  cuts: string[];
  fits: boolean;
}

/**
 * Renders the capture, and where the outcome is larger than `limit` bytes, again with fewer points in its series, then with
 * the thinnest frames put into their callers, then without the largest texts, then without the oldest rows, then without the
 * single samples, until it fits.
 *
 * @param render makes the report of a capture and of what was cut from it
 * @returns the report, and what was cut; the last report where nothing made it fit
 */
export function fitted(
  capture: Capture,
  limit: number,
  render: (capture: Capture, cuts: string[]) => string,
  ladder: readonly Cut[] = LADDER,
): Fitted {
  const cuts: string[] = [];
  let now = capture;
  let report = render(now, cuts);
  for (const cut of ladder) {
    if (Buffer.byteLength(report) <= limit) break;
    const { capture: less, said } = cut(now);
    if (said === null) continue;
    now = less;
    cuts.push(said);
    report = render(now, cuts);
  }
  return { report, cuts, fits: Buffer.byteLength(report) <= limit };
}

/** What is missed least goes first. */
const LADDER: readonly Cut[] = [
  withoutPoints(20_000),
  withoutThinFrames(0.0001),
  withoutThinFrames(0.001),
  withoutTexts(2 ** 20),
  withoutTexts(2 ** 16),
  withoutTexts(0),
  withoutOldRows(100_000),
  withoutOldRows(10_000),
  withoutOldRows(1000),
  withoutPoints(1000),
  withoutSamples,
  withoutThinFrames(0.01),
];

/** What is left out of a comparison must not make a difference that is none: no rows, which are counted, and no frame to speak of. */
export const COMPARED_LADDER: readonly Cut[] = [
  withoutThinFrames(0.0001),
  withoutTexts(2 ** 20),
  withoutTexts(2 ** 16),
  withoutTexts(0),
  withoutThinFrames(0.001),
  withoutSamples,
];

/** Of many points in a row the least and the largest stay, so that every peak does; a picture has no room for more. */
function withoutPoints(keep: number): Cut {
  return (capture) => {
    let gone = 0;
    const datasets = capture.datasets.map((dataset): Dataset => {
      if (dataset.shape !== 'series') return dataset;
      const metrics = dataset.metrics.map((metric) => extremes(metric, keep));
      metrics.forEach(({ values }, i) => {
        gone += (dataset.metrics[i] as Metric).values.length - values.length;
      });
      return { ...dataset, metrics };
    });
    if (gone === 0) return { capture, said: null };
    const said = `${counted(gone, 'point')} of long series: of each ${commas(keep / 2)}th part the least and the largest stay`;
    return { capture: { ...capture, datasets }, said };
  };
}

/** The metric with at most `keep` points, and its averages since boot. */
function extremes(metric: Metric, keep: number): Metric {
  const { at, values, lines, sinceBoot } = metric;
  if (values.length - sinceBoot <= keep) return metric;
  const kept = Array.from({ length: sinceBoot }, (_, i) => i);
  const spans = keep / 2;
  const startOf = (span: number) => sinceBoot + Math.floor((span * (values.length - sinceBoot)) / spans);
  for (let span = 0; span < spans; span++) {
    let [least, largest] = [startOf(span), startOf(span)];
    for (let i = startOf(span); i < startOf(span + 1); i++) {
      if ((values[i] as number) < (values[least] as number)) least = i;
      if ((values[i] as number) > (values[largest] as number)) largest = i;
    }
    kept.push(...new Set([Math.min(least, largest), Math.max(least, largest)]));
  }
  const rows = Uint32Array.from(kept);
  return { ...metric, at: picked(at, rows), values: picked(values, rows), lines: picked(lines, rows) };
}

/** Frames below a share of their profile become part of their caller: weights and samples are conserved. */
function withoutThinFrames(share: number): Cut {
  return (capture) => {
    let gone = 0;
    const datasets = capture.datasets.map((dataset): Dataset => {
      if (dataset.shape !== 'stacks') return dataset;
      const profile = thinned(dataset.profile, share);
      gone += dataset.profile.parent.length - profile.parent.length;
      return { ...dataset, profile };
    });
    if (gone === 0) return { capture, said: null };
    const said = `${counted(gone, 'frame')} below ${share * 100} % of their profile, whose weight is with their callers`;
    return { capture: { ...capture, datasets }, said };
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
  const { samples } = profile;
  return {
    ...profile,
    parent: Uint32Array.from(parent),
    frame: Uint32Array.from(frame),
    self: Float64Array.from(self),
    samples: samples && { ...samples, stack: samples.stack.map((node) => place[node] as number) },
  };
}

function withoutTexts(above: number): Cut {
  return (capture) => {
    const long = capture.sources.filter(({ raw }) => raw !== null && raw.length > above);
    if (long.length === 0) return { capture, said: null };
    const bytes = long.reduce((sum, { raw }) => sum + (raw?.length ?? 0), 0);
    const sources = capture.sources.map((source) => (long.includes(source) ? { ...source, raw: null } : source));
    const names = long.map(({ name }) => name).join(', ');
    return { capture: { ...capture, sources }, said: `the text of ${names} (${bytesText(bytes)})` };
  };
}

function withoutOldRows(keep: number): Cut {
  return (capture) => {
    let gone = 0;
    const datasets = capture.datasets.map((dataset): Dataset => {
      if (dataset.shape !== 'events' || rowCount(dataset) <= keep) return dataset;
      gone += rowCount(dataset) - keep;
      return eventsAt(dataset, allRows(rowCount(dataset)).subarray(-keep));
    });
    if (gone === 0) return { capture, said: null };
    return { capture: { ...capture, datasets }, said: `${counted(gone, 'row')}, the oldest of each table` };
  };
}

function withoutSamples(capture: Capture): ReturnType<Cut> {
  let gone = 0;
  const datasets = capture.datasets.map((dataset): Dataset => {
    if (dataset.shape !== 'stacks' || dataset.profile.samples === null) return dataset;
    gone += dataset.profile.samples.at.length;
    return { ...dataset, clock: null, profile: { ...dataset.profile, samples: null } };
  });
  if (gone === 0) return { capture, said: null };
  return {
    capture: { ...capture, datasets },
    said: `time, thread and CPU of ${counted(gone, 'sample')}; their stacks are all there`,
  };
}
