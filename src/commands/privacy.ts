/** What of an input goes into an output: the options of every verb that reads. */
import type { OptionTable } from '../cli/verb.ts';

export const PRIVACY = {
  mask: {
    type: 'boolean',
    default: true,
    describe: 'mask passwords and tokens (default; --no-mask keeps them)',
  },
} as const satisfies OptionTable;
