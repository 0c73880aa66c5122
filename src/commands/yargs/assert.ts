/** Stands in for node:assert in the bundle, of which yargs uses two functions: it takes 1 ms to load. */
export function strictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (!Object.is(actual, expected)) throw new TypeError(message);
}

export function notStrictEqual(actual: unknown, expected: unknown, message?: string): void {
  if (Object.is(actual, expected)) throw new TypeError(message);
}
