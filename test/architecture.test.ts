/** The directions of the design, read from the imports themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');
/** Which rooms each room may import from, itself aside. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'cli.ts': ['cli', 'commands', 'errors.ts', 'nearest.ts', 'generated'],
  cli: ['errors.ts', 'nearest.ts'],
  commands: [
    'part-file.ts',
    'cli',
    'collectors',
    'archive',
    'sections',
    'parsers',
    'symbols',
    'signals',
    'findings',
    'masking',
    'render',
    'exports',
    'fleet',
    'tools',
    'datasets',
    'errors.ts',
    'nearest.ts',
    'generated',
  ],
  collectors: ['part-file.ts', 'tools', 'datasets', 'errors.ts', 'nearest.ts', 'generated'],
  archive: ['tools', 'datasets', 'errors.ts', 'generated'],
  sections: ['archive', 'parsers', 'tools', 'datasets', 'errors.ts'],
  parsers: ['symbols', 'tools', 'datasets', 'errors.ts', 'generated'],
  symbols: ['errors.ts', 'generated'],
  signals: ['tools', 'datasets'],
  findings: ['signals', 'tools', 'datasets', 'errors.ts'],
  masking: ['tools', 'datasets', 'errors.ts'],
  render: ['signals', 'tools', 'datasets', 'errors.ts', 'generated'],
  exports: ['signals', 'tools', 'datasets', 'errors.ts', 'generated'],
  fleet: ['findings', 'render', 'datasets', 'generated'],
  tools: ['datasets'],
  datasets: [],
  'errors.ts': [],
  'nearest.ts': [],
  'part-file.ts': [],
};
/** Rooms that are pure functions: no files, no processes, no clock of their own. */
const PURE = [
  'sections',
  'masking',
  'parsers',
  'symbols',
  'signals',
  'findings',
  'render',
  'exports',
  'fleet',
  'tools',
  'datasets',
];
/** `render/png.ts` hands a picture to sharp; `symbols/on-disk.ts` looks for symbols on this machine. */
const TOUCHES_FILES = ['render/png.ts', 'symbols/on-disk.ts'];
const IMPORT = /(?:^|\n)(?:import|export)[^;]*?from '([^']+)'|import\('([^']+)'\)/g;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.startsWith('generated') && !path.includes('assembly'))
  .map((path) => ({ path, room: path.split('/')[0] as string, text: readFileSync(join(SRC, path), 'utf8') }));

function importsOf({ path, text }: { path: string; text: string }): string[] {
  return [...text.matchAll(IMPORT)].map((match) => {
    const target = (match[1] ?? match[2]) as string;
    return target.startsWith('.') ? relative(SRC, join(SRC, dirname(path), target)) : target;
  });
}

describe('imports go one way', () => {
  test.each(files)('$path', (file) => {
    const rooms = importsOf(file)
      .filter((target) => !target.startsWith('node:') && target.includes('.ts'))
      .map((target) => target.split('/')[0] as string);
    const allowed = [file.room, ...(MAY_IMPORT[file.room] ?? [])];
    expect(rooms.filter((room) => !allowed.includes(room))).toEqual([]);
  });
});

test('a room of the report in the browser imports from those below it alone', () => {
  const CLIENT = 'render/report/client/';
  // From what all need to what needs them all; a file beside the rooms is on top.
  const rooms = ['shell', 'save', 'strip', 'table', 'chart', 'flame', 'pair', 'panel', '.'];
  const roomOf = (path: string): number => rooms.indexOf(dirname(path.slice(CLIENT.length)).split('/')[0] as string);
  const inClient = files.filter(({ path }) => path.startsWith(CLIENT));
  expect(inClient.length).toBeGreaterThan(60);
  for (const file of inClient) {
    expect(roomOf(file.path), file.path).toBeGreaterThanOrEqual(0);
    for (const imported of importsOf(file).filter((path) => path.startsWith(CLIENT)))
      expect(roomOf(imported), `${file.path} imports ${imported}`).toBeLessThanOrEqual(roomOf(file.path));
  }
});

test('no imports go in a circle', () => {
  const targets = new Map(files.map((file) => [file.path, importsOf(file)]));
  // Whoever imports none of the files that are left is in no circle with them.
  for (let before = 0; before !== targets.size; ) {
    before = targets.size;
    for (const [path, list] of targets) if (!list.some((target) => targets.has(target))) targets.delete(path);
  }
  const inCircles = [...targets].filter(([path]) => [...targets.values()].some((list) => list.includes(path)));
  expect(inCircles).toEqual([]);
});

describe('pure rooms touch no files and no processes', () => {
  test.each(files.filter(({ path, room }) => PURE.includes(room) && !TOUCHES_FILES.includes(path)))('$path', (file) => {
    expect(importsOf(file).filter((target) => /^(node:)?(fs|child_process|os|net|http)/.test(target))).toEqual([]);
    expect(file.text).not.toMatch(/\bDate\.now\(|\bMath\.random\(|new Date\(\)/);
    // Signals and attributes are named as `process.cpu.utilization`.
    const members = [...file.text.matchAll(/(?<!['`])\bprocess\.(\w+)/g)].map(([, member]) => member as string);
    expect(members.filter((member) => member in process)).toEqual([]);
  });
});

test.each([
  ['yargs', 'cli/parse.ts'],
  ['d3-flame-graph', 'render/report/client/flame/d3/'],
  ['sharp', 'render/png.ts'],
])('%s can be replaced in one place, %s', (library, place) => {
  const users = files
    .filter((file) => importsOf(file).some((target) => target.split('/')[0] === library))
    .map(({ path }) => path);
  expect(users).not.toEqual([]);
  expect(users.filter((path) => !path.startsWith(place))).toEqual([]);
});

test('nothing ends the process: it is done when all is written', () => {
  const enders = files.filter(({ text }) => /process\.exit\(/.test(text)).map(({ path }) => path);
  expect(enders).toEqual([]);
});
