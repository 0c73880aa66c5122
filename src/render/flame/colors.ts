/**
 * The colour of a frame. Palettes go by the names that flamegraph.pl gave them; a colour depends on the frame alone, so
 * that the same function looks the same in every picture. The darkest shades are lifted until black text on them reads
 * (WCAG contrast 4.5).
 */
import { FrameKind } from '../../datasets/profile.ts';
import type { StacksKind } from '../../datasets/shapes.ts';

export interface FrameFacts {
  name: string;
  kind: FrameKind;
  module: string;
}

/** Three numbers from 0 to 1 that vary the shade. */
type Shade = readonly [number, number, number];
type Rgb = readonly [number, number, number];
type Hue = (shade: Shade) => Rgb;

const HUES = {
  hot: ([a, b, c]) => [205 + 50 * a, 75 + 155 * b, 55 * c],
  mem: ([a, b]) => [0, 190 + 50 * a, 210 * b],
  io: ([a, b]) => [110 + 50 * a, 110 + 50 * a, 190 + 55 * b],
  red: ([a]) => [205 + 50 * a, 80 + 60 * a, 80 + 60 * a],
  green: ([a]) => [50 + 60 * a, 200 + 55 * a, 50 + 60 * a],
  blue: ([a]) => [110 + 60 * a, 110 + 60 * a, 205 + 50 * a],
  yellow: ([a]) => [175 + 55 * a, 175 + 55 * a, 50 + 20 * a],
  purple: ([a]) => [190 + 65 * a, 90 + 60 * a, 190 + 65 * a],
  aqua: ([a]) => [50 + 60 * a, 165 + 55 * a, 165 + 55 * a],
  orange: ([a]) => [195 + 60 * a, 95 + 65 * a, 0],
} satisfies Record<string, Hue>;
type HueName = keyof typeof HUES;

/** Palettes that pick a hue by what the frame is. */
const MULTI = {
  java: javaHue,
  perl: perlHue,
  js: jsHue,
  wakeup: () => 'aqua',
  chain: ({ kind }) => (kind === FrameKind.waker ? 'aqua' : 'blue'),
} satisfies Record<string, (frame: FrameFacts) => HueName>;

/** Hues that the colour-blind tell apart (Okabe and Ito), by what the frame is. */
const SAFE: Readonly<Record<FrameKind, Rgb>> = {
  [FrameKind.user]: [86, 180, 233],
  [FrameKind.kernel]: [230, 159, 0],
  [FrameKind.jit]: [0, 158, 115],
  [FrameKind.inlined]: [240, 228, 66],
  [FrameKind.process]: [190, 190, 190],
  [FrameKind.waker]: [204, 121, 167],
  [FrameKind.delimiter]: [160, 160, 160],
};

export const paletteNames = [
  ...(Object.keys(HUES) as HueName[]),
  ...(Object.keys(MULTI) as (keyof typeof MULTI)[]),
  'package',
  'module',
  'colorblind',
] as const;
export type PaletteName = (typeof paletteNames)[number];

/** What a kind of profile is drawn in when nothing is asked. */
export const paletteOf: Readonly<Record<StacksKind, PaletteName>> = {
  'on-cpu': 'hot',
  'off-cpu': 'io',
  wakeup: 'wakeup',
  chain: 'chain',
  memory: 'mem',
  events: 'orange',
};

export interface ColorOptions {
  palette: PaletteName;
  /** Names that begin alike get shades that look alike (flamegraph.pl --hash). */
  hash?: boolean;
}

/** The fill of a frame, as SVG writes colours. */
export function frameColor(frame: FrameFacts, { palette, hash = false }: ColorOptions): string {
  if (frame.name === '--') return rgb([160, 160, 160]);
  if (frame.name === '-') return rgb([200, 200, 200]);
  const shade = hash ? gradualShade(frame.name) : shadeOf(frame.name);
  if (palette === 'package') return rgb(groupColor(packageOf(frame), shade));
  if (palette === 'module') return rgb(groupColor(moduleOf(frame), shade));
  if (palette === 'colorblind') return rgb(vary(SAFE[frame.kind], shade));
  const hue: HueName = isMulti(palette) ? MULTI[palette](frame) : palette;
  return rgb(HUES[hue](shade));
}

/**
 * The fill of a frame in a differential: white for no change, red for growth, blue for the contrary. Orange in the place
 * of red is further from blue for those who see no red (Okabe and Ito's pair).
 */
export function changeColor(change: number, largest: number, { orange = false } = {}): string {
  if (change === 0 || largest === 0) return rgb([250, 250, 250]);
  const faint = 1 - Math.min(1, Math.abs(change) / largest);
  if (orange)
    return rgb(
      change > 0
        ? [240 + 8 * faint, 150 + 88 * faint, 220 * faint]
        : [66 + 160 * faint, 165 + 75 * faint, 235 + 15 * faint],
    );
  const rest = 210 * faint;
  return change > 0 ? rgb([255, rest, rest]) : rgb([96 + rest * 0.57, 96 + rest * 0.57, 255]);
}

function isMulti(palette: string): palette is keyof typeof MULTI {
  return Object.hasOwn(MULTI, palette);
}

function javaHue({ name, kind }: FrameFacts): HueName {
  if (kind === FrameKind.jit) return 'green';
  if (kind === FrameKind.inlined) return 'aqua';
  if (kind === FrameKind.kernel) return 'orange';
  // Ljava/lang/Thread;::run, org/mozilla/javascript/Parser:::parse
  if (/^L?(?:java|javax|jdk|net|org|com|io|sun)\//.test(name) || name.includes(':::')) return 'green';
  return name.includes('::') ? 'yellow' : 'red';
}

function perlHue({ name, kind }: FrameFacts): HueName {
  if (kind === FrameKind.kernel) return 'orange';
  if (name.includes('Perl') || name.includes('.pl')) return 'green';
  return name.includes('::') ? 'yellow' : 'red';
}

function jsHue({ name, kind }: FrameFacts): HueName {
  if (kind === FrameKind.kernel) return 'orange';
  // LazyCompile:~readPackage node:internal/modules/cjs/loader:301, LazyCompile:*get /srv/app/index.js:12
  if (kind === FrameKind.jit) return name.includes('/') ? 'green' : 'aqua';
  if (name.includes('::')) return 'yellow';
  if (name.includes('/') && /\.[cm]?js/.test(name.slice(name.indexOf('/')))) return 'green';
  return name.includes(':') ? 'aqua' : 'red';
}

/** The package, namespace or crate of a function, else its module: what a frame is coloured by in `package`. */
export function packageOf({ name, kind, module }: FrameFacts): string {
  // kworker/0:1, kdamond.0
  if (kind === FrameKind.process) return '';
  if (kind === FrameKind.kernel) return 'kernel';
  // net/http.(*conn).serve, github.com/acme/store.Get, runtime.mcall; but memcpy.part.0 is the compiler's clone of memcpy
  const go = /^((?:[\w.-]+\/)*[\w-]+)\.(?!part|isra|constprop|cold|lto_priv|llvm)[\w(]/.exec(name);
  if (go !== null) return go[1] as string;
  // java/util/concurrent/ThreadPoolExecutor::runWorker, Lorg/apache/catalina/Host;::invoke
  const java = /^L?((?:[\w$]+\/){1,3})[\w$/]*;?:*/.exec(name);
  if (java !== null) return java[1] as string;
  // std::sys::thread::start, (anonymous namespace)::run
  const scope = name.indexOf('::');
  if (scope > 0) return name.slice(0, scope).replace(/^<+/, '');
  return moduleOf({ name, kind, module });
}

/** The file that a function is in, without its folders; empty for a process, and where none was printed. */
export function moduleOf({ kind, module }: FrameFacts): string {
  if (kind === FrameKind.process) return '';
  if (kind === FrameKind.kernel) return 'kernel';
  return module.slice(module.lastIndexOf('/') + 1);
}

/** A hue by the name of what a frame belongs to, a shade by its own. */
function groupColor(name: string, shade: Shade): Rgb {
  if (name === '') return vary([200, 200, 200], shade);
  const hue = shadeOf(name)[0] * 360;
  return fromHsl(hue, 0.55, 0.64 + 0.12 * shade[0]);
}

/** FNV-1a, as a number of 32 bits. */
export function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A shade from the name: near names are as far apart as any. One number from each ten bits of its hash. */
function shadeOf(name: string): Shade {
  let hash = fnv(name);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return [(hash & 1023) / 1023, ((hash >>> 10) & 1023) / 1023, ((hash >>> 20) & 1023) / 1023];
}

/** A shade by the first letters, each of which tells less than the one before it; the others by the last letters. */
function gradualShade(name: string): Shade {
  const fromEnd = gradual([...name.slice(-3)].reverse());
  return [gradual([...name.slice(0, 3)]), fromEnd, fromEnd];
}

function gradual(letters: readonly string[]): number {
  let [sum, whole, weight] = [0, 0, 1];
  for (const letter of letters) {
    sum += (((letter.codePointAt(0) as number) % 13) / 12) * weight;
    whole += weight;
    weight *= 0.5;
  }
  return whole === 0 ? 0 : sum / whole;
}

/** The colour a little lighter or darker. */
function vary([r, g, b]: Rgb, [a]: Shade): Rgb {
  const turn = (value: number): number => Math.min(255, value * (0.95 + 0.15 * a) + 12 * a);
  return [turn(r), turn(g), turn(b)];
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}

function rgb(color: Rgb): string {
  return `rgb(${color.map(Math.round).join(',')})`;
}
