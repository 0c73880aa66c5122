/** Sizes on the command line. */
import { UserError } from '../errors.ts';

/**
 * 8M, 500K, 1000000, as `--max-size` takes it.
 * @throws UserError for anything else
 */
export function bytesOf(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMG]?)(?:i?B)?$/i.exec(text) ?? [];
  if (number === undefined) throw new UserError(`--max-size ${text}: not a size; write 8M or 500K`, 2);
  return Number(number) * { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[unit.toUpperCase() as '' | 'K' | 'M' | 'G'];
}
