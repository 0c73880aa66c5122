/** `npm run ways`: what a person does with the demo's report, in a browser of their choice. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LABEL_FAULTS, type Look, launchBrowser, openPage, pause, SCROLL_THROUGH, WIDTH_FAULTS } from './browser.ts';

const name = process.env.COLDFLAME_WAYS ?? '';
const folder = mkdtempSync(join(tmpdir(), 'coldflame-ways-'));
const report = join(folder, 'demo.html');
const coldflame = (...words: string[]): string =>
  execFileSync('node', ['dist/coldflame.js', ...words], { encoding: 'utf8', maxBuffer: 2 ** 28 });

let browser: Browser;
let problems: string[] = [];

async function open(look: Look = {}): Promise<Page> {
  const opened = await openPage(browser, pathToFileURL(report).href, look);
  problems = opened.problems;
  return opened.page;
}

const hashOf = (page: Page): Promise<string> => page.evaluate('location.hash') as Promise<string>;
const rangeOf = async (page: Page): Promise<string | null> =>
  new URLSearchParams((await hashOf(page)).slice(1)).get('t');
const textOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`) as Promise<string>;

const plotOf = (page: Page): Promise<[left: number, top: number, width: number]> =>
  page.evaluate(
    `(() => { const b = document.querySelector('#strip .plot').getBoundingClientRect(); return [b.left, b.top, b.width]; })()`,
  ) as Promise<[number, number, number]>;

/** Brings an element to the middle of the window, and clicks it with the mouse. */
async function click(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(selector);
  await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).scrollIntoView({ block: 'center' })`);
  await pause(150);
  await page.click(selector);
}

describe.skipIf(name === '')(`in ${name}`, () => {
  beforeAll(async () => {
    coldflame('analyze', 'samples/demo/capture.tar.gz', '-o', report);
    browser = await launchBrowser(name);
  });
  afterEach(async () => {
    expect(problems).toEqual([]);
    for (const context of browser.browserContexts())
      if (context !== browser.defaultBrowserContext()) await context.close();
  });
  afterAll(() => browser?.close());

  for (const width of [320, 390, 768, 1366, 1920])
    for (const dark of [false, true])
      test(`no label leaves its picture or lies on another at ${width} px, ${dark ? 'dark' : 'light'}`, async () => {
        const page = await open({ width, height: width < 700 ? 844 : 768, dark });
        await page.evaluate(SCROLL_THROUGH);
        await pause(300);
        expect(await page.evaluate(LABEL_FAULTS)).toEqual([]);
        expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(20_000);
      });

  test('axe finds nothing', async () => {
    const page = await open();
    await page.evaluate(SCROLL_THROUGH);
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html.slice(0, 150)))`,
    );
    expect(found).toEqual([]);
  });

  test('the head takes less than 12 % of a laptop', async () => {
    const page = await open();
    const head = await page.evaluate(
      `document.querySelector('.bar').offsetHeight + document.querySelector('#strip').offsetHeight`,
    );
    expect(head).toBeLessThan(0.12 * 768);
  });

  test('from a finding to its seconds, Back and Forward', async () => {
    const page = await open();
    await click(page, '.finding .time');
    await expect.poll(() => rangeOf(page)).toMatch(/^1[23]\.\d+,1[78]/);
    await pause(1200);
    const range = await rangeOf(page);
    await page.evaluate('history.back()');
    await expect.poll(() => rangeOf(page)).toBeNull();
    await page.evaluate('history.forward()');
    await expect.poll(() => rangeOf(page)).toBe(range);
  });

  test('its evidence has the cited cells marked, and those of one column alone', async () => {
    const page = await open();
    await click(page, '.finding details.evidence > summary');
    const columns =
      (await page.evaluate(`[...document.querySelectorAll('.finding details.evidence[open] figure')].map((figure) =>
      [...new Set([...figure.querySelectorAll('mark')].map((mark) => mark.closest('td').cellIndex))].length)`)) as number[];
    expect(columns.length).toBeGreaterThan(0);
    expect(Math.max(...columns)).toBe(1);
  });

  test('its stacks are those of its subject in its seconds', async () => {
    const page = await open();
    await click(page, '.finding .chip[data-stacks]');
    await expect.poll(() => rangeOf(page)).toMatch(/^1[23]\./);
    const chosen = `[...document.querySelectorAll('.flame-tools select')].some(({ value }) => value.startsWith('comm:'))`;
    await expect.poll(() => page.evaluate(chosen)).toBe(true);
  });

  test('its seconds against the rest', async () => {
    const page = await open();
    await click(page, '.finding details.against > summary');
    await click(page, '.finding [data-base=rest]');
    await expect
      .poll(() => page.evaluate(`document.querySelectorAll('#compare .differences tbody tr').length`))
      .toBeGreaterThan(3);
  });

  test('a name filters the page, and lets it go', async () => {
    const page = await open();
    await click(page, '.finding .name');
    await expect.poll(() => hashOf(page)).toContain('n=');
    await click(page, '.name-chip');
    await expect.poll(() => hashOf(page)).not.toContain('n=');
  });

  test('a frame that is clicked tells its numbers in view; callers and callees stand beside the graph', async () => {
    const page = await open({ hash: '#panel-perf' });
    await page.waitForSelector('#panel-perf g.frame');
    await pause(1800);
    // By the pointer itself: the library listens to what is under it.
    const at = (await page.evaluate(`(() => {
      const frames = [...document.querySelectorAll('#panel-perf g.frame')].map((g) => g.getBoundingClientRect());
      const wide = frames.filter((b) => b.width > 60 && b.top > 100 && b.bottom < innerHeight - 10).sort((p, q) => p.width - q.width)[0];
      return [wide.left + wide.width / 2, wide.top + wide.height / 2];
    })()`)) as [number, number];
    await page.mouse.click(...at);
    const isInView = `(() => { const b = document.querySelector('#panel-perf .frame-numbers')?.getBoundingClientRect(); return b !== undefined && b.top > 0 && b.bottom < innerHeight; })()`;
    await expect.poll(() => page.evaluate(isInView)).toBe(true);
    await page.evaluate(
      `[...document.querySelectorAll('#panel-perf .frame-actions button')].find(({ textContent }) => textContent === 'Callers and callees').click()`,
    );
    await expect.poll(() => page.evaluate(`document.querySelector('#panel-perf .sandwich').hidden`)).toBe(false);
  });

  test('the widths of every row add up to their parents', async () => {
    for (const panel of ['panel-perf', 'panel-offcputime']) {
      const page = await open({ hash: `#${panel}` });
      await page.waitForSelector(`#${panel} g.frame`);
      expect(await page.evaluate(WIDTH_FAULTS)).toEqual([]);
      await page.close();
    }
  });

  test('ten boxes in the order of time: place, tooltip and the range of a click agree', async () => {
    const page = await open({ hash: '#0.o=time&p=panel-perf' });
    await page.waitForSelector('#panel-perf .timeline-surface');
    await pause(1800);
    const stage =
      (await page.evaluate(`(() => { const b = document.querySelector('#panel-perf .timeline-stage').getBoundingClientRect();
      const s = document.querySelector('#panel-perf .timeline-surface').getBoundingClientRect(); return { left: s.left, top: b.top, width: s.width, height: Math.min(b.bottom, innerHeight) - b.top }; })()`)) as {
        left: number;
        top: number;
        width: number;
        height: number;
      };
    const axis = (await page.evaluate(
      `document.querySelector('.range-bar input') && [...document.querySelectorAll('.range-bar input')].map(({ value }) => value)`,
    )) as string[];
    const [first = 0, last = 0] = axis.map(secondsOf);
    let looked = 0;
    for (let i = 0; i < 400 && looked < 10; i++) {
      // Spread over the picture by the golden ratio: the same places each time.
      const [x, y] = [stage.left + ((i * 0.618034) % 1) * stage.width, stage.top + ((i * 0.754878) % 1) * stage.height];
      await page.mouse.move(x, y);
      await pause(60);
      const tip = (await page.evaluate(
        `(() => { const t = document.querySelector('#panel-perf .timeline .tip'); return t.hidden ? '' : t.textContent; })()`,
      )) as string;
      const times = /(\d\d:\d\d:\d\d\.\d+) to (\d\d:\d\d:\d\d\.\d+)/.exec(tip);
      if (times === null) continue;
      looked++;
      const [from, to] = [secondsOf(times[1] as string) - first, secondsOf(times[2] as string) - first];
      // A pixel, and the half of a millisecond that words are rounded by.
      const slack = (last - first) / stage.width + 0.001;
      const pointed = ((x - stage.left) / stage.width) * (last - first);
      expect(pointed).toBeGreaterThan(from - slack);
      expect(pointed).toBeLessThan(to + slack);
      await page.mouse.click(x, y);
      await expect.poll(async () => Math.abs(Number((await rangeOf(page))?.split(',')[0]) - from)).toBeLessThan(0.0011);
      expect(Math.abs(Number((await rangeOf(page))?.split(',')[1]) - to)).toBeLessThan(0.0011);
    }
    expect(looked).toBe(10);
  });

  test('the crosshair tells what the tool printed', async () => {
    const page = await open();
    const lane = (await page.evaluate(
      `[...document.querySelectorAll('.lane-name')].findIndex(({ textContent }) => textContent === 'Run queue')`,
    )) as number;
    const plot = await plotOf(page);
    // vmstat's own rows: the first is the mean since boot, each other the second before it.
    const { datasets } = JSON.parse(coldflame('export', 'samples/demo/capture.tar.gz', '--format', 'json')) as {
      datasets: {
        tool: string;
        metrics?: { name: string; points: [at: number, value: number][]; sinceBoot: number }[];
      }[];
    };
    const queue = datasets.find(({ tool }) => tool === 'vmstat')?.metrics?.find((metric) => metric.name === 'r');
    const points = queue?.points.slice(queue.sinceBoot) ?? [];
    let compared = 0;
    for (const share of [0.13, 0.29, 0.37, 0.52, 0.61, 0.74, 0.83]) {
      await page.mouse.move(plot[0] + share * plot[2], plot[1] + 8);
      await pause(80);
      const [time = '', told = ''] = (await page.evaluate(
        `[document.querySelector('.crosshair-time').textContent, document.querySelectorAll('.lane-value')[${lane}].textContent]`,
      )) as string[];
      const seconds = secondsOf(time) - secondsOf('21:00:05');
      const row = points.findIndex(([at]) => at >= seconds - 0.01);
      const [at = 0, value] = points[row] ?? [];
      // On the edge of a row the tenth that is shown may be of the one before.
      if (Math.abs(at - seconds) < 0.15 || seconds - (points[row - 1]?.[0] ?? 0) < 0.15) continue;
      expect(Number(told)).toBe(value);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });

  test('by keyboard: a range moves, grows, is zoomed to and goes', async () => {
    const page = await open();
    await page.focus('#strip .plot');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => rangeOf(page)).not.toBeNull();
    const [from] = ((await rangeOf(page)) ?? '').split(',');
    await page.keyboard.down('Shift');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.up('Shift');
    await expect.poll(async () => (await rangeOf(page))?.split(',')[0]).toBe(from);
    await page.keyboard.press('z');
    await expect.poll(() => hashOf(page)).toContain('w=');
    await page.keyboard.press('z');
    await page.keyboard.press('Escape');
    await expect.poll(() => rangeOf(page)).toBeNull();
  });

  test('by keyboard: frames of a flame graph, its callers', async () => {
    const page = await open({ hash: '#panel-perf' });
    await page.waitForSelector('#panel-perf g.frame');
    await pause(1800);
    await page.focus('#panel-perf .flame-stage');
    for (const key of ['ArrowUp', 'ArrowUp', 's'] as const) await page.keyboard.press(key);
    await expect.poll(() => page.evaluate(`document.querySelector('#panel-perf .sandwich').hidden`)).toBe(false);
  });

  test('by touch: a tap sets the range of a finding, and a swipe on the strip scrolls', async () => {
    const page = await open({ width: 390, height: 844 });
    await page.evaluate(`document.querySelector('.finding .time').scrollIntoView({ block: 'center' })`);
    await pause(300);
    const at = (await page.evaluate(
      `(() => { const b = document.querySelector('.finding .time').getBoundingClientRect(); return [b.left + 20, b.top + 8]; })()`,
    )) as [number, number];
    await page.touchscreen.tap(...at);
    await expect.poll(() => rangeOf(page)).not.toBeNull();
    // What is up and down belongs to the page, what is across to the brush.
    expect(await page.evaluate(`getComputedStyle(document.querySelector('#strip .plot')).touchAction`)).toBe('pan-y');
  });

  test('a table sorts its heaviest rows first on the first click', async () => {
    const page = await open({ hash: '#panel-biosnoop' });
    await click(page, '#panel-biosnoop details.table > summary');
    await page.waitForSelector('#panel-biosnoop .grid thead button');
    const heads = (await page.evaluate(
      `[...document.querySelectorAll('#panel-biosnoop .grid thead button')].map(({ textContent }) => textContent)`,
    )) as string[];
    const column = heads.findIndex((text) => text.includes('BYTES'));
    await page.evaluate(`document.querySelectorAll('#panel-biosnoop .grid thead button')[${column}].click()`);
    const cells = (await page.evaluate(
      `[...document.querySelectorAll('#panel-biosnoop .grid tbody tr')].map((row) => row.children[${column}]?.textContent ?? '').filter((text) => text !== '')`,
    )) as string[];
    const most = Math.max(...readBytes());
    expect(Number((cells[0] ?? '').replace(/\D/g, ''))).toBe(most);
  });

  test('a note on a range travels in a copy of the report', async () => {
    const page = await open();
    await page.evaluate(`URL.createObjectURL = (blob) => { globalThis.saved = blob; return 'data:,'; }`);
    await click(page, '.finding .time');
    await page.evaluate(
      `[...document.querySelectorAll('.range-bar button')].find(({ textContent }) => textContent.startsWith('Note')).click()`,
    );
    await page.type('#note-text', 'the backup <began> here');
    await page.keyboard.press('Enter');
    await page.evaluate(
      `[...document.querySelectorAll('#notes button')].find(({ textContent }) => textContent.startsWith('Save')).click()`,
    );
    await expect.poll(() => page.evaluate('globalThis.saved !== undefined')).toBe(true);
    const copy = (await page.evaluate('globalThis.saved.text()')) as string;
    const path = join(folder, 'copy.html');
    writeFileSync(path, copy);
    const again = await openPage(browser, pathToFileURL(path).href);
    expect(await textOf(again.page, '#notes ol')).toContain('the backup <began> here');
    expect(again.problems).toEqual([]);
  });

  test('two ranges are compared: one is pinned, the other dragged', async () => {
    const page = await open({ hash: '#t=13,18' });
    await page.evaluate(
      `[...document.querySelectorAll('.range-bar button')].find(({ textContent }) => textContent === 'Pin').click()`,
    );
    const [left, top, width] = await plotOf(page);
    await page.mouse.move(left + 0.1 * width, top + 8);
    await page.mouse.down();
    await page.mouse.move(left + 0.2 * width, top + 8, { steps: 4 });
    await page.mouse.move(left + 0.3 * width, top + 8, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => hashOf(page)).toMatch(/t=[23]\.\d+%2C[89]\.\d+&b=13%2C18/);
    await expect.poll(() => page.evaluate(`document.querySelectorAll('#compare tbody tr').length`)).toBeGreaterThan(3);
    expect(await textOf(page, '#compare .compared')).toMatch(/21:00:0\d – 21:00:1\d against 21:00:18 – 21:00:23/);
  });

  test('a panel is saved as it is narrowed: rows, stacks, pictures, and the command that cuts the same', async () => {
    const page = await open({ hash: '#t=13,18&p=panel-perf' });
    await page.waitForSelector('#panel-perf g.frame');
    await page.evaluate(`globalThis.saved = [];
      URL.createObjectURL = (blob) => { saved.push(blob); return 'data:,'; };
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { globalThis.copied = text; } } })`);
    const texts: string[] = [];
    for (const name of ['Folded', 'CSV', 'SVG', 'PNG']) {
      await page.evaluate(
        `[...document.querySelectorAll('#panel-perf .exports button')].find(({ textContent }) => textContent === '${name}').click()`,
      );
      await expect.poll(() => page.evaluate('saved.length'), { timeout: 30_000 }).toBe(texts.length + 1);
      texts.push((await page.evaluate('saved.at(-1).text()')) as string);
    }
    const [folded = '', csv = '', svg = '', png = ''] = texts;
    // As the command line cuts it.
    await page.evaluate(
      `[...document.querySelectorAll('#panel-perf .exports button')].find(({ textContent }) => textContent === 'Copy command').click()`,
    );
    await expect.poll(() => page.evaluate('globalThis.copied')).toMatch(/--from 21:00:18\.303 --to 21:00:23\.303$/);
    const range = ['--from', '21:00:18.303', '--to', '21:00:23.303'];
    const told = coldflame('export', 'samples/demo/capture.tar.gz', '--dataset', '0', ...range, '--format', 'folded');
    expect(weightOf(folded)).toBe(weightOf(told));
    expect(csv).toMatch(/^function,self \(samples\),/);
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(png).toMatch(/^.PNG/);
  });

  test('a note on a frame leads back to it', async () => {
    const page = await open({ hash: '#panel-perf' });
    await page.waitForSelector('#panel-perf g.frame');
    await pause(1800);
    await page.focus('#panel-perf .flame-stage');
    for (const key of ['ArrowUp', 'ArrowUp', 'Enter'] as const) await page.keyboard.press(key);
    await page.waitForSelector('#panel-perf .frame-actions button');
    const name = await textOf(page, '#panel-perf .frame-name');
    await page.evaluate(
      `[...document.querySelectorAll('#panel-perf .frame-actions button')].find(({ textContent }) => textContent === 'Note').click()`,
    );
    await page.type('#note-text', 'hot');
    await page.keyboard.press('Enter');
    expect(await textOf(page, '#notes ol')).toContain(`${name} hot`);
    const zoomed = await hashOf(page);
    expect(zoomed).toContain('0.z=');
    await page.evaluate(`document.querySelector('#panel-perf .flame-stage').focus()`);
    await page.keyboard.press('Home');
    await expect.poll(() => hashOf(page)).not.toContain('0.z=');
    await page.evaluate(`document.querySelector('#notes a').click()`);
    await expect.poll(() => hashOf(page)).toBe(zoomed);
  });

  test('a link is copied under a line that a ticket can have', async () => {
    const page = await open();
    await page.evaluate(
      `Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { globalThis.copied = text; } } })`,
    );
    await click(page, '.finding .time');
    await pause(300);
    await page.evaluate(
      `[...document.querySelectorAll('.controls button')].find(({ textContent }) => textContent === 'Copy link').click()`,
    );
    await expect.poll(() => page.evaluate('globalThis.copied')).toMatch(/^shop-db-1.*21:00:1\d.*\ndemo\.html#t=/);
  });

  test('no link hangs the page', async () => {
    const hidden = Array.from({ length: 20_000 }, (_, i) => i).join('.');
    for (const hash of [
      `#0.q=${encodeURIComponent('(\\w+\\w*)+$')}&0.re=1&p=panel-perf`,
      `#0.q=${encodeURIComponent('(a*)*(a*)*(\\w+\\s?)+$')}&8.re=1&8.q=(a*)*b&p=panel-offcputime`,
      `#0.h=${hidden}&p=panel-perf`,
      // No browser takes an address of more than a mebibyte.
      `#0.q=${'a'.repeat(900_000)}&n=${'b'.repeat(100_000)}&t=1,2&p=panel-perf`,
    ]) {
      const page = await open({ hash });
      // A page that hangs answers nothing; what a frame may take is the business of the search's own tests.
      for (let i = 0; i < 5; i++) {
        const began = performance.now();
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => done(1)))');
        expect(performance.now() - began).toBeLessThan(2000);
      }
      await page.close();
    }
  });
});

/** Of `21:00:17.333`. */
function secondsOf(time: string): number {
  return time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** The sum of folded stacks, as awk would take it. */
function weightOf(folded: string): number {
  return folded
    .trimEnd()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** The seventh word of biosnoop's rows, as awk would take it. */
function readBytes(): number[] {
  const text = execFileSync('tar', ['xzOf', 'samples/demo/capture.tar.gz', '--wildcards', '*biosnoop.txt'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return text
    .split('\n')
    .map((line) => Number(line.trim().split(/\s+/)[6]))
    .filter((bytes) => !Number.isNaN(bytes));
}
