/** The colours of a profile's frames, and what they mean. */
import { percent } from '../../../../datasets/amounts.ts';
import { FrameKind, type Profile } from '../../../../datasets/profile.ts';
import type { Stacks, StacksKind } from '../../../../datasets/shapes.ts';
import {
  type FrameFacts,
  frameColor,
  moduleOf,
  type PaletteName,
  packageOf,
  paletteOf,
} from '../../../flame/colors.ts';
import { MERGED } from '../../../flame/layout.ts';
import type { Colouring } from '../../../flame/view.ts';
import type { Viewed } from '../../../flame/viewed.ts';
import { styleValue } from '../shell/dom.ts';
import { HATCH } from '../shell/hatch.ts';

/** Packages or modules in the legend; the heaviest. */
const MAX_GROUPS = 8;

const KIND_NAMES: readonly [FrameKind, string][] = [
  [FrameKind.process, 'process'],
  [FrameKind.user, 'user'],
  [FrameKind.kernel, 'kernel'],
  [FrameKind.jit, 'JIT'],
  [FrameKind.inlined, 'inlined'],
  [FrameKind.waker, 'waker'],
];

type Frames = Profile['frames'];

/** The colours of one drawing after the other. */
export class FlamePaint {
  private readonly kind: StacksKind;
  private frames: Frames | null = null;
  private colouring: Colouring | null = null;
  /** By the frame's number, found when it is first drawn: they stay while frames and colouring do. */
  private fills: string[] = [];
  private root = '';
  private match = '';

  /** @param kind of the profile, for colours by name */
  constructor(kind: StacksKind) {
    this.kind = kind;
  }

  /** Before each drawing. */
  mix(frames: Frames, colouring: Colouring): void {
    if (this.frames !== frames || this.colouring !== colouring) this.fills = [];
    this.frames = frames;
    this.colouring = colouring;
    this.root = styleValue('--flame-root');
    this.match = styleValue('--match');
  }

  /**
   * @param frame its number, or `ROOT` or `MERGED`
   * @param matches of a search, 1 for each frame that does
   */
  colorOf(frame: number, matches: Uint8Array | null): string {
    if (frame === MERGED) return HATCH;
    if (frame < 0) return this.root;
    if (matches?.[frame] === 1) return this.match;
    const known = this.fills[frame];
    if (known !== undefined) return known;
    const fill = frameColor(factsOf(this.frames as Frames, frame), { palette: this.palette() });
    this.fills[frame] = fill;
    return fill;
  }

  private palette(): PaletteName {
    if (this.colouring === 'kind') return 'colorblind';
    if (this.colouring === 'package' || this.colouring === 'module') return this.colouring;
    return paletteOf[this.kind];
  }
}

function factsOf({ names, kinds, modules }: Frames, frame: number): FrameFacts {
  return { name: names[frame] as string, kind: kinds[frame] as FrameKind, module: modules[frame] as string };
}

/** What each colour means, as words and colour. Colours by name mean nothing. */
export function meaningsOf(
  colouring: Colouring,
  { profile }: Stacks,
  { forward, whole }: Viewed,
): [words: string, color: string][] {
  if (colouring === 'name') return [];
  return colouring === 'kind' ? kindsOf(profile) : groupsOf(forward, whole, colouring);
}

function kindsOf({ frames }: Profile): [string, string][] {
  const present = new Set(frames.kinds);
  return KIND_NAMES.filter(([kind]) => present.has(kind)).map(([kind, name]) => [
    name,
    frameColor({ name, kind, module: '' }, { palette: 'colorblind' }),
  ]);
}

/** The packages or modules that samples ended in, each with the colour of the first of its functions. */
function groupsOf({ frames, self, frame }: Profile, whole: number, by: 'package' | 'module'): [string, string][] {
  const groupOf = by === 'package' ? packageOf : moduleOf;
  const groups = new Map<string, { weight: number; color: string }>();
  for (let node = 1; node < self.length; node++) {
    const weight = self[node] as number;
    if (weight === 0) continue;
    const facts = factsOf(frames, frame[node] as number);
    const name = groupOf(facts) || 'no module';
    const known = groups.get(name);
    if (known === undefined) groups.set(name, { weight, color: frameColor(facts, { palette: by }) });
    else known.weight += weight;
  }
  return [...groups]
    .sort(([, a], [, b]) => b.weight - a.weight)
    .slice(0, MAX_GROUPS)
    .map(([name, { weight, color }]) => [`${name} ${percent(weight, whole)}`, color]);
}
