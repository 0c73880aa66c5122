/**
 * Makes d3-selection write only what has changed. d3-flame-graph sets a dozen attributes, styles, texts and listeners on
 * every frame whenever it draws: of a redraw of a thousand frames that was most of the time, though few of them differ.
 * It is the one user of d3-selection here.
 */
import { type Selection, selection } from 'd3-selection';

type Value = unknown | ((this: Element, datum: unknown, index: number, group: unknown) => unknown);

interface Written {
  /** What was last written into the element: `attr width`, `text`. */
  writtenByD3?: Record<string, unknown>;
}

function quietly(what: string, write: (element: HTMLElement, name: string, value: string) => void) {
  return function (this: Selection, name: string, value: Value): Selection {
    const key = `${what} ${name}`;
    return this.each(function (datum, index, group) {
      const element = this as HTMLElement & Written;
      // A group has no size.
      if (element.localName === 'g' && (name === 'width' || name === 'height')) return;
      const now = typeof value === 'function' ? value.call(this, datum, index, group) : value;
      element.writtenByD3 ??= {};
      if (element.writtenByD3[key] === now) return;
      element.writtenByD3[key] = now;
      write(element, name, now);
    });
  };
}

const text = quietly('text', (element, _, value) => {
  element.textContent = value;
});

const { append } = selection.prototype;

Object.assign(selection.prototype, {
  /** A box of HTML in every frame, for a name that hardly any has room for: flame-labels.ts labels the others. */
  append(this: Selection, name: string): Selection {
    return append.call(name === 'foreignObject' ? this.filter(() => false) : this, name);
  },
  attr: quietly('attr', (element, name, value) => element.setAttribute(name, value)),
  style: quietly('style', (element, name, value) => element.style.setProperty(name, value)),
  text(this: Selection, value: Value): Selection {
    return text.call(this, '', value);
  },
  /** What happens on a frame is heard where all of them stand. */
  on(this: Selection): Selection {
    return this;
  },
});
