/**
 * The report of a million samples: how large it is, how soon its first screen is there, how long each interaction
 * takes. Numbers are medians; the budgets are the project's own. README.md tells from when to when is measured.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Capture } from '../src/datasets/capture.ts';
import { FrameKind } from '../src/datasets/profile.ts';
import { ProfileBuilder } from '../src/datasets/profile-builder.ts';
import { renderReport } from '../src/render/report/report.ts';
import { launch } from '../test/report/browser.ts';
import { captureOf } from '../test/report/fixture.ts';
import { machine } from './lib/race.ts';
import { writeResults } from './lib/results.ts';

const SAMPLES = 1_000_000;
const CPUS = 64;
const STACKS = 20_000;
const FUNCTIONS = 8000;
const DEPTH = 28;
const ROUNDS = 21;
const LOADS = 5;
const VIEWPORT = { width: 1366, height: 768 };
/** Of an interaction, in milliseconds. */
const BUDGET = 50;

/** A linear congruential generator (Numerical Recipes): the same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** CPUs sampled at 99 Hz each, stacks by Zipf's law, threads that stay on their CPU for a while. */
function millionSamples(): Capture {
  const random = randomFrom(7);
  const profile = new ProfileBuilder({ samples: true });
  const leaves = Array.from({ length: STACKS }, () => {
    let node = profile.child(0, profile.frame(`worker${Math.floor(random() * 12)}`, FrameKind.process));
    let name = Math.floor(random() * 40);
    for (let depth = 0; depth < DEPTH * (0.5 + random() / 2); depth++) {
      node = profile.child(
        node,
        profile.frame(`module::function_${name}`, name % 3 === 0 ? FrameKind.kernel : FrameKind.user, 'libbench.so'),
      );
      // Few ways on near the root, many near the leaf.
      name = (name * 31 + Math.floor(random() * (1 + depth / 6)) + 1) % FUNCTIONS;
    }
    return node;
  });
  const thread = Array.from({ length: CPUS }, () => 0);
  const perCpu = Math.ceil(SAMPLES / CPUS);
  for (let tick = 0; tick < perCpu; tick++)
    for (let cpu = 0; cpu < CPUS; cpu++) {
      if (random() < 0.05) thread[cpu] = Math.floor(random() * 200);
      const tid = 1000 + (thread[cpu] as number);
      const leaf = leaves[Math.floor(STACKS ** random()) - 1] as number;
      const at = Math.round((tick / 99 + cpu * 1e-5 + random() * 2e-5) * 1e6) / 1e6;
      profile.add(leaf, 1, { at, cpu, thread: { comm: `worker${tid % 12}`, pid: 1000 + (tid % 12), tid } });
    }
  return captureOf('million', profile.build());
}

export default async function run(folder: string): Promise<void> {
  const capture = millionSamples();
  const begun = performance.now();
  const html = await renderReport({ capture, findings: [] });
  const written = performance.now() - begun;
  const path = join(folder, 'million.html');
  writeFileSync(path, html);
  const browser = await launch();
  try {
    const { paint, alive } = await loadTimes(browser, pathToFileURL(path).href);
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${pathToFileURL(path).href}#panel-perf`);
    await page.locator('g.frame').first().waitFor();
    await page.waitForTimeout(2000);
    const rows = [
      row('written in', ms(written)),
      row('size', `${(html.length / 2 ** 20).toFixed(1)} MiB`, '8 MiB'),
      row('first screen', ms(paint), '1000 ms'),
      row('alive', ms(alive)),
    ];
    for (const interaction of INTERACTIONS) rows.push(await timed(page, interaction));
    writeResults(
      'report',
      `${machine()}; Chromium ${browser.version()}, drawn without a GPU. ${SAMPLES.toLocaleString('en')} samples, ${STACKS.toLocaleString('en')} stacks; medians of ${ROUNDS}.\n\n| | | budget |\n| --- | --- | --- |\n${rows.join('\n')}`,
    );
  } finally {
    await browser.close();
  }
}

async function loadTimes(browser: Browser, url: string): Promise<{ paint: number; alive: number }> {
  const paints: number[] = [];
  const alive: number[] = [];
  const firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;
  for (let i = 0; i < LOADS; i++) {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(url);
    await page.locator('html[data-ready=yes]').waitFor();
    alive.push((await page.evaluate('performance.now()')) as number);
    await page.waitForFunction(firstPaint);
    paints.push((await page.evaluate(firstPaint)) as number);
    await page.close();
  }
  return { paint: median(paints), alive: median(alive) };
}

interface Interaction {
  name: string;
  /** The event that a person's input becomes. */
  event: string;
  /** What has to look other than before in the frame that is waited for; null for none. */
  shows: string | null;
  prepare?(page: Page): Promise<unknown>;
  act(page: Page, round: number): Promise<unknown>;
  /** Puts things back, which is not timed. */
  undo?(page: Page): Promise<unknown>;
  /** Where it is not `BUDGET`. */
  budget?: string;
}

const GRAPH = '.flame-stage';
/** In which the graph is drawn, or what stands in its place. */
const PLACE = '.dataset';
const TABLE = '.table-host tbody';

/** The left end of the time strip, then along it. */
const drag = {
  event: 'pointermove',
  prepare: async (page: Page) => {
    await page.mouse.up();
    await moveAlong(page, 0);
    await page.mouse.down();
  },
  act: (page: Page, round: number) => moveAlong(page, (round + 10) / (ROUNDS + 12)),
};

const INTERACTIONS: readonly Interaction[] = [
  { name: 'an empty frame', event: 'pointermove', shows: null, act: (page, round) => page.mouse.move(300, 20 + round) },
  { name: 'a range, dragged', shows: GRAPH, ...drag },
  {
    name: 'a letter of a search',
    event: 'input',
    shows: GRAPH,
    prepare: async (page) => {
      await page.mouse.up();
      await page.keyboard.press('Escape');
      await page.getByLabel('Search functions').focus();
    },
    act: (page, round) => page.keyboard.press(round % 2 === 0 ? `${round % 10}` : 'Backspace'),
  },
  {
    name: 'a zoom, in or out',
    event: 'click',
    shows: GRAPH,
    prepare: reset,
    act: (page, round) => clickFrame(page, round % 2 === 0 ? 3 : 0),
  },
  {
    name: 'the icicle',
    event: 'click',
    shows: GRAPH,
    act: (page) => page.getByRole('button', { name: 'Icicle' }).first().click(),
  },
  {
    name: 'callers, and back',
    event: 'change',
    shows: GRAPH,
    prepare: reset,
    act: (page, round) => page.getByLabel('Order').selectOption(round % 2 === 0 ? 'callers' : 'flame'),
  },
  {
    name: 'roots by thread, 200 of them',
    event: 'change',
    shows: GRAPH,
    prepare: reset,
    act: (page) => page.getByLabel('Roots').selectOption('thread'),
    undo: (page) => page.getByLabel('Roots').selectOption('process'),
    budget: '',
  },
  {
    name: 'in time order',
    event: 'change',
    shows: PLACE,
    act: (page) => page.getByLabel('Order').selectOption('time'),
    undo: (page) => page.getByLabel('Order').selectOption('flame'),
    budget: '',
  },
  {
    name: 'a range, the table of functions open: its graph',
    shows: GRAPH,
    ...drag,
    prepare: async (page) => {
      await page.locator('details.table > summary').first().click();
      await page.locator(TABLE).first().waitFor();
      await drag.prepare(page);
    },
  },
  { name: 'a range, the table of functions open: its table', shows: TABLE, ...drag },
];

/** The flame graph as it was at first. */
async function reset(page: Page): Promise<void> {
  const button = page.locator('.flame-tools button', { hasText: 'Reset' });
  if (await button.isEnabled()) await button.click();
}

async function moveAlong(page: Page, share: number): Promise<void> {
  const strip = await page.locator('#strip .plot').boundingBox();
  if (strip === null) throw new Error('the time strip is not in view');
  await page.mouse.move(strip.x + 2 + share * (strip.width - 4), strip.y + 4);
}

/** Clicks into the middle of a level of the flame graph; level 0 is all. */
async function clickFrame(page: Page, level: number): Promise<void> {
  const graph = await page.locator(GRAPH).first().boundingBox();
  if (graph === null) throw new Error('the flame graph is not in view');
  await page.mouse.click(graph.x + 0.4 * graph.width, graph.y + graph.height - 18 * (level + 0.5));
}

async function timed(page: Page, interaction: Interaction): Promise<string> {
  const { name, event, shows, prepare, act, undo, budget = `${BUDGET} ms` } = interaction;
  await prepare?.(page);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // Heard before the input is sent: the two go different ways into the browser.
    await page.evaluate(`void (globalThis.took = (${untilShown})(${JSON.stringify(event)}, ${JSON.stringify(shows)}))`);
    await act(page, round);
    times.push((await page.evaluate('took')) as number);
    await undo?.(page);
    await page.waitForTimeout(50);
  }
  return row(name, ms(median(times)), shows === GRAPH ? budget : '');
}

/**
 * In the page: from when the input came to after the frame in which what it changes is drawn.
 * @param shows its markup is another then; frames are waited for until it is
 */
const untilShown = `(type, shows) => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(type + ' changed nothing of ' + shows)), 5000);
  const place = shows === null ? null : document.querySelector(shows);
  const before = place?.innerHTML;
  addEventListener(type, ({ timeStamp }) => {
    const afterFrame = () => requestAnimationFrame(() => setTimeout(() => {
      const took = performance.now() - timeStamp;
      if (place === null || place.innerHTML !== before) resolve(took);
      else afterFrame();
    }));
    afterFrame();
  }, { capture: true, once: true });
})`;

function row(...cells: [what: string, value: string, budget?: string]): string {
  return `| ${cells[0]} | ${cells[1]} | ${cells[2] ?? ''} |`;
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
