/** What was drawn without a script can be clicked with one: times, names, stacks, the lines of evidence. */
import { hostClock } from '../../../../datasets/capture.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import { rangeText } from '../../finding-view.ts';
import type { Context } from './context.ts';
import { announce, goTo } from './dom.ts';

/** The section that tells what differs. */
export const COMPARE = 'compare';

export function followLinks(context: Context): void {
  document.addEventListener('click', (event) => {
    const clicked = event.target as Element;
    const link = clicked.closest?.<HTMLElement>('[data-lines], [data-stacks], [data-range], [data-name]');
    if (link === null || link === undefined) return;
    event.preventDefault();
    const { lines, stacks, range, name } = link.dataset;
    if (lines !== undefined) openLines(link, context);
    else if (stacks !== undefined) showStacks(link, context);
    else if (range !== undefined) setRange(link, context);
    else if (name !== undefined) filterTo(name, context);
  });
}

function openLines(link: HTMLElement, { openText }: Context): void {
  const [first = 1, last = 1] = (link.dataset.lines ?? '').split('-').map(Number);
  openText(Number(link.dataset.source), first, last);
}

/** The stacks of a finding: its seconds, its process. */
function showStacks(link: HTMLElement, { store }: Context): void {
  const { stacks, comm = '', range } = link.dataset;
  const panel = (link.getAttribute('href') ?? '').slice(1);
  store.setFlame(Number(stacks), { thread: comm === '' ? '' : `comm:${comm}`, zoom: [], focus: null });
  store.set({ panel, ...(range === undefined ? {} : { range: rangeFrom(range), base: null }) });
  goTo(panel);
}

function setRange(link: HTMLElement, { store, data }: Context): void {
  const { range = '', base } = link.dataset;
  const next = rangeFrom(range);
  store.set({ range: next, base: base === 'rest' ? 'rest' : null });
  if (base === 'rest') goTo(COMPARE);
  else announce(`Everything below shows ${rangeText(next, hostClock(data.capture))}`);
}

function filterTo(name: string, { store }: Context): void {
  const isSet = store.view.name === name;
  store.set({ name: isSet ? null : name });
  announce(isSet ? 'No filter' : `Filtered to ${name}`);
}

function rangeFrom(text: string): Range {
  const [from = 0, to = 0] = text.split(',').map(Number);
  return { from, to };
}
