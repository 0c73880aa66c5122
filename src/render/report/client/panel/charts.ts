/** Charts of a dataset's metrics along the time. */

import { quantity, scaledText, secondsPer } from '../../../../datasets/amounts.ts';
import { extentOf } from '../../../../datasets/extent.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Series } from '../../../../datasets/shapes.ts';
import { timesOf } from '../../../../datasets/times.ts';
import { isOfNumbers, type LinePanel, panelsOf } from '../../../panels.ts';
import { alongAxis } from '../../pictures.ts';
import { type Along, type LineChart, lineChart } from '../chart/line-chart.ts';
import { type Context, isTimed, spanShown, type Widget } from '../shell/context.ts';
import { element } from '../shell/dom.ts';

/** Charts shown at once; a host of 64 CPUs has as many. */
const MAX_CHARTS = 12;

/** @param seriesOf what is drawn for the name that the page is filtered to */
export function mountLines(host: HTMLElement, seriesOf: () => Series, context: Context): Widget {
  let { name } = context.store.view;
  const first: string[] = JSON.parse(host.closest<HTMLElement>('[data-first]')?.dataset.first ?? '[]');
  const mount = (): Widget => {
    const series = seriesOf();
    return mountPanels(host, panelsOf(series, first), alongOf(series, context), context);
  };
  let charts = mount();
  return {
    update() {
      const now = context.store.view.name;
      if (now === name) return charts.update();
      name = now;
      charts = mount();
    },
    point: () => charts.point?.(),
  };
}

/** What charts of the series lie along. */
function alongOf(series: Series, context: Context): Along {
  const { data, axis } = context;
  const own = isTimed(context, series) ? null : spanOf([series]);
  const { clock = null, watchedFrom = null } = alongAxis(data.along, axis, series);
  return {
    span: own === null ? () => spanShown(context) : () => own,
    clock,
    watchedFrom,
  };
}

/** Charts of the panels, the first `most` of them at once. */
export function mountPanels(
  host: HTMLElement,
  panels: readonly LinePanel[],
  along: Along,
  context: Context,
  most = MAX_CHARTS,
): Widget {
  if (panels.length === 0) return { update: () => {} };
  const grid = element('div', { class: panels.length > 1 ? 'line-charts' : 'line-charts single' });
  const courses = panels.filter((panel) => !isOfNumbers(panel));
  const numbers = panels.filter(isOfNumbers);
  const charts: LineChart[] = [];
  const add = (more: readonly LinePanel[]): void => {
    for (const panel of more) {
      const chart = lineChart(panel, along, context);
      charts.push(chart);
      grid.append(chart.element);
    }
  };
  add(courses.slice(0, most));
  host.replaceChildren(...(numbers.length > 0 ? [numbersOf(numbers)] : []), grid);
  const rest = courses.slice(most);
  if (rest.length > 0) {
    const button = element('button', { type: 'button' }, `Show ${rest.length} more of these charts`);
    button.addEventListener('click', () => {
      button.remove();
      add(rest);
    });
    host.append(button);
  }
  return {
    update() {
      for (const chart of charts) chart.update();
    },
    point() {
      for (const chart of charts) chart.point();
    },
  };
}

function numbersOf(panels: readonly LinePanel[]): HTMLElement {
  const all = panels.flatMap((panel) => panel.lines.map((line) => ({ panel, line })));
  return element(
    'dl',
    { class: 'numbers' },
    ...all.map(({ panel, line: { name, values } }) =>
      element(
        'div',
        {},
        element('dt', {}, panel.lines.length > 1 || !panel.title.includes(name) ? name : panel.title),
        element('dd', {}, values[0] === undefined ? '' : numberText(values[0], panel.unit)),
      ),
    ),
  );
}

/** `120 h 4 min`, where quantity would count seconds. */
function numberText(value: number, unit: string): string {
  return secondsPer(unit) === null || value === 0 ? quantity(value, unit) : scaledText(value, unit);
}

/** From the first to the last time of series that are on no axis but their own. */
export function spanOf(all: readonly Series[]): Range | null {
  const [from, to] = extentOf(all.flatMap(timesOf));
  if (from > to) return null;
  return { from, to: to > from ? to : from + 1 };
}
