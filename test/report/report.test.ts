/** The report in a real browser, against numbers counted from the fixture itself. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { assess } from '../../src/findings/index.ts';
import { renderReport } from '../../src/render/report/report.ts';
import { launch, open, writeReport } from './browser.ts';
import { samples, writeCapture } from './fixture.ts';
import { keepsToItself, openStrictly, showsPictures } from './promises.ts';

let browser: Browser;
let html: string;
let folder: string;
let path: string;

beforeAll(async () => {
  folder = writeCapture();
  const capture = await readCapture([folder], { samples: true });
  html = await renderReport({ capture: { ...capture, name: 'capture.tar' }, findings: assess(capture).findings });
  path = writeReport(mkdtempSync(join(tmpdir(), 'coldflame-html-')), html);
  browser = await launch();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());
const written = () => ({ browser, path, html });

const inRange = (from: number, to: number) => samples().filter(({ at }) => at >= from && at < to);

describe('the flame graph', () => {
  test('of the whole capture weighs what there are samples', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await expect.poll(() => page.locator('.flame-status').first().textContent()).toContain('1,500 samples');
  });

  test('of a range weighs the samples of that range', async () => {
    const { page } = await open(browser, path, { hash: '#t=2.5,4&p=panel-perf' });
    const expected = inRange(2.5, 4).length;
    expect(expected).toBe(225);
    await expect.poll(() => page.locator('.flame-status').first().textContent()).toContain(`${expected} samples`);
  });

  test('follows a brush dragged over the time strip', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const plot = (await page.locator('#strip .plot').boundingBox()) as { x: number; y: number; width: number };
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 10);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.5, plot.y + 10, { steps: 5 });
    await page.mouse.up();
    const range = async (): Promise<number[]> => {
      const hash = (await page.evaluate('location.hash')) as string;
      return (new URLSearchParams(hash.slice(1)).get('t') ?? '').split(',').map(Number);
    };
    await expect.poll(async () => (await range()).map((at) => at.toFixed(1))).toEqual(['3.0', '5.0']);
    const [from = 0, to = 0] = await range();
    const count = inRange(from, to).length;
    await expect.poll(() => page.locator('.flame-status').first().textContent()).toContain(`${count} samples`);
  });

  test('a frame that was looked at goes when the range changes: its numbers were those of another', async () => {
    const { page } = await open(browser, path, { hash: '#t=2.5,4&p=panel-perf' });
    await page.locator('#panel-perf g.frame', { hasText: /^serve$/ }).click();
    const numbers = page.locator('#panel-perf .flame-details .frame-numbers');
    const serving = inRange(2.5, 4).filter(({ stack }) => stack.includes('serve')).length;
    await expect.poll(() => numbers.textContent()).toMatch(`${serving} samples`);
    await page.getByRole('button', { name: 'Whole capture' }).click();
    await expect.poll(() => numbers.isVisible()).toBe(false);
  });

  test('search tells the matched share, nested matches once, also of what is zoomed into', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await page.getByRole('button', { name: 'Regular expression' }).first().click();
    await page.getByLabel('Search functions').first().fill('^walk$');
    const matched = page.locator('.matched').first();
    const walking = samples().filter(({ stack }) => stack.includes('walk')).length;
    await expect
      .poll(() => matched.textContent())
      .toBe(`Matched: ${((100 * walking) / 1500).toFixed(2)}% (${walking} samples)`);
    await page.getByLabel('Search functions').first().fill('parse_');
    await page.locator('g.frame', { hasText: /^serve$/ }).click();
    const serving = samples().filter(({ stack }) => stack.includes('serve'));
    const parsing = serving.filter(({ stack }) => stack.includes('parse_header')).length;
    await expect
      .poll(() => matched.textContent())
      .toBe(`Matched: ${((100 * parsing) / serving.length).toFixed(2)}% (${parsing} samples)`);
  });

  test('says what is wrong with a search that is no regular expression', async () => {
    const { page, problems } = await open(browser, path, { hash: '#panel-perf' });
    const [search, matched] = [page.getByLabel('Search functions').first(), page.locator('.matched').first()];
    await search.fill('{{closure}}(');
    await expect.poll(() => matched.textContent()).toBe('Matched: 0% (0 samples)');
    await page.getByRole('button', { name: 'Regular expression' }).first().click();
    await expect.poll(() => matched.textContent()).toBe('not a regular expression: unterminated group');
    await search.fill('{{closure}}');
    await expect.poll(() => matched.textContent()).toBe('Matched: 0% (0 samples)');
    expect(problems).toEqual([]);
  });

  test('leaves out idle CPUs and says how much that was', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await page.getByRole('button', { name: 'Hide idle' }).first().click();
    const idle = samples().filter(({ comm }) => comm === 'swapper').length;
    await expect
      .poll(() => page.locator('.flame-status').first().textContent())
      .toContain(`1,200 samples of 1,500 samples (80%) · without idle CPUs, ${idle} samples (20%)`);
  });

  test('merges recursion, turns to callers, narrows to a CPU', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const frames = page.locator('g.frame', { hasText: /^walk$/ });
    await expect.poll(() => frames.count()).toBe(3);
    await page.getByRole('button', { name: 'Merge recursion' }).first().click();
    await expect.poll(() => frames.count()).toBe(1);
    await page.getByRole('combobox', { name: 'CPU' }).first().selectOption('1');
    await expect.poll(() => page.locator('.flame-status').first().textContent()).toContain('500 samples');
    await page.getByRole('combobox', { name: 'Order' }).first().selectOption('callers');
    // Each of the five leaves is a root now, and has its caller above it.
    await expect.poll(() => frames.count()).toBe(5);
  });

  test('stands on threads or on CPUs where that is asked', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await page.getByRole('combobox', { name: 'Roots' }).first().selectOption('cpu');
    await page.getByLabel('Search functions').first().fill('CPU 1');
    const there = samples().filter(({ cpu }) => cpu === 1).length;
    await expect
      .poll(() => page.locator('.matched').first().textContent())
      .toBe(`Matched: ${((100 * there) / 1500).toFixed(2)}% (${there} samples)`);
    await page.getByRole('combobox', { name: 'Roots' }).first().selectOption('thread');
    await expect.poll(() => page.locator('g.frame', { hasText: /^server 41$/ }).count()).toBe(1);
  });

  test('at their times, a box is where its tooltip says, and a click sets the range to just that', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await page.getByRole('combobox', { name: 'Processes and threads' }).first().selectOption('pid:41');
    await page.getByRole('combobox', { name: 'Order' }).first().selectOption('time');
    const surface = page.locator('#panel-perf .timeline-surface');
    await surface.waitFor();
    const box = (await surface.boundingBox()) as { x: number; y: number; width: number; height: number };
    const seconds = (text: string): number => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
    const started = seconds('14:00:00');
    let seen = 0;
    // Numbers without a pattern: the golden ratio's multiples.
    for (let i = 1; i <= 40 && seen < 10; i++) {
      const [x, y] = [(i * 0.618034) % 1, (i * 0.754878) % 1];
      await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
      await page.waitForTimeout(40);
      const tip = page.locator('#panel-perf .timeline .tip');
      if (await tip.isHidden()) continue;
      const [, from = '', to = ''] = /\n(\S+) to (\S+), /.exec((await tip.textContent()) ?? '') ?? [];
      const at = 10 * x;
      // A pixel of the picture is some 10 ms.
      expect(at).toBeGreaterThan(seconds(from) - started - 0.02);
      expect(at).toBeLessThan(seconds(to) - started + 0.02);
      await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
      await expect
        .poll(async () => page.getByRole('textbox', { name: 'From' }).inputValue())
        .toBe(from.replace(/^(\d\d:\d\d:\d\d\.\d{3}).*/, '$1'));
      seen++;
    }
    expect(seen).toBe(10);
  });

  test('is worked from the keyboard: to a frame, into it, out again', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const flame = page.locator('.flame-stage').first();
    await flame.focus();
    for (const key of ['ArrowUp', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await expect.poll(() => page.locator('.flame-tools .chip').first().textContent()).toContain('zoomed: main');
    await expect.poll(() => page.locator('.frame-name').first().textContent()).toBe('main');
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.flame-tools .chip').count()).toBe(0);
  });
});

describe('tables', () => {
  test('of functions tell who calls and what is called', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const part = page.locator('#panel-perf .dataset').first();
    await part.locator('details.table > summary').click();
    await part.locator('.grid').getByRole('button', { name: 'serve', exact: true }).click();
    const sandwich = part.locator('.sandwich');
    await expect.poll(() => sandwich.locator('.frame-numbers').first().textContent()).toBe('700 samples, 46.67%');
    // From top to bottom: the process, its caller, the function twice, where the halves meet, and what it called.
    const names = await sandwich.locator('g.frame').evaluateAll((all) =>
      all
        .map((g) => ({ name: g.getAttribute('name'), y: g.getBoundingClientRect().y, x: g.getBoundingClientRect().x }))
        .sort((a, b) => a.y - b.y || a.x - b.x)
        .map(({ name }) => name),
    );
    expect(names).toEqual(['server', 'main', 'serve', 'serve', 'parse', 'parse_header']);
    // One click from any frame.
    await sandwich.locator('g.frame[name="parse"]').click();
    await expect
      .poll(() => sandwich.locator('.frame-numbers').first().textContent())
      .toBe('400 samples, 26.67% · self 400, 26.67%');
  });

  test('begin with the heaviest row, are sorted and filtered, and lead to the line', async () => {
    const { page } = await open(browser, path, { hash: '#panel-biosnoop' });
    const panel = page.locator('#panel-biosnoop');
    await panel.locator('details.table > summary').click();
    const first = panel.locator('tbody tr:not(.spacer)').first();
    // Forty rows, from 0.5 ms in steps of an eighth, printed with two decimals.
    await expect.poll(() => first.locator('td').allTextContents()).toContain('5.38');
    await panel.getByRole('button', { name: 'LAT(ms)' }).click();
    await expect.poll(() => first.locator('td').allTextContents()).toContain('0.5');
    await panel.getByLabel(/^Filter/).fill('writer1');
    await expect.poll(() => panel.locator('.grid-tools .count').textContent()).toBe('13 of 40 rows');
    // The second row of the log is the first of writer1: line 3, under the heading.
    await first.getByRole('button', { name: 'Line 3 of the text' }).click();
    await expect.poll(() => panel.locator('.raw-line.pointed').textContent()).toContain('writer1');
  });
});

test('a cell of the sub-second heat map is its 20 ms of its second', async () => {
  const { page } = await open(browser, path, { hash: '#panel-perf' });
  const canvas = page.locator('#panel-perf .offset-canvas').first();
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number };
  // Ten columns, of which this is the fourth; the lowest of fifty rows.
  await page.mouse.click(box.x + box.width * 0.35, box.y + box.height - 1);
  await expect.poll(() => page.evaluate('location.hash')).toMatch(/t=3(%2C|,)3\.02(&|$)/);
  const expected = inRange(3, 3.02).length;
  await expect
    .poll(() => page.locator('.flame-status').first().textContent())
    .toMatch(new RegExp(`^${expected} samples`));
});

describe('a link opens the same view', () => {
  test('range, zoom, search and order', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    await page.getByRole('button', { name: 'Regular expression' }).first().click();
    await page.getByLabel('Search functions').first().fill('leaf[12]');
    await page.getByRole('button', { name: 'Set range' }).click();
    await page.getByRole('textbox', { name: 'From' }).fill('14:00:02');
    await page.getByRole('textbox', { name: 'From' }).press('Enter');
    await page
      .locator('g.frame', { hasText: /^walk$/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Icicle' }).first().click();
    await expect.poll(() => page.evaluate('location.hash')).toContain('ice=1');
    const status = await page.locator('.flame-status').first().textContent();
    const matched = await page.locator('.matched').first().textContent();
    const again = await open(browser, path, { hash: (await page.evaluate('location.hash')) as string });
    await expect.poll(() => again.page.locator('.flame-status').first().textContent()).toBe(status);
    expect(await again.page.locator('.matched').first().textContent()).toBe(matched);
    expect(await again.page.getByRole('textbox', { name: 'From' }).inputValue()).toBe('14:00:02.000');
    expect(await again.page.getByRole('button', { name: 'Icicle' }).first().getAttribute('aria-pressed')).toBe('true');
  });

  test('frames that stayed in the page through many changes look as in a page that has just come', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const order = page.getByRole('combobox', { name: 'Order' }).first();
    const search = page.getByLabel('Search functions').first();
    await order.selectOption('callers');
    await search.fill('walk');
    await page.getByRole('button', { name: 'Set range' }).click();
    await page.getByRole('textbox', { name: 'From' }).fill('14:00:03');
    await page.getByRole('textbox', { name: 'From' }).press('Enter');
    await order.selectOption('time');
    await order.selectOption('flame');
    await page.locator('g.frame[name="serve"]').click();
    await page.locator('.flame-stage').first().press('Home');
    await page.getByRole('button', { name: 'Merge recursion' }).first().click();
    await page.getByRole('button', { name: 'Icicle' }).first().click();
    await page.getByRole('button', { name: 'Regular expression' }).first().click();
    await search.fill('parse|leaf1');
    await expect.poll(() => page.evaluate('location.hash')).toContain('leaf1');
    const again = await open(browser, path, { hash: (await page.evaluate('location.hash')) as string });
    const frames = (where: Page): Promise<string[]> =>
      where
        .locator('#panel-perf .flame-stage')
        .first()
        .locator('g.frame')
        .evaluateAll((all) => all.map(({ outerHTML }) => outerHTML.replace('frame current', 'frame')).sort());
    await expect.poll(async () => (await frames(again.page)).length).toBeGreaterThan(8);
    expect(await frames(page)).toEqual(await frames(again.page));
  });

  test('a fragment that is nonsense is a report like any other', async () => {
    const { problems } = await open(browser, path, { hash: '#t=9,1&0.z=999999.1&0.o=sideways&p=nowhere&%%%' });
    expect(problems).toEqual([]);
  });
});

describe('the range narrows what has times', () => {
  test('intervals of a histogram, rows of a log', async () => {
    const { page } = await open(browser, path, { hash: '#t=2.5,5.5&p=panel-runqlat' });
    // Stamps are cut to the second: those of 14:00:02 to :06 may be of seconds 2.5 to 5.5. They count 2 to 6 and five times 2.
    await expect.poll(() => page.locator('#panel-runqlat .picture.sum').textContent()).toContain('30 in all');
    await page.locator('#panel-biosnoop').scrollIntoViewIfNeeded();
    // Four a second.
    await expect.poll(() => page.locator('#panel-biosnoop details.table .count').first().textContent()).toBe('12 rows');
  });

  test('less than the times are sure to is said in the title', async () => {
    const { page } = await open(browser, path, { hash: '#t=2.5,3.4&p=panel-runqlat' });
    const title = page.locator('#panel-runqlat header h3').first();
    await expect.poll(() => title.textContent()).toContain('its times are cut to 1 s');
    const wide = await open(browser, path, { hash: '#t=2.5,5.5&p=panel-runqlat' });
    await expect.poll(() => wide.page.locator('#panel-runqlat .picture.sum').textContent()).toContain('30 in all');
    expect(await wide.page.locator('#panel-runqlat header h3').first().textContent()).not.toContain('cut to');
  });

  test('and what has none says so', async () => {
    const { page } = await open(browser, path, { hash: '#t=2.5,5.5&p=panel-folded' });
    await expect.poll(() => page.locator('#panel-folded .range-note').first().isVisible()).toBe(true);
  });
});

describe('what is in the file itself', () => {
  keepsToItself(written);

  test('the same capture gives the same bytes', async () => {
    const again = { ...(await readCapture([folder], { samples: true })), name: 'capture.tar' };
    expect(await renderReport({ capture: again, findings: assess(again).findings })).toBe(html);
  });
});

describe('without a script', () => {
  test('findings, pictures and tables are there, also where no style may apply', async () => {
    const page = await openStrictly(written());
    expect(await page.locator('#findings h2').isVisible()).toBe(true);
    await showsPictures(page, ['panel-perf', 'panel-runqlat', 'panel-vmstat', 'panel-biosnoop']);
    expect(await page.locator('#panel-biosnoop table tbody tr').count()).toBeGreaterThan(5);
    expect(await page.locator('#captured').textContent()).toContain('not installed: apt-get install bpfcc-tools');
  });
});
