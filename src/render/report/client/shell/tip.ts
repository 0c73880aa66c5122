/** What is said beside the pointer. */
import { element } from './dom.ts';

/** From the pointer, in pixels. */
const [RIGHT, DOWN] = [14, 18];
/** What is kept free at an edge. */
const MARGIN = 4;

export class Tip {
  private readonly host: HTMLElement;
  private readonly box = element('div', { class: 'tip', role: 'status', hidden: true });

  /** @param host what it is placed in; its own position must not be static */
  constructor(host: HTMLElement) {
    this.host = host;
    host.append(this.box);
  }

  show(words: string, { clientX, clientY }: PointerEvent): void {
    const { box, host } = this;
    box.hidden = false;
    if (box.textContent !== words) box.textContent = words;
    const around = host.getBoundingClientRect();
    const left = Math.min(clientX - around.left + RIGHT, around.width - box.offsetWidth - MARGIN);
    box.style.left = `${Math.max(0, left)}px`;
    // Above the pointer where there is no room below.
    const isLow = clientY + DOWN + box.offsetHeight > innerHeight;
    box.style.top = `${clientY - around.top + (isLow ? -box.offsetHeight - MARGIN : DOWN)}px`;
  }

  hide(): void {
    this.box.hidden = true;
  }
}
