/**
 * What columns mean. Tools of this field share a vocabulary, so that most columns are explained once, here, by the name
 * that is printed; a row of the catalogue lists its columns from it and adds what is its own.
 */
import type { SignalName } from '../datasets/signals.ts';
import type { ColumnMeaning, EventField, Telling } from './tool.ts';

export const text: ColumnMeaning = { type: 'text' };
export const number: ColumnMeaning = { type: 'number', unit: '' };
export const percent: ColumnMeaning = { type: 'number', unit: '%' };
export const perSecond: ColumnMeaning = { type: 'number', unit: '/s' };
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

/** The column is a signal. */
export function telling(meaning: ColumnMeaning, signal: SignalName, how: Omit<Telling, 'signal'> = {}): ColumnMeaning {
  return { ...meaning, tells: { signal, ...how } };
}

/** Columns of one meaning, each a signal. */
export function tellingEach(
  meaning: ColumnMeaning,
  of: Readonly<Record<string, SignalName>>,
  how: Omit<Telling, 'signal'> = {},
): Record<string, ColumnMeaning> {
  return Object.fromEntries(Object.entries(of).map(([name, signal]) => [name, telling(meaning, signal, how)]));
}

/** The column is a part of an event. */
export function field(meaning: ColumnMeaning, name: EventField): ColumnMeaning {
  return { ...meaning, field: name };
}

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
  PPID: { ...number, field: 'parent' },
  UID: number,
  CPU: number,
  COMM: processName,
  PCOMM: processName,
  TASK: processName,
  IP: number,
  RET: number,
  ERR: { ...number, field: 'error' },
  FD: number,
  FLAGS: { ...text, field: 'flags' },
  MODE: text,
  'LAT(ms)': milliseconds,
  'LAT(us)': microseconds,
  'LAT(ns)': nanoseconds,
  LATms: milliseconds,
  LATENCY_us: microseconds,
  'AGE(s)': lifetime,
  BYTES: { ...bytes, field: 'size' },
  ARGS: { ...text, field: 'arguments' },
  PATH: { ...text, field: 'path' },
  FILE: { ...text, field: 'path' },
  FILENAME: { ...text, field: 'path' },
  TYPE: { ...text, field: 'operation' },
  T: { ...text, field: 'operation' },
  D: { ...text, field: 'operation' },
  DISK: { ...text, field: 'disk' },
  DEVICE: text,
  SADDR: { ...text, field: 'local' },
  DADDR: { ...text, field: 'remote' },
  LADDR: { ...text, field: 'local' },
  RADDR: { ...text, field: 'remote' },
  LADDR6: text,
  RADDR6: text,
  SPORT: number,
  DPORT: { ...number, field: 'port' },
  LPORT: number,
  RPORT: number,
  RX_KB: kilobytes,
  TX_KB: kilobytes,
  STATE: { ...text, field: 'state' },
} as const satisfies Record<string, ColumnMeaning>;

export type CommonColumn = keyof typeof vocabulary;

/** The columns of a tool: those of the common vocabulary by name, and its own with their meaning. */
export function columns(
  common: readonly CommonColumn[],
  own: Readonly<Record<string, ColumnMeaning>> = {},
): Readonly<Record<string, ColumnMeaning>> {
  return { ...Object.fromEntries(common.map((name) => [name, vocabulary[name]])), ...own };
}

/** The state of a process as ps and top print it: `D`, `Ss`, `R+`. */
export const stateOfProcess: ColumnMeaning = telling(text, 'process.uninterruptible', { begins: 'D' });

/** Several columns of one meaning. */
export function each(meaning: ColumnMeaning, ...names: string[]): Record<string, ColumnMeaning> {
  return Object.fromEntries(names.map((name) => [name, meaning]));
}
