/**
 * How wide text is, without a browser to ask: the advance widths of DejaVu Sans, the font the PNGs are drawn with and the
 * first that the SVGs name. Verdana, the next, is narrower or alike in nearly every letter.
 */

/** The font family of every picture. */
export const FONT = 'DejaVu Sans, Verdana, Arial, sans-serif';

/** Of the frames' names and of most text, in pixels. */
export const FONT_SIZE = 12;

/** Advance widths of U+0020 to U+007E in thousandths of the font size, from DejaVuSans.ttf 2.37 (hmtx). */
// biome-ignore format: a table
const WIDTHS = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636,
  636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
  603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635,
  634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];
/** What is taken for every other letter: as wide as the widest common ones. */
const OTHER = 1000;

const widthOf = (code: number): number => WIDTHS[code - 32] ?? OTHER;

/** The width of the text in pixels at a font size in pixels. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += widthOf(text.charCodeAt(i));
  return (sum * size) / 1000;
}

/**
 * The text cut to a width in pixels, its end replaced by `..`; empty where fewer than three letters would stay.
 * Never cuts a surrogate pair in two.
 */
export function fitText(text: string, width: number, size: number): string {
  const room = (width * 1000) / size;
  let used = 0;
  // The longest beginning that leaves room for the dots.
  let kept = 0;
  for (let i = 0; i < text.length; i++) {
    used += widthOf(text.charCodeAt(i));
    if (used > room) return kept < 3 ? '' : `${whole(text, kept)}..`;
    if (used + 2 * widthOf(46) <= room) kept = i + 1;
  }
  return text;
}

const BRACKETS: Readonly<Record<string, number>> = { '<': 1, '(': 1, '[': 1, '>': -1, ')': -1, ']': -1 };

/**
 * The name of a function cut to a width as `fitText` does, but what goes first is what stands before its own name: the
 * package, namespace or class. `io/netty/channel/AbstractChannelHandlerContext:.fireChannelRead` beside a dozen of the same
 * class is `..ndlerContext:.fireChannelRead`, then `fireChann..`.
 */
export function fitName(name: string, width: number, size: number): string {
  const plain = fitText(name, width, size);
  if (plain === name) return plain;
  const start = ownName(name);
  if (start === 0) return plain;
  const own = name.slice(start);
  const cut = fitText(own, width, size);
  if (cut !== own) return cut;
  return fitEnd(name, start, (width * 1000) / size);
}

/** As much of the end of a name as fits behind two dots, `start` at least; all of the own name without them fits. */
function fitEnd(name: string, start: number, room: number): string {
  let used = 2 * widthOf(46);
  let from = name.length;
  while (from > 0 && used + widthOf(name.charCodeAt(from - 1)) <= room) {
    from--;
    used += widthOf(name.charCodeAt(from));
  }
  if (from > start) return name.slice(start);
  // Half a bracket says nothing: `..l namespace)::Invoke`.
  const whole = lowestDepth(name.slice(from, start)) < 0 ? start : from;
  return `..${name.slice(whole).replace(/^[\udc00-\udfff]/, '')}`;
}

/** The lowest depth of brackets on the way through a text: below 0 where it closes what it did not open. */
function lowestDepth(text: string): number {
  let [depth, lowest] = [0, 0];
  for (const letter of text) {
    depth += BRACKETS[letter] ?? 0;
    lowest = Math.min(lowest, depth);
  }
  return lowest;
}

/**
 * Where the own name of a function begins behind its qualifiers; 0 where it has none. Qualifiers end in `::`, or in `.`
 * behind a class (`:.`) or a package with a path (Go); what stands in brackets or behind a blank is no part of them.
 *
 *     v8::internal::(anonymous namespace)::Invoke         std::_Function_handler<void (int), main::{lambda(int)#1}>::_M_invoke
 *     io/netty/channel/nio/NioEventLoop:.run              encoding/json.(*decodeState).object
 */
function ownName(name: string): number {
  let [start, depth, isPath] = [0, 0, false];
  for (let i = 0; i < name.length; i++) {
    const letter = name[i] as string;
    depth = Math.max(0, depth + (BRACKETS[letter] ?? 0));
    if (depth > 0) continue;
    if (letter === ' ') break;
    if (letter === '/') isPath = true;
    const ends = letter === ':' ? name[i - 1] === ':' : letter === '.' && (name[i - 1] === ':' || isPath);
    // net/http.(*conn).serve.func1 is serve's
    if (ends && i + 1 < name.length && !name.startsWith('func', i + 1)) start = i + 1;
  }
  return start;
}

/** The text cut in its middle, for names whose both ends tell: `very::long::na…::method`. */
export function fitMiddle(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let length = Math.min(text.length, Math.ceil((width / size) * 4));
  while (length > 3) {
    const tail = length >> 1;
    const cut = `${whole(text, length - tail - 1)}…${text.slice(text.length - tail).replace(/^[\udc00-\udfff]/, '')}`;
    if (textWidth(cut, size) <= width) return cut;
    length -= 1;
  }
  return fitText(text, width, size);
}

/** The first `length` units of the text, less the first half of a surrogate pair at its end. */
function whole(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
