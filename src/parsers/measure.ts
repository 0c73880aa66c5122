/** What the catalogue tells of a tool's numbers. */
import { totalWeight } from '../datasets/fold.ts';
import type { Profile } from '../datasets/profile.ts';
import type { Dataset, StacksKind } from '../datasets/shapes.ts';
import { isCounter } from '../tools/counters.ts';
import { toolNamed } from '../tools/index.ts';

/** The unit of its stacks, histograms or counts (empty where the row has none), and what its stacks measure. */
export function measureOf(tool: string): { unit: string; kind: StacksKind } {
  const output = toolNamed(tool)?.output;
  return {
    unit: output !== undefined && 'unit' in output ? output.unit : '',
    kind: output?.shape === 'stacks' ? output.kind : 'events',
  };
}

/** Marks the metrics that count from boot: no line of the output says so. */
export function markCounters(dataset: Dataset): void {
  if (dataset.shape !== 'series') return;
  for (const metric of dataset.metrics)
    if (isCounter(dataset.tool, metric.english ?? metric.name, metric.values)) metric.isCounter = true;
}

/** Whether the tool prints histograms and nothing else: where it printed none, there was nothing to count. */
export function printsHistograms(tool: string): boolean {
  return tool.endsWith('dist') || toolNamed(tool)?.output.shape === 'histogram';
}

/** The profile of a tool that prints sums of samples: as many samples as it weighs, where its unit is one. */
export function asSamples(profile: Profile, unit: string): Profile {
  return unit === 'samples' ? { ...profile, sampleCount: totalWeight(profile) } : profile;
}
