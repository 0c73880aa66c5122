/** The tables of a capture as Apache Parquet, compressed with Snappy: DuckDB, Spark, pandas and whatever else reads it. */
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { Capture } from '../datasets/capture.ts';
import {
  type ColumnType,
  type Judged,
  type Partition,
  partitionOf,
  TABLES,
  type TableColumns,
  tablesOf,
} from './tables.ts';

/** A file of the store, by the folders above it. */
export interface ParquetFile {
  /** `['signals', 'date=2026-11-30', 'host=db1', 'capture=…', 'part-0.parquet']` */
  path: string[];
  bytes: Uint8Array;
}

/** Rows that a reader may pass over at once. */
const ROWS_IN_GROUP = 100_000;
const FILE_NAME = 'part-0.parquet';

const TYPES: Readonly<Record<ColumnType, BasicType>> = {
  text: 'STRING',
  double: 'DOUBLE',
  integer: 'INT32',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
};

/** @returns a file for each table, one after the other; partitioned as Hive does it, so that engines skip what is not asked for */
export function* toParquet(capture: Capture, judged: Judged): Generator<ParquetFile> {
  const folders = partitionFolders(partitionOf(capture));
  for (const [table, columns] of tablesOf(capture, judged))
    yield { path: [table, ...folders, FILE_NAME], bytes: parquetOf(TABLES[table], columns) };
}

function parquetOf(types: Readonly<Record<string, ColumnType>>, columns: TableColumns): Uint8Array {
  const columnData = Array.from(columns, ([name, values]) => {
    const type = types[name] as ColumnType;
    return { name, type: TYPES[type], data: type === 'time' ? values.map(dateOf) : values };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: ROWS_IN_GROUP, createdBy: 'coldflame' }));
}

function dateOf(seconds: unknown): Date | null {
  return typeof seconds === 'number' ? new Date(Math.round(seconds * 1000)) : null;
}

function partitionFolders({ date, host, capture }: Partition): string[] {
  return [`date=${date}`, `host=${escaped(host)}`, `capture=${capture}`];
}

/** As Hive writes values into paths: whatever is no plain letter in hexadecimal, so that no name leaves its folder. */
function escaped(name: string): string {
  const hex = (character: string) =>
    Array.from(new TextEncoder().encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  return name.slice(0, MAX_HOST).replace(/[^A-Za-z0-9._-]/gu, (character) => hex(character).join(''));
}

/** Linux allows 64 bytes; each may become three in a file's name, of 255 at most. */
const MAX_HOST = 64;
