/** The report as a document: on a laptop and a phone, light and dark, for a screen reader, and of the oddest captures. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Finding } from '../../src/datasets/finding.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { renderReport } from '../../src/render/report/report.ts';
import { findingOf, measureOf } from '../finding.ts';
import { FAULTS, launch, open, violations, writeReport } from './browser.ts';
import { captureOf, writeCapture } from './fixture.ts';
import { fitsEveryScreen } from './promises.ts';

const folder = mkdtempSync(join(tmpdir(), 'coldflame-document-'));

const FINDINGS: Finding[] = [
  findingOf({
    rule: 'invented',
    severity: 'critical',
    subsystem: 'kernel',
    title:
      'An invented finding with a_very_long_name_that_does_not_break_anywhere_by_itself_and_must_not_push_the_page_wide',
    detail: 'It rests on two lines.',
    since: 2.5,
    measures: [measureOf(9.5, { label: 'run queue' })],
    evidence: [{ source: 0, lines: [3, 4] }],
    confidence: 'low',
    doubts: ['it is invented'],
    next: [{ collect: ['runqlat'], command: 'coldflame collect --tool runqlat' }],
  }),
  findingOf({
    rule: 'out',
    verdict: 'ruled-out',
    severity: 'notice',
    subsystem: 'disk',
    title: 'Disk: p99 under 4 ms',
    evidence: [{ source: 0, lines: null }],
  }),
];

let browser: Browser;
let html: string;
let path: string;

beforeAll(async () => {
  const capture = await readCapture([writeCapture()], { samples: true });
  html = await renderReport({ capture, findings: FINDINGS, mark: 4 });
  path = writeReport(folder, html);
  browser = await launch();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(() => browser?.close());

fitsEveryScreen(
  () => ({ browser, path, html }),
  async (page) => {
    for (const summary of await page.locator('details.table > summary').all()) await summary.click();
    await page.locator('g.frame').nth(2).click();
  },
);

test('evidence opens the text at its lines', async () => {
  const { page } = await open(browser, path);
  await page.locator('.evidence summary').click();
  await page.locator('.evidence a[data-lines]').click();
  await expect.poll(() => page.locator('.raw-line.pointed').count()).toBe(2);
  expect(await page.locator('.raw-line.pointed .raw-number').allTextContents()).toEqual(
    ['  3', '  4'].map((n) => expect.stringContaining(n.trim())),
  );
});

test('the incident is marked along the axis', async () => {
  const { page } = await open(browser, path);
  const plot = (await page.locator('#strip .plot').boundingBox()) as { x: number; width: number };
  const mark = (await page.locator('#strip .brush-mark').boundingBox()) as { x: number; width: number };
  expect((mark.x + mark.width / 2 - plot.x) / plot.width).toBeCloseTo(0.4, 2);
});

test('the clock keeps three times on a phone, whatever names stand on it', async () => {
  const { page } = await open(browser, path, { viewport: { width: 390, height: 844 } });
  // The strip is laid out anew once it has its width.
  await expect.poll(() => page.locator('#strip .event-mark').count()).toBe(1);
  expect(await page.locator('#strip .ticks span').count()).toBeGreaterThanOrEqual(3);
});

test('the whole report is searched: functions, and every line with its number', async () => {
  const { page } = await open(browser, path);
  await page.getByLabel('Search the whole report').fill('eth0');
  await expect.poll(() => page.locator('.results .where').allTextContents()).toContain('dmesg.txt line 2');
  await page.locator('.results button', { hasText: 'eth0' }).click();
  await expect.poll(() => page.locator('.raw-line.pointed').textContent()).toContain('eth0: link up');
});

describe('of an odd capture it opens and reads', () => {
  const stacksOf = (fill: (profile: ProfileBuilder) => void): Capture => {
    const profile = new ProfileBuilder({ samples: true });
    fill(profile);
    return captureOf('odd', profile.build());
  };
  const thread = { comm: 'c', pid: 1, tid: 1 };
  const cases: [string, (profile: ProfileBuilder) => void, string][] = [
    ['no sample', () => {}, 'Nothing was sampled'],
    [
      'one sample',
      (profile) => profile.add(profile.child(0, profile.frame('only')), 1, { at: 1, cpu: 0, thread }),
      '1 sample',
    ],
    [
      'a hundred thousand frames',
      (profile) => {
        for (let i = 0; i < 100_000; i++)
          profile.add(profile.child(0, profile.frame(`frame_${i}`)), 1, { at: i / 1000, cpu: 0, thread });
      },
      '100,000 samples',
    ],
    [
      'a stack 500 deep, of names 10,000 long',
      (profile) => {
        let node = 0;
        for (let i = 0; i < 500; i++)
          node = profile.child(
            node,
            profile.frame(i % 100 === 0 ? `n${i}${'x'.repeat(10_000)}` : `n${i}`, FrameKind.user),
          );
        profile.add(node, 3, { at: 1, cpu: 0, thread });
        profile.add(node, 3, { at: 2, cpu: 0, thread });
      },
      '6 samples',
    ],
  ];
  test.each(cases)('%s', async (_, fill, said) => {
    const file = writeReport(folder, await renderReport({ capture: stacksOf(fill), findings: [] }), 'odd.html');
    const { page, problems } = await open(browser, file, { hash: '#panel-perf' });
    await expect.poll(() => page.locator('.flame-status').textContent()).toContain(said);
    expect(await page.evaluate(FAULTS)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('nothing at all', async () => {
    const file = writeReport(
      folder,
      await renderReport({
        capture: { name: 'empty', manifest: null, damage: ['it was cut'], sources: [], datasets: [] },
        findings: [],
      }),
    );
    const { page, problems } = await open(browser, file);
    expect(await page.locator('#captured').textContent()).toContain('it was cut');
    expect(problems).toEqual([]);
  });
});
