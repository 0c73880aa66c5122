/** Every sample's JSON is as docs/schema.json says, checked by a validator that knows nothing of us. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { toJson } from '../../src/exports/json.ts';

const ROOT = join(import.meta.dirname, '../..');
const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(join(ROOT, 'docs/schema.json'), 'utf8')) as object,
);
const samples = readdirSync(join(ROOT, 'samples'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.(txt|folded|csv)(\.gz)?$/.test(name),
);

async function json(path: string) {
  const capture = await readCapture([path], { samples: true });
  return JSON.parse([...toJson(capture, { samples: true })].join(''));
}

describe('samples are exported as docs/schema.json says', () => {
  test.each(samples)('%s', async (name) => {
    validate(await json(join(ROOT, 'samples', name)));
    expect(validate.errors ?? []).toEqual([]);
  });
});

test('the samples of a stack weigh what the stack weighs', async () => {
  const perf = samples.filter((name) => name.startsWith('perf/'));
  for (const name of perf) {
    const { datasets } = await json(join(ROOT, 'samples', name));
    for (const { folded, samples: each } of datasets.filter(({ samples: list }: { samples?: unknown }) => list)) {
      const weights = new Array<number>(folded.length).fill(0);
      for (const { stack, weight } of each) if (stack !== null) weights[stack] = (weights[stack] as number) + weight;
      expect(weights).toEqual(folded.map(([, weight]: [string, number]) => weight));
    }
  }
});
