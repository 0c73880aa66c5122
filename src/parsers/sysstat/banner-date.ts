/** The date in the first line of sysstat's tools. */

// 2023-10-09
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
// 10/09/23, 10/09/2023 (C and en_US: the month first)     20.11.2026, 20/11/2026 (the day first)     2026年11月20日
const PARTS = /^(\d{1,4})(?:[./-]|年|년 )(\d{1,2})(?:[./-]|月|월 )(\d{1,4})[日일.]*$/;

/**
 * Its midnight as if the host's clock were UTC, in seconds since 1970; null where the order of day and month is not certain.
 * A date with strokes has the month first, as in the C locale and in America, unless that is no month.
 */
export function dateOfBanner(text: string): number | null {
  const iso = ISO.exec(text);
  if (iso !== null) return midnight(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const parts = PARTS.exec(text);
  if (parts === null) return null;
  const [a, b, c] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (a > 31) return midnight(a, b, c);
  const year = c < 100 ? 2000 + c : c;
  if (text.includes('/') && a <= 12) return midnight(year, a, b);
  return b <= 12 ? midnight(year, b, a) : null;
}

function midnight(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1990 || year > 2100) return null;
  return Date.UTC(year, month - 1, day) / 1000;
}
