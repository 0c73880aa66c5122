/** What the catalogue tells of a tool's numbers. */
import type { StacksKind } from '../datasets/shapes.ts';
import { toolNamed } from '../tools/index.ts';

/** The unit of its stacks, histograms or counts (empty where the row has none), and what its stacks measure. */
export function measureOf(tool: string): { unit: string; kind: StacksKind } {
  const output = toolNamed(tool)?.output;
  return {
    unit: output !== undefined && 'unit' in output ? output.unit : '',
    kind: output?.shape === 'stacks' ? output.kind : 'events',
  };
}
