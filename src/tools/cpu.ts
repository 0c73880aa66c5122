import type { Tool } from './tool.ts';

export const cpu: readonly Tool[] = [
  {
    name: 'perf',
    subsystem: 'cpu',
    asks: 'Which code is on CPU, and how did it get there?',
    reading:
      'Width is how often a stack was sampled, not when. A wide top edge is code that runs; a wide base with narrow tops is code that calls. Idle CPUs leave no samples.',
    output: { shape: 'stacks', kind: 'on-cpu', unit: 'samples' },
    sets: ['cpu'],
    capture: [],
  },
];
