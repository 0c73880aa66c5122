/** Which picture shows a dataset: by its shape, unless another is asked for. */
import { rowCount } from '../datasets/cells.ts';
import { cpuHeatMap, eventHeatMap, type HeatMap, histogramHeatMaps, subsecondHeatMap } from '../datasets/heatmap.ts';
import type { Dataset } from '../datasets/shapes.ts';
import { barsSvg } from './bars.ts';
import { type PictureName, type PictureOptions, titleOf } from './chart.ts';
import { heatmapSvg, MAX_MAPS } from './heatmap.ts';
import { type HistogramOptions, histogramSvg } from './histogram.ts';
import { linesSvg } from './lines.ts';
import type { Markup } from './markup.ts';
import { tableSvg } from './table.ts';

/** Fewer intervals than this are no course of time: they are better added up. */
const FEW_INTERVALS = 6;
const FEW_ROWS = 20;
/** Cells of all the maps of one picture: of more rows there are fewer columns. */
const MAX_CELLS = 40_000;

/** The pictures that can show the dataset, the best first; none for text. */
export function picturesFor(dataset: Dataset): PictureName[] {
  switch (dataset.shape) {
    case 'stacks':
      return subsecondHeatMap(dataset) === null ? ['flamegraph'] : ['flamegraph', 'heatmap'];
    case 'histogram':
      return histogramHeatMaps(dataset).some(({ columns }) => columns.length >= FEW_INTERVALS)
        ? ['heatmap', 'histogram']
        : ['histogram'];
    case 'events':
      return eventPictures(eventHeatMap(dataset), rowCount(dataset));
    case 'counts':
      return ['bars'];
    case 'series':
      return cpuHeatMap(dataset) === null ? ['lines'] : ['heatmap', 'lines'];
    case 'text':
      return [];
  }
}

/** Few rows, or rows of one moment, are better read one by one. */
function eventPictures(map: HeatMap | null, rows: number): PictureName[] {
  if (map === null) return ['table'];
  return rows < FEW_ROWS || map.columns.length < FEW_INTERVALS ? ['table', 'heatmap'] : ['heatmap', 'table'];
}

/** The heat maps of a dataset: one for each disk, operation and the like that a histogram tells apart. */
export function heatMapsOf(dataset: Dataset): HeatMap[] {
  const maps = mapsOf(dataset);
  const cells = maps.slice(0, MAX_MAPS).reduce((sum, { values }) => sum + values.length, 0);
  if (cells <= MAX_CELLS) return maps;
  const widest = maps.reduce((most, { columns }) => Math.max(most, columns.length), 0);
  return mapsOf(dataset, Math.max(1, Math.floor((widest * MAX_CELLS) / cells)));
}

/** @param most columns of each map */
function mapsOf(dataset: Dataset, most?: number): HeatMap[] {
  switch (dataset.shape) {
    case 'histogram':
      return histogramHeatMaps(dataset, most);
    case 'stacks':
      return present(subsecondHeatMap(dataset, undefined, most));
    case 'events':
      return present(eventHeatMap(dataset));
    case 'series':
      return present(cpuHeatMap(dataset, most));
    default:
      return [];
  }
}

function present(map: HeatMap | null): HeatMap[] {
  return map === null ? [] : [map];
}

/** Draws one of `picturesFor(dataset)`; the flame graph, which comes in pieces, is `flamegraphSvg`'s. */
export function chartSvg(dataset: Dataset, name: PictureName, options: PictureOptions & HistogramOptions): Markup {
  if (name === 'heatmap') return heatmapSvg(heatMapsOf(dataset), titleOf(dataset), options);
  if (dataset.shape === 'histogram') return histogramSvg(dataset, options);
  if (dataset.shape === 'series') return linesSvg(dataset, options);
  if (dataset.shape === 'counts') return barsSvg(dataset, options);
  if (dataset.shape === 'events') return tableSvg(dataset, options);
  throw new TypeError(`no ${name} of ${dataset.shape}`);
}
