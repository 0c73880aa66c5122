/**
 * A corpus of real outputs with what an independent reader found in them. It is not part of the project: its place is
 * told by the environment, and what needs it is skipped where it is not there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const corpusPlace = process.env.COLDFLAME_CORPUS ?? resolve(import.meta.dirname, '../../shared/corpus');

export type Value = string | number | null;
export type KeyedNumber = [key: string | null, value: number];

export interface HistogramTruth {
  groups: { labels: string[]; at: string | null; unit: string | null; buckets: [Value, Value, number][] }[];
  total: number;
  /** Each group repeats the one before: the last state may stand for all. */
  cumulative?: boolean;
}

export interface CountsTruth {
  /** As printed, intervals one after another. */
  items: KeyedNumber[];
  sums: KeyedNumber[];
  /** The last state, where each interval repeats the one before. */
  last?: KeyedNumber[];
  stats?: [key: string | null, count: number, average: number, total: number][];
  /** Several intervals: a series over time is as good. */
  timed?: boolean;
}

export interface StacksTruth {
  total: number;
  distinct: number;
  top3: [stack: string, weight: number][];
  /** Waker and target chains: only the set of frames is told. */
  unordered?: boolean;
  empty?: boolean;
}

export interface PerfTruth {
  samples: number;
  events: Record<string, { samples: number; period: number }>;
  comms: string[];
}

export interface EventsTruth {
  columns: string[];
  n_rows: number;
  first: Record<string, Value>;
  last: Record<string, Value>;
  sums: Record<string, number>;
  /** Columns under a second header line. */
  optional?: string[];
  /** For tables without columns: what each row must hold. */
  cells?: Value[][];
}

export interface SeriesTruth {
  columns?: Record<string, [points: number, sum: number]>;
  last?: [column: string, value: number, label: string][];
  renamed?: Record<string, string>;
  values?: number[];
  suffixed?: string[];
}

interface Case<Kind, Truth> {
  id: string;
  tool: string;
  flavour: string;
  command: string;
  /** The file with the output. */
  path: string;
  kind: Kind;
  truth: Truth;
}

export type CorpusCase =
  | Case<'histogram', HistogramTruth>
  | Case<'counts', CountsTruth>
  | Case<'stacks', StacksTruth | PerfTruth>
  | Case<'events', EventsTruth>
  | Case<'series', SeriesTruth>
  | Case<'text', { lines: number }>;

/** The cases of the corpus; none where it is not there. */
export function corpusCases(): CorpusCase[] {
  const tools = join(corpusPlace, 'tools');
  if (!existsSync(join(tools, 'index.jsonl'))) return [];
  return readFileSync(join(tools, 'index.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { case: path, truth, ...rest } = JSON.parse(line);
      return { ...rest, path: join(tools, path), truth: JSON.parse(readFileSync(join(tools, truth), 'utf8')).truth };
    });
}
