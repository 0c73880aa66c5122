/** The pictures of two datasets that measure the same, one over the other. */

import { counted } from '../../../datasets/amounts.ts';
import { samplesOf, seriesChanges } from '../../../datasets/changes.ts';
import { compareProfiles } from '../../../datasets/compare.ts';
import { extent } from '../../../datasets/extent.ts';
import type { HeatMap } from '../../../datasets/heatmap.ts';
import type { Range } from '../../../datasets/narrow.ts';
import { mergeRecursion } from '../../../datasets/profile-map.ts';
import type { Dataset, Series, Stacks } from '../../../datasets/shapes.ts';
import { sheetFor } from '../../chart.ts';
import { heatmapSvg } from '../../heatmap.ts';
import { linePanelsSvg } from '../../lines.ts';
import type { Markup } from '../../markup.ts';
import { overlaySvg } from '../../overlay.ts';
import { type LinePanel, lineOf } from '../../panels.ts';
import { CAPTURES, type SideNames } from '../../sides.ts';
import { mapsOf, stillFlame } from '../pictures.ts';
import { distributionPairs, durationColumn, durationPairs } from './distributions.ts';
import { changeToldOf } from './flame.ts';
import { byEffect } from './pair-tables.ts';

/** As wide as the page's column is on a laptop. */
const WIDTH = 1000;
/** Charts of a pair at first: those that changed most. */
export const FIRST_CHARTS = 4;
const MIN_WIDTH = { value: 0.4, unit: '%' } as const;

/** What is drawn of a pair; null where it has no picture. */
export function pairPicture(
  before: Dataset,
  after: Dataset,
  width = WIDTH,
  sides: SideNames = CAPTURES,
): Markup | null {
  const sheet = sheetFor(
    { width, title: '', theme: 'page', name: `${after.title}, ${sides.before} and ${sides.after}` },
    '',
  );
  if (before.shape === 'stacks' && after.shape === 'stacks') return differential(before, after);
  if (before.shape === 'histogram' && after.shape === 'histogram') {
    const pairs = distributionPairs(before, after);
    return pairs.length === 0 ? null : overlaySvg(pairs, after.unit, sheet, sides);
  }
  if (before.shape === 'series' && after.shape === 'series') {
    const panels = linePairs(before, after);
    const more = panels.length - FIRST_CHARTS;
    const remarks = more > 0 ? [`${counted(more, 'more chart')} that changed less`] : [];
    return panels.length === 0 ? null : linePanelsSvg(panels.slice(0, FIRST_CHARTS), sheet, remarks);
  }
  if (
    before.shape === 'events' &&
    after.shape === 'events' &&
    durationColumn(after) >= 0 &&
    durationColumn(before) >= 0
  )
    return overlaySvg(durationPairs(before, after), after.columns[durationColumn(after)]?.unit ?? '', sheet, sides);
  return null;
}

/** The heat maps of both, one under the other, on one clock and one colour scale; null where either has none. */
export function pairMaps(before: Dataset, after: Dataset, width = WIDTH, span: Range | null = null): Markup | null {
  const [was, is] = [mapsOf(before), mapsOf(after)];
  if (was.length === 0 || is.length === 0) return null;
  const maps = is.flatMap((map) => {
    const other = was.find(({ label }) => label === map.label);
    const named = (side: string, each: HeatMap): HeatMap => ({
      ...each,
      label: [each.label, side].filter((part) => part !== '').join(', '),
    });
    return other === undefined ? [] : [named(CAPTURES.before, other), named(CAPTURES.after, map)];
  });
  const title = `${after.title} over time, before and after`;
  return maps.length === 0
    ? null
    : heatmapSvg(maps, title, { width, title: '', theme: 'page', name: title, span: span ?? commonSpan(maps) });
}

/** So that a second is as wide in both. */
function commonSpan(maps: readonly HeatMap[]): Range | null {
  const timed = maps.filter(({ columnUnit }) => columnUnit === 'seconds');
  if (timed.length < maps.length) return null;
  const [from, to] = extent(timed.flatMap(({ columns }) => [columns[0]?.[0] ?? 0, columns.at(-1)?.[1] ?? 0]));
  return { from, to };
}

/** A differential flame graph that does not move, root on top. */
function differential(before: Stacks, after: Stacks): Markup {
  // A function that calls itself would make the picture as high as it is deep.
  const [was, is] = [mergeRecursion(before.profile), mergeRecursion(after.profile)];
  const counts = [samplesOf(before), samplesOf(after)] as const;
  const samples = counts[0] === null || counts[1] === null ? null : ([counts[0], counts[1]] as const);
  const comparison = compareProfiles(was, is, { samples, unit: after.unit });
  return stillFlame(
    { ...after, profile: is },
    { inverted: true, minWidth: MIN_WIDTH, changeOf: changeToldOf(after) },
    comparison,
  );
}

/** A panel for each metric that both have, with a line of each: what changed most first. */
export function linePairs(before: Series, after: Series): LinePanel[] {
  return byEffect(seriesChanges(before, after)).flatMap(({ name, unit, metrics: [was, is], most }): LinePanel[] => {
    if (was === null || is === null || (most[0] === 0 && most[1] === 0)) return [];
    const lines = [lineOf(was, 'before'), lineOf(is, 'after')];
    return [{ title: name, unit, stacked: false, lines, hidden: 0, apart: true }];
  });
}
