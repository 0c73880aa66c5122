/** A flame graph before it is written: its measures, and the words around it. */

import { commas, percent, weightText } from '../../datasets/amounts.ts';
import { capitalized } from '../../datasets/capitalized.ts';
import type { Comparison } from '../../datasets/compare.ts';
import { totalWeight } from '../../datasets/fold.ts';
import type { Profile } from '../../datasets/profile.ts';
import { nodeTotals } from '../../datasets/profile-functions.ts';
import type { Stacks, StacksKind } from '../../datasets/shapes.ts';
import { escapeText } from '../markup.ts';
import { themeOf } from '../theme.ts';
import { fnv, type PaletteName, paletteOf } from './colors.ts';
import { type FlameLayout, layoutFlame, MERGED } from './layout.ts';
import type { FlameOptions } from './options.ts';
import { CONTROLS, SIDE, TITLE_SIZE } from './sizes.ts';
import type { Surroundings } from './surround.ts';
import { hatchedWords } from './words.ts';

/** Deeper stacks are drawn to here: at the default height this is as high a picture as PNG and browsers hold. */
const MAX_LEVELS = 2000;
/** In pixels. */
const DEFAULT_MIN_WIDTH = 0.1;
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
  /** The id of the pattern of merged frames. */
  hatch: string;
  /** What is written under the frames, one line each. */
  remarks: string[];
}

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
    ...hatchedRemarks(layout),
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
  const title = options.title ?? titleOf(stacks.kind, options);
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
    title,
    width,
    rowHeight,
    top,
    framesHeight,
    height: top + framesHeight + 28 + remarks.length * 16,
    scale: layout.total === 0 ? 0 : (width - 2 * SIDE) / layout.total,
    ink,
    hatch: hatchId(title, layout),
    remarks,
  };
}

function layoutOf(profile: Profile, { minWidth }: FlameOptions, room: number): FlameLayout {
  const { value, unit } = minWidth ?? { value: DEFAULT_MIN_WIDTH, unit: 'px' };
  const share = unit === '%' ? value / 100 : value / room;
  const whole = totalWeight(profile);
  const minWeight = share * whole;
  // What nobody would see, even merged.
  const minMerged = Math.min(minWeight, (DEFAULT_MIN_WIDTH / room) * whole);
  return layoutFlame(profile, { minWeight, minMerged, maxLevels: MAX_LEVELS });
}

/** Several pictures may stand in one page: the same id is then the same pattern. */
function hatchId(title: string, { total, frame, levels }: FlameLayout): string {
  return `hatch-${fnv(`${title} ${total} ${frame.length} ${levels}`).toString(36)}`;
}

function titleOf(kind: StacksKind, { inverted, reversed }: FlameOptions): string {
  const form = inverted ? 'Icicle Graph' : 'Flame Graph';
  return `${reversed ? 'Reverse ' : ''}${TITLE_OF_KIND[kind]}${form}`;
}

/** What stands around the frames of a picture. */
export function surroundingsOf(
  picture: Picture,
  { subtitle, notes, nameType, inverted = false }: FlameOptions,
): Surroundings {
  const { title, width, height, top, framesHeight, remarks, layout, unit, colors, hatch, rowHeight } = picture;
  return {
    title,
    description: [subtitle, notes, weightText(layout.total, unit), ...remarks],
    width,
    height,
    top,
    bottom: top + framesHeight,
    remarks,
    colors,
    isDifferential: picture.comparison !== undefined,
    hatch,
    isHatched: layout.merged.some((frames) => frames > 0),
    facts: {
      total: layout.total,
      unit,
      label: nameType ?? 'Function:',
      row: rowHeight,
      hidden: layout.narrow.frames + layout.deep.frames,
      inverted: inverted ? 1 : 0,
    },
  };
}

/** What stands hatched, each remark a sentence. */
function hatchedRemarks(layout: FlameLayout): string[] {
  return hatchedWords(layout).map(capitalized);
}

/** Turned over, every stack ends in its process: what a function itself did is the whole of its box, callers and all. */
function tellsBoxes({ reversed = false, changeOf = 'self' }: FlameOptions): boolean {
  return reversed || changeOf === 'total';
}

/** The change of each box that its colour tells. */
function changesOf(layout: FlameLayout, comparison: Comparison, beforeTotals: Float64Array, boxes: boolean): number[] {
  const { before, byChance } = comparison;
  return layout.node.map((node, box) => {
    if (layout.frame[box] === MERGED) return 0;
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
