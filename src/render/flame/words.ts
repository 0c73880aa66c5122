/** What is said of a frame and of a graph: the same words in the file and in the report. */
import { commas, counted, hasScale, percent, quantity, weightText } from '../../datasets/amounts.ts';
import type { Profile } from '../../datasets/profile.ts';
import type { FlameLayout } from './layout.ts';
import type { LaneKind, TimeLane } from './timeline.ts';
import type { Viewed } from './viewed.ts';

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

/** `1,234 samples, 12.34%`, and what else there is to say: the share of the zoom, the change, self. */
export function numberWords({ weight, self, total, unit, zoomed, before }: FrameNumbers): string[] {
  const share = `${weightText(weight, unit)}, ${percent(weight, total)}`;
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

/** What stands in the place of a name where frames are merged. */
export function mergedName(frames: number): string {
  return `${counted(frames, 'frame')} too narrow to draw`;
}

/** What stands hatched in the graph, and why; nothing where all frames are drawn. */
export function hatchedWords({ narrow, deep, total }: Pick<FlameLayout, 'narrow' | 'deep' | 'total'>): string[] {
  const words: string[] = [];
  const share = ({ weight }: FlameLayout['deep']): string => `${percent(weight, total)} of all`;
  if (narrow.frames > 0) words.push(`hatched: ${counted(narrow.frames, 'frame')} too narrow to draw, ${share(narrow)}`);
  if (deep.frames > 0) words.push(`hatched on top: ${counted(deep.frames, 'frame')} of deeper stacks, ${share(deep)}`);
  return words;
}

/** `without idle CPUs, 1,200 samples (40%)`: what choices leave out of the graph. */
export function hiddenWords({ hidden, whole }: Pick<Viewed, 'hidden' | 'whole'>, unit: string): string[] {
  return hidden
    .filter(({ weight }) => weight > 0)
    .map(({ what, weight }) => `without ${what}, ${weightText(weight, unit)} (${percent(weight, whole)})`);
}

export const TRACER_FOLDED = 'the tracer’s own frames on top are not drawn';

/**
 * `Matched: 12.3%`: how much of what is drawn a search matches.
 * @param isLeast not all frames were looked at
 * @param progress of a search that is not done, in words
 */
export function matchedWords(share: string, { isLeast = false, progress = '' }): string {
  const least = isLeast || progress !== '' ? '≥ ' : '';
  return `Matched: ${least}${share}${progress === '' ? '' : ` · ${progress}`}`;
}

/** A lane of a picture in time: whose it is, and how many samples it has. */
export function laneName({ id, samples }: TimeLane, kind: LaneKind, { threads }: Pick<Profile, 'threads'>): string {
  const amount = counted(samples, 'sample');
  if (kind === 'cpu') return `${id < 0 ? 'CPU not known' : `CPU ${id}`} · ${amount}`;
  const thread = threads[id];
  if (thread === undefined) return amount;
  const { comm, pid, tid } = thread;
  const number = tid === null || tid === pid ? (pid === null ? '' : ` ${pid}`) : ` ${pid ?? '?'}/${tid}`;
  return `${comm}${number} · ${amount}`;
}

/** `21:00:17.120 to 21:00:17.453, 333 ms`, with the decimals that tell the ends apart. */
export function spanWords(from: number, to: number, timeText: (at: number, decimals: number) => string): string {
  const length = to - from;
  const decimals = length < 0.001 ? 6 : 3;
  return `${timeText(from, decimals)} to ${timeText(to, decimals)}, ${quantity(length, 's')}`;
}
