/** What a guest asks of its hypervisor. */

import { xenhyper } from './programs.ts';
import { ownProgram } from './recipe.ts';
import type { Tool } from './tool.ts';

export const hypervisor: readonly Tool[] = [
  {
    name: 'xenhyper',
    subsystem: 'hypervisor',
    asks: 'Which hypercalls does this Xen guest make, and how often?',
    reading:
      'For paravirtual guests of Xen only; others have no such calls and the probe does not attach. Each is an exit to the hypervisor: many mmu_update calls are page table work that a hardware-assisted guest would do itself.',
    output: { shape: 'counts', unit: 'calls' },
    sets: [],
    capture: [ownProgram(xenhyper)],
  },
];
