/** Stacks at their times as one SVG file: a flame chart with a lane for each thread, and a clock under them. */
import { counted, durationText } from '../../datasets/amounts.ts';
import { FrameKind, type Profile } from '../../datasets/profile.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import { label, line } from '../chart.ts';
import { px } from '../format.ts';
import { escapeText, type Markup, markup } from '../markup.ts';
import { FONT_SIZE, fitMiddle, fitName } from '../text.ts';
import { themeOf } from '../theme.ts';
import { timeTicks } from '../time-ticks.ts';
import { hostTime } from '../when.ts';
import { frameColor, paletteOf } from './colors.ts';
import { MERGED } from './layout.ts';
import type { FlameOptions } from './options.ts';
import { CONTROLS, SIDE, TITLE_SIZE } from './sizes.ts';
import { type Surroundings, svgFoot, svgHead } from './surround.ts';
import { layoutTimeline, spanOfSamples, type Timeline } from './timeline.ts';
import { laneName, mergedName, spanWords } from './words.ts';

/** Of a lane's name, over its boxes. */
const LABEL = 18;
/** Between lanes. */
const GAP = 6;
/** The clock under the lanes. */
const AXIS = 22;
const LIMITS = { maxBoxes: 30_000, maxLanes: 40, maxLevels: 200 };

/** @throws RangeError where the profile's samples have no times */
export function* timelineSvg(stacks: Stacks, options: FlameOptions): Generator<string> {
  const { width = 1200, height: row = 16, clock = null } = options;
  const span = spanOfSamples(stacks);
  const room = width - 2 * SIDE;
  const timeline =
    span && layoutTimeline(stacks, { ...LIMITS, ...span, lanes: 'thread', minTime: (span.to - span.from) / room });
  if (span === null || timeline === null) throw new RangeError('a flame chart needs samples with times');
  const controls = options.script === undefined ? 0 : CONTROLS;
  const top = SIDE + TITLE_SIZE + 14 + (options.subtitle ? 18 : 0) + controls;
  const bases = basesOf(timeline, top, row);
  const bottom = (bases.at(-1) ?? top) + GAP + row;
  const remarks = remarksOf(timeline);
  const surroundings: Surroundings = {
    title: options.title ?? 'Flame Chart',
    description: [options.subtitle, options.notes, durationText(span.to - span.from), ...remarks],
    width,
    height: bottom + AXIS + 28 + remarks.length * 16,
    top,
    bottom: bottom + AXIS,
    remarks,
    colors: options.colors ?? paletteOf[stacks.kind],
    hatch: 'hatch-in-time',
    isHatched: timeline.merged.some((count) => count > 0),
    isDifferential: false,
    facts: {
      total: totalOf(timeline),
      unit: 's',
      label: options.nameType ?? 'Function:',
      row,
      hidden: timeline.hidden.lanes,
      inverted: 0,
      started: clock === null ? '' : clock.started + clock.utcOffset,
    },
  };
  yield svgHead(surroundings, options);
  yield '<g id="frames">\n';
  yield rootMarkup(timeline, { width, bottom, row }, options);
  yield* boxes(stacks.profile, timeline, { bases, row, scale: room / (span.to - span.from) }, options, surroundings);
  yield '</g>\n';
  yield lanesMarkup(stacks.profile, timeline, bases, row, options).text;
  yield axisMarkup(timeline, bottom, room, options).text;
  yield svgFoot(surroundings, options);
}

/** The lower edge of each lane's boxes. */
function basesOf({ lanes }: Timeline, top: number, row: number): number[] {
  let at = top;
  return lanes.map(({ levels }) => {
    const base = at + LABEL + levels * row;
    at = base + GAP;
    return base;
  });
}

function remarksOf({ lanes, hidden, merged }: Timeline): string[] {
  const thin = merged.reduce((sum, count) => sum + count, 0);
  return [
    `${counted(lanes.length, 'thread')}, the busiest first; a box is as long as it was sampled without a gap`,
    thin > 0 ? `Hatched: ${counted(thin, 'frame')} too narrow to draw` : '',
    hidden.lanes > 0 ? `Not drawn: ${counted(hidden.lanes, 'thread')} of ${counted(hidden.samples, 'sample')}` : '',
  ].filter((words) => words !== '');
}

/** The time that is drawn, of all lanes together. */
function totalOf({ depth, start, end }: Timeline): number {
  return depth.reduce((sum, each, i) => sum + (each === 0 ? (end[i] as number) - (start[i] as number) : 0), 0);
}

/** The whole time, to be zoomed out to. */
function rootMarkup(
  timeline: Timeline,
  { width, bottom, row }: { width: number; bottom: number; row: number },
  options: FlameOptions,
): string {
  const facts =
    options.script === undefined
      ? ''
      : ` data-d="0" data-o="${timeline.from}" data-n="${timeline.to - timeline.from}" data-s="0"`;
  const words = timesText(timeline.from, timeline.to, options);
  return `<g${facts}><title>all (${escapeText(words)})</title><rect x="${SIDE}" y="${px(bottom - row)}" width="${px(width - 2 * SIDE)}" height="${row - 1}" fill="rgb(190,190,190)" fill-opacity="0.6"/><text x="${SIDE + 3}" y="${px(bottom - 4.5)}">all</text></g>\n`;
}

function* boxes(
  { frames }: Profile,
  timeline: Timeline,
  { bases, row, scale }: { bases: readonly number[]; row: number; scale: number },
  options: FlameOptions,
  { colors, hatch }: Surroundings,
): Generator<string> {
  const { lane, depth, start, end, frame, merged } = timeline;
  // As the script reads them: each after what it stands on.
  const order = Array.from(lane.keys()).sort(
    (a, b) =>
      (lane[a] as number) - (lane[b] as number) ||
      (start[a] as number) - (start[b] as number) ||
      (depth[a] as number) - (depth[b] as number),
  );
  const palette = { palette: colors, hash: options.hash ?? false };
  for (const box of order) {
    const [from, to, id] = [start[box] as number, end[box] as number, frame[box] as number];
    const [x, width] = [SIDE + (from - timeline.from) * scale, (to - from) * scale];
    const y = (bases[lane[box] as number] as number) - ((depth[box] as number) + 1) * row;
    const isMerged = id === MERGED;
    const name = isMerged ? mergedName(merged[box] as number) : (frames.names[id] as string);
    const facts = { name, kind: frames.kinds[id] ?? FrameKind.user, module: frames.modules[id] ?? '' };
    const fill = isMerged ? `url(#${hatch})` : frameColor(facts, palette);
    const text = isMerged || width < FONT_SIZE * 1.5 ? '' : fitName(name, width - 6, FONT_SIZE);
    const label = text === '' ? '' : `<text x="${px(x + 3)}" y="${px(y + row - 4.5)}">${escapeText(text)}</text>`;
    const data =
      options.script === undefined
        ? ''
        : ` data-d="${(depth[box] as number) + 1}" data-o="${from}" data-n="${to - from}" data-s="0"${isMerged ? ` data-m="${merged[box]}"` : ''}`;
    yield `<g${data}><title>${escapeText(name)} (${escapeText(timesText(from, to, options))})</title><rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0.1))}" height="${px(row - 1)}" fill="${fill}" rx="${isMerged ? 0 : 2}"/>${label}</g>\n`;
  }
}

function timesText(from: number, to: number, { clock = null }: FlameOptions): string {
  return spanWords(from, to, (at, decimals) => hostTime(at, clock, decimals));
}

function lanesMarkup(
  profile: Profile,
  { lanes }: Timeline,
  bases: readonly number[],
  row: number,
  { width = 1200, theme }: FlameOptions,
): Markup {
  const look = themeOf(theme);
  return markup`${lanes.map((lane, i) => {
    const base = bases[i] as number;
    const name = fitMiddle(laneName(lane, 'thread', profile), width - 2 * SIDE, FONT_SIZE);
    return markup`${label(look, SIDE, base - lane.levels * row - 5, name, { faint: true })}${line(look, SIDE, base, width - SIDE, base, true)}`;
  })}`;
}

function axisMarkup(timeline: Timeline, bottom: number, room: number, { theme, clock = null }: FlameOptions): Markup {
  const look = themeOf(theme);
  const x = (at: number): number => SIDE + ((at - timeline.from) / (timeline.to - timeline.from)) * room;
  return markup`<g id="axis">${timeTicks(timeline, clock, room).map(({ at, text }) => {
    const half = text.length * 3.3;
    const place = Math.min(SIDE + room - half, Math.max(SIDE + half, x(at)));
    return markup`${line(look, x(at), bottom, x(at), bottom + 4)}${label(look, place, bottom + 16, text, { anchor: 'middle', size: 11 })}`;
  })}</g>
`;
}
