/**
 * A few inputs of each target in every run, the same ones; `npm run fuzz` goes on for as long as it is told to, from another
 * seed. What it finds is written to a file and, once mended, becomes a sample or a line of a test.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { random } from './mutate.ts';
import { faultOf, type Target, targets } from './targets.ts';

const minutes = Number(process.env.COLDFLAME_FUZZ_MINUTES ?? 0);
/** How many inputs of each target, instead of for how long. */
const inputs = Number(process.env.COLDFLAME_FUZZ_INPUTS ?? 0);
const seed = Number(process.env.COLDFLAME_FUZZ_SEED ?? 4711);
const wanted = process.env.COLDFLAME_FUZZ_TARGET ?? '';
const chosen = targets.filter(({ name }) => wanted === '' || name === wanted);
/** More faults than this of one target are of one kind. */
const MOST_FAULTS = 10;

/** Tries inputs until the time is up, or as many as a usual run does; tells the faults, each with its input in a file. */
async function tried({ few, ...target }: Target): Promise<{ count: number; faults: string[] }> {
  const until = performance.now() + (minutes * 60_000) / chosen.length;
  const faults: string[] = [];
  let count = 0;
  const goesOn = () => (inputs === 0 && minutes > 0 ? performance.now() < until : count < (inputs || few));
  while (faults.length < MOST_FAULTS && goesOn()) {
    // Each input by itself: any of them can be made again.
    const next = random(seed * 1_000_003 + count * 7919);
    for (let i = 0; i < 3; i++) next();
    const input = await target.input(next);
    const fault = await faultOf({ few, ...target }, input, next);
    count++;
    if (fault === null) continue;
    const path = join(mkdtempSync(join(tmpdir(), 'coldflame-found-')), target.name.replace(' ', '-'));
    writeFileSync(path, input);
    faults.push(`${target.name}, seed ${seed}, input ${count} (${path}): ${fault}`);
  }
  return { count, faults };
}

describe.sequential('fuzzing', () => {
  test.each(chosen.map((target) => [target.name, target] as const))(
    '%s',
    async (name, target) => {
      const { count, faults } = await tried(target);
      const peak = Math.round(process.resourceUsage().maxRSS / 1024);
      if (minutes > 0 || inputs > 0)
        process.stdout.write(
          `${name}: ${count} inputs from seed ${seed}, ${faults.length} faults, at most ${peak} MiB in memory\n`,
        );
      expect(faults).toEqual([]);
    },
    Math.max(minutes * 60_000, inputs * 1000) + 120_000,
  );
});
