/** How a tool's run ended, in words. */
import type { Outcome, Run } from '../../datasets/capture.ts';

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'ran',
  failed: 'failed',
  missing: 'not installed',
  skipped: 'left out',
  cut: 'stopped by a limit',
};

/** `ran`, or `failed, status 1: permission denied`; whoever ran until it was interrupted has a status of its own choice. */
export function endingText({ outcome, reason, status }: Run): string {
  const code = outcome !== 'ok' && status !== null && status !== 0 ? `, status ${status}` : '';
  return `${OUTCOME_WORDS[outcome] ?? outcome}${code}${reason === '' ? '' : `: ${reason}`}`;
}
