/** Reading a text as a loose file is read: decoded, unwrapped, cut into sections. */
import { timeAt } from '../../src/datasets/columns.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { type ReadSection, readSections, type SectionOptions } from '../../src/sections/read.ts';

const CONTEXT = { name: 'paste.txt', tool: null, interval: null, samples: true };

/** @param chunk how many bytes come at a time */
export async function sectionsIn(
  text: string,
  chunk = 1 << 20,
  limits: Pick<SectionOptions, 'hostLimits'> = {},
): Promise<ReadSection[]> {
  const options = { context: CONTEXT, maxRaw: 1 << 22, ...limits };
  return readSections(inChunks(new TextEncoder().encode(text), chunk), options);
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** `vmstat 1-4`: the tool of each section, the line it begins on, and how many there are. */
export function outline(sections: readonly ReadSection[]): string[] {
  return sections.map(({ parsed, firstLine, grammar }) => {
    const tool = parsed.tool ?? parsed.datasets[0]?.tool ?? grammar.name;
    return `${tool} ${firstLine}+${parsed.lines}`;
  });
}

/** The values of a metric, with their times. */
export function pointsOf({ parsed }: ReadSection, name: string): [at: number | null, value: number][] {
  for (const dataset of parsed.datasets)
    if (dataset.shape === 'series') {
      const metric = dataset.metrics.find((each) => each.name === name);
      if (metric !== undefined) return Array.from(metric.values, (value, i) => [timeAt(metric.at, i), value]);
    }
  return [];
}

export function linesOf(dataset: Dataset | undefined): number[] {
  if (dataset?.shape === 'series') return [...(dataset.metrics[0]?.lines ?? [])];
  return dataset?.shape === 'events' ? [...dataset.lines] : [];
}
