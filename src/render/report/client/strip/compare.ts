/** What differs between the range that is set and the rest of the time, or another range: a section under the findings. */
import { hostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { type Difference, differences, partsOf } from '../../against.ts';
import { collectorsThreads } from '../../collector.ts';
import { rangeText } from '../../finding-view.ts';
import type { Context } from '../shell/context.ts';
import { element, whenAtRest } from '../shell/dom.ts';
import { COMPARE } from '../shell/links.ts';

/** Puts the section after the findings, where it shows when something is compared. */
export function mountCompare(context: Context): void {
  const { axis, store } = context;
  const findings = document.querySelector('#findings');
  if (axis === null || findings === null || context.data.isOfTwo) return;
  const host = element('section', { id: COMPARE, 'aria-labelledby': `${COMPARE}-title`, hidden: true });
  findings.after(host);
  const draw = (): void => {
    const { range, base } = store.view;
    host.hidden = range === null || base === null;
    if (range === null || base === null) return;
    const datasets = allDatasets(context);
    const isCollectors = collectorsThreads(context.data.capture.manifest);
    const list = differences(datasets, partsOf(range, base, axis), axis, isCollectors);
    host.replaceChildren(...headOf(range, base, context), tableOf(list, base, context));
  };
  const soon = whenAtRest(draw);
  store.listen((view, before) => {
    if (view.range === before.range && view.base === before.base) return;
    // What appears or goes does so at once.
    if (host.hidden === (view.range !== null && view.base !== null)) draw();
    else soon();
  });
  draw();
}

function allDatasets({ data }: Context): Dataset[] {
  return Array.from({ length: data.datasetCount }, (_, index) => data.dataset(index));
}

function headOf(range: Range, base: Range | 'rest', { store, data }: Context): HTMLElement[] {
  const clock = hostClock(data.capture);
  const other = base === 'rest' ? 'the rest of the time' : rangeText(base, clock);
  const done = element('button', { type: 'button', onclick: () => store.set({ base: null }) }, 'Stop comparing');
  return [
    element('h2', { id: `${COMPARE}-title` }, 'What differs'),
    element(
      'p',
      { class: 'compared' },
      `${rangeText(range, clock)} against ${other}. The panels below compare the two as well. `,
      done,
    ),
  ];
}

function tableOf(list: readonly Difference[], base: Range | 'rest', context: Context): HTMLElement {
  if (list.length === 0) return element('p', { class: 'quiet' }, 'Nothing differs by more than chance.');
  const heads = ['What', 'Range', base === 'rest' ? 'Rest' : 'Other range', 'Change', 'Tool'];
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      { class: 'differences' },
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...heads.map((text, i) => element('th', { scope: 'col', class: isNumber(i) ? 'n' : null }, text)),
        ),
      ),
      element('tbody', {}, ...list.map((each) => rowOf(each, context))),
    ),
  );
}

function isNumber(column: number): boolean {
  return column > 0 && column < 4;
}

function rowOf({ what, after, before, change, tool, dataset }: Difference, { store }: Context): HTMLElement {
  const panel = document.querySelector(`[data-dataset="${dataset}"]`)?.closest('.panel')?.id;
  const link =
    panel === undefined ? tool : element('a', { href: `#${panel}`, onclick: () => store.setPanel(panel) }, tool);
  return element(
    'tr',
    {},
    ...[what, after, before, change].map((text, i) => element('td', { class: isNumber(i) ? 'n' : null }, text)),
    element('td', {}, link),
  );
}
