/** A real Chromium, from an npm package: no download, no system package. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export async function launch(): Promise<Browser> {
  // Its list is for a service that allows one process, and asks for a headless mode that is gone.
  const args = sparticuz.args.filter((flag) => !/^--(?:headless|single-process|no-zygote)/.test(flag));
  return chromium.launch({ executablePath: await sparticuz.executablePath(), args, headless: true });
}

export interface Opened {
  page: Page;
  /** Console messages, page errors and requests that left the file. */
  problems: string[];
}

/** Opens the report as a file from disk and waits until its script is done, where it may run. */
export async function open(
  browser: Browser,
  path: string,
  { hash = '', ...options }: BrowserContextOptions & { hash?: string } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(`request: ${request.url()}`);
  });
  await page.goto(`${pathToFileURL(path).href}${hash}`);
  if (options.javaScriptEnabled !== false) await page.locator('html[data-ready=yes]').waitFor({ timeout: 20_000 });
  return { page, problems };
}

/** Scrolls through the whole page, so that every panel has come to life. */
export async function seeAll(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
      scrollTo(0, y);
      await new Promise((done) => setTimeout(done, 20));
    }
    scrollTo(0, 0);
  })()`);
}

/** Writes the report into a folder and tells its path. */
export function writeReport(folder: string, html: string, name = 'report.html'): string {
  const path = join(folder, name);
  writeFileSync(path, html);
  return path;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Texts and controls that overlap, or stick out of the page, by their boxes. */
export const FAULTS = `(() => {
  const faults = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) faults.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  const shown = [...document.querySelectorAll('h1,h2,h3,h4,p,button,select,input,summary,li,dt,dd,figcaption,.picture > svg,.flame-stage')]
    .filter((e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !e.closest('.offscreen,.skip,.toast,.grid-scroll,.scroll'));
  const boxes = shown.map((e) => ({ e, b: e.getBoundingClientRect() })).filter(({ b }) => b.width > 1 && b.height > 1);
  const inSticky = (e) => e.closest('.bar,#strip,.contents') !== null;
  boxes.sort((x, y) => x.b.top - y.b.top);
  const name = (e) => e.tagName + '.' + e.className + ' ' + (e.textContent || '').trim().slice(0, 30);
  for (let i = 0; i < boxes.length; i++)
    for (let k = i + 1; k < boxes.length && boxes[k].b.top < boxes[i].b.bottom - 1; k++) {
      const [p, q] = [boxes[i], boxes[k]];
      if (p.e.contains(q.e) || q.e.contains(p.e) || inSticky(p.e) !== inSticky(q.e)) continue;
      const across = Math.min(p.b.right, q.b.right) - Math.max(p.b.left, q.b.left);
      const down = Math.min(p.b.bottom, q.b.bottom) - Math.max(p.b.top, q.b.top);
      if (across > 1 && down > 1) faults.push(name(p.e) + ' over ' + name(q.e));
    }
  return faults.slice(0, 10);
})()`;

/** What axe-core finds, with the first places of each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 120)).join(' | ')))`)) as string[];
}
