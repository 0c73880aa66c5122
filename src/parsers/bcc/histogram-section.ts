/** Histograms: the lines that name them, their header, their buckets; and the same as a Python dictionary. */
import type { Histogram } from '../../datasets/shapes.ts';
import type { LineVerdict } from '../lines.ts';
import { type Literal, pythonDict } from './dict.ts';
import { averageUnder, bucketRow, Histograms, histogramTool, histogramUnit, sectionLabels } from './histogram.ts';
import { stampOf } from './lines.ts';
import type { BccKind, Section, Surroundings } from './section.ts';
import { toolOfSection } from './signatures.ts';

/** Prints stamps as argdist does, and never a histogram. */
const COUNTS_ONLY = 'syscount';

export class HistogramSection implements Section {
  kind: BccKind | null = null;
  private readonly around: Surroundings;
  private readonly histograms: Histograms;
  private labels: Record<string, string> = {};
  private unit = '';

  constructor(around: Surroundings) {
    this.around = around;
    this.histograms = new Histograms(around.context);
  }

  line(text: string, number: number): LineVerdict | null {
    return this.header(text) ?? this.row(text, number) ?? this.label(text) ?? this.dict(text, number);
  }

  /** Something else stood on the line: the rows below it are of another histogram. */
  close(): void {
    this.histograms.close();
    this.labels = {};
  }

  /** The tool was stopped before it counted anything. */
  beginNone(): void {
    this.begin('', {});
  }

  datasets(): Histogram[] {
    return this.histograms.datasets();
  }

  private header(text: string): LineVerdict | null {
    const unit = histogramUnit(text);
    if (unit === null) return null;
    this.begin(unit, this.labels);
    this.labels = {};
    return 'read';
  }

  private row(text: string, number: number): LineVerdict | null {
    const row = bucketRow(text);
    if (row === null) return null;
    // Some print no header; and one that starts over is another histogram.
    if (!this.histograms.continues(row)) this.begin(this.histograms.open === null ? '' : this.unit, this.labels);
    this.histograms.add(row, number);
    return 'read';
  }

  private label(text: string): LineVerdict | null {
    const average = averageUnder(text);
    if (average !== null && this.histograms.open !== null) {
      this.histograms.open.labels.average = average;
      return 'read';
    }
    const labels = sectionLabels(text);
    if (labels === null) return null;
    this.histograms.close();
    this.labels = labels;
    return 'read';
  }

  private begin(unit: string, labels: Record<string, string>): void {
    const { stamp, probe } = this.around;
    const time: Record<string, string> = stamp === null ? {} : { time: stamp.text };
    const what: Record<string, string> = probe === null ? {} : { probe };
    this.unit = unit;
    this.histograms.begin(this.owner(unit, labels), { ...time, ...what, ...labels }, stamp?.at ?? null);
    this.kind = 'bcc-histogram';
  }

  private owner(unit: string, labels: Record<string, string>): { tool: string; unit: string } {
    const { context, stamp } = this.around;
    const banner = this.around.banner.filter((tool) => tool !== COUNTS_ONLY);
    const owners = Object.keys(labels).flatMap((key) => toolOfSection(key) ?? []);
    const candidates = owners.length > 0 ? owners : banner.length > 0 ? banner : stamp?.bracketed ? ['argdist'] : [];
    return { tool: histogramTool(candidates, unit, context.tool), unit };
  }

  private dict(text: string, number: number): LineVerdict | null {
    const dict = pythonDict(text);
    const data = dict?.get('data');
    if (dict === null || !Array.isArray(data)) return null;
    const buckets = data.map(bucketOf);
    if (!areBuckets(buckets)) return { unread: 'holds no list of intervals, ascending, and their counts' };
    const { ts, val_type, data: _, ...rest } = Object.fromEntries(dict) as Record<string, Literal>;
    this.beginDict(String(val_type ?? ''), String(ts ?? ''), rest);
    for (const bucket of buckets) this.histograms.add({ ...bucket, linear: false }, number);
    this.histograms.close();
    return 'read';
  }

  private beginDict(unit: string, time: string, rest: Record<string, Literal>): void {
    const labels = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, String(value)]));
    const owner = this.owner(unit, Object.keys(labels).length > 0 ? labels : { disk: '' });
    this.histograms.begin(owner, time === '' ? labels : { time, ...labels }, stampOf(time)?.at ?? null);
    this.kind = 'bcc-histogram';
  }
}

interface Interval {
  low: number;
  high: number;
  count: number;
}

function areBuckets(list: readonly (Interval | null)[]): list is Interval[] {
  let end = Number.NEGATIVE_INFINITY;
  return list.every((bucket) => {
    const ascends = bucket !== null && bucket.low >= end && bucket.high > bucket.low;
    end = bucket?.high ?? end;
    return ascends;
  });
}

function bucketOf(item: Literal): Interval | null {
  if (!(item instanceof Map)) return null;
  const [low, high, count] = ['interval-start', 'interval-end', 'count'].map((key) => item.get(key));
  if (typeof low !== 'number' || typeof high !== 'number' || typeof count !== 'number') return null;
  if (!(low <= high && Number.isSafeInteger(low) && Number.isSafeInteger(high) && Number.isSafeInteger(count)))
    return null;
  return { low, high: high + 1, count };
}
