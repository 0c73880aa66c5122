/** A function picked from the table: who calls it, what it calls. */
import { commas, counted, percent } from '../../../datasets/amounts.ts';
import type { Stacks } from '../../../datasets/shapes.ts';
import { type FunctionRow, neighbours } from '../flame-view.ts';
import type { Context } from './context.ts';
import { element } from './dom.ts';
import type { FlamePanel } from './flame-panel.ts';

const SHOWN = 12;

export function functionDetails(
  stacks: Stacks,
  index: number,
  { store }: Context,
  flame: FlamePanel,
): { element: HTMLElement; show(frame: number): void } {
  const host = element('div', { class: 'function-details', hidden: true });

  function show(frame: number): void {
    const { forward, whole } = flame.viewed();
    const { callers, callees } = neighbours(forward, frame);
    const name = forward.frames.names[frame] as string;
    host.hidden = false;
    host.replaceChildren(
      element('p', { class: 'frame-name' }, element('code', {}, name)),
      element(
        'p',
        { class: 'frame-actions' },
        element(
          'button',
          { type: 'button', onclick: () => store.setFlame(index, { search: `^${escaped(name)}$`, matchCase: true }) },
          'Find in the graph',
        ),
        element(
          'button',
          { type: 'button', onclick: () => store.setFlame(index, { focus: frame, zoom: [] }) },
          'Focus on it',
        ),
        element(
          'button',
          {
            type: 'button',
            onclick: () => store.setFlame(index, { hidden: [...store.flame(index).hidden, frame], zoom: [] }),
          },
          'Hide it',
        ),
      ),
      element('div', { class: 'neighbours' }, list('Called by', callers, whole), list('Calls', callees, whole)),
    );
  }

  function list(title: string, rows: readonly FunctionRow[], whole: number): HTMLElement {
    const items = rows
      .slice(0, SHOWN)
      .map(({ frame, name, total }) =>
        element(
          'li',
          {},
          element('button', { type: 'button', class: 'cell-button', title: name, onclick: () => show(frame) }, name),
          element(
            'span',
            {},
            `${stacks.unit === 'samples' ? counted(total, 'sample') : `${commas(total)} ${stacks.unit}`} · ${percent(total, whole)}`,
          ),
        ),
      );
    const rest = rows.length - items.length;
    if (rows.length === 0) items.push(element('li', { class: 'quiet' }, 'nothing in these stacks'));
    if (rest > 0) items.push(element('li', { class: 'quiet' }, `and ${rest} more`));
    return element('div', {}, element('h5', {}, title), element('ul', {}, ...items));
  }

  return { element: host, show };
}

/** The name as a regular expression that matches it alone. */
export function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\\-', '-');
}
