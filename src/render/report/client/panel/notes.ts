/** What stands over a dataset: what the range and the name that are set do to it, or why they do nothing. */
import { durationText } from '../../../../datasets/amounts.ts';
import type { Range } from '../../../../datasets/narrow.ts';
import type { Counts, Dataset, Histogram } from '../../../../datasets/shapes.ts';
import { distinctTimesOf, hasTimes } from '../../../../datasets/times.ts';
import { MOMENT, touches } from '../../../../datasets/timing.ts';
import { type Axis, isOnAxis } from '../../axis.ts';
import { namedOnly } from '../../name-filter.ts';
import { type Context, rangeFor, type Widget } from '../shell/context.ts';
import { element } from '../shell/dom.ts';

export function rangeNote(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const { axis, store } = context;
  const note = element('p', { class: 'range-note', role: 'status', hidden: true });
  host.prepend(note);
  const update = (): void => {
    const { range, name } = store.view;
    const parts = [
      range === null || axis === null ? null : notNarrowed(dataset, axis),
      name === null ? null : notNamed(dataset, name),
    ].filter((part) => part !== null);
    const whole = parts.length === 0 ? '' : `Shown whole: ${parts.join('; ')}.`;
    const text =
      rangeFor(context, dataset) !== null && !isIn(dataset, range) ? 'None of it lies in this range.' : whole;
    note.hidden = text === '';
    note.textContent = text;
  };
  update();
  return { update };
}

/** In the panel's title, where less time is looked at than its times are sure to. */
export function doubtNote(host: HTMLElement, dataset: Dataset, context: Context): Widget {
  const { doubt, grain } = dataset.timing ?? MOMENT;
  const unsure = 2 * doubt + grain;
  const title = host.closest('.panel')?.querySelector('header h3');
  if (unsure === 0 || title === null || title === undefined) return { update: () => {} };
  const text =
    grain > 2 * doubt ? `its times are cut to ${shortTime(grain)}` : `its times may be off by ${shortTime(doubt)}`;
  const update = (): void => {
    const { range, window } = context.store.view;
    const looked = rangeFor(context, dataset) === null ? window : range;
    const isWider = looked !== null && looked.to - looked.from < unsure;
    const known = title.querySelector('.doubt');
    if (!isWider) known?.remove();
    else if (known === null) title.append(element('small', { class: 'doubt' }, ` ${text}`));
  };
  update();
  return { update };
}

function shortTime(seconds: number): string {
  return seconds < 1 ? `${Math.ceil(seconds * 1000)} ms` : `${Math.ceil(seconds * 10) / 10} s`;
}

/** Why a range does nothing to a dataset; null where it does. */
export function notNarrowed(dataset: Dataset, axis: Axis): string | null {
  if (dataset.clock === null || !hasTimes(dataset)) return 'this output has no times';
  if (!isOnAxis(dataset, axis)) return 'its clock could not be laid on the capture’s';
  const { span } = dataset.timing ?? MOMENT;
  return span > 0 && isSum(dataset) && distinctTimesOf(dataset).length === 1
    ? `its only report is of ${durationText(span)}`
    : null;
}

/** Whether some row lies in the range; of what is no table of rows that is not asked. */
function isIn(dataset: Dataset, range: Range | null): boolean {
  if (range === null || (dataset.shape !== 'events' && !isSum(dataset))) return true;
  return dataset.at.some((at) => touches(at, dataset.timing ?? MOMENT, range.from, range.to));
}

function isSum(dataset: Dataset): dataset is Histogram | Counts {
  return dataset.shape === 'histogram' || dataset.shape === 'counts';
}

/** Why a name does nothing to a dataset; null where it does. */
function notNamed(dataset: Dataset, name: string): string | null {
  return namedOnly(dataset, name) === null ? `nothing in it is named ${name}` : null;
}
