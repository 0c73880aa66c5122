/** How a trial fared, from its archive and from what the workload wrote down beside it. */
import { readCapture } from '../../src/commands/read.ts';
import type { Capture, Run } from '../../src/datasets/capture.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import type { Trial } from './trials.ts';
import type { Tried } from './tried.ts';
import { compared, journals } from './truth.ts';

type Outcome = Omit<Tried, 'suite' | 'tool' | 'flavour' | 'cannot'>;

/**
 * @param archive a capture of one batch
 * @param truth the folder with what the workload did meanwhile
 */
export async function reading(archive: string, truth: string): Promise<(trial: Trial) => Outcome> {
  const capture = await readCapture([archive], { samples: true });
  const did = journals(truth);
  return (trial) =>
    outcomeOf(trial, capture, (run, datasets) => compared(trial.tool.name, run, datasets, capture, did));
}

function outcomeOf(
  { tool }: Trial,
  capture: Capture,
  truthOf: (run: Run, datasets: readonly Dataset[]) => Outcome['truth'],
): Outcome {
  const kernel = capture.manifest?.host.kernel ?? '';
  const index = capture.manifest?.runs.findIndex((run) => run.tool === tool.name) ?? -1;
  const run = capture.manifest?.runs[index];
  if (run === undefined) return { ...NOTHING, kernel, fault: 'no run of it in the archive' };
  const unread = capture.sources.reduce((sum, source) => sum + (source.run === index ? source.unreadCount : 0), 0);
  const datasets = capture.datasets.filter((dataset) => capture.sources[dataset.source]?.run === index);
  const rows = datasets.reduce((sum, dataset) => sum + rowsIn(dataset), 0);
  return {
    kernel,
    rows: run.outcome === 'missing' || run.outcome === 'skipped' ? null : rows,
    unit: datasets[0] === undefined ? '' : UNITS[datasets[0].shape],
    attached: run.attached === null || run.started === null ? null : round(run.attached - run.started),
    cpu: run.cpu,
    fault: faultOf(run, rows, unread, datasets),
    why: run.reason,
    truth: truthOf(run, datasets),
  };
}

const NOTHING: Outcome = {
  kernel: '',
  rows: null,
  unit: '',
  attached: null,
  cpu: null,
  fault: null,
  why: '',
  truth: null,
};
const UNITS = {
  stacks: 'samples',
  histogram: 'counted',
  events: 'rows',
  counts: 'counts',
  series: 'values',
  text: 'lines of text',
} as const;

function faultOf(run: Run, rows: number, unread: number, datasets: readonly Dataset[]): string | null {
  if (run.outcome !== 'ok') return `${run.outcome}: ${run.reason}`;
  if (unread > 0) return `${unread} of its lines unread, ${rows.toLocaleString('en-US')} read`;
  if (datasets.length > 0 && datasets.every(({ shape }) => shape === 'text')) return 'read as text alone';
  return rows === 0 ? 'printed nothing that counts' : null;
}

function rowsIn(dataset: Dataset): number {
  switch (dataset.shape) {
    case 'stacks':
      return dataset.profile.sampleCount;
    case 'histogram':
      return dataset.counts.reduce((sum, count) => sum + count, 0);
    case 'events':
      return dataset.lines.length;
    case 'counts':
      return dataset.values.length;
    case 'series':
      return dataset.metrics.reduce((sum, { values }) => sum + values.length, 0);
    case 'text':
      return dataset.lines.length;
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
