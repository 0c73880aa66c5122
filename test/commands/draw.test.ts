/** `coldflame draw` as a person types it: what it writes, says and exits with. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, '../../dist/coldflame.js');
const folder = mkdtempSync(join(tmpdir(), 'coldflame-draw-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
function draw(words: readonly string[], input = ''): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'draw', ...words], { input, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

const folded = file('a.folded', 'main;work;read 30\nmain;work 10\nmain;rest 60\n');
const earlier = file('b.folded', 'main;work;read 10\nmain;gone 10\n');

describe('what it writes', () => {
  test('SVG on standard output, nothing else there', () => {
    const { status, out } = draw([folded]);
    expect(status).toBe(0);
    expect(out).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<svg /);
    expect(out).toContain('read (30 samples, 30%; self 30, 30%)');
    expect(out).toContain('<script>');
  });

  test('standard input as -', () => {
    expect(draw(['-'], 'x;y 5\n').out).toContain('y (5 samples, 100%; self 5, 100%)');
  });

  test('a PNG by its name, as wide as asked', async () => {
    const png = join(folder, 'x.png');
    expect(draw([folded, '-o', png, '--width', '600']).status).toBe(0);
    const { format, width, height } = await sharp(png).metadata();
    expect([format, width]).toEqual(['png', 600]);
    expect(height).toBeGreaterThan(100);
  });

  test('its options reach the picture', () => {
    const words = [
      '--title',
      'T<1>',
      '--subtitle',
      'S',
      '--inverted',
      '--count-name',
      'lines',
      '--name-type',
      'Class:',
    ];
    const { out } = draw([folded, ...words, '--bgcolors', '#123456', '--colors', 'aqua', '--min-width', '35%']);
    expect(out).toContain('<title>T&lt;1&gt;</title>');
    expect(out).toContain('work (40 lines, 40%');
    expect(out).toContain('data-label="Class:"');
    expect(out).toContain('stop-color="#123456"');
    // read is 30 of 100.
    expect(out).toContain('Hatched: 1 frame too narrow to draw, 30% of all');
  });

  test('what changed since an earlier profile', () => {
    const { status, out } = draw([folded, '--base', earlier]);
    expect(status).toBe(0);
    // read was half of 20, and is 30 of 100.
    expect(out).toContain('read (30 samples, 30%; -20%; self 30, 30%)');
    expect(out).toContain('Gone: main;gone (was 50%)');
  });
});

test('a file with two counts a line is drawn as what changed', () => {
  const { status, out } = draw(['-'], 'm;same 10 20\nm;new 0 10\nm;old 5 0\n');
  expect(status).toBe(0);
  // 15 before, 30 after: same was two thirds of both.
  expect(out).toContain('same (20 samples, 66.67%; +0%; self 20, 66.67%)');
  expect(out).toContain('new (10 samples, 33.33%; +33.33%; self 10, 33.33%)');
  expect(out).toContain('Gone: m;old (was 33.33%)');
});

describe('what it refuses, in one sentence', () => {
  test.each([
    [['nosuch.txt'], 1, 'nosuch.txt'],
    [[folded, '--flamechart'], 1, 'needs samples with times'],
    [[folded, '--as', 'lines'], 2, 'nothing to draw as lines'],
    [[folded, '--dataset', '7'], 2, 'no dataset 7'],
    [[folded, '--width', 'wide'], 2, '--width'],
    [[folded, '--min-width', 'thin'], 2, '(got thin)'],
    [[folded, '--bgcolors', 'url(x)'], 2, '--bgcolors'],
    [[folded, '--negate'], 2, '--base'],
    [[folded, '--scale', 'log'], 2, '--scale applies to histograms'],
    [[folded, '--colors', 'pink'], 2, 'pink'],
    [[folded, '-o', 'x.jpg'], 2, 'x.jpg'],
    [[folded, '-o', '/nosuch/x.svg'], 1, '/nosuch/x.svg'],
  ])('%j', (words, status, message) => {
    const drawn = draw(words);
    expect(drawn.err).toContain(message);
    expect(drawn.err).not.toMatch(/\n\s+at /);
    expect(drawn.status).toBe(status);
  });

  test('text has no picture', () => {
    const { status, err } = draw([file('t.txt', 'hello\nworld, how are you\n')]);
    expect(err).toContain('nothing to draw; the file begins "hello"');
    expect(status).toBe(1);
  });

  test('of a tool that only complained, what it said, without what the terminal was told', () => {
    // What profile-bpfcc prints on a host without the kernel's headers.
    const complaint = `Sampling at 49 Hertz of all threads by user + kernel stack for 1 secs.
sh: 1: modprobe: not found
Unable to find kernel headers. \u001b[1mTry rebuilding kernel with CONFIG_IKHEADERS=m (module)
Traceback (most recent call last):
`;
    const { err } = draw([file('profile.txt', complaint)]);
    expect(err).toContain(
      'the file says "Unable to find kernel headers. Try rebuilding kernel with CONFIG_IKHEADERS=m (module)"',
    );
  });
});

describe('stacks of one frame', () => {
  test.each(['a 1\n', 'swapper 5', 'Web Content 12\nswapper 5\n'])('%j', (text) => {
    const { status, out } = draw(['-'], text);
    const sum = text.match(/\d+/g)?.reduce((total, digits) => total + Number(digits), 0);
    expect(status).toBe(0);
    expect(out).toContain(`all (${sum} sample`);
  });

  test.each(['hello\nswapper 5\n', '1 2\n3 4\n'])('%j is none', (text) => {
    expect(draw(['-'], text).status).toBe(1);
  });
});

describe('one tool of several', () => {
  const histogram = '     usecs               : count     distribution\n         0 -> 1          : 7        |*****|\n';
  const loads = file('uptime.txt', ' 10:25:20 up 16:03,  2 users,  load average: 0.00, 0.01, 0.05\n');
  const biolatency = file('biolatency.txt', histogram);

  test('is drawn by its name', () => {
    const { out, err, status } = draw([loads, biolatency, '--tool', 'biolatency']);
    expect([status, err]).toEqual([0, 'coldflame: histogram of biolatency, biolatency.txt, histogram\n']);
    expect(out).toContain('biolatency');
  });

  test('is said to be missing, with what there is', () => {
    const { err, status } = draw([loads, biolatency, '--tool', 'runqlat']);
    expect(status).toBe(2);
    expect(err).toMatch(/nothing of runqlat to draw; it has\n.*uptime(.|\n)*biolatency/);
  });
});

test('nothing in the input: a picture that says so, and exit status 1', () => {
  const svg = join(folder, 'empty.svg');
  const { status, err } = draw([file('empty.txt', ''), '-o', svg]);
  expect(status).toBe(1);
  expect(err).toContain('empty');
  expect(readFileSync(svg, 'utf8')).toContain('No stacks to draw');
});

test('a PNG has letters where fontconfig knows no other font', async () => {
  const png = join(folder, 'letters.png');
  draw([folded, '-o', png, '--title', 'MMMMMMMM', '--bgcolors', '#ffffff']);
  const { width, height } = await sharp(png).metadata();
  const title = await sharp(png)
    .extract({ left: 0, top: 0, width: width ?? 0, height: 34 })
    .greyscale()
    .raw()
    .toBuffer();
  const dark = title.filter((value) => value < 100).length;
  // Eight letters M of 17 pixels: strokes, neither nothing nor eight boxes filled.
  expect(dark).toBeGreaterThan(200);
  expect(dark).toBeLessThan(1500);
  expect(height).toBeGreaterThan(0);
  expect(statSync(join(import.meta.dirname, '../../dist/fonts/DejaVuSans.ttf')).size).toBeGreaterThan(500_000);
});
