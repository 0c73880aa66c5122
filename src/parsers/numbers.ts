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
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
/** So many characters always survive. */
const SAFE_LENGTH = 15;

/** The number that the whole text is, as C prints it; null where it is not one, or where a double cannot hold it. */
export function exactNumber(text: string): number | null {
  if (!PLAIN_NUMBER.test(text)) return null;
  const number = Number(text);
  return text.length <= SAFE_LENGTH || text.includes('.') || Number.isSafeInteger(number) ? number : null;
}

const AMOUNT = /^(-?\d+(?:\.\d+)?)(?: ?(ns|us|ms|s|m|h))?$/;
const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** `3.9 us` as 3900; a bare number is nanoseconds already. null for anything else. */
export function amountInNanoseconds(text: string): number | null {
  const match = AMOUNT.exec(text);
  if (match === null) return null;
  const [, number = '', unit = 'ns'] = match;
  return rounded(Number(number) * (NANOSECONDS[unit] as number));
}
