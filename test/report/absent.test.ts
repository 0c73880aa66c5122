/** Tools that gave nothing: the report says why beside the panels of their subsystem, and how to have them. */
import { expect, test } from 'vitest';
import type { Capture, Run } from '../../src/datasets/capture.ts';
import { absentHtml } from '../../src/render/report/absent-html.ts';
import { sectionsOf } from '../../src/render/report/panels.ts';
import { renderReport } from '../../src/render/report/report.ts';

const run = (tool: string, facts: Partial<Run>): Run => ({
  tool,
  via: '',
  command: '',
  outcome: 'missing',
  reason: '',
  file: null,
  stderr: '',
  started: null,
  ended: null,
  attached: null,
  late: false,
  status: null,
  bytes: 0,
  pids: [],
  cpu: null,
  cpuAttaching: null,
  cpuInWindow: null,
  interval: null,
  ...facts,
});
const host = { hostname: 'db-7', kernel: '', arch: '', os: '', cpus: 2, memoryBytes: null };
const clock = { started: 0, ended: 10, windowBegan: null, monotonic: null, utcOffset: 0, zone: 'UTC' };
const collector = { pids: [], cpu: null };
const captureOf = (runs: Run[]): Capture => ({
  name: 'x',
  damage: [],
  sources: [],
  datasets: [],
  manifest: { coldflame: 1, host, ...clock, versions: {}, notes: [], collector, marks: [], runs },
});
const text = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
/** The section of a subsystem as a reader sees it. */
function read(runs: Run[], subsystem: string, shown = new Map<string, string>()): string {
  const section = sectionsOf(captureOf(runs), []).find(({ id }) => id === subsystem);
  if (section === undefined) throw new Error(`no section ${subsystem}`);
  return text(String((absentHtml(section, shown) || { text: '' }).text));
}

const BIOTOP = run('biotop', {
  via: 'libbpf-tools',
  command: '/usr/sbin/biotop -C 1 30',
  outcome: 'failed',
  status: 1,
  reason: 'failed to load attach blk_account_io_start',
  stderr: 'libbpf: prog <x>: no such function\nfailed to load attach blk_account_io_start\n',
});

test('what failed stands open with its reason, what it said, another way, and what answers the same', () => {
  const shown = read([BIOTOP], 'disk', new Map([['biosnoop', 'panel-biosnoop']]));
  expect(shown).toContain('Ran, and gave nothing to show biotop');
  expect(shown).toContain('failed, status 1: failed to load attach blk_account_io_start.');
  expect(shown).toContain('Another way to have it: install bpfcc-tools');
  expect(shown).toContain('biosnoop answers nearly the same.');
  expect(shown).toContain('libbpf: prog &lt;x&gt;: no such function');
});

test('what is not installed is named in one line, what wants root says how', () => {
  const runs = [
    run('runqlat', { reason: 'not on this host: install bpfcc-tools or libbpf-tools' }),
    run('execsnoop', { outcome: 'skipped', reason: 'bcc: needs root' }),
  ];
  const shown = read(runs, 'cpu');
  expect(shown).toMatch(/^Not captured: runqlat, execsnoop 2 tools/);
  expect(shown).toContain('not installed: not on this host: install bpfcc-tools or libbpf-tools.');
  expect(shown).toContain('left out: bcc: needs root. sudo coldflame collect --tool execsnoop');
});

test('what printed nothing is no failure', () => {
  expect(read([run('oomkill', { outcome: 'ok', via: 'bcc', reason: 'it printed nothing' })], 'memory')).toContain(
    'ran: it printed nothing. Nothing happened that it would print.',
  );
});

test('hostile words stay words', async () => {
  const hostile = run('</li><script>', {
    outcome: 'failed',
    reason: '<img src=x>',
    stderr: '</pre><script>alert(1)</script>',
  });
  const html = await renderReport({ capture: captureOf([hostile]), findings: [] });
  expect(html).not.toContain('<img src=x>');
  expect(html).not.toContain('<script>alert(1)');
});
