/**
 * A picture to copy: to src/render/NAME.ts, then its case in `pictureSvg` of src/render/picture.ts. Panels of the report, `draw`, packs and
 * PNGs have it from there. It is pure, and the same bytes for the same data; the page's script may add to it, and must not be needed.
 */
import { quantity } from '../../src/datasets/amounts.ts';
import { countSums } from '../../src/datasets/counts.ts';
import type { Counts } from '../../src/datasets/shapes.ts';
import { bar, drawSheet, label, MARGIN, type PictureOptions, sheetFor, titleOf } from '../../src/render/chart.ts';
import { type Markup, markup } from '../../src/render/markup.ts';
import { fitMiddle } from '../../src/render/text.ts';

const ROW = 20;
const NAMES = 200;

/** The counts as bars, as they were printed. */
export function template(counts: Counts, options: PictureOptions = {}): Markup {
  const { unit } = counts;
  const items = [...countSums(counts)];
  const sheet = sheetFor(options, titleOf(counts), 'what is across, what is up');
  const most = items.reduce((max, [, value]) => Math.max(max, value), 0) || 1;
  const body = items.map(([key, value], i) => {
    const y = sheet.top + i * ROW;
    // Names come from other people's processes: markup`` escapes whatever is put into it, and fitMiddle keeps them in their room.
    const name = label(sheet.theme, MARGIN, y + 14, fitMiddle(key, NAMES, 12));
    const length = ((sheet.width - 2 * MARGIN - NAMES) * value) / most;
    return markup`<g><title>${`${key}: ${quantity(value, unit)}`}</title>${name}${bar(MARGIN + NAMES, y, length, ROW - 4, sheet.theme.mark)}</g>\n`;
  });
  // Who sees no picture is told what it is.
  const alternative = items.map(([key, value]) => `${key} ${quantity(value, unit)}`).join(', ');
  return drawSheet(sheet, sheet.top + items.length * ROW, body, alternative, []);
}
