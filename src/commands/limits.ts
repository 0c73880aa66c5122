/** What raises the limits on what is read: a variable of the environment, which threads have from the process, and large inputs. */
import { statSync } from 'node:fs';
import { raised, raiseLimits } from '../datasets/limits.ts';
import { UserError } from '../errors.ts';

/** Beyond this memory ends first. */
const MOST = 1000;

/** @throws UserError where COLDFLAME_LIMITS is no number from 1 on */
export function takeLimits(): void {
  const text = process.env.COLDFLAME_LIMITS ?? '';
  if (text === '') return;
  const by = Number(text);
  if (!(by >= 1 && by <= MOST))
    throw new UserError(`COLDFLAME_LIMITS must be a number between 1 and ${MOST} (got ${JSON.stringify(text)})`, 2);
  raiseLimits(by);
}

/** A day of sar with every table has 300 MB: nobody makes such a file small to fill somebody's memory. */
const LARGE = 64 * 2 ** 20;
/** So many times as much fits the memory that the engine has. */
const MOST_BY_SIZE = 4;

/** Large files are read further: what small ones unpack to is what limits are for. Folders and pipes count as small. */
export function raiseBySize(paths: readonly string[]): void {
  const facts = paths.map((path) => statSync(path, { throwIfNoEntry: false }));
  const bytes = facts.reduce((sum, fact) => sum + (fact?.isFile() ? fact.size : 0), 0);
  raiseLimits(Math.max(raised(1), Math.min(MOST_BY_SIZE, bytes / LARGE)));
}
