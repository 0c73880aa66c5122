/** The search field and its buttons: HTML inside the SVG, made by the script so that still viewers show none of it. */
import type { Query } from '../search.ts';

export interface Panel {
  field: HTMLInputElement;
  /** Switches between `Aa`, cases count, and `aa`, they do not. */
  cases: HTMLButtonElement;
  /** Pressed, the text is a regular expression. */
  regex: HTMLButtonElement;
  /** Ends a search that takes long; shown while one does. */
  stop: HTMLButtonElement;
  reset: HTMLButtonElement;
}

const HTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';
const CONTROL = 'font:12px sans-serif;height:22px;box-sizing:border-box;margin:0 4px 0 0;padding:0 6px;';

/** Puts the controls into the row that the words about matches stand in, which move to their right. */
export function addPanel(svg: SVGSVGElement, matched: SVGTextElement): Panel {
  const full = svg.viewBox.baseVal.width;
  const [x, width] = [Number(matched.getAttribute('x')), Math.min(380, full / 2)];
  const holder = document.createElementNS(SVG, 'foreignObject');
  const place = { id: 'search', x, y: Number(matched.getAttribute('y')) - 16, width, height: 24 };
  for (const [name, value] of Object.entries(place)) holder.setAttribute(name, String(value));
  matched.setAttribute('x', String(x + width + 12));
  const box = create('div', '', 'display:flex');
  const field = create('input', '', `${CONTROL}flex:1;min-width:0`) as HTMLInputElement;
  field.type = 'search';
  field.placeholder = 'Search';
  field.setAttribute('aria-label', 'Search frames, Ctrl-F');
  const cases = create('button', 'Aa', CONTROL) as HTMLButtonElement;
  cases.title = 'Upper and lower case are different (Ctrl-I)';
  const regex = create('button', '.*', CONTROL) as HTMLButtonElement;
  regex.title = 'Regular expression';
  const stop = create('button', 'Stop', CONTROL) as HTMLButtonElement;
  stop.title = 'Stop this search';
  const reset = create('button', 'Reset', CONTROL) as HTMLButtonElement;
  reset.title = 'End zoom and search (Esc)';
  box.append(field, cases, regex, stop, reset);
  holder.append(box);
  svg.append(holder);
  return { field, cases, regex, stop, reset };
}

/** Shows what is searched for, whether it cannot be, and whether it takes long. */
export function showSearch(
  { field, cases, regex, stop }: Panel,
  query: Query,
  { isFaulty, isRunning }: { isFaulty: boolean; isRunning: boolean },
): void {
  if (field.value !== query.search) field.value = query.search;
  field.setAttribute('aria-invalid', String(isFaulty));
  field.style.outline = isFaulty ? '2px solid #d00' : '';
  cases.textContent = query.matchCase ? 'Aa' : 'aa';
  press(cases, query.matchCase);
  press(regex, query.regex);
  stop.style.display = isRunning ? '' : 'none';
}

function press(button: HTMLButtonElement, isPressed: boolean): void {
  button.setAttribute('aria-pressed', String(isPressed));
  button.style.background = isPressed ? '#cfe3f7' : '';
}

function create(name: string, text: string, style: string): HTMLElement {
  const element = document.createElementNS(HTML, name) as HTMLElement;
  element.textContent = text;
  element.setAttribute('style', style);
  return element;
}
