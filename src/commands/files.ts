/** The files of every verb that reads. */
export const FILES = {
  type: 'string',
  array: true,
  demandOption: true,
  describe: 'a capture, a folder, tool output, or -',
} as const;
