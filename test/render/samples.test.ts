/** Every dataset of every bundled sample, in every picture it has. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { flamegraphSvg } from '../../src/render/flame/svg.ts';
import { chartSvg, picturesFor } from '../../src/render/picture.ts';
import { pngOf } from '../../src/render/png.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const samples = readdirSync(SAMPLES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:txt|out|log)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).slice(SAMPLES.length + 1))
  .sort();

describe('samples', () => {
  test.each(samples)('%s', async (sample) => {
    const { datasets } = await readCapture([join(SAMPLES, sample)], { samples: true });
    for (const dataset of datasets)
      for (const name of picturesFor(dataset)) {
        const svg =
          dataset.shape === 'stacks' && name === 'flamegraph'
            ? [...flamegraphSvg(dataset, { width: 600 })].join('')
            : chartSvg(dataset, name, { width: 600 }).text;
        expect(svg).not.toMatch(/="[^"]*(?:NaN|Infinity|undefined)[^"]*"/);
        await expect(pngOf(svg)).resolves.toBeInstanceOf(Uint8Array);
      }
  });
});
