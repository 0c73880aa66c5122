/** The six shapes on the wire: what is long goes into columns, the rest stays JSON. */
import type { Cells, Dataset, Metric } from '../../../datasets/shapes.ts';
import type { BlobReader, BlobWriter, Ref } from './container.ts';
import { readProfile, toMicros, type WireProfile, writeProfile } from './stacks.ts';

/** A dataset with its long parts replaced; `head` is the rest of it, as it was. */
export type WireDataset =
  | { shape: 'stacks'; head: object; profile: WireProfile }
  | { shape: 'histogram'; head: object; at: Ref; starts: Ref; low: Ref; high: Ref; counts: Ref; lines: Ref }
  | { shape: 'events'; head: object; at: Ref; lines: Ref; cells: WireCells[] }
  | { shape: 'counts'; head: object; key: Ref; values: Ref; at: Ref; lines: Ref }
  | { shape: 'series'; head: object; metrics: WireMetric[] }
  /** null: the lines are the source's own text. */
  | { shape: 'text'; head: object; lines: Ref | null };

interface WireMetric extends Pick<Metric, 'name' | 'english' | 'labels' | 'unit' | 'sinceBoot' | 'isCounter'> {
  at: Ref;
  values: Ref;
  lines: Ref;
  spread?: { least: Ref; greatest: Ref };
}

interface WireCells extends Pick<Cells, 'texts'> {
  numbers: Ref;
  ids: Ref;
}

export function writeDataset(blobs: BlobWriter, dataset: Dataset, raw: string | null): WireDataset {
  switch (dataset.shape) {
    case 'stacks': {
      const { profile, ...head } = dataset;
      return { shape: 'stacks', head, profile: writeProfile(blobs, profile) };
    }
    case 'histogram': {
      const { at, starts, low, high, counts, lines, ...head } = dataset;
      return {
        shape: 'histogram',
        head,
        at: writeTimes(blobs, at),
        ...written(blobs, { starts, low, high, counts, lines }),
      };
    }
    case 'events': {
      const { cells, at, lines, ...head } = dataset;
      return {
        shape: 'events',
        head,
        at: writeTimes(blobs, at),
        lines: blobs.numbers(lines),
        cells: cells.map(({ numbers, ids, texts }) => ({ texts, ...written(blobs, { numbers, ids }) })),
      };
    }
    case 'counts': {
      const { key, values, at, lines, ...head } = dataset;
      return { shape: 'counts', head, at: writeTimes(blobs, at), ...written(blobs, { key, values, lines }) };
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

function written<Name extends string>(blobs: BlobWriter, columns: Record<Name, ArrayLike<number>>): Record<Name, Ref> {
  const refs = Object.entries<ArrayLike<number>>(columns).map(([name, column]) => [name, blobs.numbers(column)]);
  return Object.fromEntries(refs) as Record<Name, Ref>;
}

export function readDataset(blobs: BlobReader, wire: WireDataset, raw: string | null): Dataset {
  return { ...wire.head, ...readLongParts(blobs, wire, raw) } as Dataset;
}

function readLongParts(blobs: BlobReader, wire: WireDataset, raw: string | null): object {
  const whole = (ref: Ref) => Uint32Array.from(blobs.numbers(ref));
  switch (wire.shape) {
    case 'stacks':
      return { profile: readProfile(blobs, wire.profile) };
    case 'histogram':
      return {
        at: blobs.numbers(wire.at),
        starts: whole(wire.starts),
        low: blobs.numbers(wire.low),
        high: blobs.numbers(wire.high),
        counts: blobs.numbers(wire.counts),
        lines: whole(wire.lines),
      };
    case 'events':
      return {
        at: blobs.numbers(wire.at),
        lines: whole(wire.lines),
        cells: wire.cells.map(({ numbers, ids, texts }) => ({
          numbers: blobs.numbers(numbers),
          ids: whole(ids),
          texts,
        })),
      };
    case 'counts':
      return {
        key: whole(wire.key),
        values: blobs.numbers(wire.values),
        at: blobs.numbers(wire.at),
        lines: whole(wire.lines),
      };
    case 'series':
      return { metrics: readMetrics(blobs, wire.metrics) };
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

function writeTimes(blobs: BlobWriter, at: Float64Array): Ref {
  return blobs.once(at, () => blobs.numbers(at.map(toMicros)));
}

/** What metrics share is written once. */
function writeMetric(blobs: BlobWriter, { at, values, lines, spread, ...head }: Metric): WireMetric {
  return {
    ...head,
    ...(spread && { spread: written(blobs, spread) }),
    at: writeTimes(blobs, at),
    values: blobs.numbers(values),
    lines: blobs.once(lines, () => blobs.numbers(lines)),
  };
}

/** What metrics shared, they share again. */
function readMetrics(blobs: BlobReader, metrics: readonly WireMetric[]): Metric[] {
  const times = new Map<Ref, Float64Array>();
  const lines = new Map<Ref, Uint32Array>();
  return metrics.map(({ at: atRef, values, lines: linesRef, spread, ...head }) => {
    const at = times.get(atRef) ?? blobs.numbers(atRef);
    const ofLines = lines.get(linesRef) ?? Uint32Array.from(blobs.numbers(linesRef));
    times.set(atRef, at);
    lines.set(linesRef, ofLines);
    const around = spread && { least: blobs.numbers(spread.least), greatest: blobs.numbers(spread.greatest) };
    return { ...head, at, values: blobs.numbers(values), lines: ofLines, ...(around && { spread: around }) };
  });
}
