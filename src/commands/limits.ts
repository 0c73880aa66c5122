/** The variable of the environment that raises the limits on what is read; threads have it from the process. */
import { raiseLimits } from '../datasets/limits.ts';
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
