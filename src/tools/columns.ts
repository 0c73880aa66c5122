/**
 * What columns mean. Tools of this field share a vocabulary, so that most columns are explained once, here, by the name
 * that is printed; a row of the catalogue lists its columns from it and adds what is its own.
 */
import type { ColumnMeaning } from './tool.ts';

export const text: ColumnMeaning = { type: 'text' };
export const number: ColumnMeaning = { type: 'number', unit: '' };
export const percent: ColumnMeaning = { type: 'number', unit: '%' };
export const perSecond: ColumnMeaning = { type: 'number', unit: '/s' };
export const kilobytesPerSecond: ColumnMeaning = { type: 'number', unit: 'KB/s' };
export const megabytesPerSecond: ColumnMeaning = { type: 'number', unit: 'MB/s' };
export const megabytes: ColumnMeaning = { type: 'number', unit: 'MB' };
/** A time of day, as `06:20:16`. */
export const clockTime: ColumnMeaning = { type: 'text', role: 'time' };
/** Seconds since the tool started. */
const seconds: ColumnMeaning = { type: 'number', unit: 's', role: 'time' };
export const processName: ColumnMeaning = { type: 'text', role: 'process' };
export const pid: ColumnMeaning = { type: 'number', role: 'pid' };
const bytes: ColumnMeaning = { type: 'number', unit: 'bytes', role: 'size' };
export const kibibytes: ColumnMeaning = { type: 'number', unit: 'KiB', role: 'size' };
export const kilobytes: ColumnMeaning = { type: 'number', unit: 'KB', role: 'size' };
export const milliseconds: ColumnMeaning = { type: 'number', unit: 'ms', role: 'duration' };
export const microseconds: ColumnMeaning = { type: 'number', unit: 'us', role: 'duration' };
const nanoseconds: ColumnMeaning = { type: 'number', unit: 'ns', role: 'duration' };
const lifetime: ColumnMeaning = { type: 'number', unit: 's', role: 'duration' };

/** Columns that mean the same in every tool that prints them. */
const vocabulary = {
  TIME: clockTime,
  'TIME(s)': seconds,
  'TIME(ms)': { type: 'number', unit: 'ms', role: 'time' },
  'TIME(us)': { type: 'number', unit: 'us', role: 'time' },
  'TIME(ns)': { type: 'number', unit: 'ns', role: 'time' },
  ENDTIME_us: { type: 'number', unit: 'us', role: 'time' },
  ENDTIME_ns: { type: 'number', unit: 'ns', role: 'time' },
  PID: pid,
  TID: pid,
  PPID: number,
  UID: number,
  CPU: number,
  COMM: processName,
  PCOMM: processName,
  TASK: processName,
  IP: number,
  RET: number,
  ERR: number,
  FD: number,
  FLAGS: text,
  MODE: text,
  'LAT(ms)': milliseconds,
  'LAT(us)': microseconds,
  'LAT(ns)': nanoseconds,
  LATms: milliseconds,
  LATENCY_us: microseconds,
  'AGE(s)': lifetime,
  BYTES: bytes,
  ARGS: text,
  PATH: text,
  FILE: text,
  FILENAME: text,
  TYPE: text,
  T: text,
  D: text,
  DISK: text,
  DEVICE: text,
  SADDR: text,
  DADDR: text,
  LADDR: text,
  RADDR: text,
  LADDR6: text,
  RADDR6: text,
  SPORT: number,
  DPORT: number,
  LPORT: number,
  RPORT: number,
  RX_KB: kilobytes,
  TX_KB: kilobytes,
  STATE: text,
} as const satisfies Record<string, ColumnMeaning>;

export type CommonColumn = keyof typeof vocabulary;

/** The columns of a tool: those of the common vocabulary by name, and its own with their meaning. */
export function columns(
  common: readonly CommonColumn[],
  own: Readonly<Record<string, ColumnMeaning>> = {},
): Readonly<Record<string, ColumnMeaning>> {
  return { ...Object.fromEntries(common.map((name) => [name, vocabulary[name]])), ...own };
}

/** Several columns of one meaning. */
export function each(meaning: ColumnMeaning, ...names: string[]): Record<string, ColumnMeaning> {
  return Object.fromEntries(names.map((name) => [name, meaning]));
}
