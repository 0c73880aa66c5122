/** What a comparison says beside its pictures: texts line by line, hosts and causes. */
import { expect, test } from 'vitest';
import type { Capture, Manifest } from '../../src/datasets/capture.ts';
import { compared } from '../../src/render/report/diff/compared.ts';
import { changedFindingsHtml } from '../../src/render/report/diff/findings-html.ts';
import { factsThatDiffer } from '../../src/render/report/diff/sides-text.ts';
import { textChanges } from '../../src/render/report/diff/text-changes.ts';
import { findingOf } from '../finding.ts';

test('lines that only one text has; the times before them are no difference', () => {
  const before = ['[    1.000000] eth0: link up', 'swap on', 'swap on', 'bye'];
  const after = ['[    2.500000] eth0: link up', 'swap on', 'oom', 'bye', 'bye'];
  expect(textChanges(before, after)).toEqual({ before: ['swap on'], after: ['oom', 'bye'], both: 3 });
});

function side(facts: Record<string, string>): Capture {
  const manifest = { host: { facts } } as unknown as Manifest;
  return { name: '', manifest, damage: [], sources: [], datasets: [] };
}

test('hosts differ by the settings that were taken of both', () => {
  const [was, is] = [
    // Files are opened all the time: their number is no setting.
    side({ 'vm.swappiness': '60', governor: 'performance', 'files.open': '1024 0 9223372036854775807' }),
    side({ 'vm.swappiness': '1', governor: 'performance', thp: 'always', 'files.open': '992 0 9223372036854775807' }),
  ];
  expect(factsThatDiffer([was, is])).toEqual([
    { name: 'vm.swappiness', before: '60', after: '1' },
    { name: 'thp', before: '', after: 'always' },
  ]);
  expect(factsThatDiffer([side({}), is])).toEqual([]);
});

test('what a new cause explains stands under it', () => {
  const disk = findingOf({ rule: 'disk', title: 'The disk is full', severity: 'critical' });
  const stall = findingOf({ rule: 'stall', title: 'Tasks stall', cause: { rule: 'disk', subject: disk.subject } });
  const empty: Capture = { name: 'c', manifest: null, damage: [], sources: [], datasets: [] };
  const html = changedFindingsHtml(
    compared({ before: empty, after: empty, findingsBefore: [], findingsAfter: [stall, disk] }),
    [],
  ).text;
  expect(html.match(/<article/g)).toHaveLength(2);
  expect(html).toMatch(/The disk is full[\s\S]*Explains 1 more[\s\S]*Tasks stall[\s\S]*<\/article>[\s\S]*<\/article>/);
});
