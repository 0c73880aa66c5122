/** Brings a page to life: what is drawn already is replaced, panel by panel as it comes into view, by what can be worked with. */
import { isOfOneMoment } from '../axis.ts';
import { isLinkOfOther } from '../view.ts';
import { linkButton } from './save/link.ts';
import { mountNotes } from './save/notes.ts';
import { takeSnapshot } from './save/snapshot.ts';
import { followContents } from './shell/contents.ts';
import type { Context } from './shell/context.ts';
import { Crosshair } from './shell/crosshair.ts';
import { element, goTo } from './shell/dom.ts';
import { addHatch } from './shell/hatch.ts';
import { followLinks } from './shell/links.ts';
import { livePanels, type Mount } from './shell/live-panels.ts';
import { loadData } from './shell/load.ts';
import { nameChip } from './shell/name-chip.ts';
import { searchBox } from './shell/search-box.ts';
import { Store } from './shell/store.ts';
import { textViews } from './shell/texts.ts';
import { themeButton } from './shell/theme.ts';
import { mountCompare } from './strip/compare.ts';
import { rangeBar } from './strip/range-bar.ts';
import { mountStrip } from './strip/strip.ts';

/** Starts the page, whose every `[data-dataset][data-shape]` is mounted when it comes into view. */
export function startPage(mount: Mount): void {
  start(mount).catch((error: unknown) => {
    // What is in the page without the script stays readable.
    document.body.prepend(
      notice(
        `This browser could not unpack the report's data (${String(error)}); pictures and tables are as they were drawn.`,
      ),
    );
  });
}

function notice(text: string): HTMLElement {
  return element('p', { class: 'notice-line', role: 'alert' }, text);
}

async function start(mount: Mount): Promise<void> {
  const snapshot = takeSnapshot();
  document.documentElement.classList.add('live');
  document.body.append(element('p', { id: 'said', class: 'toast', role: 'status' }));
  addHatch();
  const data = await loadData();
  const { report = '', mark } = document.body.dataset;
  const texts = textViews(data);
  const store = new Store(report);
  const notes = mountNotes(store, snapshot);
  const context: Context = {
    data,
    store,
    axis: data.axis === null || isOfOneMoment(data.axis) ? null : data.axis,
    crosshair: new Crosshair(),
    mark: mark === undefined ? null : Number(mark),
    openText: (source, first, last) => texts.open(source, first, last),
    note: (about) => notes.write(about),
  };
  if (isLinkOfOther(location.hash.slice(1), report)) sayOther();
  const drawStrip = mountStrip(context);
  mountCompare(context);
  const panels = livePanels(context, mount);
  mountBar(context, () => {
    drawStrip();
    panels.update(() => true);
  });
  followLinks(context);
  followContents(store);
  store.listen((view, before) => {
    const all = (['range', 'base', 'window', 'name'] as const).some((key) => view[key] !== before[key]);
    panels.update((dataset) => all || view.flames.get(dataset) !== before.flames.get(dataset));
    if (view.panel !== before.panel && view.panel !== null) goTo(view.panel);
  });
  const { panel } = store.view;
  if (panel !== null) goTo(panel);
  document.documentElement.dataset.ready = 'yes';
}

/** @param redraw draws everything in other colours */
function mountBar(context: Context, redraw: () => void): void {
  const { axis, store } = context;
  const bar = document.querySelector<HTMLElement>('.bar');
  const controls = bar?.querySelector<HTMLElement>('.controls') ?? null;
  if (bar === null || controls === null) return;
  controls.append(searchBox(context), linkButton(context), themeButton(redraw));
  controls.hidden = false;
  controls.before(nameChip(store));
  if (axis === null) return;
  const range = rangeBar(context, axis);
  controls.before(range);
  let isOpen = false;
  const show = (): void => {
    const { range, base, window } = store.view;
    bar.classList.toggle('has-range', isOpen || range !== null || base !== null || window !== null);
  };
  bar.querySelector('.window')?.append(
    element(
      'button',
      {
        type: 'button',
        class: 'quiet-button',
        onclick: () => {
          isOpen = true;
          show();
          range.querySelector('input')?.select();
        },
      },
      'Set range',
    ),
  );
  store.listen((view, before) => {
    if (view.range !== before.range) isOpen = false;
    show();
  });
  show();
}

function sayOther(): void {
  document
    .querySelector('main')
    ?.prepend(
      notice('This link was made for another report: its time is set here, its choices in flame graphs are not.'),
    );
}
