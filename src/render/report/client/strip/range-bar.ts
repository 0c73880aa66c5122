/** The range in the bar: its times to be typed, its length, and what can be done with it. */

import { commas, durationText } from '../../../../datasets/amounts.ts';
import { hostClock } from '../../../../datasets/capture.ts';
import { atTimeOfDay, hostTime, utcTime } from '../../../when.ts';
import type { Axis } from '../../axis.ts';
import { rangeText } from '../../finding-view.ts';
import type { Context } from '../shell/context.ts';
import { announce, element, goTo } from '../shell/dom.ts';
import { COMPARE } from '../shell/links.ts';

/** The time that another is compared with, to be let go. */
function pinnedText({ store, data }: Context): { element: HTMLElement; show(): void } {
  const chip = element('button', { type: 'button', class: 'chip', onclick: () => store.set({ base: null }) });
  return {
    element: chip,
    show() {
      const { base, range } = store.view;
      chip.hidden = base === null || base === 'rest';
      if (base === null || base === 'rest') return;
      const text = rangeText(base, hostClock(data.capture));
      chip.textContent = range === null ? `pinned ${text}: now drag over another time ×` : `against ${text} ×`;
      chip.setAttribute('aria-label', `Let ${text} go`);
    },
  };
}

interface RangeAction {
  text: string;
  title: string;
  act(): void;
  /** Whether it is on now, for what can be switched. */
  isOn?(): boolean;
}

export function rangeBar(context: Context, axis: Axis): HTMLElement {
  const { data, store } = context;
  const clock = hostClock(data.capture);
  const from = timeField('From');
  const to = timeField('To');
  const length = element('span', { class: 'range-length' });
  const clear = element(
    'button',
    {
      type: 'button',
      title: 'Clear the range: the whole capture',
      'aria-label': 'Whole capture',
      onclick: () => store.setRange(null),
    },
    '×',
  );
  const buttons = actionsOf(context).map((action) => ({ action, button: buttonOf(action) }));
  const host = element(
    'div',
    { class: 'range-bar', role: 'group', 'aria-label': 'Time range' },
    from,
    element('span', { 'aria-hidden': 'true' }, '–'),
    to,
    length,
    clear,
    ...buttons.map(({ button }) => button),
  );
  const pinned = pinnedText(context);
  host.append(pinned.element);
  const read = (): void => {
    const [start, end] = [readTime(from.value, context), readTime(to.value, context)];
    if (start === null || end === null || start >= end) {
      announce('Not a range: type two times as they are shown, the earlier first');
      show();
    } else store.setRange({ from: Math.max(start, axis.from), to: Math.min(end, axis.to) });
  };
  from.addEventListener('change', read);
  to.addEventListener('change', read);
  function show(): void {
    const { range } = store.view;
    const shown = range ?? axis;
    from.value = hostTime(shown.from, clock, 3).replace(/ s$/, '');
    to.value = hostTime(shown.to, clock, 3).replace(/ s$/, '');
    const seconds = shown.to - shown.from;
    const utc = utcTime(shown.from, clock, 0);
    length.textContent = seconds < 1 ? `${commas(seconds * 1000)} ms` : durationText(seconds);
    length.title = utc === null ? '' : `from ${utc} UTC`;
    pinned.show();
    clear.disabled = range === null;
    for (const { action, button } of buttons) {
      button.disabled = range === null && !(action.isOn?.() ?? false);
      if (action.isOn !== undefined) button.setAttribute('aria-pressed', String(action.isOn()));
    }
  }
  store.listen(show);
  show();
  return host;
}

function actionsOf({ store, data, note }: Context): RangeAction[] {
  const compare: RangeAction = {
    text: 'Against the rest',
    title: 'Compare this time with the rest of it, in every panel; again: stop comparing',
    act: () => {
      const isOn = store.view.base === 'rest';
      store.set({ base: isOn ? null : 'rest' });
      if (!isOn) goTo(COMPARE);
    },
    isOn: () => store.view.base === 'rest',
  };
  const zoom: RangeAction = {
    text: 'Zoom',
    title: 'Show this time alone in all pictures (Z); again: all of it',
    act: () => store.set({ window: store.view.window === null ? store.view.range : null }),
    isOn: () => store.view.window !== null,
  };
  const pin: RangeAction = {
    text: 'Pin',
    title: 'Keep this time, to compare another with it: then choose the other',
    act: () => store.set({ range: null, base: store.view.range }),
  };
  const write: RangeAction = {
    text: 'Note',
    title: 'Write a line about this time',
    act: () => store.view.range !== null && note(rangeText(store.view.range, hostClock(data.capture))),
  };
  return data.isOfTwo ? [zoom, write] : [zoom, compare, pin, write];
}

function buttonOf({ text, title, act }: RangeAction): HTMLButtonElement {
  return element('button', { type: 'button', title, onclick: act }, text);
}

function timeField(label: string): HTMLInputElement {
  return element('input', { type: 'text', 'aria-label': label, spellcheck: 'false', autocomplete: 'off' });
}

/** A typed time, on the host's clock or in seconds, as seconds on the axis; null for anything else. */
function readTime(text: string, { data }: Context): number | null {
  const clock = hostClock(data.capture);
  const parts = text.trim().split(':').map(Number);
  if (parts.some((part) => !Number.isFinite(part)) || parts.length > 3) return null;
  const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
  if (clock === null || parts.length < 2) return seconds;
  return atTimeOfDay(parts.length === 2 ? seconds * 60 : seconds, clock, data.axis);
}
