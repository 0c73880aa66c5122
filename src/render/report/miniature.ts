/** The small picture beside a finding: the course or the distribution that it rests on. */
import type { Capture } from '../../datasets/capture.ts';
import { sumOf } from '../../datasets/columns.ts';
import { extent } from '../../datasets/extent.ts';
import type { Finding, Measure } from '../../datasets/finding.ts';
import { allBuckets } from '../../datasets/percentiles.ts';
import type { Dataset, Histogram, Metric, Series } from '../../datasets/shapes.ts';
import { px } from '../format.ts';
import { type Markup, markup } from '../markup.ts';

const WIDTH = 168;
const HEIGHT = 40;
/** As the pictures of a page: a middle tone that reads on white and on black. */
const MARK = '#2b88c8';

/** A line for what has a course, bars for a distribution; null where the evidence is neither. */
export function miniature({ evidence, measures }: Finding, { datasets }: Capture): Markup | null {
  for (const { source, lines } of evidence) {
    const here = datasets.filter((dataset) => dataset.source === source);
    const drawn = here.map((dataset) => drawOf(dataset, lines, measures)).find((markup) => markup !== null);
    if (drawn !== undefined) return drawn;
  }
  return null;
}

function drawOf(
  dataset: Dataset,
  lines: readonly [number, number] | null,
  measures: readonly Measure[],
): Markup | null {
  if (dataset.shape === 'histogram') return bars(dataset);
  if (dataset.shape !== 'series') return null;
  const metric = metricOf(dataset, lines, measures);
  return metric === null ? null : course(metric);
}

/**
 * The metric whose mean, least or greatest value the finding names, of all its points or of those in the evidence's lines;
 * what the finding names first is looked for first. Other tables between those lines are not what it rests on.
 */
function metricOf(
  { metrics }: Series,
  lines: readonly [number, number] | null,
  measures: readonly Measure[],
): Metric | null {
  const touched = metrics.filter((metric) => lines === null || lines.every((line) => metric.lines.includes(line)));
  const named = measures.map(({ value }) => touched.find((metric) => tells(metric, lines, value)));
  return named.find((metric) => metric !== undefined) ?? null;
}

function tells(metric: Metric, lines: readonly [number, number] | null, value: number): boolean {
  const all = metric.values.subarray(metric.sinceBoot);
  const within = all.filter((_, i) => isWithin(metric.lines[i + metric.sinceBoot] as number, lines));
  if (all.length < 2) return false;
  const known = [all, within].flatMap((values) => [sumOf(values) / values.length, ...extent(values)]);
  return known.some((each) => each !== 0 && Math.abs(each - value) <= Math.abs(value) * 0.005);
}

function isWithin(line: number, lines: readonly [number, number] | null): boolean {
  return lines === null || (line >= lines[0] && line <= lines[1]);
}

function course({ name, values: all, sinceBoot }: Metric): Markup | null {
  const values = all.subarray(sinceBoot);
  if (values.length < 2) return null;
  const most = values.reduce((max, value) => Math.max(max, value), 0) || 1;
  const at = (value: number, i: number): string =>
    `${px((i / (values.length - 1)) * WIDTH)},${px(HEIGHT - 2 - (Math.max(0, value) / most) * (HEIGHT - 6))}`;
  const line = Array.from(values, at).join(' ');
  return svg(
    `${name} over time`,
    markup`<polygon points="0,${HEIGHT} ${line} ${WIDTH},${HEIGHT}" fill="${MARK}" fill-opacity="0.25"/><polyline points="${line}" fill="none" stroke="${MARK}" stroke-width="1.5"/>`,
  );
}

function bars(histogram: Histogram): Markup | null {
  const buckets = allBuckets(histogram);
  const most = buckets.reduce((max, [, , count]) => Math.max(max, count), 0);
  if (most === 0) return null;
  const step = WIDTH / buckets.length;
  return svg(
    `distribution of ${histogram.title}`,
    markup`${buckets.map(([, , count], i) => {
      const height = count === 0 ? 0 : Math.max(1, (count / most) * (HEIGHT - 2));
      return markup`<rect x="${px(i * step)}" y="${px(HEIGHT - height)}" width="${px(Math.max(1, step - 1))}" height="${px(height)}" fill="${MARK}"/>`;
    })}`,
  );
}

function svg(name: string, body: Markup): Markup {
  return markup`<svg class="miniature" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">${body}</svg>`;
}
