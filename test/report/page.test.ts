/** The ways through a report in a real browser: from a finding to its evidence, there and back, and out of the page. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { renderReport } from '../../src/render/report/report.ts';
import { findingOf } from '../finding.ts';
import { launch, open, writeReport } from './browser.ts';
import { HOSTILE, samples, writeCapture } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'coldflame-page-'));
let browser: Browser;
let path: string;

function findingAbout(perf: number): Finding {
  return findingOf({
    title: 'server uses the CPUs',
    since: 4,
    until: 6,
    actors: [{ role: 'user', name: 'server', pid: 41, text: '70%' }],
    evidence: [{ source: perf, lines: [1, 2] }],
  });
}

beforeAll(async () => {
  const capture = await readCapture([writeCapture()], { samples: true });
  const perf = capture.sources.findIndex(({ tool }) => tool === 'perf');
  path = writeReport(
    folder,
    await renderReport({ capture: { ...capture, name: 'capture.tar' }, findings: [findingAbout(perf)] }),
  );
  browser = await launch();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());

const fragment = (page: Page): Promise<URLSearchParams> =>
  page.evaluate('location.hash.slice(1)').then((hash) => new URLSearchParams(hash as string));
const status = (page: Page): Promise<string | null> => page.locator('.flame-status').first().textContent();
const inRange = (from: number, to: number, comm: string) =>
  samples().filter((sample) => sample.at >= from && sample.at < to && sample.comm === comm).length;

describe('from a finding', () => {
  test('its time sets the range everywhere, and is taken back', async () => {
    const { page } = await open(browser, path);
    await page.getByRole('button', { name: '14:00:04.0 – 14:00:06.0' }).click();
    await expect.poll(async () => (await fragment(page)).get('t')).toBe('4,6');
    await expect.poll(() => page.getByRole('textbox', { name: 'From' }).inputValue()).toBe('14:00:04.000');
    await page.goBack();
    await expect.poll(async () => (await fragment(page)).get('t')).toBeNull();
    expect(await page.getByRole('textbox', { name: 'From' }).isVisible()).toBe(false);
  });

  test('its stacks are those of its process in its seconds', async () => {
    const { page, problems } = await open(browser, path);
    await page.getByRole('link', { name: 'Stacks of server in these 2 s' }).click();
    await expect.poll(() => status(page)).toMatch(new RegExp(`^${inRange(4, 6, 'server')} samples`));
    expect(problems).toEqual([]);
  });

  test('its name filters the page: the graph to the process, and back', async () => {
    const { page } = await open(browser, path, { hash: '#t=2,3&p=panel-perf' });
    await page.locator('.finding').getByRole('button', { name: 'server', exact: true }).first().click();
    await expect.poll(() => status(page)).toMatch(new RegExp(`^${inRange(2, 3, 'server')} samples`));
    await page.getByRole('button', { name: 'Undo the filter to server' }).click();
    await expect.poll(() => status(page)).toMatch(/^150 samples/);
  });
});

test('a range against the rest: what differs, and a graph of both', async () => {
  const { page, problems } = await open(browser, path, { hash: '#t=4,6' });
  await page.getByRole('button', { name: 'Against the rest' }).click();
  await expect.poll(() => page.locator('#compare h2').textContent()).toBe('What differs');
  // The n-th interval of runqlat counts n and 2: its distributions differ, and the samples, all alike, do not.
  expect(await page.locator('#compare').textContent()).not.toContain('CPU samples');
  await page.locator('#panel-perf').scrollIntoViewIfNeeded();
  await page
    .locator('#panel-perf g.frame', { hasText: /^serve$/ })
    .first()
    .hover();
  await expect.poll(() => status(page)).toContain('range 300 samples');
  await page.getByRole('button', { name: 'Stop comparing' }).click();
  await expect.poll(() => status(page)).toMatch(/^300 samples/);
  expect(problems).toEqual([]);
});

test('a copy carries the notes, with and without scripts, and keeps its policy', async () => {
  const { page } = await open(browser, path, { hash: '#t=4,6' });
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await page.getByRole('textbox', { name: /14:00:04/ }).fill(`it is the ${HOSTILE} job`);
  await page.keyboard.press('Enter');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save a copy with notes' }).click();
  const copy = join(folder, 'copy.html');
  const download = await saved;
  expect(download.suggestedFilename()).toBe('report-notes.html');
  await download.saveAs(copy);
  const still = await open(browser, copy, { javaScriptEnabled: false });
  expect(await still.page.locator('#notes li').textContent()).toBe(`14:00:04.0 – 14:00:06.0 it is the ${HOSTILE} job`);
  const again = await open(browser, copy);
  await again.page.locator('#notes').getByRole('link').click();
  await expect.poll(async () => (await fragment(again.page)).get('t')).toBe('4,6');
  await again.page.locator('#panel-perf').scrollIntoViewIfNeeded();
  await expect.poll(() => status(again.page)).toMatch(/^300 samples/);
  expect(again.problems).toEqual([]);
});

test('a panel is saved as it is narrowed: stacks, rows, picture', async () => {
  const { page, problems } = await open(browser, path, { hash: '#t=4,6&p=panel-perf' });
  const panel = page.locator('#panel-perf');
  await panel.getByText('Save or copy').click();
  const save = async (name: string): Promise<string> => {
    const waiting = page.waitForEvent('download');
    await panel.getByRole('button', { name, exact: true }).click();
    return (await waiting).path();
  };
  const folded = readFileSync(await save('Folded'), 'utf8')
    .trim()
    .split('\n');
  const sum = folded.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  expect(sum).toBe(300);
  expect(readFileSync(await save('CSV'), 'utf8')).toMatch(/^function,self/);
  expect([...readFileSync(await save('PNG')).subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  expect(problems.filter((problem) => !/^request: (?:blob|data):/.test(problem))).toEqual([]);
});
