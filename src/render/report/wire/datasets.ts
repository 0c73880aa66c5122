/** The six shapes on the wire: what is long goes into columns, the rest stays JSON. */
import type { Cell, CountItem, Dataset, HistogramGroup, Metric } from '../../../datasets/shapes.ts';
import type { BlobReader, BlobWriter, Ref } from './container.ts';
import { readProfile, toMicros, type WireProfile, writeProfile } from './stacks.ts';

/** A dataset with its long parts replaced; `head` is the rest of it, as it was. */
export type WireDataset =
  | { shape: 'stacks'; head: object; profile: WireProfile }
  | { shape: 'histogram'; head: object; groups: WireGroup[] }
  | { shape: 'events'; head: object; at: Ref; lines: Ref; cells: WireCells[] }
  | { shape: 'counts'; head: object; items: WireCells[]; value: Ref; at: Ref; line: Ref }
  | { shape: 'series'; head: object; metrics: WireMetric[] }
  /** null: the lines are the source's own text. */
  | { shape: 'text'; head: object; lines: Ref | null };

interface WireGroup extends Pick<HistogramGroup, 'labels' | 'at'> {
  low: Ref;
  high: Ref;
  count: Ref;
  lines: Ref;
}

interface WireMetric extends Pick<Metric, 'name' | 'english' | 'labels' | 'unit' | 'sinceBoot'> {
  at: Ref;
  value: Ref;
  lines: Ref;
}

/** Cells of one column: for each 0 (the next of `numbers`), 1 (null), or 2 and up (a text). */
interface WireCells {
  codes: Ref;
  numbers: Ref;
  texts: string[];
}

const IS_NUMBER = 0;
const IS_NULL = 1;
const FIRST_TEXT = 2;

export function writeDataset(blobs: BlobWriter, dataset: Dataset, raw: string | null): WireDataset {
  switch (dataset.shape) {
    case 'stacks': {
      const { profile, ...head } = dataset;
      return { shape: 'stacks', head, profile: writeProfile(blobs, profile) };
    }
    case 'histogram': {
      const { groups, ...head } = dataset;
      return { shape: 'histogram', head, groups: groups.map((group) => writeGroup(blobs, group)) };
    }
    case 'events': {
      const { rows, at, lines, ...head } = dataset;
      const cells = head.columns.map((_, i) => writeCells(blobs, rows, (row) => row[i] ?? null));
      return { shape: 'events', head, at: writeTimes(blobs, at), lines: blobs.numbers(lines), cells };
    }
    case 'counts': {
      const { items, ...head } = dataset;
      const width = items.reduce((most, { key }) => Math.max(most, key.length), 0);
      return {
        shape: 'counts',
        head,
        items: Array.from({ length: width }, (_, i) => writeCells(blobs, items, ({ key }) => key[i] ?? null)),
        value: blobs.numbers(items.map(({ value }) => value)),
        at: writeTimes(
          blobs,
          items.map(({ at }) => at),
        ),
        line: blobs.numbers(items.map(({ line }) => line)),
      };
    }
    case 'series': {
      const { metrics, ...head } = dataset;
      return { shape: 'series', head, metrics: metrics.map((metric) => writeMetric(blobs, metric)) };
    }
    case 'text': {
      const { lines, ...head } = dataset;
      const text = lines.join('\n');
      return { shape: 'text', head, lines: raw !== null && textOf(raw) === text ? null : blobs.text(text) };
    }
  }
}

export function readDataset(blobs: BlobReader, wire: WireDataset, raw: string | null): Dataset {
  return { ...wire.head, ...readLongParts(blobs, wire, raw) } as Dataset;
}

function readLongParts(blobs: BlobReader, wire: WireDataset, raw: string | null): object {
  switch (wire.shape) {
    case 'stacks':
      return { profile: readProfile(blobs, wire.profile) };
    case 'histogram':
      return { groups: wire.groups.map((group) => readGroup(blobs, group)) };
    case 'events': {
      const columns = wire.cells.map((cells) => readCells(blobs, cells));
      const lines = Array.from(blobs.numbers(wire.lines));
      return {
        at: readTimes(blobs, wire.at),
        lines,
        rows: lines.map((_, row) => columns.map((cells) => cells[row] ?? null)),
      };
    }
    case 'counts':
      return { items: readItems(blobs, wire) };
    case 'series':
      return { metrics: wire.metrics.map((metric) => readMetric(blobs, metric)) };
    case 'text':
      return { lines: linesOf(wire.lines === null ? textOf(raw ?? '') : blobs.text(wire.lines)) };
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** A file's text as its lines joined: without the last line end, and with `\n` for every line end. */
function textOf(raw: string): string {
  return raw.replace(/\r?\n$/, '').replaceAll('\r\n', '\n');
}

function writeTimes(blobs: BlobWriter, at: readonly (number | null)[]): Ref {
  return blobs.numbers(at.map((value) => (value === null ? Number.NaN : toMicros(value))));
}

function readTimes(blobs: BlobReader, ref: Ref): (number | null)[] {
  return Array.from(blobs.numbers(ref), (value) => (Number.isNaN(value) ? null : value));
}

function writeGroup(blobs: BlobWriter, { labels, at, buckets, lines }: HistogramGroup): WireGroup {
  return {
    labels,
    at: at === null ? null : toMicros(at),
    low: blobs.numbers(buckets.map(([low]) => low ?? Number.NaN)),
    high: blobs.numbers(buckets.map(([, high]) => high ?? Number.NaN)),
    count: blobs.numbers(buckets.map(([, , count]) => count)),
    lines: blobs.numbers(lines),
  };
}

function readGroup(blobs: BlobReader, { labels, at, low, high, count, lines }: WireGroup): HistogramGroup {
  const lows = readTimes(blobs, low);
  const highs = readTimes(blobs, high);
  return {
    labels,
    at,
    buckets: Array.from(blobs.numbers(count), (value, i) => [lows[i] ?? null, highs[i] ?? null, value]),
    lines: Array.from(blobs.numbers(lines)),
  };
}

function writeMetric(blobs: BlobWriter, { points, lines, ...head }: Metric): WireMetric {
  return {
    ...head,
    at: writeTimes(
      blobs,
      points.map(([at]) => at),
    ),
    value: blobs.numbers(points.map(([, value]) => value)),
    lines: blobs.numbers(lines),
  };
}

function readMetric(blobs: BlobReader, { at, value, lines, ...head }: WireMetric): Metric {
  const times = readTimes(blobs, at);
  return {
    ...head,
    points: Array.from(blobs.numbers(value), (number, i) => [times[i] ?? null, number]),
    lines: Array.from(blobs.numbers(lines)),
  };
}

function readItems(blobs: BlobReader, wire: Extract<WireDataset, { shape: 'counts' }>): CountItem[] {
  const keys = wire.items.map((cells) => readCells(blobs, cells));
  const at = readTimes(blobs, wire.at);
  const line = blobs.numbers(wire.line);
  return Array.from(blobs.numbers(wire.value), (value, i) => ({
    key: keys.map((cells) => cells[i] ?? null).filter((part) => part !== null) as string[],
    value,
    at: at[i] ?? null,
    line: line[i] as number,
  }));
}

function writeCells<T>(blobs: BlobWriter, rows: readonly T[], cellOf: (row: T) => Cell): WireCells {
  const numbers: number[] = [];
  const textIds = new Map<string, number>();
  const codes = rows.map((row) => {
    const cell = cellOf(row);
    if (cell === null) return IS_NULL;
    if (typeof cell === 'number') {
      numbers.push(cell);
      return IS_NUMBER;
    }
    const id = textIds.get(cell) ?? textIds.size;
    textIds.set(cell, id);
    return id + FIRST_TEXT;
  });
  return { codes: blobs.numbers(codes), numbers: blobs.numbers(numbers), texts: [...textIds.keys()] };
}

function readCells(blobs: BlobReader, { codes, numbers, texts }: WireCells): Cell[] {
  const values = blobs.numbers(numbers);
  let next = 0;
  return Array.from(blobs.numbers(codes), (code): Cell => {
    if (code === IS_NUMBER) return values[next++] as number;
    return code === IS_NULL ? null : (texts[code - FIRST_TEXT] as string);
  });
}
