/** One report alone is no line over time: its values, each as a bar. */
import { commas, quantity } from '../datasets/amounts.ts';
import { bar, label, type Sheet, SMALL } from './chart.ts';
import { type Markup, markup } from './markup.ts';
import type { LinePanel } from './panels.ts';
import { fitMiddle } from './text.ts';

const ROW = 18;
const NAME = 160;
const NUMBER = 90;

export interface Place {
  left: number;
  top: number;
  width: number;
}

/** The panel's values under its title; a single one beside it, for it has nothing to be longer than. */
export function drawValues(sheet: Sheet, panel: LinePanel, place: Place): { body: Markup; bottom: number } {
  const { theme } = sheet;
  const [only] = panel.lines;
  if (panel.lines.length === 1 && panel.hidden === 0 && only !== undefined) {
    const text = `${panel.title}: ${quantity(only.values[0] ?? 0, panel.unit)}`;
    return { body: label(theme, place.left, place.top + 12, fitMiddle(text, place.width, 12)), bottom: place.top + 4 };
  }
  const unit = panel.unit === '' ? '' : ` (${panel.unit})`;
  const title = label(theme, place.left, place.top + 12, fitMiddle(`${panel.title}${unit}`, place.width, 12));
  const rows = valueRows(sheet, panel, { ...place, top: place.top + 20 });
  const below = place.top + 20 + rows.length * ROW;
  const more =
    panel.hidden === 0
      ? null
      : label(theme, place.left + NAME, below + 11, `and ${panel.hidden} more with less`, { size: SMALL, faint: true });
  return { body: markup`<g>${title}${rows}${more}</g>\n`, bottom: below + (more === null ? 4 : ROW + 4) };
}

function valueRows({ theme }: Sheet, { lines, stacked, unit }: LinePanel, { left, top, width }: Place): Markup[] {
  const values = lines.map(({ values: [first] }) => first ?? 0);
  const most = stacked ? 100 : values.reduce((yet, value) => Math.max(yet, value), 0) || 1;
  const from = left + NAME;
  return lines.map(({ name }, i) => {
    const value = values[i] as number;
    const y = top + i * ROW;
    const length = Math.max(0, (value / most) * (width - NAME - NUMBER));
    const words = `${name}: ${commas(value)} ${unit}`.trim();
    const text = fitMiddle(name, NAME - 8, SMALL);
    return markup`${label(theme, from - 6, y + 11, text, { anchor: 'end', size: SMALL })}${bar(from, y, length, ROW - 4, theme.mark, words)}${label(theme, from + length + 6, y + 11, quantity(value, unit), { size: SMALL })}`;
  });
}
