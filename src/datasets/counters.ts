/** Metrics that only ever grow, as what they grew by: a line that climbs tells nothing of when. */
import { once } from './once.ts';
import type { Dataset, Metric, Series } from './shapes.ts';

/** Of these in a second, how many are the whole second. */
const PARTS_OF_SECOND: Readonly<Record<string, number>> = { ticks: 100, ms: 1e3, us: 1e6, ns: 1e9 };

/** A series with its counters by their rates. Whoever looks at parts of the time cuts these, not the counters. */
export function withRates<D extends Dataset>(dataset: D): D {
  return dataset.shape === 'series' ? (ratesOf(dataset) as D) : dataset;
}

const ratesOf = once((series: Series): Series => {
  if (!series.metrics.some(({ isCounter }) => isCounter)) return series;
  return { ...series, metrics: series.metrics.map(asRate) };
});

/** A counter by its rate, other metrics as they are. */
export function asRate(metric: Metric): Metric {
  return metric.isCounter ? rateOf(metric) : metric;
}

/**
 * A counter by what it grew a second, or where it counts time by the share of the time that it grew by. One that fell was set
 * back: nothing is known of that interval. A single reading, and one without times, stays as it is.
 */
function rateOf(metric: Metric): Metric {
  const { at, values, lines, sinceBoot, unit } = metric;
  if (values.length - sinceBoot < 2 || Number.isNaN(at[sinceBoot])) return metric;
  const whole = PARTS_OF_SECOND[unit];
  const scale = whole === undefined ? 1 : 100 / whole;
  const rates: { at: number; value: number; line: number }[] = [];
  for (let i = sinceBoot + 1; i < values.length; i++) {
    const seconds = (at[i] as number) - (at[i - 1] as number);
    const grown = (values[i] as number) - (values[i - 1] as number);
    if (seconds > 0 && grown >= 0)
      rates.push({ at: at[i] as number, value: (grown * scale) / seconds, line: lines[i] as number });
  }
  // The least and greatest of a counter's means bound no rate.
  const { spread: _, isCounter: __, ...rest } = metric;
  return {
    ...rest,
    unit: whole === undefined ? `${unit}/s` : '%',
    at: Float64Array.from(rates, (rate) => rate.at),
    values: Float64Array.from(rates, (rate) => rate.value),
    lines: Uint32Array.from(rates, (rate) => rate.line),
    sinceBoot: 0,
  };
}
