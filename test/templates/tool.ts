/** A row of the catalogue to copy: to the list in src/tools/SUBSYSTEM.ts. What it says stands in docs/tools.md. */
import { classic } from '../../src/tools/recipe.ts';
import type { Tool } from '../../src/tools/tool.ts';

export const foo: Tool = {
  name: 'foo',
  subsystem: 'disk',
  asks: 'Which queue do requests wait in?',
  reading:
    'How a reader should take the numbers, and what to beware of: an average hides the one that waited for a second. What the tool does not see belongs here, too.',
  output: {
    shape: 'events',
    // By the tool's own names: the type, the unit where the output has none, and the signal that a column tells, if it does.
    columns: { QUEUE: { type: 'text' }, COUNT: { type: 'number' }, 'WAIT(ms)': { type: 'number', unit: 'ms' } },
  },
  // In no set it runs by its name alone.
  sets: ['disk'],
  // A recipe for each way a host may have it, the best first. {seconds}, {count}, {pid} and {cgroup} are filled in.
  capture: [classic('foo --interval 1 {count}', { interval: 1 })],
};
