/** How a finding changed, in words. */
import type { ChangeKind } from '../../../datasets/finding-changes.ts';

/** One word for each, beside the severity. */
export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  new: 'new',
  other: 'by another',
  worse: 'worse',
  unclear: 'unclear',
  same: 'unchanged',
  better: 'better',
  gone: 'gone',
};
