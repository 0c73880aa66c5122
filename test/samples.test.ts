/**
 * What holds for every file of samples/. A new sample needs nothing here: put it there, say in samples/README.md where it
 * is from, run this with UPDATE_GOLDENS=1, and read the golden that it writes as a user would.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimants, read } from './reading.ts';
import { goldenOf, samples } from './samples.ts';
import { expectSound } from './sound.ts';

/** Notes of a person, which are nobody's output. */
const UNCLAIMED = ['other/notes.txt'];
/** Damage tried on each sample: a few, since there are hundreds of samples; a thorough run takes 1,000. */
const MUTATIONS = Number(process.env.COLDFLAME_MUTATIONS ?? 6);
/** Cuts tried on each sample: all of them, or for a long one this many spread over it. */
const CUTS = Number(process.env.COLDFLAME_CUTS ?? 12);

describe.each(samples)('$name', (sample) => {
  const { name, tool, text, golden } = sample;

  test('is claimed by one grammar', () => {
    expect(claimants(text)).toHaveLength(UNCLAIMED.includes(name) ? 0 : 1);
  });

  test('says the same with its name as without', async () => {
    const [named, nameless] = [await read(text, { tool }), await read(text)];
    expect(named.datasets.map(({ shape }) => shape)).toEqual(nameless.datasets.map(({ shape }) => shape));
    expect([named.read, named.noise, named.unread]).toEqual([nameless.read, nameless.noise, nameless.unread]);
  });

  test('says what the golden beside it keeps', async () => {
    const reading = await read(text, { name: tool, tool });
    expectSound(reading, text);
    const said = goldenOf(reading);
    if (process.env.UPDATE_GOLDENS === '1') writeFileSync(golden, said);
    if (!existsSync(golden)) throw new Error(`${golden} is not there: UPDATE_GOLDENS=1 writes it, then read it`);
    expect(said).toBe(readFileSync(golden, 'utf8'));
  });

  test('is read as far as it goes when it is cut', async () => {
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index + 1);
    const step = Math.max(1, Math.floor(ends.length / CUTS));
    for (const end of [0, ...ends.filter((_, i) => i % step === 0)]) {
      const cut = text.slice(0, end);
      expectSound(await read(cut, { tool }), cut);
    }
  });

  test('is read or refused in words when it is damaged', async () => {
    const others = fc.constantFrom(...samples.map((other) => other.text));
    await fc.assert(
      fc.asyncProperty(damage(text, others), async (damaged) => expectSound(await read(damaged), damaged)),
      { numRuns: MUTATIONS, seed: 4711 },
    );
  });
});

/** The text with one thing wrong: a piece lost, repeated, replaced, or a line of another tool in between. */
function damage(text: string, others: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const lines = text.split('\n');
  const place = fc.nat(lines.length);
  const splice = (at: number, gone: number, put: string[]) =>
    [...lines.slice(0, at), ...put, ...lines.slice(at + gone)].join('\n');
  const junk = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '^C',
      '',
      '\u0000',
      '-',
      '99999999999999999999',
      '1e999',
      '__proto__',
      '@[',
      '[0, 1) 2 |',
      'Lost 12 samples',
      '\u001b[31m',
    ),
  );
  return fc.oneof(
    fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(([at, gone]) => splice(at, gone, [])),
    place.map((at) => splice(at, 0, [lines[at] ?? ''])),
    fc.tuple(place, junk).map(([at, line]) => splice(at, 0, [line])),
    fc.tuple(place, place).map(([at, other]) => lines.with(at % lines.length, lines[other] ?? '').join('\n')),
    fc
      .tuple(fc.nat(text.length), fc.nat(40), junk)
      .map(([at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone)),
    fc
      .tuple(place, others, fc.nat(1000))
      .map(([at, other, from]) => splice(at, 0, other.split('\n').slice(from % 20, (from % 20) + 3))),
  );
}

test('samples/README.md says where every sample is from', () => {
  const readme = readFileSync(resolve(import.meta.dirname, '../samples/README.md'), 'utf8');
  const missing = samples.filter(({ name }) => !readme.includes(`\`${name}\``));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
