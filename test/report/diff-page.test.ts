/** The comparison in a real browser, against numbers counted from the two fixtures themselves. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { assess } from '../../src/findings/index.ts';
import { compared } from '../../src/render/report/diff/compared.ts';
import { diffPage } from '../../src/render/report/diff/page.ts';
import { assembled } from '../../src/render/report/fit/fit.ts';
import { launch, open, writeReport } from './browser.ts';
import { type Sample, samples, writeCapture } from './fixture.ts';
import { fitsEveryScreen, keepsToItself, openStrictly, showsPictures } from './promises.ts';

/** Half as long and a day later; from its second second on the server waits for a lock where it parsed. */
function later(): Sample[] {
  return samples()
    .filter(({ at }) => at < 5)
    .map((sample) => {
      const waits = sample.at >= 2 && sample.stack.at(-1) === 'parse';
      return waits ? { ...sample, stack: ['main', 'serve', 'lock', 'futex_wait'] } : sample;
    });
}

/** Each of five intervals counts 3 in a bucket two thousand times as long. */
const RUNQLAT = `Tracing run queue latency... Hit Ctrl-C to end.
${[1, 2, 3, 4, 5].map((second) => `\n14:00:0${second}\n     usecs               : count    distribution\n      4096 -> 8191       : 3        |****                                    |`).join('\n')}
`;

let browser: Browser;
let folders: [before: string, after: string];
let html: string;
let path: string;

async function render(): Promise<string> {
  const [before, after] = await Promise.all(folders.map((folder) => readCapture([folder], { samples: true })));
  if (before === undefined || after === undefined) throw new Error('no captures');
  const page = diffPage(
    compared({
      before: { ...before, name: 'yesterday.tar' },
      after: { ...after, name: 'now.tar' },
      findingsBefore: assess(before).findings,
      findingsAfter: assess(after).findings,
    }),
  );
  return assembled(page);
}

beforeAll(async () => {
  const after = {
    list: later(),
    started: 1_772_370_000 + 86_400,
    seconds: 5,
    runnable: [20, 21, 22, 23],
    busy: 95,
    without: ['biosnoop'],
    files: { 'runqlat.txt': RUNQLAT },
  };
  folders = [writeCapture({ busy: 90 }), writeCapture(after)];
  html = await render();
  path = writeReport(mkdtempSync(join(tmpdir(), 'coldflame-diff-')), html);
  browser = await launch();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());
const written = () => ({ browser, path, html });

const inRange = (list: readonly Sample[], from: number, to: number) => list.filter(({ at }) => at >= from && at < to);
const share = (part: number, whole: number): string => `${Math.round((10_000 * part) / whole) / 100}%`;

describe('the differential flame graph', () => {
  test('weighs what there are samples, before and after', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    expect([samples().length, later().length]).toEqual([1500, 750]);
    await expect
      .poll(() => page.locator('#panel-perf .flame-status').textContent())
      .toContain('Before 1,500 samples, after 750 samples');
  });

  test('is folded again for a range, both sides on seconds since their own start', async () => {
    const { page } = await open(browser, path, { hash: '#t=2,4.5&p=panel-perf' });
    const [was, is] = [inRange(samples(), 2, 4.5), inRange(later(), 2, 4.5)];
    await expect
      .poll(() => page.locator('#panel-perf .flame-status').textContent())
      .toContain(`Before ${was.length} samples, after ${is.length} samples`);
    const gone = was.filter(({ stack }) => stack.at(-1) === 'parse').length;
    const fresh = is.filter(({ stack }) => stack.includes('lock')).length;
    expect(fresh).toBe(gone);
    await expect
      .poll(() => page.locator('#panel-perf .only-in summary').allTextContents())
      .toEqual([
        `Gone: 1 stack, ${share(gone, was.length)} of before`,
        `New: 1 stack, ${share(fresh, is.length)} of after`,
      ]);
  });

  test('follows a brush over the strip', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const plot = (await page.locator('#strip .plot').boundingBox()) as { x: number; y: number; width: number };
    // The axis is as long as the longer capture: ten seconds.
    await page.mouse.move(plot.x + plot.width * 0.1, plot.y + 10);
    await page.mouse.down();
    await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 10, { steps: 4 });
    await page.mouse.up();
    const range = async (): Promise<number[]> => {
      const hash = (await page.evaluate('location.hash')) as string;
      return (new URLSearchParams(hash.slice(1)).get('t') ?? '').split(',').map(Number);
    };
    await expect.poll(async () => (await range()).map((at) => at.toFixed(1))).toEqual(['1.0', '3.0']);
    const [from = 0, to = 0] = await range();
    const counts = [inRange(samples(), from, to).length, inRange(later(), from, to).length];
    await expect
      .poll(() => page.locator('#panel-perf .flame-status').textContent())
      .toContain(`Before ${counts[0]} samples, after ${counts[1]} samples`);
  });

  test('tells the share that a search matches in each, and of what is zoomed into', async () => {
    const { page } = await open(browser, path, { hash: '#panel-perf' });
    const matched = page.locator('#panel-perf .matched');
    await page.getByRole('button', { name: 'Regular expression' }).first().click();
    await page.getByLabel('Search functions').first().fill('^parse$|futex');
    const of = (list: readonly Sample[], within: (sample: Sample) => boolean): string => {
      const whole = list.filter(within);
      const part = whole.filter(({ stack }) => ['parse', 'futex_wait'].includes(stack.at(-1) as string));
      return share(part.length, whole.length);
    };
    await expect
      .poll(() => matched.textContent())
      .toBe(`Matched: before ${of(samples(), () => true)}, after ${of(later(), () => true)}`);
    await page.locator('#panel-perf g.frame', { hasText: /^serve$/ }).click();
    const serving = ({ comm }: Sample): boolean => comm === 'server';
    await expect
      .poll(() => matched.textContent())
      .toBe(`Matched: before ${of(samples(), serving)}, after ${of(later(), serving)}`);
  });

  test('says of a frame what it was and is, and leads from what is gone to where it was', async () => {
    const { page } = await open(browser, path, { hash: '#t=2,4.5&p=panel-perf' });
    const [was, is] = [inRange(samples(), 2, 4.5), inRange(later(), 2, 4.5)];
    await page.locator('#panel-perf .only-in details.before summary').click();
    await page.locator('#panel-perf .only-in details.before button').click();
    await expect.poll(() => page.getByRole('combobox', { name: 'Widths' }).first().inputValue()).toBe('before');
    await page.locator('#panel-perf g.frame', { hasText: /^parse$/ }).click();
    const parsed = was.filter(({ stack }) => stack.at(-1) === 'parse').length;
    await expect
      .poll(() => page.locator('#panel-perf .frame-numbers').textContent())
      .toMatch(`before ${share(parsed, was.length)} (${parsed} samples) · after 0% (0 samples) · −`);
    expect(is.filter(({ stack }) => stack.at(-1) === 'parse')).toEqual([]);
  });

  test('a link opens the same view', async () => {
    const { page } = await open(browser, path, { hash: '#t=2,4.5&p=panel-perf' });
    await page.getByRole('combobox', { name: 'Widths' }).first().selectOption('before');
    await page.getByRole('combobox', { name: 'Colours' }).first().selectOption('total');
    await page.getByRole('button', { name: 'Orange/blue' }).first().click();
    await page.getByLabel('Search functions').first().fill('walk');
    await expect.poll(() => page.evaluate('location.hash')).toContain('walk');
    const status = await page.locator('#panel-perf .flame-status').textContent();
    const legend = await page.locator('#panel-perf .legend').textContent();
    const again = await open(browser, path, { hash: (await page.evaluate('location.hash')) as string });
    await expect.poll(() => again.page.locator('#panel-perf .flame-status').textContent()).toBe(status);
    expect(await again.page.locator('#panel-perf .legend').textContent()).toBe(legend);
    const orange = again.page.getByRole('button', { name: 'Orange/blue' }).first();
    expect(await orange.getAttribute('aria-pressed')).toBe('true');
  });
});

test('a range narrows both distributions, and the counts per second are of its seconds', async () => {
  const { page } = await open(browser, path, { hash: '#t=2.5,4.5&p=panel-runqlat' });
  const panel = page.locator('#panel-runqlat');
  // Stamps are cut to the second: those of 14:00:02 to :05 may be of seconds 2.5 to 4.5. They count 2 to 5 and four times 2 before,
  // four times 3 after; of four seconds.
  await expect.poll(() => panel.locator('.picture.sum').textContent()).toContain('22 before, 12 after');
  await expect.poll(() => panel.locator('.picture.sum').textContent()).toContain('p50 0 to 2 µs → 4.1 to 8.19 ms');
  await expect
    .poll(() => panel.locator('tbody tr:not(.spacer) td').allTextContents())
    .toEqual([
      'runqlat.txt',
      '5.5',
      '3',
      '0 to 2 µs',
      '4.1 to 8.19 ms',
      '2 to 4 µs',
      '4.1 to 8.19 ms',
      '2 to 4 µs',
      '4.1 to 8.19 ms',
    ]);
});

test('key numbers are those that the same tool told both times', async () => {
  const { page } = await open(browser, path);
  const rows = await page.locator('#numbers tbody tr').allTextContents();
  // 1 to 9 are 5 on average, 20 to 23 are 21.5.
  expect(rows).toContain('Run queue, mean521.5×4.3vmstat');
  // 1,000 before: of 75 in all the 38th is in the first bucket, 55 of 75; the 75th in the second.
  expect(rows).toContain('runqlat p500 to 2 µs4.1 to 8.19 ms×2,048 or morerunqlat');
  expect(rows.some((row) => row.includes('biosnoop'))).toBe(false);
});

test('a tool that ran one time only is shown, and why the other time has none', async () => {
  const { page } = await open(browser, path, { hash: '#panel-biosnoop-before' });
  const panel = page.locator('#panel-biosnoop-before');
  expect(await panel.locator('.notice-line').first().textContent()).toBe('Before only. After, it was not captured.');
  await expect.poll(() => panel.locator('details.table .count').first().textContent()).toBe('40 rows');
});

test('the search finds functions of either capture, and shows them in the graph of both', async () => {
  const { page } = await open(browser, path);
  await page.getByLabel('Search the whole report').fill('futex_wait');
  await page
    .locator('.results button', { has: page.locator('.where', { hasText: 'cpu-clock' }) })
    .last()
    .click();
  const waiting = later().filter(({ stack }) => stack.includes('futex_wait')).length;
  await expect
    .poll(() => page.locator('#panel-perf .matched').textContent())
    .toBe(`Matched: before 0%, after ${share(waiting, 750)}`);
});

test('lines of both stand in one chart', async () => {
  const { page } = await open(browser, path, { hash: '#panel-vmstat' });
  const chart = page.locator('#panel-vmstat .line-chart', { hasText: /^r/ }).first();
  await expect.poll(() => chart.locator('.u-series .u-label').allTextContents()).toEqual(['time', 'before', 'after']);
  const row = page.locator('#panel-vmstat tbody tr:not(.spacer)', { has: page.locator('td', { hasText: /^r$/ }) });
  await expect.poll(() => row.locator('td').allTextContents()).toEqual(['r', '', '5', '21.5', '330', '9', '23']);
});

describe('findings', () => {
  test('say what is new in the words of the report, and lead to the lines of either capture', async () => {
    const { page } = await open(browser, path);
    const finding = page.locator('.finding', { hasText: '22 runnable threads' });
    expect(await finding.locator('.badge').textContent()).toBe('worse');
    // Before, 1 to 9 threads wanted to run: more than there are CPUs from 3 on, 6 on average of those.
    expect(await finding.locator('.was').textContent()).toMatch(/^Before \(warning\): .*: 6 runnable threads/);
    await finding.locator('.evidence summary').click();
    await finding.locator('.evidence a', { hasText: 'after: vmstat.txt' }).first().click();
    await expect.poll(() => page.locator('.raw-line.pointed').count()).toBeGreaterThan(0);
    expect(await page.locator('.raw-line.pointed').first().textContent()).toMatch(/ 20 +0 /);
  });
});

fitsEveryScreen(written, async (page) => {
  await page.locator('#panel-perf g.frame').nth(2).click();
  for (const summary of await page.locator('.only-in summary').all()) await summary.click();
});

describe('what is in the file itself', () => {
  keepsToItself(written);

  test('the same captures give the same bytes', async () => {
    expect(await render()).toBe(html);
  });

  test('without a script and where no style may apply, findings, numbers and pictures are there', async () => {
    const page = await openStrictly(written());
    expect(await page.locator('#findings .finding').count()).toBeGreaterThan(0);
    expect(await page.locator('#numbers tbody tr').count()).toBeGreaterThan(2);
    await showsPictures(page, ['panel-perf', 'panel-runqlat', 'panel-vmstat']);
    expect(await page.locator('#panel-perf table tbody tr').first().textContent()).toContain('futex_wait');
  });
});
