/** Chromium from npm or the Firefox that is installed, told what to do by WebDriver BiDi. */
import sparticuz from '@sparticuz/chromium';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

export async function launchBrowser(name: string): Promise<Browser> {
  if (name === 'firefox')
    return puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr' });
  const args = sparticuz.args.filter((flag) => !/^--(?:headless|single-process|no-zygote)/.test(flag));
  return puppeteer.launch({ browser: 'chrome', executablePath: await sparticuz.executablePath(), args });
}

export interface Opened {
  page: Page;
  /** What the page said to the console, and errors in it. */
  problems: string[];
}

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  hash?: string;
}

/** The page once its script has run. */
export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<Opened> {
  const { width = 1366, height = 768, dark = false, hash = '' } = look;
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.setViewport({ width, height });
  await page.goto(url + hash);
  await page.waitForSelector('html[data-ready=yes]');
  // By the button of the page: not every browser can be told what its user prefers.
  if (dark)
    await page.evaluate(
      `document.documentElement.dataset.theme !== 'dark' && document.querySelector('.theme').click()`,
    );
  return { page, problems };
}

/** Lets the page settle. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** In a page: texts of pictures that overlap or leave their picture, axes of time with fewer than three labels, sideways scrolling. */
export const LABEL_FAULTS = `(() => {
  const faults = [];
  // As high as the letters are: browsers differ in what a line has around them. Texts that stand upright are as wide.
  const letters = (e) => {
    const { left, right, top, bottom, width, height } = e.getBoundingClientRect();
    const matrix = e.getScreenCTM?.();
    const size = parseFloat(getComputedStyle(e).fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
    const isUpright = height > width && e.textContent.length > 2;
    const extra = Math.max(0, (isUpright ? width : height) - size) / 2;
    return isUpright
      ? { left: left + extra, right: right - extra, top, bottom, width }
      : { left, right, top: top + extra, bottom: bottom - extra, width };
  };
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push('the page is ' + scrollWidth + ' wide');
  for (const picture of document.querySelectorAll('svg, .ticks')) {
    const box = picture.getBoundingClientRect();
    if (!shown(picture) || box.width < 2) continue;
    const where = picture.closest('.panel, .finding, #strip')?.id + ': ';
    const labels = [...picture.querySelectorAll('text, span, .event-mark')]
      .filter((e) => shown(e) && e.textContent.trim() !== '' && e.closest('g.frame') === null)
      .map((e) => ({ e, b: letters(e) }))
      .filter(({ b }) => b.width > 0)
      .sort((p, q) => p.b.top - q.b.top);
    for (const { e, b } of labels)
      if (b.left < box.left - 1.5 || b.right > box.right + 1.5 || b.top < box.top - 2 || b.bottom > box.bottom + 2)
        faults.push(where + e.textContent.slice(0, 40) + ' leaves its picture');
    for (let i = 0; i < labels.length; i++)
      for (let k = i + 1; k < labels.length && labels[k].b.top < labels[i].b.bottom - 2; k++) {
        const [p, q] = [labels[i], labels[k]];
        const across = Math.min(p.b.right, q.b.right) - Math.max(p.b.left, q.b.left);
        const down = Math.min(p.b.bottom, q.b.bottom) - Math.max(p.b.top, q.b.top);
        if (across > 1 && down > 2) faults.push(where + p.e.textContent.slice(0, 30) + ' over ' + q.e.textContent.slice(0, 30));
      }
    if (picture.matches('.ticks') && picture.querySelectorAll('span').length < 3) faults.push(where + 'fewer than three times');
  }
  return [...new Set(faults)].slice(0, 10);
})()`;

/** In a page: brings every panel to life by scrolling past it. */
export const SCROLL_THROUGH = `(async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 500) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 30));
  }
})()`;

/** In a page: frames of flame graphs whose children are wider than they are, or weigh other than they do without their own. */
export const WIDTH_FAULTS = `[...document.querySelectorAll('g.frame')].flatMap((g) => {
  const { data, children = [], x0, x1 } = g.__data__;
  const below = children.reduce((sum, child) => sum + child.data.value, 0);
  const wide = children.reduce((sum, child) => sum + child.x1 - child.x0, 0);
  const isWhole = Math.abs(below + (data.self ?? 0) - data.value) <= 1e-6 * data.value;
  return wide <= x1 - x0 + 1e-9 && isWhole ? [] : [data.name + ': ' + below + ' + ' + data.self + ' of ' + data.value];
}).slice(0, 5)`;
