/** What is handed on from a page: the caption of a link, the command for a range, rows, notes. */
import { expect, test } from 'vitest';
import type { Manifest } from '../../src/datasets/capture.ts';
import { notesFrom, notesToJson } from '../../src/render/report/notes.ts';
import { csvOf } from '../../src/render/report/table-csv.ts';
import { tableOfRows } from '../../src/render/report/tables.ts';
import { captionOf, rangeCommand } from '../../src/render/report/ticket.ts';
import { PLAIN_VIEW } from '../../src/render/report/view.ts';

/** 2026-03-01 13:00:00 UTC, an hour east. */
const manifest = {
  started: 1_772_370_000,
  ended: 1_772_370_030,
  utcOffset: 3600,
  zone: 'CET',
  host: { hostname: 'db1' },
} as Manifest;
const capture = { manifest, name: 'capture.tar' };

test('a caption tells host, time in both clocks, panel and filter', () => {
  const range = { from: 18, to: 23 };
  expect(
    captionOf({ ...PLAIN_VIEW, range, name: 'backup', panel: 'panel-iostat' }, capture, 'How busy are the disks?'),
  ).toBe('db1, 2026-03-01 14:00:18 – 14:00:23 CET (13:00:18 UTC), only backup, How busy are the disks?');
  expect(captionOf({ ...PLAIN_VIEW, range, base: 'rest' }, capture, null)).toContain(', against the rest');
  expect(captionOf(PLAIN_VIEW, { manifest: null, name: 'vmstat.txt' }, null)).toBe('vmstat.txt');
});

test('a command that people are told to run quotes what it names', () => {
  const range = { from: 1.5, to: 3 };
  expect(rangeCommand(range, capture)).toBe('coldflame analyze capture.tar --from 14:00:01.500 --to 14:00:03.000');
  const name = (text: string): string => rangeCommand(range, { manifest: null, name: text });
  expect(name("a'b; rm -rf ~")).toBe("coldflame analyze 'a'\\''b; rm -rf ~' --from 1.5 --to 3");
  expect(name('-o')).toBe('coldflame analyze ./-o --from 1.5 --to 3');
});

test('rows as CSV: quoted, and nothing a spreadsheet would run', () => {
  const table = tableOfRows(
    [
      { name: 'COMM', type: 'text', unit: '' },
      { name: 'LAT', type: 'number', unit: 'ms' },
    ],
    [
      ['=cmd()', -1.5],
      ['a,"b"', null],
      ['two\nlines', 2],
    ],
  );
  expect(csvOf(table)).toBe('COMM,LAT (ms)\n\'=cmd(),-1.5\n"a,""b""",\n"two\nlines",2\n');
});

test('notes come back from a copy, and end no element of it', () => {
  const notes = [{ text: '</script><b>', about: '14:00:18', fragment: '#t=18,23' }];
  expect(notesToJson(notes)).not.toContain('<');
  expect(notesFrom(notesToJson(notes))).toEqual(notes);
});

test.each([
  '',
  'null',
  '{"text":1}',
  '[1,null,{"text":"a"}]',
  '[{"text":"a","about":"b","fragment":"javascript:alert(1)"}]',
])('%s holds no note', (json) => {
  expect(notesFrom(json)).toEqual([]);
});
