/** One search over the whole report: findings, panels, functions, and every line that was printed. */
import { counted } from '../../../../datasets/amounts.ts';
import type { Context } from './context.ts';
import { element } from './dom.ts';

/** Results shown of each kind. */
const SHOWN = 6;
/** Lines of a file that are counted before it says "more". */
const COUNTED = 1000;
const SNIPPET = 120;

interface Hit {
  title: string;
  where: string;
  go: () => void;
}

export function searchBox(context: Context): HTMLElement {
  const input = element('input', {
    type: 'search',
    placeholder: 'Search the report (/)',
    'aria-label': 'Search the whole report',
    'aria-controls': 'search-results',
  });
  const results = element('div', { class: 'results', id: 'search-results', hidden: true });
  const said = element('p', { class: 'offscreen', role: 'status' });
  const host = element('div', { class: 'report-search', role: 'search' }, input, results, said);
  const close = (): void => {
    results.hidden = true;
  };
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    results.hidden = wanted.length < 2;
    if (results.hidden) return;
    const hits = [...pageHits(wanted), ...functionHits(wanted, context), ...lineHits(wanted, context)];
    said.textContent = counted(hits.length, 'result');
    results.replaceChildren(
      hits.length === 0
        ? element('p', { class: 'quiet' }, 'Nothing in the report says that.')
        : element('ul', {}, ...hits.map((hit) => hitElement(hit, close))),
    );
  });
  host.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(host, event);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.defaultPrevented || isTyped(event.target as Element)) return;
    event.preventDefault();
    input.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!host.contains(event.target as Node)) close();
  });
  return host;
}

/** Keys go into it, or mean something to it. */
function isTyped(target: Element): boolean {
  return target.closest('input, select, textarea, .flame-stage') !== null;
}

function hitElement({ title, where, go }: Hit, close: () => void): HTMLElement {
  const button = element(
    'button',
    { type: 'button' },
    element('span', { class: 'hit' }, title),
    element('span', { class: 'where' }, where),
  );
  button.addEventListener('click', () => {
    close();
    go();
  });
  return element('li', {}, button);
}

function step(host: HTMLElement, event: KeyboardEvent): void {
  const stops = [...host.querySelectorAll<HTMLElement>('input, .results button')];
  const next = stops.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1);
  stops[Math.min(stops.length - 1, Math.max(0, next))]?.focus();
  event.preventDefault();
}

/** Headings of findings, verdicts and panels, which are in the page itself. */
function pageHits(wanted: string): Hit[] {
  const places = [...document.querySelectorAll<HTMLElement>('.finding, .verdicts li, .panel > header')];
  return places
    .filter((place) => place.textContent?.toLowerCase().includes(wanted))
    .slice(0, SHOWN)
    .map((place) => {
      const title = place.querySelector('h3')?.textContent ?? place.textContent ?? '';
      const kind = place.tagName === 'HEADER' ? 'panel' : place.tagName === 'LI' ? 'verdict' : 'finding';
      return { title: title.slice(0, SNIPPET), where: kind, go: () => place.scrollIntoView({ block: 'start' }) };
    });
}

function functionHits(wanted: string, { data, store }: Context): Hit[] {
  const hits: Hit[] = [];
  for (let index = 0; index < data.datasetCount; index++) {
    if (data.head(index).shape !== 'stacks') continue;
    const dataset = data.dataset(index);
    if (dataset.shape !== 'stacks') continue;
    const names = dataset.profile.frames.names.filter((name) => name.toLowerCase().includes(wanted));
    if (names.length === 0) continue;
    // Of two profiles compared the later one's place shows both.
    const place = document.querySelector<HTMLElement>(`[data-dataset="${index}"], [data-before="${index}"]`);
    if (place === null) continue;
    hits.push({
      title:
        names.length === 1
          ? (names[0] as string).slice(0, SNIPPET)
          : `${counted(names.length, 'function')}: ${names.slice(0, 3).join(', ').slice(0, SNIPPET)}`,
      where: dataset.title,
      go: () => {
        store.setFlame(Number(place.dataset.dataset), { search: wanted, regex: false });
        place.scrollIntoView({ block: 'start' });
      },
    });
  }
  return hits.slice(0, SHOWN);
}

function lineHits(wanted: string, { data, openText }: Context): Hit[] {
  return data.sources.flatMap((source, index) => {
    const text = data.raw(index);
    if (text === null) return [];
    const lower = text.toLowerCase();
    const first = lower.indexOf(wanted);
    if (first < 0) return [];
    let count = 0;
    for (
      let at = first;
      at >= 0 && count < COUNTED;
      at = lower.indexOf('\n', at) < 0 ? -1 : lower.indexOf(wanted, lower.indexOf('\n', at))
    )
      count++;
    const start = text.lastIndexOf('\n', first) + 1;
    const end = text.indexOf('\n', first);
    const line = text.slice(0, start).split('\n').length;
    const snippet = text
      .slice(start, end < 0 ? text.length : end)
      .trim()
      .slice(0, SNIPPET);
    return [
      {
        title: snippet,
        where: `${source.name} line ${line}${count > 1 ? `, and ${count === COUNTED ? 'more than ' : ''}${count - 1} more` : ''}`,
        go: () => openText(index, line, line),
      },
    ];
  });
}
