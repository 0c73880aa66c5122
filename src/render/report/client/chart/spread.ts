/** The least and the greatest of the values that each point of a line stands for, as a band behind it. */
import type uPlot from 'uplot';
import { extentOfLine, type LinePanel } from '../../../panels.ts';
import { styleValue } from '../shell/dom.ts';

/** How strong a band's colour is, as the last two digits of a colour. */
const FAINT = '30';

/** The bands of a panel, drawn before its lines; nothing where each point is one value, or lines lie on one another. */
export function drawSpreads({ lines, stacked }: LinePanel): (plot: uPlot) => void {
  const wide = stacked ? [] : lines.map((line, i) => ({ ...line, color: `--series-${i}` }));
  return (plot) => {
    for (const { at, spread, color } of wide) {
      if (spread === undefined) continue;
      const x = (i: number): number => plot.valToPos(at[i] as number, 'x', true);
      const y = (value: number | undefined): number => plot.valToPos(value ?? 0, 'y', true);
      plot.ctx.beginPath();
      for (let i = 0; i < at.length; i++) plot.ctx.lineTo(x(i), y(spread.greatest[i]));
      for (let i = at.length - 1; i >= 0; i--) plot.ctx.lineTo(x(i), y(spread.least[i]));
      plot.ctx.closePath();
      plot.ctx.fillStyle = styleValue(color) + FAINT;
      plot.ctx.fill();
    }
  };
}

/** What an axis must reach: peaks that are not in the line are in its band. */
export function reachOf({ lines }: LinePanel): [least: number, greatest: number] {
  const ends = lines.filter(({ spread }) => spread !== undefined).map(extentOfLine);
  return [Math.min(0, ...ends.map(([least]) => least)), Math.max(0, ...ends.map(([, greatest]) => greatest))];
}
