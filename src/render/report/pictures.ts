/** The picture of each shape, drawn without a script: what prints, and what a ticket viewer shows. */
import { eventHeatMap, histogramHeatMaps } from '../../datasets/heatmap.ts';
import type { Dataset, Stacks } from '../../datasets/shapes.ts';
import { barsSvg } from '../bars.ts';
import { flamegraphSvg } from '../flame/svg.ts';
import { heatmapSvg } from '../heatmap.ts';
import { histogramSvg } from '../histogram.ts';
import { linesSvg } from '../lines.ts';
import { Markup, markup } from '../markup.ts';

/** As wide as the page's column is on a laptop. */
const WIDTH = 1000;
/** Frames of the static flame graph are at least this part of the whole: some hundreds, not some thousands. */
const STATIC_SHARE = { value: 0.4, unit: '%' } as const;

/** The pictures of a dataset, one under the other; none for plain text and for what has no picture. */
export function pictureHtml(dataset: Dataset): Markup | null {
  switch (dataset.shape) {
    case 'stacks':
      return staticFlame(dataset);
    case 'histogram': {
      const maps = histogramHeatMaps(dataset);
      return markup`${histogramSvg(dataset, options)}${maps.length > 0 && heatmapSvg(maps, 'Over time', options)}`;
    }
    case 'events': {
      const map = eventHeatMap(dataset);
      return map === null ? null : heatmapSvg([map], `${map.rowTitle} over time`, options);
    }
    case 'counts':
      return barsSvg(dataset, options);
    case 'series':
      return linesSvg(dataset, options);
    case 'text':
      return null;
  }
}

const options = { width: WIDTH, theme: 'page' } as const;

function staticFlame(dataset: Stacks): Markup {
  return new Markup([...flamegraphSvg(dataset, { width: WIDTH, minWidth: STATIC_SHARE, theme: 'page' })].join(''));
}
