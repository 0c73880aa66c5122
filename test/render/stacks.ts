/** Profiles for the tests of pictures, written as folded stacks. */
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Stacks, StacksKind } from '../../src/datasets/shapes.ts';

/** `main;read_[k] 3`, one per line; with `at`, each line is a sample at its place in the list. */
export function stacksOf(lines: readonly string[], { kind = 'on-cpu' as StacksKind, timed = false } = {}): Stacks {
  const builder = new ProfileBuilder({ samples: timed });
  lines.forEach((line, i) => {
    const cut = line.lastIndexOf(' ');
    let node = 0;
    for (const name of line.slice(0, cut).split(';')) {
      const isKernel = name.endsWith('_[k]');
      const frame = builder.frame(isKernel ? name.slice(0, -4) : name, isKernel ? FrameKind.kernel : FrameKind.user);
      node = builder.child(node, frame);
    }
    const facts = { at: i, thread: { comm: 'x', pid: 1, tid: 1 }, cpu: 0 };
    builder.add(node, Number(line.slice(cut + 1)), timed ? facts : undefined);
  });
  return {
    shape: 'stacks',
    kind,
    source: 0,
    tool: 'perf',
    title: 'cycles',
    clock: null,
    unit: 'samples',
    profile: builder.build(),
  };
}

export interface DrawnFrame {
  title: string;
  x: number;
  y: number;
  width: number;
  fill: string;
  label: string;
}

const FRAME =
  /<g[^>]*><title>([^<]*)<\/title><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="[\d.]+" fill="([^"]+)"[^>]*\/>(?:<text[^>]*>([^<]*)<\/text>)?<\/g>/g;

/** The frames of a flame graph as its markup has them, in its order. */
export function framesOf(svg: string): DrawnFrame[] {
  return [...svg.matchAll(FRAME)].map(([, title = '', x, y, width, fill = '', label = '']) => ({
    title,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    fill,
    label,
  }));
}
