/** What must hold of any reading of any input, whole, cut or damaged. */
import { expect } from 'vitest';
import type { Dataset } from '../src/datasets/shapes.ts';
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
function linesOf(dataset: Dataset): number[] {
  switch (dataset.shape) {
    case 'histogram':
      return dataset.groups.flatMap(({ lines }) => lines);
    case 'events':
      return dataset.lines;
    case 'counts':
      return dataset.items.map(({ line }) => line);
    case 'series':
      return dataset.metrics.flatMap(({ lines }) => lines);
    case 'stacks':
    case 'text':
      return [];
  }
}

/** Columns as long as each other, buckets ascending, indices in range, numbers finite. */
function expectWellFormed(dataset: Dataset): void {
  switch (dataset.shape) {
    case 'stacks':
      expectProfile(dataset.profile);
      return;
    case 'histogram':
      for (const group of dataset.groups) expectAscending(group);
      return;
    case 'events':
      expect(dataset.lines).toHaveLength(dataset.rows.length);
      expect(dataset.at.length === 0 || dataset.at.length === dataset.rows.length).toBe(true);
      for (const row of dataset.rows) {
        expect(row).toHaveLength(dataset.columns.length);
        expect(row.every((cell) => typeof cell !== 'number' || Number.isFinite(cell))).toBe(true);
      }
      return;
    case 'counts':
      expect(dataset.items.every(({ value }) => Number.isFinite(value))).toBe(true);
      return;
    case 'series':
      for (const { points, lines, sinceBoot } of dataset.metrics) {
        expect(lines).toHaveLength(points.length);
        expect(sinceBoot).toBeLessThanOrEqual(points.length);
        expect(points.every(([at, value]) => Number.isFinite(value) && (at === null || Number.isFinite(at)))).toBe(
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

type Group = Extract<Dataset, { shape: 'histogram' }>['groups'][number];

function expectAscending({ buckets, lines }: Group): void {
  expect(lines).toHaveLength(buckets.length);
  let end = Number.NEGATIVE_INFINITY;
  for (const [low, high, count] of buckets) {
    expect(Number.isFinite(count)).toBe(true);
    expect(low ?? Number.NEGATIVE_INFINITY).toBeGreaterThanOrEqual(end);
    expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThan(low ?? Number.NEGATIVE_INFINITY);
    end = high ?? Number.POSITIVE_INFINITY;
  }
}
