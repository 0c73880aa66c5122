/** Numbers as the findings say them: few digits, the unit always. */

export function percent(share: number): string {
  return `${round(share * 100)} %`;
}

/** Three significant digits, without exponent. */
export function round(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return String(Number(value.toFixed(Math.min(digits, 6))));
}

/** Thousands apart, for counts. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 name`, `4 names`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Microseconds in the unit a person would choose. */
export function duration(usecs: number): string {
  if (usecs < 1000) return `${round(usecs)} us`;
  if (usecs < 1e6) return `${round(usecs / 1000)} ms`;
  return `${round(usecs / 1e6)} s`;
}

/** Bytes in binary units, as the tools count them. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${round(scaled)} ${units[unit]}`;
}
