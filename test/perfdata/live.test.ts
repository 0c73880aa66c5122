/**
 * Programs of many kinds, built, recorded and read here and now, against `perf script --no-inline` of the same recording, name for name.
 * Takes perf, root, and what each needs: `COLDFLAME_LIVE=1 npx vitest run test/perfdata/live.test.ts`. What may differ is in agreement.ts.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ThisMachine } from '../../src/symbols/on-disk.ts';
import { agreementOf } from './agreement.ts';
import { PROGRAMS, RECORDINGS } from './workloads.ts';

const isWanted = process.env.COLDFLAME_LIVE === '1';
const folder = isWanted ? mkdtempSync(join(tmpdir(), 'coldflame-live-')) : '';
const CPP = resolve(import.meta.dirname, '../../samples/recordings/work.cpp');

function run(script: string): void {
  const { status, stderr } = spawnSync('sh', ['-ec', script], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script}\n${stderr}`);
}

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

describe.skipIf(!isWanted)('folds to what perf script prints, name for name', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  test.for(RECORDINGS.filter(({ needs }) => needs.every(has)))('$name', ({ name, build, record }) => {
    writeFileSync(join(folder, 'work.cpp'), readFileSync(CPP));
    for (const [file, text] of Object.entries(PROGRAMS)) writeFileSync(join(folder, file), text);
    run(build);
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.data`);
    run(record.replace('perf record', `perf record -q -F 499 -g -o ${path}`));
    expect(existsSync(path)).toBe(true);
    const agreements = agreementOf(path, readFileSync(path), [new ThisMachine()]);
    expect(agreements.size).toBeGreaterThan(0);
    for (const { ours, theirs, sameButJit, sameButGuessed, onlyOurs, onlyTheirs } of agreements.values()) {
      expect(ours).toBe(theirs);
      expect([onlyOurs, onlyTheirs]).toEqual([[], []]);
      expect((sameButJit + sameButGuessed) / ours).toBeLessThan(0.05);
    }
  });
});
