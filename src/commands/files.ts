/** The files of every verb that reads. */
export const FILES = {
  type: 'string',
  array: true,
  demandOption: true,
  // yargs would print that there are none unless some are named.
  default: undefined,
  describe: 'a capture, a folder, tool output, or -',
} as const;
