/** Elements without a template: what comes from the capture is only ever text. */
import { shown } from '../../../shown.ts';

type Properties = Record<string, string | number | boolean | null | ((event: never) => void)>;

/**
 * An element with attributes, listeners (`onclick`) and children. A value of false or null leaves the attribute out, true
 * sets it empty.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...children.map((child) => (typeof child === 'string' ? shown(child) : child)));
  return made;
}

/** The element of that id; the page is ours, so it is there. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element #${id}`);
  return found;
}

/** Calls `run` at most once per animation frame, however often it is asked. */
export function everyFrame(run: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      run();
    });
  };
}

/** How long after the last of many changes what is beside the point follows, in milliseconds. */
const REST = 100;

/**
 * Calls `run` once it has not been asked for a moment: not while a range is dragged, but when the hand rests.
 * @param signal ends it
 */
export function whenAtRest(run: () => void, signal?: AbortSignal): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => signal?.aborted || run(), REST);
  };
}

const styleValues = new Map<string, string>();

/** The value of a colour that the style sheet defines. Asked once: to ask makes the browser lay out what has changed. */
export function styleValue(name: string): string {
  let value = styleValues.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    styleValues.set(name, value);
  }
  return value;
}

/** The colours are others now. */
export function forgetStyles(): void {
  styleValues.clear();
}

/** Copies text, `what` by name, and says whether the browser let it. */
export async function copyAndSay(text: string, what: string): Promise<void> {
  announce((await copyText(text)) ? `${what} copied` : 'The browser does not allow copying');
}

/** Also in a file opened from disk, where the clipboard is closed. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element('textarea', { class: 'offscreen', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/** Says something to a screen reader, and for a moment to the eye. */
export function announce(text: string): void {
  const said = byId('said');
  said.textContent = '';
  // Laid out while empty, it begins to fade anew.
  void said.offsetWidth;
  said.textContent = text;
}

/** How long a place is kept in view while panels around it come to life and change their heights. */
const SETTLING = 1500;

/** Scrolls to the element of that id, and stays there until the page has settled or the person moves on. */
export function goTo(id: string): void {
  const place = document.getElementById(id);
  if (place === null) return;
  for (
    let around = place.closest('details');
    around !== null;
    around = around.parentElement?.closest('details') ?? null
  )
    around.open = true;
  place.scrollIntoView();
  const observer = new ResizeObserver(() => place.scrollIntoView());
  const stop = (): void => observer.disconnect();
  observer.observe(document.body);
  setTimeout(stop, SETTLING);
  for (const event of ['wheel', 'pointerdown', 'keydown', 'touchstart']) addEventListener(event, stop, { once: true });
}
