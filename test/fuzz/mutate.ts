/** Inputs with something wrong: bytes, lines and pieces changed, lost, repeated, joined, drawn out. The same seed gives the same. */

/** Numbers from 0 to 1, the same for the same seed. */
export type Random = () => number;

export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function oneOf<T>(all: readonly T[], next: Random): T {
  return all[Math.floor(next() * all.length)] as T;
}

const ODD_BYTES = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0xfe];

/** Some bytes other, some of them near one another; sometimes a piece lost or there twice, or the end cut off. */
export function mutatedBytes(bytes: Uint8Array, next: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  // Headers decide more than what follows.
  const reach = next() < 0.5 ? Math.min(copy.length, 1024) : copy.length;
  for (let i = Math.floor(next() * 8); i >= 0; i--) {
    const at = Math.floor(next() * reach);
    copy[at] = next() < 0.5 ? oneOf(ODD_BYTES, next) : Math.floor(next() * 256);
  }
  const kind = next();
  const [at, length] = [Math.floor(next() * copy.length), Math.floor(next() * 64)];
  if (kind < 0.2) return copy.subarray(0, at);
  if (kind < 0.3) return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
  return kind < 0.4 ? Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]) : copy;
}

/** Words that some code may take for its own: members of objects, signs of formats, numbers without an end, codes of a terminal. */
const ODD_WORDS =
  `__proto__ constructor toString -1 0 -0 NaN nan inf 1e999 99999999999999999999 0x ^C @ @[ @[a]: ]: 5 [0,1) 2 | -> => ; ;; ( ) [ ] { } " ' \` $ \\ / // % %% , ,, : :: | \t \r \u0000 \u001b[31m \u202e \ud800 \ufeff é 💥`.split(
    ' ',
  );

/** The text with one to four things wrong. @param other a text to take lines from */
export function mutatedText(text: string, other: string, next: Random): string {
  let lines = text.split('\n');
  for (let i = Math.floor(next() * 4); i >= 0; i--) lines = mutatedLines(lines, other, next);
  return lines.join('\n');
}

function mutatedLines(lines: string[], other: string, next: Random): string[] {
  const at = Math.floor(next() * lines.length);
  const line = lines[at] ?? '';
  const put = (...given: string[]) => [...lines.slice(0, at), ...given, ...lines.slice(at + 1)];
  switch (Math.floor(next() * 9)) {
    case 0:
      return [...lines.slice(0, at), ...lines.slice(at + 1 + Math.floor(next() * 3))];
    case 1:
      return put(line, line);
    case 2:
      return put(oneOf(lines, next), line);
    case 3:
      return put(oneOf(other.split('\n'), next), line);
    case 4:
      return put(line.slice(0, Math.floor(next() * line.length)));
    case 5:
      return lines.slice(0, at + 1);
    case 6: {
      const words = line.split(/(\s+)/);
      words[Math.floor(next() * words.length)] = oneOf(ODD_WORDS, next);
      return put(words.join(''));
    }
    case 7: {
      const place = Math.floor(next() * (line.length + 1));
      return put(line.slice(0, place) + oneOf(ODD_WORDS, next) + line.slice(place + Math.floor(next() * 3)));
    }
    default:
      return put(line.replace(/\d+/, () => oneOf(['-1', '0', '1e308', '18446744073709551616', '1.', '.5', ''], next)));
  }
}

/** One line of the text drawn out to that many characters, by repeating a piece of it. */
export function withLongLine(text: string, length: number, next: Random): string {
  const lines = text.split('\n');
  const at = Math.floor(next() * lines.length);
  const line = lines[at] ?? '';
  const from = Math.floor(next() * line.length);
  const piece = line.slice(from, from + 1 + Math.floor(next() * 8)) || ' ';
  lines[at] = line.slice(0, from) + piece.repeat(Math.ceil(length / piece.length)) + line.slice(from);
  return lines.join('\n');
}

const ODD_VALUES = [
  null,
  -1,
  0.5,
  1e300,
  2 ** 53,
  '',
  '<b>',
  [],
  {},
  true,
  'stacks',
  'events',
  'series',
  [[]],
  { shape: 'text' },
];

/** One field somewhere in a document of JSON is something else, or gone. */
export function changeSomewhere(value: object, next: Random): void {
  const fields = value as Record<string, unknown>;
  const name = oneOf(Object.keys(fields), next);
  const inner = fields[name];
  if (name === undefined) return;
  if (typeof inner === 'object' && inner !== null && next() < 0.9) changeSomewhere(inner, next);
  else if (next() < 0.1) delete fields[name];
  else if (typeof inner === 'number' && next() < 0.5) fields[name] = inner + Math.floor(next() * 5) - 2;
  else fields[name] = structuredClone(oneOf(ODD_VALUES, next));
}
