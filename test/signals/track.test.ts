/** What is asked of a track: since when it is past a level. */
import { expect, test } from 'vitest';
import { spellPast, type Track } from '../../src/signals/track.ts';

/** A value a second. */
function trackOf(values: readonly number[]): Track {
  return {
    signal: 'system.cpu.run_queue.length',
    subject: { kind: 'host', name: '' },
    source: 0,
    dataset: 0,
    metric: 0,
    values: Float64Array.from(values),
    at: Float64Array.from(values, (_, i) => i + 1),
    seconds: Float64Array.from(values, () => 1),
    lines: Uint32Array.from(values, (_, i) => i + 1),
  };
}

test.each([
  ['from the start', '1111111111', 0, 10],
  ['from the middle', '0000111111', 4, 10],
  // The flicker is 1 of 7 hits, and apart from them.
  ['after a flicker', '1000000000000000111111', 16, 22],
  ['after one that is near', '0101111100', 1, 8],
  // A fifth or more of all came before.
  ['two stretches', '111000000000001111', 0, 18],
  ['at a beat', '1000010000100001', 0, 16],
  ['nowhere', '0000', null, null],
] as const)('%s', (_, values, since, until) => {
  const spell = spellPast(trackOf(values.split('').map(Number)), 1);
  expect([spell?.since ?? null, spell?.until ?? null]).toEqual([since, until]);
});
