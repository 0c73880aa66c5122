/** Settings of V8 that only a program knows the use of. */
import { setFlagsFromString } from 'node:v8';

/** Those of Node 20's V8: later versions know other ones, and complain on stderr of what they do not know. */
export function setV8Flag(flag: string): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(flag);
}
