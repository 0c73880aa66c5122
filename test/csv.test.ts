/** CSV with a header, as spreadsheets, databases and monitoring write it. */
import { describe, expect, test } from 'vitest';
import type { Events } from '../src/datasets/shapes.ts';
import { plain, rowsOf } from './plain.ts';
import { read as readText } from './reading.ts';

async function read(text: string, chunk?: number) {
  const reading = await readText(text, {}, chunk);
  return { ...reading, table: reading.datasets[0] as Events };
}

const columnsOf = ({ columns }: Events) => columns.map(({ name, type }) => `${name}: ${type}`);

test('fields with quotes, delimiters and line ends in them are one cell each', async () => {
  const text = 'when,who,note\r\n1,"Smith, J","a ""b""\r\nc"\r\n2,x,\r\n';
  for (const chunk of [1, 7, text.length]) {
    const { grammar, table, lines, read: readLines } = await read(text, chunk);
    expect(grammar).toBe('csv');
    expect(rowsOf(table)).toEqual([
      [1, 'Smith, J', 'a "b"\nc'],
      [2, 'x', null],
    ]);
    expect(plain(table.lines)).toEqual([2, 4]);
    expect([lines, readLines]).toEqual([4, 4]);
  }
});

describe('a column is of numbers only if every cell is one from end to end', () => {
  test.each([
    ['1', '-2.5', '1e3', 'number', [1, -2.5, 1000]],
    ['1', '', '3', 'number', [1, null, 3]],
    ['1', '2ms', '3', 'text', ['1', '2ms', '3']],
    ['007', '12', '13', 'text', ['007', '12', '13']],
    ['9007199254740993', '1', '2', 'text', ['9007199254740993', '1', '2']],
    ['"1,234"', '1', '2', 'text', ['1,234', '1', '2']],
    ['0x10', '1', '2', 'text', ['0x10', '1', '2']],
    ['', '', '', 'text', [null, null, null]],
  ])('%s %s %s is %s', async (a, b, c, type, cells) => {
    const { table } = await read(`k,v,w\nx,${a},y\nx,${b},y\nx,${c},y\n`);
    expect(table.columns[1]?.type).toBe(type);
    expect(rowsOf(table).map((row) => row[1])).toEqual(cells);
  });

  test('a decimal comma is a point where the delimiter is a semicolon', async () => {
    const { table } = await read('Gerät;Wert (ms)\nsda;0,5\nsdb;1,25\n');
    expect(columnsOf(table)).toEqual(['Gerät: text', 'Wert (ms): number']);
    expect(rowsOf(table)).toEqual([
      ['sda', 0.5],
      ['sdb', 1.25],
    ]);
    expect(plain(table.columns[1])).toMatchObject({ unit: 'ms', role: 'duration' });
  });
});

test.each([
  ['time', '1700000000', '1700000002.5', 'epoch', 2.5],
  ['timestamp', '1700000000000', '1700000002500', 'epoch', 2.5],
  ['Date', '2026-11-20T14:39:12+00:00', '2026-11-20T14:39:14+00:00', 'epoch', 2],
  ['time', '14:39:12', '14:39:14', 'day', 2],
  ['TIME(s)', '0.5', '0.75', 'elapsed', 0.25],
])('%s with %s is on the axis', async (name, first, second, clock, apart) => {
  const { table } = await read(`${name},a,b\n${first},1,2\n${second},3,4\n`);
  expect(table.clock).toBe(clock);
  expect((table.at[1] as number) - (table.at[0] as number)).toBeCloseTo(apart, 6);
});

test('a record of another width, and a quote that is never closed, are unread', async () => {
  const {
    table,
    unread,
    lines,
    read: readLines,
    noise,
  } = await read('a,b,c\n1,2,3\n1,2\n4,5,6\n7,8,9\n1,2,2\n1,1,1\n1,"2,3\n4,5,6\n');
  expect(rowsOf(table)).toHaveLength(5);
  expect(unread.map(({ line, why }) => [line, why])).toEqual([
    [3, '2 fields under 3 columns'],
    [8, 'a quoted field that is never closed'],
    [9, 'a quoted field that is never closed'],
  ]);
  expect(readLines + noise + unread.length).toBe(lines);
});

test('an index without a name, a byte order mark, and a delimiter at each end', async () => {
  const { table } = await read('\ufeff,host name,95th\n0,a,1.5,\n1,b,2.5,\n');
  expect(columnsOf(table)).toEqual(['#: number', 'host name: text', '95th: number']);
  expect(rowsOf(table)).toEqual([
    [0, 'a', 1.5],
    [1, 'b', 2.5],
  ]);
});

test.each([
  ['folded stacks', 'java;run,fast 12\njava;stop 3\n'],
  ['prose', 'First, this.\nThen, that and, well, more.\nNothing else.\n'],
  ['JSON', '{"a": 1, "b": 2}\n{"a": 1, "b": 2}\n'],
  ['values without names', '10:15:20,1,2\n10:15:21,3,4\n'],
  ['a list', 'one\ntwo\nthree\n'],
  [
    'columns of dstat',
    'usr sys idl wai stl| read  writ\n  4   1  95   0   0|  12k  140k\n 96   4   0   0   0|   0    80M\n',
  ],
])('%s are none', async (_, text) => {
  expect((await read(text)).grammar).not.toBe('csv');
});

test('a line of assignments is no header', async () => {
  expect((await read('uid=501(anna) gid=20(staff),12(everyone),61(local)\n')).grammar).toBe('text');
});
