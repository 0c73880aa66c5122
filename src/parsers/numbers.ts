/** Numbers as tools print them. Only what is a number from end to end is one. */

// 12   -0.50   0,14 (a locale with a decimal comma)
const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;
// 222.1k   3.7G   8.7Mi   0B   217M
const SIZE = /^(\d+(?:[.,]\d+)?)([BbKkMmGgTtPpEe])(?:i?B?)$/;
const STEPS = 'bkmgtpe';

/** The number, or null where the text is more or less than one. A decimal comma is a decimal point. */
export function numberOf(text: string): number | null {
  return NUMBER.test(text) ? Number(text.replace(',', '.')) : null;
}

/** A size with its suffix in bytes, or null where there is no such suffix. The steps are of 1024, as sysstat's and procps's. */
export function bytesOf(text: string): number | null {
  const match = SIZE.exec(text);
  if (match === null) return null;
  const [, digits = '', suffix = ''] = match;
  return Number(digits.replace(',', '.')) * 1024 ** STEPS.indexOf(suffix.toLowerCase());
}

/** Takes away what ten binary places too many in a product of decimals leave behind: 0.1 * 1024 stays what a person expects. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
