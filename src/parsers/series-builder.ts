/** Collects the points of a table's columns into metrics, in the order in which they are first seen. */
import type { Metric } from '../datasets/shapes.ts';

/** What is told of a point besides its value. */
export interface PointFacts {
  labels: Record<string, string>;
  at: number | null;
  line: number;
  /** The value is an average since boot, not of an interval. */
  sinceBoot: boolean;
  /** What the C locale calls the metric, where its name is translated. */
  english?: string;
}

export class SeriesBuilder {
  private readonly metrics: Metric[] = [];
  private readonly byLabels = new Map<string, Map<string, Metric>>();
  /** Those of the row before: the cells of a row share their labels. */
  private labels: PointFacts['labels'] | null = null;
  private byName = new Map<string, Metric>();

  add(name: string, unit: string, value: number, { labels, at, line, sinceBoot, english }: PointFacts): void {
    if (labels !== this.labels) this.turnTo(labels);
    let metric = this.byName.get(name);
    if (metric === undefined) {
      const translated = english === undefined || english === name ? {} : { english };
      metric = { name, ...translated, labels, unit, points: [], lines: [], sinceBoot: 0 };
      this.byName.set(name, metric);
      this.metrics.push(metric);
    }
    metric.points.push([at, value]);
    metric.lines.push(line);
    if (sinceBoot) metric.sinceBoot++;
  }

  build(): Metric[] {
    return this.metrics;
  }

  private turnTo(labels: PointFacts['labels']): void {
    const key = JSON.stringify(labels);
    this.labels = labels;
    this.byName = this.byLabels.get(key) ?? new Map();
    this.byLabels.set(key, this.byName);
  }
}
