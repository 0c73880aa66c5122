/**
 * /proc/vmstat: what the memory management has counted since boot, and how many pages are of each kind.
 *
 *     nr_free_pages 5728912
 *     pswpin 0
 */
import { counterGrammar } from '../counter-file.ts';

// nr_free_pages 5728912        pgscan_direct 0
const COUNTER = /^([a-z][a-z0-9_]{1,60}) (\d{1,20})$/;

export const procVmstat = counterGrammar({
  name: '/proc/vmstat',
  tool: 'proc-vmstat',
  title: 'counters of memory management',
  begins: { like: /^nr_free_pages \d/ },
  open: () => (text) => {
    const [, name = '', digits] = COUNTER.exec(text) ?? [];
    return digits === undefined ? null : [{ name, value: Number(digits), unit: name.startsWith('nr_') ? 'pages' : '' }];
  },
});
