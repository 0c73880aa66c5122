/** What is said of a frame: the same words in the file and, as the pointer moves, in the browser. */
import { commas, hasScale, percent, weightText } from '../../datasets/amounts.ts';

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

/** `do_idle (1,234 samples, 12.34%)`, with self, share of the zoom and change where there is something to say. */
export function frameWords(name: string, numbers: FrameNumbers): string {
  const { weight, self, total, unit, zoomed, before } = numbers;
  let words = `${weightText(weight, unit)}, ${percent(weight, total)}`;
  if (zoomed !== null) words += ` of all, ${percent(weight, zoomed)} of the zoomed`;
  if (before !== null) words += `; ${changeWords(weight, before, total)}`;
  if (self > 0) words += `; self ${hasScale(unit) ? weightText(self, unit) : commas(self)}, ${percent(self, total)}`;
  return `${name} (${words})`;
}

function changeWords(weight: number, before: number, total: number): string {
  return `${weight >= before ? '+' : '-'}${percent(Math.abs(weight - before), total)}`;
}
