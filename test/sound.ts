/** What must hold of any reading of any input, whole, cut or damaged. */
import { expect } from 'vitest';
import type { Bucket, Cells, Dataset, Histogram } from '../src/datasets/shapes.ts';
import { groupsOf } from './plain.ts';
import type { Reading } from './reading.ts';

/** Every line has one verdict, and every record stands on a line that was not refused. */
export function expectSound(reading: Reading, text: string): void {
  const { lines, read, noise, unreadCount, unread, datasets } = reading;
  expect(lines).toBe(text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0));
  expect(read + noise + unreadCount).toBe(lines);
  const refused = new Set(unread.map(({ line }) => line));
  for (const dataset of datasets) {
    for (const line of linesOf(dataset)) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(lines);
      expect(refused.has(line)).toBe(false);
    }
    expectWellFormed(dataset);
  }
}

/** The lines that a dataset's records are from. */
function linesOf(dataset: Dataset): Iterable<number> {
  switch (dataset.shape) {
    case 'histogram':
    case 'events':
    case 'counts':
      return dataset.lines;
    case 'series':
      return new Set(dataset.metrics.flatMap(({ lines }) => [...lines]));
    case 'stacks':
    case 'text':
      return [];
  }
}

/** Columns as long as each other, buckets ascending, indices in range, numbers finite. */
export function expectWellFormed(dataset: Dataset): void {
  switch (dataset.shape) {
    case 'stacks':
      expectProfile(dataset.profile);
      return;
    case 'histogram':
      expectGroups(dataset);
      return;
    case 'events':
      expect(dataset.at).toHaveLength(dataset.lines.length);
      expect(dataset.cells).toHaveLength(dataset.columns.length);
      for (const cells of dataset.cells) expectCells(cells, dataset.lines.length);
      return;
    case 'counts':
      expect([dataset.key.length, dataset.values.length, dataset.at.length]).toEqual(
        Array(3).fill(dataset.lines.length),
      );
      expect(dataset.values.every(Number.isFinite)).toBe(true);
      expect(dataset.key.every((place) => place < dataset.keys.length)).toBe(true);
      return;
    case 'series':
      for (const { at, values, lines, sinceBoot } of dataset.metrics) {
        expect([at.length, lines.length]).toEqual([values.length, values.length]);
        expect(sinceBoot).toBeLessThanOrEqual(values.length);
        expect(values.every(Number.isFinite) && at.every((time) => Number.isNaN(time) || Number.isFinite(time))).toBe(
          true,
        );
      }
      return;
    case 'text':
      return;
  }
}

type Profile = Extract<Dataset, { shape: 'stacks' }>['profile'];

function expectProfile({ parent, frame, frames, self, samples }: Profile): void {
  expect(self.every((weight) => Number.isFinite(weight))).toBe(true);
  // A parent stands before its children, so that every walk ends.
  for (let node = 1; node < parent.length; node++) {
    expect(parent[node]).toBeLessThan(node);
    expect(frame[node]).toBeLessThan(frames.names.length);
  }
  if (samples !== null) for (const stack of samples.stack) expect(stack).toBeLessThan(parent.length);
}

/** Each column is empty or as long as the table. */
function expectCells({ numbers, ids, texts }: Cells, rows: number): void {
  for (const column of [numbers, ids]) expect([0, rows]).toContain(column.length);
  expect(numbers.every((number) => Number.isNaN(number) || Number.isFinite(number))).toBe(true);
  expect(ids.every((id) => id <= texts.length)).toBe(true);
}

function expectGroups(histogram: Histogram): void {
  const { labels, at, starts, low, high, counts, lines } = histogram;
  expect([at.length, starts.length]).toEqual([labels.length, labels.length + 1]);
  expect([low.length, high.length, counts.length, starts.at(-1)]).toEqual(Array(4).fill(lines.length));
  for (const { buckets } of groupsOf(histogram)) expectAscending(buckets);
}

function expectAscending(buckets: readonly Bucket[]): void {
  let end = Number.NEGATIVE_INFINITY;
  for (const [low, high, count] of buckets) {
    expect(Number.isFinite(count)).toBe(true);
    expect(low ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(end);
    expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(low ?? Number.NEGATIVE_INFINITY);
    end = high ?? Number.POSITIVE_INFINITY;
  }
}
