/** About how many bytes of a page each part of a capture takes, without making the page: samples of it are compressed. */
import { deflateSync } from 'node:zlib';
import type { Capture } from '../../../datasets/capture.ts';
import type { Profile } from '../../../datasets/profile.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import { ByteWriter, writeColumn } from '../wire/columns.ts';
import { BlobWriter } from '../wire/container.ts';
import { writeText } from '../wire/text.ts';

/** As the page is compressed. */
export const LEVEL = 6;
/** Longer columns and texts are known by some pieces of them. */
const PIECES = 4;
const PIECE_NUMBERS = 2048;
const PIECE_CHARACTERS = 8192;
/** What a dataset or a metric costs besides its columns: its names, labels and places, compressed. */
const DATASET_BYTES = 200;
const METRIC_BYTES = 30;

const encoder = new TextEncoder();

/** What a column, a text and the text of a file weigh. */
interface Weights {
  column(column: Float64Array | Uint32Array): number;
  text(text: string): number;
  raw(text: string): number;
}

/** Bytes in memory. */
export const PLAIN: Weights = {
  column: ({ byteLength }) => byteLength,
  text: ({ length }) => length,
  raw: ({ length }) => length,
};

const COMPRESSED: Weights = { column: weightOfColumn, text: weightOfText, raw: weightOfRaw };

/** Weighs captures that share most of their columns: each is weighed once. */
export class Scale {
  private readonly known = new WeakMap<object, number>();
  private readonly weights: Weights;

  constructor(weights = COMPRESSED) {
    this.weights = weights;
  }

  /** All that the page's data holds. */
  weigh({ sources, datasets }: Capture): number {
    const texts = sources.reduce((sum, { raw }) => sum + (raw === null ? 0 : this.text(raw)), 0);
    return datasets.reduce((sum, dataset) => sum + DATASET_BYTES + this.dataset(dataset), texts);
  }

  private dataset(dataset: Dataset): number {
    switch (dataset.shape) {
      case 'stacks':
        return this.profile(dataset.profile);
      case 'histogram': {
        const { labels, at, starts, low, high, counts, lines } = dataset;
        return (
          this.columns(at, starts, low, high, counts, lines) + this.texts(labels, (label) => JSON.stringify(label))
        );
      }
      case 'events': {
        const cells = dataset.cells.map(
          (column) => this.columns(column.numbers, column.ids) + this.texts(column.texts),
        );
        return cells.reduce((sum, each) => sum + each, this.columns(dataset.at, dataset.lines));
      }
      case 'counts': {
        const { keys, key, values, at, lines } = dataset;
        return this.columns(key, values, at, lines) + this.texts(keys, (parts) => parts.join());
      }
      case 'series': {
        // What metrics share is written once.
        const shared = new Set(dataset.metrics.flatMap(({ at, lines }) => [at, lines]));
        const own = dataset.metrics.flatMap(({ values, spread }) =>
          spread === undefined ? [values] : [values, spread.least, spread.greatest],
        );
        return METRIC_BYTES * dataset.metrics.length + this.columns(...shared, ...own);
      }
      case 'text':
        return this.texts(dataset.lines);
    }
  }

  private profile({ frames, parent, frame, self, samples }: Profile): number {
    const columns = [parent, frame, self];
    if (samples !== null)
      columns.push(
        samples.at,
        samples.stack,
        samples.thread,
        Float64Array.from(samples.cpu),
        ...(samples.weight === null ? [] : [samples.weight]),
      );
    return this.columns(...columns) + this.texts(frames.names);
  }

  private columns(...columns: readonly (Float64Array | Uint32Array)[]): number {
    return columns.reduce((sum, column) => sum + this.once(column, () => this.weights.column(column)), 0);
  }

  private texts<T>(texts: readonly T[], textOf = (text: T): string => String(text)): number {
    return this.once(texts, () => {
      const pieces = piecesOf(texts.length, 64).flatMap(([from, to]) => texts.slice(from, to).map(textOf));
      return pieces.length === 0 ? 0 : (this.weights.text(pieces.join('","')) * texts.length) / pieces.length;
    });
  }

  private readonly ofTexts = new Map<string, number>();

  private text(text: string): number {
    const known = this.ofTexts.get(text) ?? this.weights.raw(text);
    this.ofTexts.set(text, known);
    return known;
  }

  private once(thing: object, weigh: () => number): number {
    const known = this.known.get(thing) ?? weigh();
    this.known.set(thing, known);
    return known;
  }
}

function weightOfColumn(column: Float64Array | Uint32Array): number {
  const writer = new ByteWriter();
  let numbers = 0;
  for (const [from, to] of piecesOf(column.length, PIECE_NUMBERS)) {
    writeColumn(writer, column.subarray(from, to));
    numbers += to - from;
  }
  return numbers === 0 ? 0 : (deflateSync(writer.view(), { level: LEVEL }).length * column.length) / numbers;
}

/** A file's text is written by columns where it is a table. */
function weightOfRaw(text: string): number {
  const pieces = piecesOf(text.length, PIECE_CHARACTERS).map(([from, to]) =>
    from === 0 ? text.slice(from, to) : text.slice(text.indexOf('\n', from) + 1, to),
  );
  const joined = pieces.join('');
  if (joined === '') return 0;
  const blobs = new BlobWriter();
  writeText(blobs, joined);
  return (deflateSync(blobs.finish(null), { level: LEVEL }).length * text.length) / joined.length;
}

function weightOfText(text: string): number {
  const pieces = piecesOf(text.length, PIECE_CHARACTERS).map(([from, to]) => text.slice(from, to));
  const characters = pieces.reduce((sum, { length }) => sum + length, 0);
  if (characters === 0) return 0;
  return (deflateSync(encoder.encode(pieces.join('')), { level: LEVEL }).length * text.length) / characters;
}

/** Where the pieces are that stand for something of that length: all of it where it is short. */
function piecesOf(length: number, piece: number): [from: number, to: number][] {
  if (length <= PIECES * piece) return length === 0 ? [] : [[0, length]];
  return Array.from({ length: PIECES }, (_, i) => {
    const from = Math.floor(((length - piece) * i) / (PIECES - 1));
    return [from, from + piece];
  });
}
