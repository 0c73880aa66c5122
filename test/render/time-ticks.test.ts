/** The marks of time axes, against a clock. */
import { expect, test } from 'vitest';
import { timeTicks } from '../../src/render/time-ticks.ts';

/** 21:00:05.3 on a host an hour east of UTC. */
const CLOCK = { started: Date.UTC(2026, 10, 20, 20, 0, 5) / 1000 + 0.3, utcOffset: 3600 };

const texts = (from: number, to: number, width: number): string[] =>
  timeTicks({ from, to }, CLOCK, width).map(({ text }) => text);

test('they are whole steps of the clock', () => {
  expect(texts(0, 30, 500)).toEqual(['21:00:10', '21:00:15', '21:00:20', '21:00:25', '21:00:30', '21:00:35']);
  const [first] = timeTicks({ from: 0, to: 30 }, CLOCK, 500);
  expect(first?.at).toBeCloseTo(4.7, 6);
});

test('at least three, whatever the width and the length, and none on another', () => {
  for (const width of [210, 290, 380, 1000, 1800])
    for (const length of [1e-4, 0.003, 0.05, 0.7, 1, 2, 3, 7, 30, 61, 600, 3599, 7200, 90_000, 1e7]) {
      const ticks = timeTicks({ from: 1.234, to: 1.234 + length }, CLOCK, width);
      const places = ticks.map(({ at }) => ((at - 1.234) / length) * width);
      expect([width, length, ticks.length >= 3]).toEqual([width, length, true]);
      expect(ticks.filter(({ text }, i) => text === ticks[i - 1]?.text)).toEqual([]);
      // The outermost are moved inside by those who draw them.
      const gaps = places.slice(1, -1).map((x, i) => x - (places[i] as number));
      if (ticks.length > 3) expect(Math.min(...gaps)).toBeGreaterThan(50);
    }
});
