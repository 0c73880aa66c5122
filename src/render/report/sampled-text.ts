/** How busy the CPUs were, in words, where nothing but a profile tells it. */
import { commas, durationText, percent } from '../../datasets/amounts.ts';
import type { Capture } from '../../datasets/capture.ts';
import { type SampledUse, sampledUse } from '../../signals/sampled-use.ts';

/** Whether there is nothing to look at but stacks. */
export function isOnlyStacks({ datasets }: Capture): boolean {
  return datasets.length > 0 && datasets.every(({ shape }) => shape === 'stacks');
}

/**
 * `CPUs were 99% busy: 2.0 of 2 in use on average, by 1,584 samples of cpu-clock in 8 s.`; null where something else than stacks was
 * captured, which tells it better, or where samples do not tell it.
 */
export function sampledText(capture: Capture): string | null {
  const use = isOnlyStacks(capture) ? sampledUse(capture) : null;
  return use === null ? null : textOf(use);
}

function textOf(use: SampledUse): string {
  const { event, samples, seconds, cpus, of, isWhole, isByRate } = use;
  const from = `by ${commas(samples)} samples of ${event} in ${durationText(seconds)}`;
  const doubt = isByRate ? ', taken at about the rate that was asked for' : '';
  const inUse = `${qualifier(use)}${rangeText(cpus, (value) => commas(value, 1))}`;
  if (isWhole === true && of !== null && of > 0) {
    const busy = rangeText(cpus, (value) => percent(Math.min(value, of), of, 0));
    return `CPUs were ${qualifier(use)}${busy} busy: ${inUse} of ${commas(of)} in use on average, ${from}${doubt}.`;
  }
  const whole = isWhole === null ? ' Whether that is the whole host is unknown.' : '';
  const many = isWhole === true ? ' The number of CPUs is unknown.' : whole;
  return `${isWhole === true ? 'The host' : 'What was recorded'} used ${inUse} CPUs on average, ${from}${doubt}.${many}`;
}

function qualifier({ isLossy, isByRate }: SampledUse): string {
  return isLossy ? 'at least ' : isByRate ? 'about ' : '';
}

/** `1.2`, or `0.4 to 1.2` where the two are not said alike. */
function rangeText([least, most]: readonly [number, number], say: (value: number) => string): string {
  return say(least) === say(most) ? say(most) : `${say(least)} to ${say(most)}`;
}
