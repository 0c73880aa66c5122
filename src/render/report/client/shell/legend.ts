/** What the colours of a picture mean. */
import { element } from './dom.ts';

export function legendList(): HTMLElement {
  return element('ul', { class: 'legend', 'aria-label': 'Colours' });
}

export function legendItem(words: string, color: string): HTMLElement {
  const swatch = element('span', { class: 'swatch' });
  swatch.style.background = color;
  return element('li', {}, swatch, words);
}

/** What is hatched. */
export function hatchedItem(words: string): HTMLElement {
  return element('li', {}, element('span', { class: 'swatch hatched' }), words);
}
