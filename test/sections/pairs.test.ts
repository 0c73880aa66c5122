/**
 * Every sample above every other in one file: what each says is what it says alone. No row of one tool is ever another's.
 * A part of the pairs by default, a rule picks which; COLDFLAME_PAIRS=all tries all of them.
 */
import { describe, expect, test } from 'vitest';
import { toJson } from '../../src/exports/json.ts';
import { samples } from '../samples.ts';
import { sectionsIn } from './reading.ts';

/** One pair in so many. */
const ONE_IN = process.env.COLDFLAME_PAIRS === 'all' ? 1 : 40;
/** Large ones say no more here. */
const MAX_BYTES = 20_000;
/** These begin with nothing that only they print: below another tool they need a heading. */
const UNSIGNED = new Set(['perf script without events']);

/** What is said, without where it stands: a dataset a line. */
async function saidIn(text: string): Promise<{ said: string[]; grammars: string[] }> {
  const sections = await sectionsIn(text);
  const datasets = sections.flatMap(({ parsed }) => parsed.datasets).filter(({ shape }) => shape !== 'text');
  const json = [...toJson({ name: '', manifest: null, damage: [], sources: [], datasets }, { samples: false })].join(
    '',
  );
  const said = (JSON.parse(json) as { datasets: { title?: string; tool?: string }[] }).datasets.map(
    ({ title: _, tool: __, ...rest }) => JSON.stringify(rest),
  );
  return { said: said.sort(), grammars: sections.map(({ grammar }) => grammar.name) };
}

const small = samples.filter(
  ({ text, name }) => text.length < MAX_BYTES && text.trim() !== '' && !name.startsWith('other/'),
);
const alone = new Map(
  await Promise.all(small.map(async (sample) => [sample.name, await saidIn(sample.text)] as const)),
);
const firsts = small
  .filter(({ name }) => {
    const { grammars } = alone.get(name) as { grammars: string[] };
    return grammars.length === 1 && grammars[0] !== 'text';
  })
  .filter((sample, _, all) => {
    // One of each tool and grammar.
    const grammar = alone.get(sample.name)?.grammars[0];
    return all.find((other) => other.tool === sample.tool && alone.get(other.name)?.grammars[0] === grammar) === sample;
  });

/** One reader reads them together: what a stamp above says of time goes on from one to the next. */
function familyOf(grammar = ''): string {
  if (/^bcc-(?:columns|counts|histogram)$/.test(grammar)) return 'bcc';
  // A bpftrace program prints both.
  return grammar === 'printed stacks' ? 'bpftrace' : grammar;
}

/** Whether each of the first is one of the second, as often. */
function isPart(some: readonly string[], all: readonly string[]): boolean {
  const left = [...all];
  return some.every((each) => {
    const found = left.indexOf(each);
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

const HEADINGS = ['', '=== x ===\n', '$ cat x\n', '\n'];

test('every sample is one output', () => {
  const cut = small.filter(({ name }) => alone.get(name)?.grammars.length !== 1);
  expect(cut.map(({ name }) => name)).toEqual([]);
});

describe.each(firsts.map((sample, i) => ({ ...sample, i })))('$name', ({ name, text, i }) => {
  test('and what stands below it say what they say alone', async () => {
    const wrong: string[] = [];
    for (const [j, other] of firsts.entries()) {
      const heading = HEADINGS[(i + j) % HEADINGS.length] as string;
      const [a, b] = [alone.get(name), alone.get(other.name)];
      if ((i * 31 + j * 17) % ONE_IN !== 0 || a === undefined || b === undefined) continue;
      const [grammar = '', below = ''] = [a.grammars[0], b.grammars[0]];
      if (heading.trim() === '' && (familyOf(grammar) === familyOf(below) || UNSIGNED.has(below))) continue;
      const whole = `${text.endsWith('\n') ? text : `${text}\n`}${heading}${other.text}`;
      const { said } = await saidIn(whole);
      // Below a heading all of it is there. Without one a table that nothing announces may be left unread, but nothing else.
      const both = [...a.said, ...b.said];
      const isRight =
        heading.trim() === '' ? isPart(said, both) && isPart(a.said, said) : isPart(said, both) && isPart(both, said);
      if (!isRight) wrong.push(`${JSON.stringify(heading)} ${other.name}`);
    }
    expect(wrong).toEqual([]);
  });
});
