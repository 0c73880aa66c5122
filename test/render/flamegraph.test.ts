/** What a flame graph shows, and the faults of the original that it must not have. */
import { describe, expect, test } from 'vitest';
import { compareProfiles } from '../../src/datasets/compare.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { reversed } from '../../src/datasets/profile-map.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { layoutFlame } from '../../src/render/flame/layout.ts';
import type { FlameOptions } from '../../src/render/flame/options.ts';
import { flamegraphSvg } from '../../src/render/flame/svg.ts';
import { pngOf } from '../../src/render/png.ts';
import { framesOf, stacksOf } from './stacks.ts';

const draw = (stacks: Stacks, options: FlameOptions = {}): string => [...flamegraphSvg(stacks, options)].join('');

describe('what is drawn', () => {
  const svg = draw(stacksOf(['main;parse;read_[k] 2', 'main;parse 1', 'main;eval 6', 'idle 1']));

  test('frames with their numbers, in the order of their names, as wide as their share of 1180 pixels', () => {
    expect(framesOf(svg).map(({ title, x, width }) => [title, x, width])).toEqual([
      ['all (10 samples, 100%)', 10, 1180],
      ['idle (1 sample, 10%; self 1, 10%)', 10, 118],
      ['main (9 samples, 90%)', 128, 1062],
      ['eval (6 samples, 60%; self 6, 60%)', 128, 708],
      ['parse (3 samples, 30%; self 1, 10%)', 836, 354],
      ['read (2 samples, 20%; self 2, 20%)', 836, 236],
    ]);
  });

  test('callees stand on their callers, and hang from them when inverted', () => {
    const y = (frames: ReturnType<typeof framesOf>, name: string) =>
      frames.find(({ title }) => title.startsWith(name))?.y ?? 0;
    const frames = framesOf(svg);
    expect(y(frames, 'main') - y(frames, 'parse')).toBe(16);
    const turned = framesOf(draw(stacksOf(['main;parse 1']), { inverted: true, height: 20 }));
    expect(y(turned, 'parse') - y(turned, 'main')).toBe(20);
  });

  test('the same picture each time', async () => {
    await expect(svg).toMatchFileSnapshot('golden/flamegraph.svg');
  });

  test('thousands have commas, decimals are two', () => {
    const [all] = framesOf(draw(stacksOf(['a 1234567', 'b 3'])));
    expect(all?.title).toBe('all (1,234,570 samples, 100%)');
    expect(framesOf(draw(stacksOf(['a 2', 'b 1'])))[1]?.title).toBe('a (2 samples, 66.67%; self 2, 66.67%)');
  });

  test('callers above callees, when reversed', () => {
    const stacks = stacksOf(['a;b;c 2', 'x;c 1']);
    const frames = framesOf(draw({ ...stacks, profile: reversed(stacks.profile) }, { reversed: true }));
    expect(frames.map(({ title }) => title.split(' (')[0])).toEqual(['all', 'c', 'b', 'a', 'x']);
    expect(frames[1]?.title).toBe('c (3 samples, 100%)');
  });

  test('a flame chart has boxes at their times, neighbours joined, a silence empty, and a clock under it', () => {
    // One sample a second: 0 to 3, and after a silence at 7, which stands until 8.
    const stacks = stacksOf(['m;b 1', 'm;a 1', 'm;a;x 2', 'm;b 1', 'm;b 1', 'm;b 1', 'm;b 1', 'm;c 1'], {
      timed: true,
    });
    const { samples } = stacks.profile;
    const kept = [0, 1, 2, 3, 7];
    const profile = {
      ...stacks.profile,
      samples: samples && {
        ...samples,
        at: Float64Array.from(kept),
        stack: Uint32Array.from(kept, (i) => samples.stack[i] as number),
        thread: new Uint32Array(kept.length),
        cpu: new Int16Array(kept.length),
        weight: null,
      },
    };
    const svg = draw({ ...stacks, profile }, { flamechart: true });
    // 1180 pixels for 8 seconds: 147.5 each.
    expect(framesOf(svg).map(({ title, x, width }) => [title, x, width])).toEqual([
      ['all (0.000 s to 8.000 s, 8 s)', 10, 1180],
      ['m (0.000 s to 4.000 s, 4 s)', 10, 590],
      ['b (0.000 s to 1.000 s, 1 s)', 10, 147.5],
      ['a (1.000 s to 3.000 s, 2 s)', 157.5, 295],
      ['x (2.000 s to 3.000 s, 1 s)', 305, 147.5],
      ['b (3.000 s to 4.000 s, 1 s)', 452.5, 147.5],
      ['m (7.000 s to 8.000 s, 1 s)', 1042.5, 147.5],
      ['c (7.000 s to 8.000 s, 1 s)', 1042.5, 147.5],
    ]);
    expect(svg).toContain('>Flame Chart<');
    expect(svg.match(/>[\d.]+ s<\/text>/g)).toHaveLength(17);
  });

  test('a flame chart of threads that run at once has a lane for each, the busiest first', () => {
    const builder = new ProfileBuilder({ samples: true });
    const run = (at: number, tid: number, names: string[]) => {
      const node = names.reduce((above, name) => builder.child(above, builder.frame(name)), 0);
      builder.add(node, 1, { at, thread: { comm: 'm', pid: 1, tid }, cpu: tid });
    };
    for (const at of [1, 2, 3]) run(at, 9, ['a']);
    for (const at of [1, 2]) run(at, 8, ['b']);
    const svg = draw({ ...stacksOf([]), profile: builder.build() }, { flamechart: true });
    expect(svg.match(/m 1\/\d · \d samples/g)).toEqual(['m 1/9 · 3 samples', 'm 1/8 · 2 samples']);
    const [, a, b] = framesOf(svg);
    expect([a?.title, b?.title]).toEqual(['a (1.000 s to 4.000 s, 3 s)', 'b (1.000 s to 3.000 s, 2 s)']);
    expect((b?.y ?? 0) - (a?.y ?? 0)).toBeGreaterThan(16);
  });

  test('off-CPU, wakeup, chains and memory have titles and colours of their own', () => {
    const looks = (['off-cpu', 'wakeup', 'chain', 'memory'] as const).map((kind) => {
      const svg = draw(stacksOf(['a;b 1'], { kind }));
      return [/<title>([^<]*)/.exec(svg)?.[1], framesOf(svg)[1]?.fill];
    });
    expect(looks.map(([title]) => title)).toEqual([
      'Off-CPU Time Flame Graph',
      'Wakeup Flame Graph',
      'Chain Flame Graph',
      'Memory Flame Graph',
    ]);
    expect(new Set(looks.map(([, fill]) => fill)).size).toBe(4);
  });
});

test('a chain has the waker above the delimiter, upside down, in a colour of its own', () => {
  const builder = new ProfileBuilder({ samples: false });
  const chain = [
    ['vmstat', FrameKind.process],
    ['schedule', FrameKind.kernel],
    ['--', FrameKind.delimiter],
    ['hrtimer_wakeup', FrameKind.waker],
    ['xen_do_upcall', FrameKind.waker],
  ] as const;
  const node = chain.reduce((above, [name, kind]) => builder.child(above, builder.frame(name, kind)), 0);
  builder.add(node, 7);
  const frames = framesOf(draw({ ...stacksOf([], { kind: 'chain' }), profile: builder.build() }));
  const [, , schedule, delimiter, lower, upper] = frames;
  expect(frames.map(({ y }) => y)).toEqual(frames.map(({ y }) => y).sort((a, b) => b - a));
  expect([lower?.title, upper?.title].map((title) => title?.split(' (')[0])).toEqual([
    'hrtimer_wakeup',
    'xen_do_upcall',
  ]);
  expect(delimiter?.fill).toBe('rgb(160,160,160)');
  // Aqua has as much green as blue, blue as much red as green.
  expect(upper?.fill).toMatch(/^rgb\(\d+,(\d+),\1\)$/);
  expect(schedule?.fill).toMatch(/^rgb\((\d+),\1,\d+\)$/);
});

describe('faults of the original that are not here', () => {
  test('one function is one box, whatever sorts between a leaf line and its children', () => {
    const frames = framesOf(draw(stacksOf(['k;tcp_v4_rcv 1', 'k;tcp_v4_rcv.part.0 1', 'k;tcp_v4_rcv;sk_filter 1'])));
    expect(frames.filter(({ title }) => title.startsWith('tcp_v4_rcv ('))).toHaveLength(1);
  });

  test('title, subtitle, notes and unit are text, not markup', () => {
    const hostile = '</text></title><script>alert(1)</script>"&';
    const options = { title: hostile, subtitle: hostile, notes: hostile, countName: hostile, nameType: hostile };
    const svg = draw(stacksOf(['a 1']), { ...options, script: 'void 0' });
    expect(svg.match(/<script>/g)).toHaveLength(1);
    expect(svg).toContain('&lt;script&gt;');
  });

  test.each([
    ['control characters', 'a\u0000b\u001b[31m\u0007'],
    ['a lone surrogate', 'half \ud83d of a face'],
    ['the end of a CDATA section', ']]>'],
    ['markup', '</script><img src=x onerror=alert(1)>'],
    ['quotes and entities', `"'&amp;&`],
    ['not a character', '\uffff\ufffe'],
    ['a long name', 'x'.repeat(10_000)],
  ])('%s in a name gives valid XML', async (_, name) => {
    const builder = new ProfileBuilder({ samples: false });
    builder.add(builder.child(0, builder.frame(name)), 5);
    const stacks = { ...stacksOf([]), profile: builder.build() };
    // librsvg reads with an XML parser that forgives nothing.
    await expect(pngOf(draw(stacks))).resolves.toBeInstanceOf(Uint8Array);
    await expect(pngOf(draw(stacks, { script: 'const end = "]]>";' }))).resolves.toBeInstanceOf(Uint8Array);
  });

  test('an annotation is not shown as part of the name', () => {
    expect(draw(stacksOf(['read_[k] 1']))).not.toContain('_[k]');
  });

  test('nothing to draw is said in the picture', () => {
    expect(draw(stacksOf([]))).toContain('No stacks to draw');
  });
});

describe('what is left out is said', () => {
  const lines = ['a 9990', 'b 6', 'c;d 4'];

  test('narrower than pixels, in one hatched box of true width', () => {
    const svg = draw(stacksOf(lines), { minWidth: { value: 0.6, unit: 'px' } });
    expect(framesOf(svg).map(({ title, width }) => [title.split(' (')[0], width])).toEqual([
      ['all', 1180],
      ['a', 1178.8],
      ['b', 0.7],
      ['2 frames too narrow to draw', 0.5],
    ]);
    expect(framesOf(svg).at(-1)?.fill).toMatch(/^url\(#hatch-/);
    expect(svg).toContain('>Hatched: 2 frames too narrow to draw, 0.04% of all<');
  });

  test('narrower than a share', () => {
    const svg = draw(stacksOf(lines), { minWidth: { value: 50, unit: '%' } });
    expect(framesOf(svg).map(({ title }) => title.split(' (')[0])).toEqual(['all', 'a', '3 frames too narrow to draw']);
  });

  test('so that each row is as wide as what it stands on, but for what ends there', () => {
    const layout = layoutFlame(stacksOf(['m;a;x 50', 'm;a;y 2', 'm;a 7', 'm;b 3', 'm;c 1', 'n 1']).profile, {
      minWeight: 5,
      maxLevels: 10,
    });
    for (let box = 0; box < layout.frame.length; box++) {
      if ((layout.merged[box] as number) > 0) continue;
      const [from, to] = [layout.start[box] as number, (layout.start[box] as number) + (layout.weight[box] as number)];
      const above = [...layout.frame.keys()].filter(
        (i) =>
          layout.depth[i] === (layout.depth[box] as number) + 1 &&
          (layout.start[i] as number) >= from &&
          (layout.start[i] as number) < to,
      );
      const sum = above.reduce((weight, i) => weight + (layout.weight[i] as number), 0);
      expect(sum + (layout.self[box] as number)).toBe(layout.weight[box]);
    }
    expect(layout.narrow).toEqual({ frames: 4, weight: 7 });
  });

  test('a stack of 100,000 frames gives a picture of bounded height', () => {
    const builder = new ProfileBuilder({ samples: false });
    let node = 0;
    for (let i = 0; i < 100_000; i++) node = builder.child(node, builder.frame(`f${i % 10}`));
    builder.add(node, 3);
    const svg = draw({ ...stacksOf([]), profile: builder.build() });
    expect(framesOf(svg)).toHaveLength(2002);
    expect(Number(/height="(\d+)"/.exec(svg)?.[1])).toBeLessThan(32_767);
    expect(svg).toContain('Hatched on top: 98,000 frames of deeper stacks, 100% of all');
  });
});

describe('differential', () => {
  const before = stacksOf(['m;old 10', 'm;same 10']);
  const after = stacksOf(['m;new 5', 'm;same 5']);
  const compared = (options: FlameOptions = {}, raw = false): string =>
    [...flamegraphSvg(after, options, compareProfiles(before.profile, after.profile, { raw }))].join('');
  const fill = (svg: string, name: string) => framesOf(svg).find(({ title }) => title.startsWith(`${name} (`))?.fill;

  test('times are said in the unit people say', () => {
    // 5,000,000 ns are 5 ms, 20,000,000 are 20 ms.
    const later = stacksOf(['m;new 5000000', 'm;same 5000000']);
    const earlier = stacksOf(['m;same 20000000']);
    const comparison = compareProfiles(earlier.profile, later.profile, { unit: 'nsecs' });
    const svg = [...flamegraphSvg({ ...later, unit: 'nsecs' }, {}, comparison)].join('');
    expect(svg).toContain('Before 20 ms, after 10 ms: scaled to the same total');
    expect(svg).toContain('new (5 ms, 50%; +50%; self 5 ms, 50%)');
  });

  test('shares are compared unless counts are asked for', () => {
    const svg = compared();
    expect(fill(svg, 'same')).toBe('rgb(250,250,250)');
    expect(fill(svg, 'new')).toBe('rgb(255,0,0)');
    expect(svg).toContain('Before 20, after 10: scaled to the same total');
    expect(svg).toContain('new (5 samples, 50%; +50%; self 5, 50%)');
    expect(fill(compared({}, true), 'same')).toMatch(/^rgb\((\d+),\1,255\)$/);
  });

  test('turned over, a function has the colour of what it and its callers grew', () => {
    const [was, is] = [stacksOf(['m;old 5', 'm;same 5']), stacksOf(['m;new 2', 'x;new 3', 'm;same 5'])];
    const turned = { ...is, profile: reversed(is.profile) };
    const comparison = compareProfiles(reversed(was.profile), turned.profile);
    const svg = [...flamegraphSvg(turned, { reversed: true }, comparison)].join('');
    const fills = framesOf(svg).map(({ title, fill }) => [title.split(' (')[0], fill]);
    // new grew by 5 of 10, of which 3 were from x and 2 from m; 210 is the faintest shade.
    expect(fills).toEqual([
      ['all', 'rgb(250,250,250)'],
      ['new', 'rgb(255,0,0)'],
      ['m', 'rgb(255,126,126)'],
      ['x', 'rgb(255,84,84)'],
      ['same', 'rgb(250,250,250)'],
      ['m', 'rgb(250,250,250)'],
    ]);
  });

  test('what is gone is listed with its share', () => {
    expect(compared()).toContain('Gone: m;old (was 50%)');
  });

  test('negate swaps the colours', () => {
    expect(fill(compared({ negate: true }), 'new')).toMatch(/,255\)$/);
  });
});
