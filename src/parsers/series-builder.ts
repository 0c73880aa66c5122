/** Collects the points of a table's columns into metrics, in the order in which they are first seen. */
import type { Metric } from '../datasets/shapes.ts';

/** What a point belongs to. */
export interface Cellmate {
  labels: Record<string, string>;
  at: number | null;
  line: number;
  /** The value is an average since boot, not of an interval. */
  sinceBoot: boolean;
  /** What the C locale calls the metric, where its name is translated. */
  english?: string;
}

export class SeriesBuilder {
  private readonly metrics = new Map<string, Metric>();

  add(name: string, unit: string, value: number, { labels, at, line, sinceBoot, english }: Cellmate): void {
    const key = JSON.stringify([name, labels]);
    let metric = this.metrics.get(key);
    if (metric === undefined) {
      const translated = english === undefined || english === name ? {} : { english };
      metric = { name, ...translated, labels, unit, points: [], lines: [], sinceBoot: 0 };
      this.metrics.set(key, metric);
    }
    metric.points.push([at, value]);
    metric.lines.push(line);
    if (sinceBoot) metric.sinceBoot++;
  }

  build(): Metric[] {
    return [...this.metrics.values()];
  }
}
