// npm run pictures: the pictures of docs/walk.md and docs/report.png, of the report of the demo. Run it when the report looks different.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const SIZE = { width: 1366, height: 768 };
/** By name: what the address says, the element at the top of the picture, and what is done there. */
const PICTURES = {
  'docs/report.png': { hash: '' },
  'docs/walk/1-evidence.png': {
    hash: '',
    at: '#findings',
    act: (page) => page.locator('#findings').getByText('Evidence', { exact: true }).first().click(),
  },
  'docs/walk/2-range.png': { hash: '#t=16,24', at: '#panel-iostat' },
  'docs/walk/3-waits.png': {
    hash: '#t=16,24&n=orderdb',
    at: '#panel-offcputime',
    act: (page) => page.locator('#panel-offcputime').getByPlaceholder('Search functions').fill('fdatasync'),
  },
  'docs/walk/4-against.png': { hash: '#t=16,24&b=rest', at: '#panel-biolatency' },
  'docs/walk/5-captured.png': { hash: '#captured', at: '#captured' },
};

/** Below what stays at the top of the page. */
async function toTop(page, at) {
  if (at === undefined) return;
  await page.locator(at).evaluate((element) => {
    const bar = document.elementFromPoint(innerWidth / 2, 2)?.closest('header, #strip, [class*=bar]');
    element.scrollIntoView({ block: 'start' });
    scrollBy(0, -(bar?.getBoundingClientRect().bottom ?? 0) - 8);
  });
  await page.waitForTimeout(500);
}

const folder = mkdtempSync(join(tmpdir(), 'coldflame-pictures-'));
const report = join(folder, 'report.html');
mkdirSync('docs/walk', { recursive: true });
const { status } = spawnSync(
  process.execPath,
  ['dist/coldflame.js', 'analyze', 'samples/demo/capture.tar.gz', '-q', '-o', report],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(1);
const args = sparticuz.args.filter((flag) => !/^--(?:headless|single-process|no-zygote)/.test(flag));
const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args });
for (const [path, { hash, at, act }] of Object.entries(PICTURES)) {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(`${pathToFileURL(report).href}${hash}`);
  await page.locator('html[data-ready=yes]').waitFor();
  await toTop(page, at);
  if (act !== undefined) {
    await act(page);
    await toTop(page, at);
  }
  await page.waitForTimeout(1500);
  // Few colors: a third of the size.
  await sharp(await page.screenshot())
    .png({ palette: true, effort: 10 })
    .toFile(path);
  await page.close();
}
await browser.close();
rmSync(folder, { recursive: true });
