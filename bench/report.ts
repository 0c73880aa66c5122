/**
 * The report of a million samples: how large it is, how soon its first screen is there, how long each interaction
 * takes. Numbers are medians; the budgets are the project's own.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import type { Capture } from '../src/datasets/capture.ts';
import { FrameKind } from '../src/datasets/profile.ts';
import { ProfileBuilder } from '../src/datasets/profile-builder.ts';
import { renderReport } from '../src/render/report/report.ts';

const SAMPLES = 1_000_000;
const CPUS = 64;
const STACKS = 20_000;
const FUNCTIONS = 8000;
const DEPTH = 28;
const ROUNDS = 21;

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
  const source = {
    name: 'perf.txt',
    tool: 'perf',
    grammar: 'perf script',
    lines: 1,
    read: 1,
    noise: 0,
    unreadCount: 0,
    unread: [],
    notes: [],
    raw: null,
    run: null,
  };
  return {
    name: 'million',
    manifest: null,
    damage: [],
    sources: [source],
    datasets: [
      {
        shape: 'stacks',
        kind: 'on-cpu',
        source: 0,
        tool: 'perf',
        title: 'cpu-clock',
        clock: 'perf',
        unit: 'samples',
        profile: profile.build(),
      },
    ],
  };
}

export default async function run(folder: string): Promise<void> {
  const capture = millionSamples();
  const begun = performance.now();
  const html = renderReport({ capture, findings: [] });
  say('written in', performance.now() - begun, 'ms');
  say('size', html.length / 2 ** 20, 'MiB', 8);
  const path = join(folder, 'million.html');
  writeFileSync(path, html);
  const args = sparticuz.args.filter((flag) => !/^--(?:headless|single-process|no-zygote)/.test(flag));
  const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args, headless: true });
  try {
    const loads: { paint: number; ready: number }[] = [];
    for (let i = 0; i < 5; i++) {
      const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
      await page.goto(pathToFileURL(path).href);
      await page.locator('html[data-ready=yes]').waitFor();
      const alive = (await page.evaluate('performance.now()')) as number;
      await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint').length > 0`);
      loads.push({
        paint: (await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)) as number,
        ready: alive,
      });
      await page.close();
    }
    say('first screen', median(loads.map(({ paint }) => paint)), 'ms', 1000);
    say('alive', median(loads.map(({ ready }) => ready)), 'ms');
    const page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    await page.goto(`${pathToFileURL(path).href}#panel-perf`);
    await page.locator('g.frame').first().waitFor();
    await page.waitForTimeout(2000);
    const timed = async (act: string): Promise<number> => {
      const times = (await page.evaluate(`(async () => {
        const times = [];
        for (let i = 0; i < ${ROUNDS}; i++) {
          const begun = performance.now();
          ${act}
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          times.push(performance.now() - begun);
        }
        return times;
      })()`)) as number[];
      return median(times);
    };
    say('an empty frame', await timed(''), 'ms');
    say('range', await timed(`location.hash = 't=' + (i + 1) + ',' + (i + 60) + '&p=panel-perf';`), 'ms', 50);
    say(
      'search',
      await timed(
        `{ const box = document.querySelector('.search-box input'); box.value = 'function_' + (i + 1); box.dispatchEvent(new Event('input')); }`,
      ),
      'ms',
      50,
    );
    say(
      'zoom',
      await timed(
        `{ const frames = document.querySelectorAll('g.frame'); frames[i % 2 === 0 ? Math.min(8, frames.length - 1) : 0].dispatchEvent(new MouseEvent('click', { bubbles: true })); }`,
      ),
      'ms',
      50,
    );
    say(
      'icicle',
      await timed(`[...document.querySelectorAll('.toggle')].find((each) => each.textContent === 'Icicle').click();`),
      'ms',
      50,
    );
    const order = `{ const list = document.querySelector('select[aria-label=Order]'); list.value = i % 2 === 0 ? 'callers' : 'flame'; list.dispatchEvent(new Event('change')); }`;
    say('callers', await timed(order), 'ms', 50);
  } finally {
    await browser.close();
  }
}

function say(what: string, value: number, unit: string, budget?: number): void {
  const verdict =
    budget === undefined ? '' : value <= budget ? `  (budget ${budget})` : `  OVER the budget of ${budget}`;
  process.stdout.write(`${what.padEnd(16)} ${value.toFixed(1).padStart(9)} ${unit}${verdict}\n`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
