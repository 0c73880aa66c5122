/** The text of each source: in the page once it is opened. */
import type { ReportData } from '../../wire/report-data.ts';
import { type RawText, rawText } from './raw-text.ts';

export interface Texts {
  /** Opens the text of a source at its lines, counted from 1. */
  open(source: number, first: number, last: number): void;
}

export function textViews(data: ReportData): Texts {
  const views = new Map<number, RawText>();
  const mount = (details: HTMLDetailsElement): RawText | null => {
    const source = Number(details.dataset.source);
    const known = views.get(source);
    if (known !== undefined) return known;
    const text = data.raw(source);
    if (text === null) return null;
    const { name = '', firstLine = 1 } = data.sources[source] ?? {};
    const view = rawText(name, text, firstLine - 1);
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
