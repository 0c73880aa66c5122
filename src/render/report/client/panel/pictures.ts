/** Pictures of a dataset that are drawn as on paper, anew for each range, name and time that is shown. */
import type { HeatMap } from '../../../../datasets/heatmap.ts';
import { narrow, type Range } from '../../../../datasets/narrow.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { momentWords } from '../../../heatmap-words.ts';
import { alongAxis, mapsOf, sumPicture, timePicture } from '../../pictures.ts';
import { roomFor } from '../chart/room.ts';
import {
  type Context,
  isTimed,
  named,
  narrowed,
  rangeFor,
  spanShown,
  timeText,
  type Widget,
} from '../shell/context.ts';
import { element } from '../shell/dom.ts';
import { brush } from '../strip/brush.ts';

/** Tells, time after time, whether what a picture was drawn for has changed. */
function changes(): (...of: unknown[]) => boolean {
  let known: readonly unknown[] | null = null;
  return (...of) => {
    const isSame = known?.every((each, i) => each === of[i]) ?? false;
    known = of;
    return !isSame;
  };
}

/** Whether what stands in the page is what is to be seen. */
function isAsDrawn(host: HTMLElement, { store }: Context): boolean {
  const { range, name, window } = store.view;
  return (
    host.childElementCount > 0 && roomFor(host) === undefined && range === null && name === null && window === null
  );
}

/** The picture of a range. */
export function mountSum(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const isOther = changes();
  const stateOf = (): unknown[] => [rangeFor(context, dataset), context.store.view.name];
  const draw = (): void => {
    // Markup is made by a template that escapes whatever is put into it.
    host.innerHTML = sumPicture(narrowed(context, dataset), { width: roomFor(host) })?.text ?? '';
  };
  isOther(...stateOf());
  if (!isAsDrawn(host, context)) draw();
  return { update: () => isOther(...stateOf()) && draw() };
}

/** A picture along the time, with the brush over its plots, and what it tells of the moment under the crosshair. */
export function mountTime(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const isOther = changes();
  const { axis, crosshair, store } = context;
  const readout = element('p', { class: 'readout' });
  let maps: readonly HeatMap[] = [];
  let surfaces: Surface[] = [];
  const draw = (): void => {
    const window = isTimed(context, dataset) ? store.view.window : null;
    const part = named(context, dataset);
    // Less time is cut finer.
    const shown = window === null ? part : narrow(part, window);
    if (!isAsDrawn(host, context))
      host.innerHTML =
        timePicture(shown, {
          width: roomFor(host),
          ...alongAxis(context.data.along, axis, dataset, spanShown(context)),
        })?.text ?? '';
    host.querySelector('.readout')?.remove();
    maps = mapsOf(shown);
    surfaces = isTimed(context, dataset) ? surfacesOver(host, context) : [];
    if (surfaces.length > 0) host.append(readout);
    place(host, surfaces);
  };
  const point = (): void => {
    const { at } = crosshair;
    const words =
      at === null ? [] : maps.map((map) => [map.label, momentWords(map, at)].filter((part) => part !== '').join(': '));
    const said = words.filter((each) => each !== '');
    readout.textContent =
      said.length === 0 || at === null ? '' : `${timeText(context, dataset, at)} · ${said.join(' · ')}`;
  };
  const stateOf = (): unknown[] => [store.view.window, store.view.name];
  isOther(...stateOf());
  draw();
  new ResizeObserver(() => place(host, surfaces)).observe(host);
  return {
    update() {
      if (isOther(...stateOf())) draw();
      for (const { show } of surfaces) show();
    },
    point,
  };
}

/** A picture along the time that stays as it was drawn, with the brush over its plots. */
export function mountBrushes(host: HTMLElement, context: Context): Widget {
  const surfaces = surfacesOver(host, context);
  new ResizeObserver(() => place(host, surfaces)).observe(host);
  return {
    update() {
      for (const { show } of surfaces) show();
    },
  };
}

/** The brush over one plot of a picture. */
interface Surface {
  plot: SVGGElement;
  surface: HTMLElement;
  show(): void;
}

function surfacesOver(host: HTMLElement, context: Context): Surface[] {
  return [...host.querySelectorAll<SVGGElement>('g[data-from]')].map((plot) => {
    const surface = element('div', { class: 'brush-surface' });
    host.append(surface);
    const scale: Range = { from: Number(plot.dataset.from), to: Number(plot.dataset.to) };
    return { plot, surface, show: brush(surface, context, { scale: () => scale }) };
  });
}

function place(host: HTMLElement, surfaces: readonly Surface[]): void {
  const from = host.getBoundingClientRect();
  for (const { plot, surface } of surfaces) {
    const box = plot.getBoundingClientRect();
    surface.style.left = `${box.left - from.left + host.scrollLeft}px`;
    surface.style.top = `${box.top - from.top}px`;
    surface.style.width = `${box.width}px`;
    surface.style.height = `${box.height}px`;
  }
}
