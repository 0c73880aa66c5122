/** The catalogue: every tool that is known, by subsystem. */
import { cpu } from './cpu.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [...cpu];

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** The row of a tool, or undefined for a name that is not in the catalogue. */
export function toolNamed(name: string): Tool | undefined {
  return byName.get(name);
}
