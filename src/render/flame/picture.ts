/** A flame graph before it is written: its measures, and the words around it. */
import { commas, percent } from '../../datasets/amounts.ts';
import type { Comparison } from '../../datasets/compare.ts';
import { totalWeight } from '../../datasets/fold.ts';
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';
import type { Stacks, StacksKind } from '../../datasets/shapes.ts';
import { escapeText } from '../markup.ts';
import { themeOf } from '../theme.ts';
import { type PaletteName, paletteOf } from './colors.ts';
import { type FlameLayout, layoutChart, layoutFlame, threadsInTime } from './layout.ts';
import type { FlameOptions } from './options.ts';

/** Room left and right of the frames. */
export const SIDE = 10;
export const TITLE_SIZE = 17;
/** The row of the search field, which the script fills. */
export const CONTROLS = 28;
/** Deeper stacks are drawn to here: at the default height this is as high a picture as PNG and browsers hold. */
const MAX_LEVELS = 2000;
/** Frames that vanished, listed under a differential. */
const MAX_REMOVED = 10;

const TITLE_OF_KIND: Readonly<Record<StacksKind, string>> = {
  'on-cpu': '',
  'off-cpu': 'Off-CPU Time ',
  wakeup: 'Wakeup ',
  chain: 'Chain ',
  memory: 'Memory ',
  events: '',
};

/** A flame graph measured out: what is drawn, where, and what is said of it. */
export interface Picture {
  profile: Profile;
  layout: FlameLayout;
  comparison: Comparison | undefined;
  /** The weight before of each node; null without a differential. */
  beforeTotals: Float64Array | null;
  /** How much each box grew, in the weight's unit; null without a differential. */
  changes: number[] | null;
  /** The greatest growth or shrinking, which is the fullest colour. */
  largestChange: number;
  colors: PaletteName;
  options: FlameOptions;
  unit: string;
  /** The unit as it stands in markup. */
  unitText: string;
  title: string;
  width: number;
  rowHeight: number;
  top: number;
  framesHeight: number;
  height: number;
  /** Pixels of one of the weight. */
  scale: number;
  ink: string;
  /** What is written under the frames, one line each. */
  remarks: string[];
}

/** @throws RangeError where a flame chart is asked of a profile whose samples have no times */
export function measure(
  stacks: Stacks,
  profile: Profile,
  options: FlameOptions,
  comparison: Comparison | undefined,
): Picture {
  const { width = 1200, height: rowHeight = 16 } = options;
  const layout = layoutOf(profile, options, width - 2 * SIDE);
  const beforeTotals = comparison ? nodeTotals({ parent: profile.parent, self: comparison.before }) : null;
  const changes = comparison && beforeTotals ? changesOf(layout, comparison, beforeTotals, tellsBoxes(options)) : null;
  const largestChange = changes?.reduce((most, change) => Math.max(most, Math.abs(change)), 0) ?? 0;
  const remarks = [
    ...threadWords(profile, options),
    ...hiddenWords(layout, options),
    ...(comparison === undefined
      ? []
      : [comparison.note, colourWords(comparison, percent(largestChange, layout.total), options)]),
    ...(comparison === undefined ? [] : removedWords(comparison)),
  ];
  const controls = options.script === undefined ? 0 : CONTROLS;
  const top = SIDE + TITLE_SIZE + 14 + (options.subtitle ? 18 : 0) + controls;
  const framesHeight = Math.max(1, layout.levels) * rowHeight;
  const { ink } = themeOf(options.theme);
  const unit = options.countName ?? stacks.unit;
  return {
    profile,
    layout,
    comparison,
    beforeTotals,
    changes,
    largestChange,
    colors: options.colors ?? paletteOf[stacks.kind],
    options,
    unit,
    unitText: escapeText(unit),
    title: options.title ?? titleOf(stacks.kind, options),
    width,
    rowHeight,
    top,
    framesHeight,
    height: top + framesHeight + 28 + remarks.length * 16,
    scale: layout.total === 0 ? 0 : (width - 2 * SIDE) / layout.total,
    ink,
    remarks,
  };
}

function layoutOf(profile: Profile, { minWidth, flamechart }: FlameOptions, room: number): FlameLayout {
  const { value, unit } = minWidth ?? { value: 0.1, unit: 'px' };
  const share = unit === '%' ? value / 100 : value / room;
  const limits = { minWeight: share * totalWeight(profile), maxLevels: MAX_LEVELS };
  if (!flamechart) return layoutFlame(profile, limits);
  const chart = layoutChart(profile, limits, { byThread: true });
  if (chart === null) throw new RangeError('a flame chart needs samples with times');
  return chart;
}

function titleOf(kind: StacksKind, { inverted, reversed, flamechart }: FlameOptions): string {
  const form = flamechart ? 'Flame Chart' : inverted ? 'Icicle Graph' : 'Flame Graph';
  return `${reversed ? 'Reverse ' : ''}${TITLE_OF_KIND[kind]}${form}`;
}

/** A chart of several threads is not one thread's course of time. */
function threadWords(profile: Profile, { flamechart }: FlameOptions): string[] {
  const threads = flamechart ? threadsInTime(profile) : 1;
  if (threads < 2) return [];
  return [`${commas(threads)} threads side by side, the heaviest first; each in the order of its own times`];
}

/** What is not drawn is said. */
function hiddenWords({ narrow, deep, total }: FlameLayout, { minWidth }: FlameOptions): string[] {
  const least = `${minWidth?.value ?? 0.1}${minWidth?.unit === '%' ? '%' : ' px'}`;
  return [
    narrow.frames > 0
      ? `Not drawn: ${commas(narrow.frames)} frames narrower than ${least}; ${percent(narrow.weight, total)} of all ends in them`
      : '',
    deep.frames > 0
      ? `Not drawn: ${commas(deep.frames)} frames above level ${commas(MAX_LEVELS)}; ${percent(deep.weight, total)} of all ends in them`
      : '',
  ].filter((words) => words !== '');
}

/** Turned over, every stack ends in its process: what a function itself did is the whole of its box, callers and all. */
function tellsBoxes({ reversed = false, changeOf = 'self' }: FlameOptions): boolean {
  return reversed || changeOf === 'total';
}

/** The change of each box that its colour tells. */
function changesOf(layout: FlameLayout, comparison: Comparison, beforeTotals: Float64Array, boxes: boolean): number[] {
  const { before, byChance } = comparison;
  return layout.node.map((node, box) => {
    if (boxes) return box === 0 ? 0 : (layout.weight[box] as number) - (beforeTotals[node] as number);
    return byChance?.[node] === 1 ? 0 : (layout.self[box] as number) - (before[node] as number);
  });
}

/** The legend of a differential. */
function colourWords({ byChance }: Comparison, most: string, options: FlameOptions): string {
  const [grew, shrank] = options.negate ? ['blue', 'red'] : ['red', 'blue'];
  const fullest = `the fullest colour is ${most} of all`;
  if (tellsBoxes(options)) return `Widths are of after; ${grew} boxes grew, ${shrank} ones shrank; ${fullest}`;
  const chance = byChance === null ? '' : '; white ones did not, or by no more than chance';
  return `Widths are of after; ${grew} frames grew by themselves (self), ${shrank} ones shrank${chance}; ${fullest}`;
}

/** Frames that are in the earlier profile only have no width: they are listed, the heaviest first. */
function removedWords({ removed, beforeTotal, normalised }: Comparison): string[] {
  const lines: string[] = [];
  for (const { path, weight } of removed.slice(0, MAX_REMOVED))
    lines.push(
      `Gone: ${shortPath(path)} (was ${percent(weight, beforeTotal)}${normalised ? '' : `, ${commas(weight)}`})`,
    );
  const more = removed.length - MAX_REMOVED;
  if (more > 0) lines.push(`… and ${commas(more)} more that are gone`);
  return lines;
}

/** The path with its middle left out where it is deep: the ends tell most. */
function shortPath(path: readonly string[]): string {
  const shown = path.length <= 12 ? path : [...path.slice(0, 4), '…', ...path.slice(-7)];
  return shown.map((name) => (name.length > 200 ? `${name.slice(0, 200)}…` : name)).join(';');
}
