/**
 * The flame graph as one SVG file, after Brendan Gregg's flamegraph.pl: what it draws, how it is read and its options,
 * https://github.com/brendangregg/FlameGraph.
 */
import type { Comparison } from '../../datasets/compare.ts';
import { totalWeight } from '../../datasets/fold.ts';
import { FrameKind } from '../../datasets/profile.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import { px } from '../format.ts';
import { escapeText, markup } from '../markup.ts';
import { FONT_SIZE, fitName } from '../text.ts';
import { changeColor, frameColor } from './colors.ts';
import { MERGED, ROOT } from './layout.ts';
import type { FlameOptions } from './options.ts';
import { measure, type Picture, surroundingsOf } from './picture.ts';
import { SIDE } from './sizes.ts';
import { svgFoot, svgHead } from './surround.ts';
import { timelineSvg } from './timeline-svg.ts';
import { type FrameNumbers, frameWords, mergedName } from './words.ts';

/**
 * Draws a profile.
 *
 * @param comparison of the profile with an earlier one, for a differential; its profile is the one drawn
 * @returns the file in pieces. A profile without weight gives a file that says so.
 * @throws RangeError where a flame chart is asked of a profile whose samples have no times
 */
export function* flamegraphSvg(stacks: Stacks, options: FlameOptions = {}, comparison?: Comparison): Generator<string> {
  const profile = comparison?.profile ?? stacks.profile;
  if (options.flamechart && totalWeight(profile) > 0) {
    yield* timelineSvg({ ...stacks, profile }, options);
    return;
  }
  const picture = measure(stacks, profile, options, comparison);
  const around = surroundingsOf(picture, options);
  yield svgHead(around, options);
  if (picture.layout.total > 0) {
    yield '<g id="frames">\n';
    yield* boxes(picture);
    yield '</g>\n';
  } else {
    yield `${markup`<text x="${px(picture.width / 2)}" y="${px(picture.top + 12)}" text-anchor="middle" fill="${picture.ink}">No stacks to draw: the profile is empty</text>`}\n`;
  }
  yield svgFoot(around, options);
}

/** About how much text is handed on at once. */
const PIECE = 1 << 16;

function* boxes(picture: Picture): Generator<string> {
  const names = new Map<number, string>();
  const colors = new Map<number, string>();
  let piece = '';
  for (let box = 0; box < picture.layout.frame.length; box++) {
    piece += boxMarkup(picture, box, names, colors);
    if (piece.length > PIECE) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

/** One frame. Written without the markup template, which is for people: there are a hundred thousand of these. */
function boxMarkup(picture: Picture, box: number, names: Map<number, string>, colors: Map<number, string>): string {
  const { layout, scale, top, rowHeight, framesHeight, options } = picture;
  const depth = layout.depth[box] as number;
  const weight = layout.weight[box] as number;
  const x = SIDE + (layout.start[box] as number) * scale;
  const width = weight * scale;
  const y = top + (options.inverted ? depth * rowHeight : framesHeight - (depth + 1) * rowHeight);
  const rect = `x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0.1))}" height="${px(rowHeight - 1)}"`;
  if (layout.frame[box] === MERGED) return mergedMarkup(picture, box, rect);
  const frame = layout.frame[box] as number;
  const name = frame === ROOT ? 'all' : (picture.profile.frames.names[frame] as string);
  const title = frameWords(escaped(names, frame, name), numbersOf(picture, box));
  const text = width < FONT_SIZE * 1.5 ? '' : fitName(name, width - 6, FONT_SIZE);
  const label = text === '' ? '' : `<text x="${px(x + 3)}" y="${px(y + rowHeight - 4.5)}">${escapeText(text)}</text>`;
  return `<g${factsOf(picture, box)}><title>${title}</title><rect ${rect} fill="${fill(picture, box, colors)}" rx="2"/>${label}</g>\n`;
}

/** Frames that are too narrow, in one box of true width. */
function mergedMarkup(picture: Picture, box: number, rect: string): string {
  const { layout, hatch } = picture;
  const title = frameWords(mergedName(layout.merged[box] as number), { ...numbersOf(picture, box), self: 0 });
  return `<g${factsOf(picture, box)}><title>${title}</title><rect ${rect} fill="url(#${hatch})"/></g>\n`;
}

function numbersOf({ layout, options, unitText, beforeTotals }: Picture, box: number): FrameNumbers {
  const isMerged = layout.frame[box] === MERGED;
  return {
    weight: layout.weight[box] as number,
    // Turned over, stacks end in their process: no function has a self there.
    self: options.reversed ? 0 : (layout.self[box] as number),
    total: layout.total,
    unit: unitText,
    zoomed: null,
    before: beforeTotals === null || isMerged ? null : (beforeTotals[layout.node[box] as number] as number),
  };
}

/** What the script reads of a frame. */
function factsOf(picture: Picture, box: number): string {
  const { layout, options } = picture;
  if (options.script === undefined) return '';
  const { before, self } = numbersOf(picture, box);
  const merged = layout.merged[box] as number;
  const more = `${before === null ? '' : ` data-b="${before}"`}${merged > 0 ? ` data-m="${merged}"` : ''}`;
  return ` data-d="${layout.depth[box]}" data-o="${layout.start[box]}" data-n="${layout.weight[box]}" data-s="${self}"${more}`;
}

function escaped(names: Map<number, string>, frame: number, name: string): string {
  let text = names.get(frame);
  if (text === undefined) {
    text = escapeText(name);
    names.set(frame, text);
  }
  return text;
}

function fill(picture: Picture, box: number, colors: Map<number, string>): string {
  const { layout, changes, largestChange, options, profile } = picture;
  const frame = layout.frame[box] as number;
  if (changes !== null) {
    const change = changes[box] as number;
    return changeColor(options.negate ? -change : change, largestChange);
  }
  let color = colors.get(frame);
  if (color === undefined) {
    const { names, kinds, modules } = profile.frames;
    const facts =
      frame < 0
        ? { name: 'all', kind: FrameKind.process, module: '' }
        : { name: names[frame] ?? '', kind: kinds[frame] ?? 0, module: modules[frame] ?? '' };
    color = frameColor(facts, { palette: picture.colors, hash: options.hash ?? false });
    colors.set(frame, color);
  }
  return color;
}
