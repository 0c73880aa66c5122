/** Names from outside that code could take for its own: members of every object, markup, formulas, codes of a terminal. */
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../src/archive/manifest.ts';
import { summaryLines } from '../src/commands/summary.ts';
import { printable } from '../src/commands/terminal.ts';
import type { Capture, Manifest } from '../src/datasets/capture.ts';
import type { Text } from '../src/datasets/shapes.ts';
import { toCsv } from '../src/exports/csv.ts';
import { escapeText } from '../src/render/markup.ts';
import { summaryMarkdown } from '../src/render/report/markdown.ts';
import { shown } from '../src/render/shown.ts';
import { countsOf, plain } from './plain.ts';
import { claimants, read } from './reading.ts';
import { goldenOf, samples } from './samples.ts';
import { expectSound } from './sound.ts';

/** The first sample of each grammar. */
const oneOfEach = [...new Map(samples.toReversed().map((sample) => [claimants(sample.text)[0], sample])).values()];
/** What every object has, and a name that sorts where it does and no object has. */
const MEMBERS = [
  ['constructor', 'constructoq'],
  ['__proto__', '__prota__'],
] as const;
/** Words replaced in each sample. */
const MOST_WORDS = 15;

describe.each(oneOfEach)('$name', ({ text, tool }) => {
  const words = [...new Set(text.match(/(?<![\w-])[A-Za-z_][\w/-]*/g))].slice(0, MOST_WORDS);

  test.each(MEMBERS)('a word called %s is a word like any other', async (member, other) => {
    for (const word of words) {
      const said = async (name: string) => {
        const odd = text.replaceAll(word, name);
        const reading = await read(odd, { tool });
        expectSound(reading, odd);
        return goldenOf(reading).replaceAll(name, 'NAME').replace(/\s+/g, '');
      };
      expect(await said(member), word).toBe(await said(other));
    }
  });
});

test.each([
  [
    'a value that will not become a text',
    '{"type": "lost_events", "data": {"a": {"toString": 1}}}',
    'lost_events a {"toString":1}',
  ],
  ['a number', '{"type": "lost_events", "data": {"events": 3}}', 'lost_events events 3'],
])('bpftrace tells what it lost: %s', async (_, line, note) => {
  const { notes } = await read(`${line}\n{"type": "map", "data": {"@a": 1}}\n`);
  expect(notes).toEqual([note]);
});

test('a record of bpftrace without data is unread', async () => {
  const { unread } = await read('{"type": "map", "data": {"@a": 1}}\n{"type": "printf"}\n{"type": "map"}\n');
  expect(unread.map(({ line }) => line)).toEqual([2, 3]);
});

test('a process of bpftool whose name is no text', async () => {
  const { datasets } = await read(
    '[{"id":6,"type":"xdp","tag":"6deef7357e7b4530","pids":[{"pid":1,"comm":{"toString":1}}]}]',
  );
  expect(plain(datasets)).toMatchObject([
    { rows: [[6, 'xdp', '6deef7357e7b4530', '[{"pid":1,"comm":{"toString":1}}]']] },
  ]);
});

describe('names in what a person reads', () => {
  const NAMES: [name: string, shown: string][] = [
    ['\u001b]0;title\u0007\u009b31mred', '\ufffd]0;title\ufffd\ufffd31mred'],
    ['\u202egnp.exe', '\ufffdgnp.exe'],
    ['ng\u200binx\ufeff\u2060', 'ng\ufffdinx\ufffd\ufffd'],
    ['two\u2028lines', 'two\ufffdlines'],
    ['half \ud83e of an emoji', 'half \ufffd of an emoji'],
    ['👩‍💻 می‌خواهم', '👩‍💻 می‌خواهم'],
  ];

  test.each(NAMES)('%j', (name, expected) => {
    expect(shown(name)).toBe(expected);
    expect(printable(`${name}\n`)).toBe(`${expected}\n`);
    expect(escapeText(name)).toBe(expected);
  });

  const manifest = (hostname: string): Manifest =>
    parseManifest(
      JSON.stringify({ coldflame: 1, started: 0, ended: 1, utcOffset: 0, host: { hostname }, runs: [], notes: [] }),
    );
  const captureOf = (hostname: string): Capture => {
    return { name: '', manifest: manifest(hostname), damage: [], sources: [], datasets: [] };
  };

  test('a host name is no second line of the summary', () => {
    const [first, second] = summaryLines(captureOf('db\ncritical    all is lost'), { findings: [], use: [] });
    expect(first).toMatch(/^db critical {4}all is lost {2}1970-01-01/);
    expect(second).not.toContain('lost');
  });

  test.each([
    ['@octocat', '@&#8203;octocat'],
    ['fixes #12', 'fixes #&#8203;12'],
    ['http://evil.example/x', 'http:&#8203;//evil.example/x'],
    ['www.evil.example', 'www&#8203;.evil.example'],
    ['![i](http://x/i.png)', '!&#8203;\\[i\\](http:&#8203;//x/i.png)'],
    ['<img src=x>', '\\<img src=x\\>'],
    ['a|b `c` *d* _e_ ~f~', 'a\\|b \\`c\\` \\*d\\* \\_e\\_ \\~f\\~'],
    ['&lt;', '\\&lt;'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['a\n\n# heading', 'a # heading'],
  ])('%j in the summary of a ticket', (hostname, expected) => {
    expect(summaryMarkdown(captureOf(hostname), { findings: [], use: [] }, []).split('\n')[0]).toBe(`# ${expected}`);
  });
});

test.each(['=cmd()', '+1', '-2+3', '@SUM(1)', '\t=1', '\r=1', '=cmd()\u2028', '=cmd()\rx', '＝cmd()', '@[a\r]: 1'])(
  '%j is no formula in a spreadsheet',
  (name) => {
    const text: Text = { shape: 'text', source: 0, tool: '', title: '', clock: null, lines: [name] };
    // RFC 4180: a cell with a line end is in quotes.
    expect([...toCsv(text)].join('').slice('line\n'.length)).toMatch(/^"?'/);
  },
);

test('a negative number is a number in a spreadsheet', () => {
  const head = { source: 0, tool: '', title: '', clock: null };
  const counts = countsOf({ ...head, shape: 'counts', unit: 'calls', cumulative: false }, [{ key: ['a'], value: -3 }]);
  expect([...toCsv(counts)].join('')).toBe('key,at,calls\na,,-3\n');
});
