/** The search field and its buttons: HTML inside the SVG, made by the script so that still viewers show none of it. */
import type { State } from './address.ts';

export interface Panel {
  field: HTMLInputElement;
  /** Switches between `Aa`, cases count, and `aa`, they do not. */
  cases: HTMLButtonElement;
  reset: HTMLButtonElement;
}

const HTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';
const CONTROL = 'font:12px sans-serif;height:22px;box-sizing:border-box;margin:0 4px 0 0;padding:0 6px;';

/** Puts the controls into the row that the words about matches stand in, which move to their right. */
export function addPanel(svg: SVGSVGElement, matched: SVGTextElement): Panel {
  const full = svg.viewBox.baseVal.width;
  const [x, width] = [Number(matched.getAttribute('x')), Math.min(340, full / 2)];
  const holder = document.createElementNS(SVG, 'foreignObject');
  const place = { id: 'search', x, y: Number(matched.getAttribute('y')) - 16, width, height: 24 };
  for (const [name, value] of Object.entries(place)) holder.setAttribute(name, String(value));
  matched.setAttribute('x', String(x + width + 12));
  const box = create('div', '', 'display:flex');
  const field = create('input', '', `${CONTROL}flex:1;min-width:0`) as HTMLInputElement;
  field.type = 'search';
  field.placeholder = 'Search (regular expression)';
  field.setAttribute('aria-label', 'Search frames by regular expression, Ctrl-F');
  const cases = create('button', 'Aa', CONTROL) as HTMLButtonElement;
  cases.title = 'Upper and lower case are different (Ctrl-I)';
  const reset = create('button', 'Reset', CONTROL) as HTMLButtonElement;
  reset.title = 'End zoom and search (Esc)';
  box.append(field, cases, reset);
  holder.append(box);
  svg.append(holder);
  return { field, cases, reset };
}

/** Shows what is searched for, and whether it is no regular expression. */
export function showSearch({ field, cases }: Panel, state: State, isFaulty: boolean): void {
  if (field.value !== state.search) field.value = state.search;
  field.setAttribute('aria-invalid', String(isFaulty));
  field.style.outline = isFaulty ? '2px solid #d00' : '';
  cases.textContent = state.cases ? 'Aa' : 'aa';
  cases.setAttribute('aria-pressed', String(state.cases));
}

function create(name: string, text: string, style: string): HTMLElement {
  const element = document.createElementNS(HTML, name) as HTMLElement;
  element.textContent = text;
  element.setAttribute('style', style);
  return element;
}
