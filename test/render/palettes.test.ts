/** Colours: stable by name, by what the frame is where the palette says so, and legible under black text. */
import { describe, expect, test } from 'vitest';
import { FrameKind } from '../../src/datasets/profile.ts';
import { changeColor, type FrameFacts, frameColor, packageOf, paletteNames } from '../../src/render/flame/colors.ts';
import { flamegraphSvg } from '../../src/render/flame/svg.ts';
import { framesOf, stacksOf } from './stacks.ts';

const frame = (name: string, kind: FrameFacts['kind'] = FrameKind.user, module = ''): FrameFacts => ({
  name,
  kind,
  module,
});
const rgbOf = (color: string): [number, number, number] => {
  const [r = 0, g = 0, b = 0] = (color.match(/\d+/g) ?? []).map(Number);
  return [r, g, b];
};

/** WCAG 2 contrast of black text on a colour. */
function contrast(color: string): number {
  const [r, g, b] = rgbOf(color).map((v) => {
    const c = v / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) / 0.05;
}

describe.each(paletteNames)('%s', (palette) => {
  const names = Array.from({ length: 300 }, (_, i) => `f${i}::g${i * 7}`);

  test('black text reads on every shade', () => {
    for (const hash of [false, true])
      for (const name of names)
        for (const kind of Object.values(FrameKind)) {
          const color = frameColor(frame(name, kind), { palette, hash });
          expect(contrast(color), color).toBeGreaterThanOrEqual(4.5);
          expect(Math.max(...rgbOf(color))).toBeLessThanOrEqual(255);
        }
  });

  test('a function has the same colour in every picture', () => {
    const fill = (lines: readonly string[]) => {
      const svg = [...flamegraphSvg(stacksOf(lines), { colors: palette })].join('');
      return framesOf(svg).find(({ title }) => title.startsWith('memcpy '))?.fill;
    };
    const alone = fill(['main;memcpy 5']);
    expect(alone).toMatch(/^rgb/);
    expect(fill(['abort 9', 'main;loop;memcpy 1', 'main;zlib 80'])).toBe(alone);
  });
});

describe('palettes by what a frame is', () => {
  const hue = (palette: 'java' | 'js' | 'perl' | 'chain', facts: FrameFacts): string => {
    const [r, g, b] = rgbOf(frameColor(facts, { palette }));
    if (g > r + 60 && g > b + 60) return 'green';
    if (r > 170 && Math.abs(r - g) < 5) return 'yellow';
    if (g > r + 60 && Math.abs(g - b) < 5) return 'aqua';
    if (b > r && Math.abs(r - g) < 5) return 'blue';
    if (b === 0) return 'orange';
    return Math.abs(g - b) < 5 ? 'red' : 'other';
  };

  test.each([
    ['java', frame('java/lang/Thread::run', FrameKind.jit), 'green'],
    ['java', frame('Lorg/mozilla/javascript/Parser:::parse'), 'green'],
    ['java', frame('java/util/HashMap::get', FrameKind.inlined), 'aqua'],
    ['java', frame('JavaThread::run'), 'yellow'],
    ['java', frame('tcp_sendmsg', FrameKind.kernel), 'orange'],
    ['java', frame('start_thread'), 'red'],
    ['js', frame('LazyCompile:*get /srv/app/index.js:12', FrameKind.jit), 'green'],
    ['js', frame('Builtin:ArgumentsAdaptorTrampoline', FrameKind.jit), 'aqua'],
    ['js', frame('v8::internal::Execution::Call'), 'yellow'],
    ['js', frame('epoll_wait'), 'red'],
    ['perl', frame('Perl_pp_entersub'), 'green'],
    ['chain', frame('do_idle', FrameKind.waker), 'aqua'],
    ['chain', frame('do_idle', FrameKind.kernel), 'blue'],
  ] as const)('%s: %o is %s', (palette, facts, expected) => {
    expect(hue(palette, facts)).toBe(expected);
  });

  test('the delimiters are grey', () => {
    expect(frameColor(frame('--'), { palette: 'hot' })).toBe('rgb(160,160,160)');
    expect(frameColor(frame('-'), { palette: 'hot' })).toBe('rgb(200,200,200)');
  });

  test.each([
    ['java/util/concurrent/ThreadPoolExecutor::runWorker', '', 'java/util/concurrent/'],
    ['std::sys::thread::start', '/usr/bin/x', 'std'],
    ['net/http.(*conn).serve', '', 'net/http'],
    ['runtime.mcall', '', 'runtime'],
    ['memcpy', '/usr/lib/libc.so.6', 'libc.so.6'],
    ['main', '', ''],
  ])('the package of %s in %s is %s', (name, module, expected) => {
    expect(packageOf(frame(name, FrameKind.user, module))).toBe(expected);
  });

  test('a process is no package, whatever its name looks like', () => {
    expect(packageOf(frame('kworker/0:1', FrameKind.process))).toBe('');
    expect(packageOf(frame('kdamond.0', FrameKind.process))).toBe('');
  });
});

test('names that begin alike look alike with --hash', () => {
  const green = (name: string, hash: boolean) => frameColor(frame(name), { palette: 'green', hash });
  expect(green('tcp_sendmsg', true)).toBe(green('tcp_v4_rcv', true));
  expect(green('tcp_sendmsg', true)).not.toBe(green('zlib_inflate', true));
  expect(green('tcp_sendmsg', false)).not.toBe(green('tcp_v4_rcv', false));
});

test('no change is white, the largest growth red, the largest shrinking blue', () => {
  expect(changeColor(0, 5)).toBe('rgb(250,250,250)');
  expect(changeColor(5, 5)).toBe('rgb(255,0,0)');
  expect(rgbOf(changeColor(-5, 5))[2]).toBe(255);
  expect(contrast(changeColor(-5, 5))).toBeGreaterThan(3);
});
