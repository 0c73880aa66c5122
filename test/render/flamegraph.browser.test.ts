/** The flame graph file in a real browser: zoom, search, keys, the address, copying. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flameScript } from '../../src/generated/flame-script.ts';
import type { FlameOptions } from '../../src/render/flame/options.ts';
import { flamegraphSvg } from '../../src/render/flame/svg.ts';
import { newPage, startBrowser } from './browser.ts';
import { stacksOf } from './stacks.ts';

const HOSTILE = '</script><img src=x onerror=alert(1)>';
// 100 samples: 60 under work, 40 under rest.
const LINES = [
  'main;work;parse;read 10',
  'main;work;parse 10',
  'main;work;eval;parse;read 20',
  'main;work;eval 20',
  'main;rest;read 5',
  `main;rest;${HOSTILE} 15`,
  'main;rest;Read_me_a_very_long_function_name_that_no_box_has_room_for 1',
  'main;rest 19',
];

let browser: Browser;
let page: Page;
let complaints: string[];
const folder = mkdtempSync(join(tmpdir(), 'coldflame-browser-'));

function write(name: string, options: FlameOptions = {}, lines = LINES): string {
  const path = join(folder, name);
  writeFileSync(path, [...flamegraphSvg(stacksOf(lines), { script: flameScript, ...options })].join(''));
  return `file://${path}`;
}

beforeAll(async () => {
  browser = await startBrowser();
  ({ page, complaints } = await newPage(browser));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await page.goto('about:blank');
  await page.goto(write('graph.svg'));
});

const frame = (name: string, nth = 0) =>
  page
    .locator('#frames > g')
    .filter({ hasText: `${name} (` })
    .nth(nth);
const widthOf = async (name: string, nth = 0): Promise<number> =>
  Number(await frame(name, nth).locator('rect').getAttribute('width'));
const matched = async (): Promise<string> => ((await page.locator('#matched').textContent()) ?? '').trim();
const details = async (): Promise<string> => ((await page.locator('#details').textContent()) ?? '').trim();
const hash = (): Promise<string> => page.evaluate('decodeURIComponent(location.hash)');
const shown = (name: string): Promise<boolean> => frame(name).isVisible();

describe('zoom', () => {
  test('a click gives the frame the whole width, fades its callers and hides what is beside it', async () => {
    await frame('eval').click();
    expect(await widthOf('eval')).toBe(1180);
    expect(await widthOf('main')).toBe(1180);
    expect(await frame('main').locator('rect').getAttribute('fill-opacity')).toBe('0.4');
    expect(await shown('rest')).toBe(false);
    // parse holds 20 of the 40 of eval.
    expect(await widthOf('parse', 0)).toBe(590);
    expect(await hash()).toBe('#z=main;work;eval');
  });

  test('the words tell the share of all, of the zoomed, and self', async () => {
    await frame('eval').click();
    await frame('parse').hover();
    expect(await details()).toBe('Function: parse (20 samples, 20% of all, 50% of the zoomed)');
    await frame('eval').hover();
    expect(await details()).toBe('Function: eval (40 samples, 40% of all, 100% of the zoomed; self 20, 20%)');
  });

  test('Escape and Reset end it', async () => {
    const before = await widthOf('work');
    for (const end of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Reset' }).click(),
    ]) {
      await frame('work').click();
      expect(await widthOf('work')).toBe(1180);
      await end();
      expect(await widthOf('work')).toBe(before);
      expect(await hash()).toBe('');
    }
  });

  test('back in the history goes back', async () => {
    await frame('work').click();
    await frame('eval').click();
    await page.goBack();
    await expect.poll(() => widthOf('work')).toBe(1180);
    expect(await widthOf('eval')).toBeLessThan(1180);
  });

  test('a search leaves no steps behind to go back through', async () => {
    await frame('work').click();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('parse');
    await page.goBack();
    await expect.poll(hash).toBe('');
    expect(await widthOf('work')).toBeLessThan(1180);
  });

  test('arrows, Enter and Space do what the pointer does', async () => {
    await page.locator('#frames').focus();
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    expect(await hash()).toBe('#z=main;work');
  });
});

describe('search', () => {
  const search = async (text: string): Promise<void> => {
    await page.keyboard.press('Control+f');
    await page.keyboard.press('Control+a');
    await page.keyboard.type(text);
  };
  const byRegex = (): Promise<void> => page.locator('#search button[title="Regular expression"]').click();

  test('each sample counts once, however many of its frames match', async () => {
    // Under parse or eval: 10 + 10 + 20 + 20 of 100; parse stands on eval in 20 of them.
    await byRegex();
    await search('^(parse|eval)$');
    expect(await matched()).toBe('Matched: 60%');
    expect(await frame('parse').locator('rect').getAttribute('fill')).toBe('rgb(230,0,230)');
  });

  test('while zoomed, only what is in the zoom counts', async () => {
    await frame('work').click();
    await byRegex();
    await search('^read$');
    // 30 of the 60 of work; 35 of all.
    expect(await matched()).toBe('Matched: 35% of all, 50% of the zoomed');
  });

  test('case counts when switched on', async () => {
    await search('READ');
    expect(await matched()).toBe('Matched: 36%');
    await page.keyboard.press('Control+i');
    expect(await matched()).toBe('Matched: 0%');
    expect(await hash()).toContain('case=1');
  });

  test('what is no regular expression is said, not thrown', async () => {
    await search('read(');
    expect(await matched()).toBe('Matched: 0%');
    await byRegex();
    expect(await matched()).toBe('not a regular expression: unterminated group');
    await page.keyboard.press('Control+f');
    await page.keyboard.press('End');
    expect(await page.locator('#search input').getAttribute('aria-invalid')).toBe('true');
    await page.keyboard.type(')?');
    expect(await matched()).toBe('Matched: 36%');
  });

  test('the word for everything is no function', async () => {
    await search('all');
    expect(await matched()).toBe('Matched: 0%');
  });

  test('where narrow frames are not drawn it is at least that', async () => {
    await page.goto(write('pruned.svg', { minWidth: { value: 3, unit: '%' } }));
    await search('read');
    expect(await matched()).toBe('Matched: ≥ 35%');
  });
});

describe('the address', () => {
  test('zoom and search survive the graph being drawn again, by the path of names', async () => {
    await frame('eval').click();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('parse');
    const fragment = await page.evaluate<string>('location.hash');
    const other = write('other.svg', { width: 700, inverted: true }, ['aaa 300', ...LINES]);
    await page.goto('about:blank');
    await page.goto(other + fragment);
    expect(await widthOf('eval')).toBe(680);
    expect(await page.evaluate(`document.querySelector('#search input').value`)).toBe('parse');
    expect(await matched()).toBe('Matched: 10% of all, 50% of the zoomed');
  });

  test('an address that was encoded on its way still leads there', async () => {
    await page.goto('about:blank');
    await page.goto(`${write('graph.svg')}#z=%6Dain;%77ork&q=%5Erea%64$&re=1`);
    expect(await widthOf('work')).toBe(1180);
    expect(await matched()).toBe('Matched: 35% of all, 50% of the zoomed');
  });

  test('a frame that is not there any more is said', async () => {
    await page.goto('about:blank');
    await page.goto(`${write('graph.svg')}#z=main;work;gone`);
    expect(await widthOf('work')).toBe(1180);
    expect(await details()).toContain('not in this picture');
  });

  test('siblings of one name are told apart', async () => {
    const timed = [
      ...flamegraphSvg(stacksOf(['m;a 1', 'm;b 2', 'm;a 3'], { timed: true }), {
        script: flameScript,
        flamechart: true,
      }),
    ];
    writeFileSync(join(folder, 'chart.svg'), timed.join(''));
    await page.goto(`file://${join(folder, 'chart.svg')}`);
    await frame('a', 1).click();
    expect(await hash()).toBe('#z=m;a*2');
    await page.goto('about:blank');
    await page.goto(`file://${join(folder, 'chart.svg')}#z=m;a*2`);
    expect([await widthOf('a', 1), await shown('b')]).toEqual([1180, false]);
  });
});

describe('names', () => {
  test('a hostile name is text, and can be zoomed to', async () => {
    await frame(HOSTILE).click();
    expect(await details()).toContain(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    await page.reload();
    expect(await widthOf(HOSTILE)).toBe(1180);
  });

  test('a cut name is copied whole', async () => {
    const name = 'Read_me_a_very_long_function_name_that_no_box_has_room_for';
    await page.evaluate(
      `addEventListener('copy', ({ clipboardData }) => (window.copied = clipboardData.getData('text/plain')))`,
    );
    await frame(name).dispatchEvent('click');
    await page.keyboard.press('Control+c');
    expect(await page.evaluate('window.copied')).toBe(name);
  });
});

test('the browser had nothing to complain about', () => expect(complaints).toEqual([]));
