/** A function picked from the table: who calls it, what it calls. */
import { percent } from '../../../../datasets/amounts.ts';
import type { Stacks } from '../../../../datasets/shapes.ts';
import { type FunctionRow, neighbours } from '../../../flame/functions.ts';
import type { FlameView } from '../../../flame/view.ts';
import { amountText } from '../../../flame/words.ts';
import type { Context } from '../shell/context.ts';
import { element } from '../shell/dom.ts';
import type { Store } from '../shell/store.ts';
import type { FlamePanel } from './panel.ts';

/** Callers and callees listed. */
const SHOWN = 12;

export interface FunctionDetails {
  element: HTMLElement;
  /** @param frame the function's number */
  show(frame: number): void;
}

export function functionDetails(stacks: Stacks, index: number, { store }: Context, flame: FlamePanel): FunctionDetails {
  const host = element('div', { class: 'function-details', hidden: true });
  function show(frame: number): void {
    const { forward, whole } = flame.viewed();
    const name = forward.frames.names[frame] as string;
    const { callers, callees } = neighbours(forward, frame);
    const list = (title: string, rows: readonly FunctionRow[]): HTMLElement =>
      neighbourList(title, rows, ({ total }) => `${amountText(total, stacks.unit)} · ${percent(total, whole)}`, show);
    host.hidden = false;
    host.replaceChildren(
      element('p', { class: 'frame-name' }, element('code', {}, name)),
      element('p', { class: 'frame-actions' }, ...actionsOf(frame, name, index, store)),
      element('div', { class: 'neighbours' }, list('Called by', callers), list('Calls', callees)),
    );
  }
  return { element: host, show };
}

function actionsOf(frame: number, name: string, index: number, store: Store): HTMLElement[] {
  const action = (text: string, change: () => Partial<FlameView>): HTMLElement =>
    element('button', { type: 'button', onclick: () => store.setFlame(index, change()) }, text);
  return [
    action('Find in the graph', () => ({ search: `^${escaped(name)}$`, regex: true, matchCase: true })),
    action('Focus on it', () => ({ focus: frame, zoom: [] })),
    action('Hide it', () => ({ hidden: [...store.flame(index).hidden, frame], zoom: [] })),
  ];
}

function neighbourList(
  title: string,
  rows: readonly FunctionRow[],
  amountOf: (row: FunctionRow) => string,
  show: (frame: number) => void,
): HTMLElement {
  const items = rows.slice(0, SHOWN).map((row) => {
    const { frame, name } = row;
    const button = element(
      'button',
      { type: 'button', class: 'cell-button', title: name, onclick: () => show(frame) },
      name,
    );
    return element('li', {}, button, element('span', {}, amountOf(row)));
  });
  const rest = rows.length - items.length;
  if (rows.length === 0) items.push(element('li', { class: 'quiet' }, 'nothing in these stacks'));
  if (rest > 0) items.push(element('li', { class: 'quiet' }, `and ${rest} more`));
  return element('div', {}, element('h5', {}, title), element('ul', {}, ...items));
}

/** The name as a regular expression that matches it alone. */
export function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll('\\-', '-');
}
