/** Who a finding's line names, and what it says to do next. */
import { expect, test } from 'vitest';
import type { Capture } from '../../src/datasets/capture.ts';
import { cellsOf } from '../../src/datasets/cells.ts';
import { type Actor, conclusionOf, type Finding } from '../../src/datasets/finding.ts';
import type { Events } from '../../src/datasets/shapes.ts';
import { beforeText, whoOf } from '../../src/render/report/finding-view.ts';
import { aroundOf, findingsHtml, foundHtml } from '../../src/render/report/findings-html.ts';
import { marksOf } from '../../src/render/report/marks.ts';
import { findingOf } from '../finding.ts';

const actor = (role: Actor['role'], name: string): Actor => ({ role, name, pid: null, text: '' });
const names = (actors: readonly Actor[]): string[] => actors.map(({ name }) => name);

test('who both uses and waits is told as waiting, but for the heaviest user', () => {
  const finding = findingOf({ actors: [actor('user', 'backup'), actor('user', 'db'), actor('user', 'cron')] });
  const stall = findingOf({ actors: [actor('victim', 'backup'), actor('victim', 'db'), actor('victim', 'db')] });
  const { users, victims } = whoOf({ finding, explains: [stall], beside: [] });
  expect(names(users)).toEqual(['backup', 'cron']);
  expect(names(victims)).toEqual(['db']);
});

test('the first step is told before it is opened, a name in it as text', () => {
  const finding: Finding = findingOf({
    confidence: 'medium',
    next: [{ collect: ['iostat'], command: 'coldflame collect --set disk' }, { advise: 'Move <b>.' }],
  });
  const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [] };
  const html = foundHtml({ finding, explains: [], beside: [] }, aroundOf(capture, [])).text;
  expect(html).toMatch(/<summary[^>]*>Next: <code>coldflame collect --set disk<\/code><\/summary>/);
  expect(html).toContain('<li>Move &lt;b&gt;.</li>');
  expect(html).toContain('medium confidence');
});

test('who is hurt stands without a number where none is known', () => {
  const finding = findingOf({ actors: [actor('victim', 'backup'), { ...actor('victim', 'db'), text: '36 s' }] });
  const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [] };
  const line = foundHtml({ finding, explains: [], beside: [] }, aroundOf(capture, [])).text.replace(/<[^>]*>/g, '');
  expect(line).toContain('hurts backup, db (36 s)');
});

test('what was over before the capture is told with its time, and the day where that was another', () => {
  // 2026-11-20 15:52:54 UTC.
  const capture: Capture = {
    name: '',
    manifest: null,
    printedClock: { started: 1795189974, utcOffset: 0, zoned: true, dated: true },
    damage: [],
    sources: [],
    datasets: [],
  };
  expect(beforeText({ since: -2.2, until: -1.5 }, capture)).toBe('15:52:52 (before the capture)');
  expect(beforeText({ since: -100_000, until: null }, capture)).toBe('2026-11-19 12:06:14 (before the capture)');
  expect(beforeText({ since: -3, until: 1 }, capture)).toBeNull();
  expect(beforeText({ since: null, until: null }, capture)).toBeNull();
  expect(beforeText({ since: -90, until: null }, { ...capture, printedClock: null })).toBe(
    '1 min 30 s before the capture',
  );
});

test('the strip names when a cause started, not the children that follow from it', () => {
  const events: Events = {
    ...{ source: 0, tool: 'execsnoop', title: '', clock: 'capture', shape: 'events' },
    columns: [{ name: 'PCOMM', type: 'text', unit: '', role: 'process' }],
    at: Float64Array.of(1, 2),
    lines: Uint32Array.of(1, 2),
    cells: [cellsOf(2, (row) => ['backup', 'expr'][row] as string)],
  };
  const capture: Capture = { name: '', manifest: null, damage: [], sources: [], datasets: [events] };
  const cause = findingOf({ rule: 'exec-rate', severity: 'critical', actors: [actor('user', 'backup')] });
  const child = findingOf({ rule: 'cpu-busy', actors: [actor('user', 'expr')], cause });
  expect(marksOf(capture, [cause, child])).toEqual([{ at: 1, label: 'backup started', severity: 'critical' }]);
});

test('checks are counted alike where they are folded and where nothing is wrong, those under a finding left out', () => {
  const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [] };
  const beside = { rule: 'run-queue', subject: { kind: 'host', name: '' } } as const;
  const findings = [
    findingOf({ severity: 'notice' }),
    findingOf({ rule: 'steal', verdict: 'ruled-out', beside }),
    findingOf({ rule: 'system-time', verdict: 'not-known', beside }),
    findingOf({ rule: 'load', verdict: 'ruled-out' }),
    findingOf({ rule: 'swapping', verdict: 'near' }),
    findingOf({ rule: 'slow-dns', verdict: 'not-known', also: ['tcp-retransmits', 'listen-backlog'] }),
  ];
  expect(conclusionOf(findings)).toBe('No problem found: 1 notice; 1 check clear, 1 near a threshold, 3 not known.');
  const html = findingsHtml(findings, aroundOf(capture, [])).text;
  expect(html.match(/(?<=<summary>)\d+ checks?[^<]+/g)).toEqual([
    '1 check near a threshold',
    '1 check clear',
    '3 checks not known',
  ]);
});
