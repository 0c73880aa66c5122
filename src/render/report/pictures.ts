/** The pictures of each shape, drawn without a script: what prints, and what a ticket viewer shows. */
import { eventHeatMap, histogramHeatMaps } from '../../datasets/heatmap.ts';
import type { Dataset, Stacks } from '../../datasets/shapes.ts';
import { barsSvg } from '../bars.ts';
import { flamegraphSvg } from '../flame/svg.ts';
import { heatmapSvg } from '../heatmap.ts';
import { histogramSvg } from '../histogram.ts';
import { linesSvg } from '../lines.ts';
import { Markup } from '../markup.ts';

/** As wide as the page's column is on a laptop. */
const WIDTH = 1000;
/** Frames of the still flame graph are at least this part of the whole: some hundreds, not some thousands. */
const STATIC_SHARE = { value: 0.4, unit: '%' } as const;

const options = { width: WIDTH, title: '', theme: 'page' } as const;

/** What of a dataset is drawn for a range of time alone: narrow it first. Null where it has no such picture. */
export function sumPicture(dataset: Dataset): Markup | null {
  const named = { ...options, name: dataset.title };
  switch (dataset.shape) {
    case 'stacks':
      return stillFlame(dataset);
    case 'histogram':
      return histogramSvg(dataset, named);
    case 'counts':
      return barsSvg(dataset, named);
    case 'series':
      return linesSvg(dataset, named);
    default:
      return null;
  }
}

/** What is drawn along the whole of the time there is; null where the dataset has no such picture. */
export function timePicture(dataset: Dataset): Markup | null {
  if (dataset.shape === 'histogram') {
    const maps = histogramHeatMaps(dataset);
    return maps.length === 0 ? null : heatmapSvg(maps, '', { ...options, name: `${dataset.title} over time` });
  }
  const map = dataset.shape === 'events' ? eventHeatMap(dataset) : null;
  return map === null ? null : heatmapSvg([map], '', { ...options, name: `${map.rowTitle} over time` });
}

function stillFlame(dataset: Stacks): Markup {
  return new Markup([...flamegraphSvg(dataset, { width: WIDTH, minWidth: STATIC_SHARE, theme: 'page' })].join(''));
}
