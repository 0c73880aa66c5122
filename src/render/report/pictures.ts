/** The pictures of each shape, drawn without a script: what prints, and what a ticket viewer shows. */
import { eventHeatMap, histogramHeatMaps } from '../../datasets/heatmap.ts';
import type { Dataset, Stacks } from '../../datasets/shapes.ts';
import { barsSvg } from '../bars.ts';
import type { PictureOptions } from '../chart.ts';
import { flamegraphSvg } from '../flame/svg.ts';
import { heatmapSvg } from '../heatmap.ts';
import { histogramSvg } from '../histogram.ts';
import { linesSvg } from '../lines.ts';
import { Markup } from '../markup.ts';
import type { ThemeName } from '../theme.ts';

/** As wide as the page's column is on a laptop. */
const WIDTH = 1000;
/** Frames of the still flame graph are at least this part of the whole: some hundreds, not some thousands. */
const STATIC_SHARE = { value: 0.4, unit: '%' } as const;

/** Inside the page a picture has no title and no paper of its own; as a file it has both. */
function optionsFor(theme: ThemeName, name: string): PictureOptions {
  return theme === 'page' ? { width: WIDTH, title: '', theme, name } : { width: WIDTH, theme, name };
}

/** What of a dataset is drawn for a range of time alone: narrow it first. Null where it has no such picture. */
export function sumPicture(dataset: Dataset, theme: ThemeName = 'page'): Markup | null {
  const options = optionsFor(theme, dataset.title);
  switch (dataset.shape) {
    case 'stacks':
      return stillFlame(dataset);
    case 'histogram':
      return histogramSvg(dataset, options);
    case 'counts':
      return barsSvg(dataset, options);
    case 'series':
      return linesSvg(dataset, options);
    default:
      return null;
  }
}

/** What is drawn along the whole of the time there is; null where the dataset has no such picture. */
export function timePicture(dataset: Dataset, theme: ThemeName = 'page'): Markup | null {
  if (dataset.shape === 'histogram') {
    const maps = histogramHeatMaps(dataset);
    return maps.length === 0
      ? null
      : heatmapSvg(maps, `${dataset.title} over time`, optionsFor(theme, `${dataset.title} over time`));
  }
  const map = dataset.shape === 'events' ? eventHeatMap(dataset) : null;
  return map === null
    ? null
    : heatmapSvg([map], `${map.rowTitle} over time`, optionsFor(theme, `${map.rowTitle} over time`));
}

function stillFlame(dataset: Stacks): Markup {
  return new Markup([...flamegraphSvg(dataset, { width: WIDTH, minWidth: STATIC_SHARE, theme: 'page' })].join(''));
}
