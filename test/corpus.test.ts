/** Real outputs of many tools and versions, against what an independent reader found in them. */
import { describe, expect, test } from 'vitest';
import { readCapture } from '../src/commands/read.ts';
import { toJson } from '../src/exports/json.ts';
import { corpusCases } from './corpus.ts';
import { missesOf, type Reading } from './corpus-checks.ts';

const cases = corpusCases();

describe.skipIf(cases.length === 0)('the corpus is read as an independent reader read it', () => {
  test.each(cases)('$id: $command', async (wanted) => {
    const capture = await readCapture([wanted.path], { samples: false });
    const { datasets } = JSON.parse([...toJson(capture, { samples: false })].join('')) as { datasets: Reading[] };
    expect(missesOf(wanted, datasets)).toEqual([]);
    for (const source of capture.sources) expect(source.read + source.noise + source.unreadCount).toBe(source.lines);
  });
});
