/** Brings a page to life: what is drawn already is replaced, panel by panel as it comes into view, by what can be worked with. */
import type { ReportData } from '../../wire/report-data.ts';
import { Crosshair } from '../strip/crosshair.ts';
import { mountStrip } from '../strip/strip.ts';
import type { Context, Widget } from './context.ts';
import { byId, element, goTo } from './dom.ts';
import { addHatch } from './hatch.ts';
import { loadData } from './load.ts';
import { type RawText, rawText } from './raw-text.ts';
import { searchBox } from './search-box.ts';
import { Store } from './store.ts';
import { themeButton } from './theme.ts';

/** Makes the place of a dataset, given by its number, one that can be worked with. */
export type Mount = (host: HTMLElement, index: number, context: Context) => Widget;

/** Starts the page, whose every `[data-dataset][data-shape]` is mounted when it comes into view. */
export function startPage(mount: Mount): void {
  start(mount).catch((error: unknown) => {
    // What is in the page without the script stays readable.
    document.body.prepend(
      element(
        'p',
        { class: 'notice-line', role: 'alert' },
        `This browser could not unpack the report's data (${String(error)}); pictures and tables are as they were drawn.`,
      ),
    );
  });
}

async function start(mount: Mount): Promise<void> {
  document.documentElement.classList.add('live');
  document.body.append(element('p', { id: 'said', class: 'toast', role: 'status' }));
  addHatch();
  const data = await loadData();
  const store = new Store();
  const mark = document.body.dataset.mark;
  const texts = textViews(data);
  const context: Context = {
    data,
    store,
    axis: data.axis,
    crosshair: new Crosshair(),
    mark: mark === undefined ? null : Number(mark),
    openText: (source, first, last) => texts.open(source, first, last),
  };
  const drawStrip = mountStrip(context);
  const panels = livePanels(context, mount);
  const redraw = (): void => {
    drawStrip();
    panels.update(() => true);
  };
  const controls = document.querySelector<HTMLElement>('.bar .controls');
  controls?.append(searchBox(context), themeButton(redraw));
  if (controls !== null) controls.hidden = false;
  evidenceLinks(context);
  store.listen((view, before) => {
    const rangeChanged = view.range !== before.range;
    panels.update((dataset) => rangeChanged || view.flames.get(dataset) !== before.flames.get(dataset));
    if (view.panel !== before.panel && view.panel !== null) goTo(view.panel);
  });
  const panel = store.view.panel;
  if (panel !== null) goTo(panel);
  trackContents(store);
  document.documentElement.dataset.ready = 'yes';
}

/** Mounts a dataset when it comes near the window, and keeps those in view up to date whom a change concerns. */
function livePanels(context: Context, mount: Mount): { update(concerns: (dataset: number) => boolean): void } {
  const places = [...document.querySelectorAll<HTMLElement>('[data-dataset][data-shape]')];
  const widgets = new Map<Element, Widget>();
  const stale = new Set<Element>();
  const inView = new Set<Element>();
  const refresh = (place: Element): void => {
    if (!inView.has(place)) return;
    const widget = widgets.get(place);
    if (widget === undefined)
      widgets.set(place, mount(place as HTMLElement, Number((place as HTMLElement).dataset.dataset), context));
    else if (stale.has(place)) widget.update();
    stale.delete(place);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) inView.add(target);
        else inView.delete(target);
        refresh(target);
      }
    },
    { rootMargin: '300px' },
  );
  for (const place of places) observer.observe(place);
  return {
    update(concerns) {
      for (const place of places) if (concerns(Number(place.dataset.dataset))) stale.add(place);
      for (const place of [...inView]) refresh(place);
    },
  };
}

/** The text of each source: in the page once it is opened. */
function textViews(data: ReportData): { open(source: number, first: number, last: number): void } {
  const views = new Map<number, RawText>();
  const mount = (details: HTMLDetailsElement): RawText | null => {
    const source = Number(details.dataset.source);
    const known = views.get(source);
    if (known !== undefined) return known;
    const text = data.raw(source);
    if (text === null) return null;
    const view = rawText(data.sources[source]?.name ?? '', text);
    details.querySelector('.raw-host')?.replaceChildren(view.element);
    views.set(source, view);
    return view;
  };
  const all = [...document.querySelectorAll<HTMLDetailsElement>('details.raw')];
  for (const details of all) details.addEventListener('toggle', () => details.open && mount(details));
  return {
    open(source, first, last) {
      const details = all.find((each) => each.dataset.source === String(source));
      if (details === undefined) return;
      details.open = true;
      const view = mount(details);
      details.scrollIntoView({ block: 'center' });
      view?.element.focus({ preventScroll: true });
      view?.show(first, last);
    },
  };
}

/** Links to evidence open the text at its lines. */
function evidenceLinks({ openText }: Context): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[data-lines]');
    if (link === null || link === undefined) return;
    const [first = 1, last = 1] = (link.dataset.lines ?? '').split('-').map(Number);
    event.preventDefault();
    openText(Number(link.dataset.source), first, last);
  });
}

/** Marks in the contents where one is. */
function trackContents(store: Store): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((link) => [link.hash.slice(1), link]),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) links.get(target.id)?.setAttribute('aria-current', 'true');
        else links.get(target.id)?.removeAttribute('aria-current');
      }
    },
    { rootMargin: '-30% 0px -60% 0px' },
  );
  for (const id of links.keys()) observer.observe(byId(id));
  document.querySelector('.contents')?.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a');
    if (link === null || link === undefined) return;
    event.preventDefault();
    store.setPanel(link.hash.slice(1));
    goTo(link.hash.slice(1));
  });
}
