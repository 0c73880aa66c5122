/** A capture as JSON: the six shapes exactly as docs/schema.json describes them. */
import type { Capture, Source } from '../datasets/capture.ts';
import { foldedStacks } from '../datasets/fold.ts';
import type { Profile } from '../datasets/profile.ts';
import type { Dataset } from '../datasets/shapes.ts';

export const JSON_VERSION = 1;

/** @returns a value for JSON.stringify; `samples` adds each sample to the stacks. */
export function toJson(capture: Capture, options: { samples: boolean }): unknown {
  return {
    coldflame: JSON_VERSION,
    sources: capture.sources.map(sourceJson),
    datasets: capture.datasets.map((dataset) => datasetJson(dataset, options)),
  };
}

function sourceJson({ name, tool, grammar, lines, unread, unreadCount }: Source): unknown {
  const beyond = unreadCount - unread.length;
  const rest = beyond > 0 ? [{ line: null, text: '', why: `and ${beyond} more unread lines` }] : [];
  return { name, tool, grammar, lines, unread: [...unread, ...rest] };
}

function datasetJson(dataset: Dataset, options: { samples: boolean }): unknown {
  const { source, shape, tool, title } = dataset;
  const head = { source, shape, tool, title };
  switch (dataset.shape) {
    case 'stacks':
      return {
        ...head,
        unit: dataset.unit,
        folded: foldedStacks(dataset.profile, () => true),
        ...(options.samples && dataset.profile.samples !== null ? { samples: samplesJson(dataset.profile) } : {}),
      };
    case 'histogram':
      return {
        ...head,
        unit: dataset.unit,
        groups: dataset.groups.map(({ labels, at, buckets }) => ({ labels, at, buckets })),
      };
    case 'events':
      return {
        ...head,
        columns: dataset.columns.map(({ name, type, unit }) => ({ name, type, unit })),
        rows: dataset.rows,
      };
    case 'counts':
      return { ...head, unit: dataset.unit, items: dataset.items.map(({ key, value }) => ({ key, value })) };
    case 'series':
      return {
        ...head,
        metrics: dataset.metrics.map(({ name, labels, unit, points }) => ({ name, labels, unit, points })),
      };
    case 'text':
      return { ...head, lines: dataset.lines };
  }
}

function samplesJson(profile: Profile): unknown[] {
  const { samples, threads } = profile;
  if (samples === null) return [];
  return Array.from(samples.stack, (stack, i) => {
    const thread = threads[samples.thread[i] as number];
    const at = samples.at[i] as number;
    const cpu = samples.cpu[i] as number;
    return {
      at: Number.isNaN(at) ? null : at,
      stack,
      weight: samples.weight?.[i] ?? 1,
      pid: thread?.pid ?? null,
      tid: thread?.tid ?? null,
      cpu: cpu < 0 ? null : cpu,
      comm: thread?.comm ?? null,
    };
  });
}
