/** What is said of a frame and of a graph: the same words in the file and in the report. */
import { commas, counted, hasScale, percent, weightText } from '../../datasets/amounts.ts';
import type { FlameLayout } from './layout.ts';

export interface FrameNumbers {
  weight: number;
  self: number;
  /** The weight of everything drawn. */
  total: number;
  unit: string;
  /** The weight of the zoomed frame; null where nothing is zoomed. */
  zoomed: number | null;
  /** The weight before, in a differential, on the same scale as `weight`; else null. */
  before: number | null;
}

/** `1,500 samples`, `12 ms`. */
export function amountText(weight: number, unit: string): string {
  return unit === 'samples' ? counted(weight, 'sample') : weightText(weight, unit);
}

/** `1,234 samples, 12.34%`, and what else there is to say: the share of the zoom, the change, self. */
export function numberWords({ weight, self, total, unit, zoomed, before }: FrameNumbers): string[] {
  const share = `${amountText(weight, unit)}, ${percent(weight, total)}`;
  const words = [zoomed === null ? share : `${share} of all, ${percent(weight, zoomed)} of the zoomed`];
  if (before !== null) words.push(changeWords(weight, before, total));
  if (self > 0) words.push(`self ${hasScale(unit) ? weightText(self, unit) : commas(self)}, ${percent(self, total)}`);
  return words;
}

/** `do_idle (1,234 samples, 12.34%; self 20, 0.2%)`, after flamegraph.pl. */
export function frameWords(name: string, numbers: FrameNumbers): string {
  return `${name} (${numberWords(numbers).join('; ')})`;
}

function changeWords(weight: number, before: number, total: number): string {
  return `${weight >= before ? '+' : '-'}${percent(Math.abs(weight - before), total)}`;
}

/**
 * What is not drawn, and why.
 * @param within says what the thin frames weigh; empty says nothing
 */
export function undrawnWords({ narrow, deep }: Pick<FlameLayout, 'narrow' | 'deep'>, within = ''): string[] {
  const words: string[] = [];
  if (narrow.frames > 0)
    words.push(
      `${counted(narrow.frames, 'frame')} too thin to draw${within}: zoom in to see ${narrow.frames === 1 ? 'it' : 'them'}`,
    );
  if (deep.frames > 0) words.push(`${counted(deep.frames, 'frame')} deeper than can be drawn`);
  return words;
}

/**
 * `Matched: 12.3%`: how much of what is drawn a search matches.
 * @param isLeast not all frames were looked at
 * @param progress of a search that is not done, in words
 */
export function matchedWords(share: string, { isLeast = false, progress = '' }): string {
  const least = isLeast || progress !== '' ? '≥ ' : '';
  return `Matched: ${least}${share}${progress === '' ? '' : ` · ${progress}`}`;
}
