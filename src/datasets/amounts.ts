/** Amounts in words, the same in every locale: the same capture gives the same bytes. */

/** `1234567.5` is `1,234,567.5`; at most `digits` decimals, trailing zeros left out. */
export function commas(value: number, digits = 2): string {
  const text = trimmed(value, digits);
  if (value < 1000 && value > -1000) return text;
  const point = text.indexOf('.');
  let start = point < 0 ? text.length : point;
  let grouped = text.slice(start);
  // Three digits at a time, from the right; a sign stands before at least one.
  const first = value < 0 ? 1 : 0;
  for (; start - first > 3; start -= 3) grouped = `,${text.slice(start - 3, start)}${grouped}`;
  return `${text.slice(0, start)}${grouped}`;
}

/** `1 row`, `1,234 rows`. */
export function counted(count: number, noun: string): string {
  return `${commas(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share of a whole as `12.34%`; nothing of nothing is `0%`, and what is not nothing at least `under 0.01%`. */
export function percent(part: number, whole: number, digits = 2): string {
  const text = trimmed(whole === 0 ? 0 : (100 * part) / whole, digits);
  return part > 0 && text === '0' ? `under ${trimmed(10 ** -digits, digits)}%` : `${text}%`;
}

const STEPS: readonly [number, string][] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** A number in few letters for an axis: `1.5k`, `20M`, `0.25`. */
export function short(value: number): string {
  const size = Math.abs(value);
  const [step, letter] = STEPS.find(([limit]) => size >= limit) ?? [1, ''];
  return `${trimmed(value / step, size >= 1 || size === 0 ? 2 : 4)}${letter}`;
}

const BINARY: readonly [number, string][] = [
  [2 ** 40, 'Ti'],
  [2 ** 30, 'Gi'],
  [2 ** 20, 'Mi'],
  [2 ** 10, 'Ki'],
];

/** Kbytes are bitesize's and biotop's, which divide by 1024; the KB of a tool that is not known may be of 1000. */
const BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  B: 1,
  KiB: 2 ** 10,
  Kbytes: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

const TIME: Readonly<Record<string, number>> = {
  nsecs: 1e-9,
  ns: 1e-9,
  usecs: 1e-6,
  us: 1e-6,
  msecs: 1e-3,
  ms: 1e-3,
  secs: 1,
  s: 1,
  seconds: 1,
};
const TIME_STEPS: readonly [number, string][] = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];

/** What one of the unit is in seconds, or null where the unit is no time. */
export function secondsPer(unit: string): number | null {
  return Object.hasOwn(TIME, unit) ? (TIME[unit] as number) : null;
}

/** What one of the unit is in bytes, and what stands behind it where it is a rate (`KiB/s`); null where it is no size. */
function sizeOf(unit: string): { bytes: number; rate: '' | '/s' } | null {
  const rate = unit.endsWith('/s') ? '/s' : '';
  const name = unit.slice(0, unit.length - rate.length);
  return Object.hasOwn(BYTES, name) ? { bytes: BYTES[name] as number, rate } : null;
}

/**
 * A quantity in few letters with a unit people say: 4096 `usecs` is `4.1 ms`, 65536 `bytes` is `64 KiB`; a unit that is
 * not known stands behind the number as printed.
 */
export function quantity(value: number, unit: string): string {
  if (value === 0) return '0';
  const second = secondsPer(unit);
  if (second !== null) {
    const seconds = value * second;
    const [step, name] = TIME_STEPS.find(([limit]) => Math.abs(seconds) >= limit * 0.9995) ?? [1e-9, 'ns'];
    return `${scaled(seconds / step)} ${name}`;
  }
  const size = sizeOf(unit);
  if (size !== null) {
    const bytes = value * size.bytes;
    const [step, name] = BINARY.find(([limit]) => Math.abs(bytes) >= limit) ?? [1, ''];
    return `${scaled(bytes / step)} ${name}B${size.rate}`;
  }
  return withUnit(short(value), unit);
}

/** `98%`, `7.8/s`, `12 pages`. */
function withUnit(number: string, unit: string): string {
  return unit === '%' || unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`.trim();
}

/** A range that ends before `high`, the unit said once where both ends share it: `64 to 128 µs`; null is unbounded. */
export function range(low: number | null, high: number | null, unit: string): string {
  if (low === null) return `under ${quantity(high ?? 0, unit)}`;
  const from = quantity(low, unit);
  if (high === null) return `from ${from}`;
  const to = quantity(high, unit);
  const shared = to.slice(to.indexOf(' '));
  return `${to.includes(' ') && from.endsWith(shared) ? from.slice(0, -shared.length) : from} to ${to}`;
}

/** Whether people say amounts of the unit in larger and smaller ones. */
export function hasScale(unit: string): boolean {
  return secondsPer(unit) !== null || sizeOf(unit) !== null;
}

/** What a frame weighs: `306 ms`, `1.5 GiB`, and of what is counted all digits, `1,234 samples`, `1 row`. */
export function weightText(weight: number, unit: string): string {
  if (unit === 'samples' || unit === 'rows') return counted(weight, unit.slice(0, -1));
  return hasScale(unit) ? quantity(weight, unit) : withUnit(commas(weight), unit);
}

/** How many of the unit make one of the larger unit that people would say a value in: axes are cut at whole ones. */
export function unitStep(value: number, unit: string): number {
  const size = sizeOf(unit);
  const one = size?.bytes ?? secondsPer(unit) ?? 0;
  const steps = size === null ? TIME_STEPS : BINARY;
  const step = one === 0 ? undefined : steps.find(([limit]) => Math.abs(value) * one >= limit);
  return step === undefined ? 1 : step[0] / one;
}

/** Of a number between two steps of its unit: two decimals below ten, one below a hundred. */
function scaled(value: number): string {
  const size = Math.abs(value);
  return size >= 1000 ? commas(value, 0) : trimmed(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** `value` rounded to so many decimals, without trailing zeros. Called a million times for a large flame graph. */
export function trimmed(value: number, digits: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  if (!Number.isFinite(value)) return '0';
  const factor = 10 ** digits;
  // Beyond this, numbers have no decimals, and String would write an exponent soon.
  if (Math.abs(value) >= 1e15) return BigInt(Math.round(value)).toString();
  return String(Math.round(value * factor) / factor);
}

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  return bytes === 0 ? '0 B' : quantity(bytes, 'bytes');
}

/** `40 ms`, `3.2 s`, `2 min 5 s`, `30 min`, `1 h 12 min`. */
export function durationText(seconds: number): string {
  if (seconds > 0 && seconds < 0.1) return quantity(seconds, 's');
  if (seconds < 60) return `${commas(seconds, seconds < 10 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * A number for a sentence, in as many digits as a decision needs: `1,390`, `54`, `6.3`, `0.4`. Counts are told whole.
 */
export function rounded(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return commas(Number(value.toPrecision(3)), 0);
  if (size >= 10 || Number.isInteger(value)) return commas(value, 0);
  return size >= 0.1 || size === 0 ? trimmed(value, 1) : trimmed(value, 2 - Math.floor(Math.log10(size)) - 1);
}

/** A percentage for a sentence: `98%`, `4.2%`, `under 0.1%`. What is not all of it is never called 100%. */
export function percentText(value: number): string {
  if (value > 0 && value < 0.1) return 'under 0.1%';
  if (value > 99 && value < 100) return value > 99.9 ? 'over 99.9%' : `${trimmed(value, 1)}%`;
  return `${Math.abs(value) >= 10 ? trimmed(value, 0) : trimmed(value, 1)}%`;
}

/** The same of a share from 0 to 1. */
export function shareText(share: number): string {
  return percentText(share * 100);
}

/** A duration or a size for a sentence: `840 µs`, `4.1 ms`, `36 s`, `3.7 GiB`. */
export function scaledText(value: number, unit: string): string {
  const second = secondsPer(unit);
  if (value === 0) return second === null ? bytesText(0) : '0 s';
  if (second !== null) {
    const seconds = value * second;
    if (Math.abs(seconds) >= 120) return durationText(seconds);
    const [step, name] = TIME_STEPS.find(([limit]) => Math.abs(seconds) >= limit * 0.9995) ?? [1e-9, 'ns'];
    return `${rounded(seconds / step)} ${name}`;
  }
  const size = sizeOf(unit);
  if (size === null) return `${rounded(value)} ${unit}`.trim();
  const bytes = value * size.bytes;
  const [step, name] = BINARY.find(([limit]) => Math.abs(bytes) >= limit) ?? [1, ''];
  return `${rounded(bytes / step)} ${name}B${size.rate}`;
}
