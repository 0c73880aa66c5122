/** The small picture beside a finding shows what the finding says, or is not there. */
import { expect, test } from 'vitest';
import type { Capture } from '../../src/datasets/capture.ts';
import type { Series } from '../../src/datasets/shapes.ts';
import { assess } from '../../src/findings/index.ts';
import { miniature } from '../../src/render/report/miniature.ts';
import { findingOf } from '../finding.ts';
import { captureOf, mpstat, steady, vmstat } from '../findings/host.ts';

async function picture(rule: string, files: Readonly<Record<string, string>>): Promise<string | undefined> {
  const capture = await captureOf(files);
  const finding = assess(capture).findings.find((each) => each.rule === rule);
  if (finding === undefined) throw new Error(`${rule} found nothing`);
  return miniature(finding, capture, null)?.toString();
}

test('the run queue is drawn as vmstat prints it', async () => {
  expect(await picture('run-queue', { 'vmstat.txt': vmstat(steady({ r: 40 })) })).toContain('aria-label="r over time"');
});

test('busy CPUs are not drawn as the idle time that they follow from', async () => {
  expect(await picture('cpu-busy', { 'mpstat.txt': mpstat(steady({ all: { usr: 100 } })) })).toBeUndefined();
});

test('a counter is drawn by what it grew, not as a line that climbs', () => {
  const times = Float64Array.of(0, 1, 2, 3, 4);
  const counter = {
    ...{ name: 'TcpExtListenDrops', unit: '', labels: {}, sinceBoot: 0, isCounter: true as const },
    ...{ at: times, values: Float64Array.of(100, 110, 110, 140, 140), lines: Uint32Array.of(1, 2, 3, 4, 5) },
  };
  const series: Series = {
    ...{ shape: 'series', source: 0, tool: 'proc-net-snmp', title: '', clock: 'capture' },
    metrics: [counter],
  };
  const capture: Capture = { name: '', manifest: null, damage: [], sources: [], datasets: [series] };
  const evidence = [{ source: 0, lines: null, drawn: { dataset: 0, metric: 0 } }];
  const svg = miniature(findingOf({ evidence }), capture, null)?.toString() ?? '';
  // 10, 0, 30 and 0 a second: 34 px high, 2 below and 4 above, 240 wide.
  expect(/<polyline points="([^"]*)"/.exec(svg)?.[1]).toBe('0,22.7 80,32 160,4 240,32');
});
