/** Two texts line by line: which lines only one of them has. */

export interface TextChanges {
  /** Lines in the order of their text. */
  before: string[];
  after: string[];
  /** How many lines both have. */
  both: number;
}

/** A line that is there twice in one and once in the other is there once more. Times that lead a line are no difference. */
export function textChanges(before: readonly string[], after: readonly string[]): TextChanges {
  const left = new Map<string, number>();
  for (const line of before) left.set(bare(line), (left.get(bare(line)) ?? 0) + 1);
  const added: string[] = [];
  for (const line of after) {
    const count = left.get(bare(line)) ?? 0;
    if (count > 0) left.set(bare(line), count - 1);
    else added.push(line);
  }
  const gone: string[] = [];
  // The last of lines that are alike are the ones that are not there any more.
  for (const line of [...before].reverse()) {
    const count = left.get(bare(line)) ?? 0;
    if (count === 0) continue;
    left.set(bare(line), count - 1);
    gone.push(line);
  }
  return { before: gone.reverse(), after: added, both: before.length - gone.length };
}

// [    1.234567] eth0: link up   [Fri Nov 20 21:00:05 2026] eth0: link up   14:00:05 eth0: link up
const LEADING_TIME =
  /^(?:\[[\w :.,+-]{1,40}\]|\d{4}-\d\d-\d\d[T ][\d:.,]{8,20}(?:Z|[+-]\d\d:?\d\d)?|\d\d:\d\d:\d\d(?:\.\d+)?)\s+/;

function bare(line: string): string {
  return line.replace(LEADING_TIME, '').trimEnd();
}
