/** The text of a source as printed, with line numbers; only the lines in view are in the page. */
import { element, everyFrame } from './dom.ts';

const LINE_HEIGHT = 18;
const SPARE_LINES = 20;
/** Browsers stop at elements much taller than this; past it lines are reached by number. */
const MAX_LINES = 400_000;

export interface RawText {
  element: HTMLElement;
  /** Brings the lines into view and points at them. */
  show(first: number, last: number): void;
}

/** @param before how many lines of the file stand before the text */
export function rawText(name: string, text: string, before = 0): RawText {
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = Math.min(lines.length, MAX_LINES);
  const digits = String(before + lines.length).length;
  const inner = element('div', { class: 'raw-lines' });
  const host = element(
    'div',
    { class: 'raw-view', tabindex: '0', role: 'region', 'aria-label': `Text of ${name}` },
    inner,
  );
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  let pointed: [number, number] = [0, 0];
  inner.style.height = `${shown * LINE_HEIGHT}px`;
  inner.style.width = `calc(${Math.min(widest, 20_000) + digits + 4}ch)`;
  host.style.height = `${Math.min(shown * LINE_HEIGHT + 20, 420)}px`;

  function draw(): void {
    const from = Math.max(0, Math.floor(host.scrollTop / LINE_HEIGHT) - SPARE_LINES);
    const to = Math.min(shown, Math.ceil((host.scrollTop + host.clientHeight) / LINE_HEIGHT) + SPARE_LINES);
    inner.replaceChildren(
      ...lines.slice(from, to).map((line, i) => lineElement(line.replace(/\r$/, ''), from + i + 1)),
    );
  }

  function lineElement(line: string, number: number): HTMLElement {
    const printed = number + before;
    const at = pointed[0] <= printed && printed <= pointed[1];
    const row = element(
      'div',
      { class: at ? 'raw-line pointed' : 'raw-line' },
      element('span', { class: 'raw-number' }, String(printed).padStart(digits)),
      line,
    );
    row.style.top = `${(number - 1) * LINE_HEIGHT}px`;
    return row;
  }

  host.addEventListener('scroll', everyFrame(draw));
  new ResizeObserver(draw).observe(host);
  return {
    element: host,
    show(first, last) {
      pointed = [first, last];
      host.scrollTop = Math.max(0, (first - before - 4) * LINE_HEIGHT);
      host.scrollLeft = 0;
      draw();
    },
  };
}
