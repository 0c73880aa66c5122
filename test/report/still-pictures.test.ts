/** What is read where no script runs: the pictures that stand in the page itself, and the summary of a terminal. */
import { expect, test } from 'vitest';
import { summaryLines } from '../../src/commands/summary.ts';
import { axisOf } from '../../src/render/report/axis.ts';
import { stillPictures } from '../../src/render/report/still-pictures.ts';
import { captureOf, mpstat, steady, waited } from '../findings/host.ts';

const TRACED = 'bpf_prog_6896d07dd3e1383c_sched_switch;bpf_trace_run4;__traceiter_sched_switch;__schedule;schedule';

test('of waits the collector is left out, and its frames on the stacks of others; what that leaves out is said', async () => {
  const capture = await captureOf(
    {
      'offcputime.txt': [
        waited(`${TRACED};do_nanosleep`, 'shop (77)', 3_000_000),
        waited(`${TRACED};do_wait`, 'sh (900)', 5_000_000),
      ].join(''),
    },
    { runs: { offcputime: { pids: [900] } } },
  );
  const text = stillPictures(capture, axisOf(capture), [{ datasets: [0], citedMetrics: [] }]).of(0)?.sum?.text ?? '';
  // 5 of 8 s.
  expect(text).toContain(
    'without the collector’s own processes, 5 s (62.5%) · the tracer’s own frames on top are not drawn',
  );
  const summary = summaryLines(capture, { findings: [], use: [] }).join('\n');
  expect(summary).toContain('offcputime.txt: 3 s without the collector’s own processes; most of shop 100%');
  const names = [...text.matchAll(/<title>(\S+) \(/g)].map(([, name]) => name);
  expect(names.sort()).toEqual(['__schedule', 'all', 'do_nanosleep', 'schedule', 'shop']);
});

test('what has time lies along the report’s axis, by the host’s clock', async () => {
  const capture = await captureOf({
    'mpstat.txt': mpstat(steady({ all: { usr: 50 }, 0: { usr: 20 }, 1: { usr: 80 } })),
  });
  const axis = axisOf(capture);
  const drawn = stillPictures(capture, axis, [{ datasets: [0], citedMetrics: [] }]).of(0);
  for (const text of [drawn?.sum?.text, drawn?.time?.text])
    expect([...(text ?? '').matchAll(/>(\d\d:\d\d:\d\d)</g)].map(([, time]) => time)).toContain('14:00:05');
  expect(drawn?.time?.text).toContain(`data-from="${axis?.from}" data-to="${axis?.to}"`);
});
