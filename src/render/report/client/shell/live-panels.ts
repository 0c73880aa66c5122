/** Panels come to life when they come near the window; those in view are kept up to date. */
import type { Context, Widget } from './context.ts';

/** Makes the place of a dataset, given by its number, one that can be worked with. */
export type Mount = (host: HTMLElement, index: number, context: Context) => Widget;

/** How far outside the window a panel is made. */
const AHEAD = '300px';

export interface LivePanels {
  /** Those whom a change concerns are drawn again: at once where they are in view, else when they come into it. */
  update(concerns: (dataset: number) => boolean): void;
}

/** Every `[data-dataset][data-shape]` of the page. */
export function livePanels(context: Context, mount: Mount): LivePanels {
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
    { rootMargin: AHEAD },
  );
  for (const place of places) observer.observe(place);
  context.crosshair.listen(document.body, () => {
    for (const place of inView) widgets.get(place)?.point?.();
  });
  return {
    update(concerns) {
      for (const place of places) if (concerns(Number(place.dataset.dataset))) stale.add(place);
      for (const place of [...inView]) refresh(place);
    },
  };
}
