/** What every page promises, whatever it is of: the report and the comparison are held to the same. */
import { dirname } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { FAULTS, open, seeAll, violations, writeReport } from './browser.ts';
import { HOSTILE } from './fixture.ts';

/** A page that was written, and what opens it. */
export interface Written {
  browser: Browser;
  path: string;
  html: string;
}

/** @param written as it is once all is set up */
export function keepsToItself(written: () => Written): void {
  test('nothing but itself may run or be loaded', () => {
    const { html } = written();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    expect(policy).toMatch(/^default-src &#39;none&#39;/);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(html).not.toMatch(/(?:src|href)="(?!#|data:)/);
  });

  test('a command named like markup is text everywhere', async () => {
    const { browser, path, html } = written();
    expect(html).not.toContain(HOSTILE);
    const { page, problems } = await open(browser, path, { hash: '#panel-perf' });
    await seeAll(page);
    await expect.poll(() => page.locator('g.frame', { hasText: '</script>' }).count()).toBeGreaterThan(0);
    expect(await page.locator('img').count()).toBe(0);
    expect(problems).toEqual([]);
  });
}

/** @param unfold opens what is closed at first */
export function fitsEveryScreen(written: () => Written, unfold: (page: Page) => Promise<void>): void {
  describe.each([
    ['laptop', 1366, 768],
    ['phone', 390, 844],
  ])('on a %s', (_, width, height) => {
    test.each(['light', 'dark'] as const)(
      'in %s: nothing overlaps, no message, no accessibility violation',
      async (colorScheme) => {
        const { browser, path } = written();
        const { page, problems } = await open(browser, path, { viewport: { width, height }, colorScheme });
        await seeAll(page);
        await unfold(page);
        await page.evaluate('scrollTo(0, 0)');
        expect(await page.evaluate(FAULTS)).toEqual([]);
        expect(await violations(page)).toEqual([]);
        expect(problems).toEqual([]);
      },
    );
  });
}

/** The page as a ticket shows it that lets no script run and no style apply. */
export async function openStrictly({ browser, path, html }: Written): Promise<Page> {
  const strict = html.replace(
    /content="default-src[^"]*"/,
    `content="sandbox; default-src 'none'; style-src 'self'; img-src 'self'"`,
  );
  const { page } = await open(browser, writeReport(dirname(path), strict, 'strict.html'), { javaScriptEnabled: false });
  return page;
}

/** The pictures of panels are there, each of a size that can be read. */
export async function showsPictures(page: Page, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const box = await page.locator(`#${id} .picture svg`).first().boundingBox();
    expect([id, (box?.width ?? 0) > 200, (box?.height ?? 0) > 60]).toEqual([id, true, true]);
  }
}
