/** The small picture beside a finding: the course or the distribution that it rests on. */
import type { Capture } from '../../datasets/capture.ts';
import { asRate } from '../../datasets/counters.ts';
import type { Evidence, Finding, Severity } from '../../datasets/finding.ts';
import { allBuckets } from '../../datasets/percentiles.ts';
import type { Histogram, Metric } from '../../datasets/shapes.ts';
import { px } from '../format.ts';
import { type Markup, markup } from '../markup.ts';
import { type Axis, isOnAxis } from './axis.ts';
import { rangeOfFinding } from './finding-view.ts';

const WIDTH = 240;
const HEIGHT = 34;
/** Points of a course: more cannot be told apart. */
const POINTS = 120;
/** As the pictures of a page: a middle tone that reads on white and on black. */
const MARK = '#2b88c8';
/** By what was found. */
const MARKS: Readonly<Record<Severity, string>> = { critical: '#d4493f', warning: '#c98a1c', notice: MARK };

/** When it was seen, and how bad it is. */
type Spell = Pick<Finding, 'since' | 'until' | 'isPast' | 'severity'>;

/** A line on the report's axis for what has a course, bars for a distribution; null where no evidence is either. */
export function miniature({ evidence, ...finding }: Finding, capture: Capture, axis: Axis | null): Markup | null {
  for (const item of evidence) {
    const picture = pictureOf(item, finding, capture, axis);
    if (picture !== null) return picture;
  }
  return null;
}

function pictureOf({ drawn }: Evidence, finding: Spell, { datasets }: Capture, axis: Axis | null): Markup | null {
  const dataset = drawn === undefined ? undefined : datasets[drawn.dataset];
  if (dataset?.shape === 'histogram') return bars(dataset);
  const metric = dataset?.shape === 'series' ? dataset.metrics[drawn?.metric ?? -1] : undefined;
  if (dataset === undefined || metric === undefined || drawn?.isDerived) return null;
  return course(asRate(metric), finding, axis !== null && isOnAxis(dataset, axis) ? axis : null);
}

function course(
  { name, at, values: all, spread, sinceBoot }: Metric,
  finding: Spell,
  axis: Axis | null,
): Markup | null {
  const values = (spread?.greatest ?? all).subarray(sinceBoot);
  if (values.length < 2) return null;
  const most = values.reduce((max, value) => Math.max(max, value), 0) || 1;
  const isPlaced = axis !== null && !Number.isNaN(at[sinceBoot]);
  const x = (i: number): number =>
    isPlaced
      ? (((at[sinceBoot + i] as number) - axis.from) / (axis.to - axis.from)) * WIDTH
      : (i / (values.length - 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - 2 - (Math.max(0, value) / most) * (HEIGHT - 6);
  const line = peaks(values)
    .map((i) => `${px(x(i))},${px(y(values[i] as number))}`)
    .join(' ');
  const range = isPlaced ? rangeOfFinding(finding, axis) : null;
  const share = (time: number): number => (axis === null ? 0 : ((time - axis.from) / (axis.to - axis.from)) * WIDTH);
  return svg(
    `${name} over time`,
    markup`${range !== null && markup`<rect x="${px(share(range.from))}" y="0" width="${px(Math.max(1, share(range.to) - share(range.from)))}" height="${HEIGHT}" fill="${MARKS[finding.severity]}" fill-opacity="0.16"/>`}<polygon points="${px(x(0))},${HEIGHT} ${line} ${px(x(values.length - 1))},${HEIGHT}" fill="${MARKS[finding.severity]}" fill-opacity="0.3"/><polyline points="${line}" fill="none" stroke="${MARKS[finding.severity]}" stroke-width="1.5"/><path d="M0 ${HEIGHT - 0.5}H${WIDTH}" stroke="currentColor" stroke-opacity="0.25"/>`,
  );
}

/** The places of so many values that a picture has room for, every peak among them. */
function peaks(values: Float64Array): number[] {
  const step = Math.ceil(values.length / POINTS);
  return Array.from({ length: Math.ceil(values.length / step) }, (_, part) => {
    let best = part * step;
    for (let i = best; i < Math.min(values.length, (part + 1) * step); i++)
      if ((values[i] as number) > (values[best] as number)) best = i;
    return best;
  });
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
