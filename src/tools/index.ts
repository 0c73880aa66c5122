/** The catalogue: every tool that is known, by subsystem. */
import { application } from './application.ts';
import { container } from './container.ts';
import { cpu } from './cpu.ts';
import { disk } from './disk.ts';
import { filesystem } from './filesystem.ts';
import { hypervisor } from './hypervisor.ts';
import { kernel } from './kernel.ts';
import { language } from './language.ts';
import { memory } from './memory.ts';
import { network } from './network.ts';
import type { Tool } from './tool.ts';

export const tools: readonly Tool[] = [
  ...cpu,
  ...memory,
  ...disk,
  ...filesystem,
  ...network,
  ...language,
  ...application,
  ...kernel,
  ...hypervisor,
  ...container,
];

const byName = new Map(tools.map((tool) => [tool.name, tool]));

/** The row of a tool, or undefined for a name that is not in the catalogue. */
export function toolNamed(name: string): Tool | undefined {
  return byName.get(name);
}
