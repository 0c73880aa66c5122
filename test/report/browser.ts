/** A real Chromium, from an npm package: no download, no system package. */
import { writeFileSync } from 'node:fs';
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
