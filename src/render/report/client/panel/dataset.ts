/** The live parts of each dataset: picture and table by themselves, or compared with another part of the time. */
import { alongTime } from '../../../../datasets/event-sums.ts';
import type { Dataset } from '../../../../datasets/shapes.ts';
import { mapsOf } from '../../pictures.ts';
import { offsetMap } from '../chart/offset-map.ts';
import { FlamePanel } from '../flame/panel.ts';
import { comparedParts, mountAgainst } from '../pair/against.ts';
import { mountExports } from '../save/exports.ts';
import { type Context, named, narrowed, together, type Widget } from '../shell/context.ts';
import { mountLines } from './charts.ts';
import { doubtNote, rangeNote } from './notes.ts';
import { mountSum, mountTime } from './pictures.ts';
import { mountTable } from './rows.ts';

/** Brings a dataset's part of the page to life. */
export function mountDataset(host: HTMLElement, index: number, context: Context): Widget {
  const dataset = context.data.dataset(index);
  const steady = together([
    rangeNote(host, dataset, context),
    doubtNote(host, dataset, context),
    ...alongTheTime(host, dataset, context),
  ]);
  const isCompared = (): boolean => comparedParts(context, dataset) !== null;
  let compared = isCompared();
  let flame: FlamePanel | null = null;
  const mount = (): Widget => {
    flame = compared ? null : flameOf(host, index, dataset, context);
    return compared ? mountAgainst(host, index, dataset, context) : mountAlone(host, index, dataset, context, flame);
  };
  let ofRange = mount();
  mountExports(host, dataset, context, () => flame?.shown() ?? narrowed(context, dataset));
  return {
    update() {
      steady.update();
      if (isCompared() === compared) return ofRange.update();
      compared = !compared;
      ofRange.stop?.();
      if (dataset.shape !== 'series') host.querySelector('.picture.sum')?.replaceChildren();
      ofRange = mount();
    },
    point() {
      steady.point?.();
      ofRange.point?.();
    },
  };
}

/** What is drawn along all of the time, whatever the range. */
function alongTheTime(host: HTMLElement, dataset: Dataset, context: Context): Widget[] {
  const sum = host.querySelector<HTMLElement>('.picture.sum');
  const time = host.querySelector<HTMLElement>('.picture.time');
  if (sum !== null && dataset.shape === 'series')
    return [
      mountLines(sum, () => named(context, dataset), context),
      ...(time === null ? [] : [mountTime(time, dataset, context)]),
    ];
  if (time === null) return [];
  if (dataset.shape === 'stacks') {
    const map = offsetMap(dataset, context);
    if (map !== null) time.replaceChildren(map.element);
    return map === null ? [] : [map];
  }
  const rate = dataset.shape === 'events' && mapsOf(dataset).length === 0 ? alongTime(dataset) : null;
  if (dataset.shape !== 'events' || rate === null) return [mountTime(time, dataset, context)];
  return [mountLines(time, () => alongTime(named(context, dataset)) ?? rate, context)];
}

function flameOf(host: HTMLElement, index: number, dataset: Dataset, context: Context): FlamePanel | null {
  const place = host.querySelector<HTMLElement>('.picture.sum');
  return place === null || dataset.shape !== 'stacks' ? null : new FlamePanel(place, index, dataset, context);
}

/** What is drawn of the range alone. */
function mountAlone(
  host: HTMLElement,
  index: number,
  dataset: Dataset,
  context: Context,
  flame: FlamePanel | null,
): Widget {
  const place = host.querySelector<HTMLElement>('.picture.sum');
  const picture = place === null || dataset.shape === 'series' ? null : (flame ?? mountSum(place, dataset, context));
  const table = mountTable(host, index, dataset, context, flame);
  return together(picture === null ? [table] : [picture, table]);
}
