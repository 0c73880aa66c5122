/** Our exports as the programs read them that they are made for: speedscope, in its own page, and go tool pprof. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { toPprof } from '../../src/exports/pprof.ts';
import { toSpeedscope } from '../../src/exports/speedscope.ts';
import { launch } from '../report/browser.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SPEEDSCOPE = join(ROOT, 'node_modules/speedscope/dist/release');
const folder = mkdtempSync(join(tmpdir(), 'coldflame-peers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readCapture([join(ROOT, 'samples', name)], { samples: true });
const stacksOf = ({ datasets }: Capture) => datasets.filter((dataset): dataset is Stacks => dataset.shape === 'stacks');

const demo = await read('sick/build-and-backup.tar.gz');
const offCpu = await read('offcputime/bcc-folded.txt');

describe('speedscope', () => {
  const file = JSON.parse([...toSpeedscope('demo', stacksOf(demo))].join(''));
  const ofPerf = file.profiles.filter(({ name }: { name: string }) => name.startsWith('cpu-clock'));

  test('the file is as its schema has it', () => {
    const schema = JSON.parse(readFileSync(join(SPEEDSCOPE, 'file-format-schema.json'), 'utf8'));
    const validate = new Ajv({ strict: false }).compile(schema);
    validate(file);
    expect(validate.errors).toBeNull();
  });

  test('each thread is a profile, the heaviest first, all samples in one of them', () => {
    // awk '!/^#/ && /cpu-clock/ { print $1, $2 }' perf.txt | sort | uniq -c | sort -rn
    expect(ofPerf[0]).toMatchObject({ name: 'cpu-clock: cc1 (335)', endValue: 942 });
    expect(ofPerf).toHaveLength(28);
    expect(ofPerf.flatMap(({ weights }: { weights: number[] }) => weights)).toHaveLength(5420);
  });

  test('its page opens it, and has its functions by self and total', async () => {
    const loaded = JSON.stringify(Buffer.from(JSON.stringify(file)).toString('base64'));
    writeFileSync(join(folder, 'profile.js'), `speedscope.loadFileFromBase64("demo.json", ${loaded})`);
    const browser = await launch();
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    const place = `#localProfilePath=${join(folder, 'profile.js')}&view=sandwich`;
    await page.goto(pathToFileURL(join(SPEEDSCOPE, 'index.html')).href + place);
    await page.getByText('Symbol Name').waitFor();
    const text = String(await page.evaluate('document.body.innerText'));
    await browser.close();
    expect(problems).toEqual([]);
    // Of the 942 samples of thread 335, those with an unnamed frame of cc1 in their stack, and on top, by awk: 315 and 259.
    expect(text).toMatch(/cpu-clock: cc1 \(335\) \(1\/126\)[\s\S]*Symbol Name\s+315 \(33%\)\s+259 \(27%\)\s+\[cc1\]/);
  });
});

const hasGo = spawnSync('go', ['version']).status === 0;

describe.skipIf(!hasGo)('go tool pprof', () => {
  test.each([
    // grep -c cpu-clock: perf.txt
    [demo, 5420, 'Type: cpu-clock\nTime: 2026-11-20 20:00:05 UTC\nDuration: 30.14s, Total samples = 5420'],
    // awk '{ sum += $NF } END { print sum }' bcc-folded.txt
    [offCpu, 32_881_615, 'Type: samples'],
  ])('$0.name: all weight is there', (capture, total, head) => {
    const path = join(folder, 'profile.pb.gz');
    writeFileSync(path, toPprof(capture, stacksOf(capture).slice(0, 1)));
    const { stdout } = spawnSync('go', ['tool', 'pprof', '-top', path], {
      encoding: 'utf8',
      env: { ...process.env, TZ: 'UTC' },
    });
    expect(stdout).toContain(head);
    expect(stdout).toContain(`of ${total} total`);
  });
});
