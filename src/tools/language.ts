/** Functions: how often they are called, by whom, for how long, with what. */
import { columns, number, text } from './columns.ts';
import { bcc, libbpf } from './recipe.ts';
import type { Tool } from './tool.ts';

export const language: readonly Tool[] = [
  {
    name: 'funccount',
    subsystem: 'language',
    asks: 'How often are these functions called?',
    reading:
      'A count is the cheapest first question: it tells what is worth measuring more closely. Functions that the compiler inlined do not show. A pattern over thousands of frequent functions slows the host: count for seconds only.',
    output: { shape: 'counts', unit: 'calls', columns: { FUNC: text, COUNT: number } },
    sets: [],
    // By name: vfs_* takes in vfs_set_acl_prepare_kgid, which Linux 6.1 lists and lets nobody trace, and then nothing is counted.
    capture: [
      bcc(
        'funccount -d {seconds} -r ^vfs_(read|write|open|fsync_range|statx|getattr|unlink|create|mkdir|rename|iter_read|iter_write)$',
        { overhead: 'moderate' },
      ),
    ],
  },
  {
    name: 'stackcount',
    subsystem: 'language',
    asks: 'Which code paths lead to this function or event?',
    reading:
      'Width is how often it was reached by that path, not time. It answers who calls this so often, where profile answers what burns CPU.',
    output: { shape: 'stacks', kind: 'events', unit: 'calls' },
    sets: [],
    capture: [bcc('stackcount -Pfd -D {seconds} -p {pid} t:block:block_rq_issue', { overhead: 'moderate' })],
  },
  {
    name: 'funclatency',
    subsystem: 'language',
    asks: 'How long does this function take?',
    reading:
      'From entry to return, so time asleep is included: it is what the caller felt, not CPU. Recursion and very short functions (below a microsecond, where the probe costs as much as the call) mislead. The average in the last line is drawn by outliers: go by the histogram.',
    output: { shape: 'histogram', unit: 'nsecs' },
    sets: [],
    capture: [
      bcc('funclatency -u -d {seconds} -p {pid} vfs_read', { overhead: 'moderate' }),
      libbpf('funclatency -u -d {seconds} -p {pid} vfs_read', { overhead: 'moderate' }),
    ],
  },
  {
    name: 'argdist',
    subsystem: 'language',
    asks: 'With which arguments or results is this function called?',
    reading:
      'With -H a histogram, with -C counts per value, once an interval. With -c the counts go on from interval to interval: then the last is the whole, and a sum would count twice.',
    output: { shape: 'counts', unit: 'calls' },
    sets: [],
    capture: [
      bcc('argdist -i 1 -n {count} -p {pid} -H r::vfs_read():int:$retval', { interval: 1, overhead: 'moderate' }),
    ],
  },
  {
    name: 'trace',
    subsystem: 'language',
    asks: 'When is this function called, by whom, with what, and from where?',
    reading:
      'One row a call, with a stack below it where -K or -U was given. It answers about single events: for anything frequent count or take a histogram first, or rows get lost (it says "Lost N samples").',
    output: { shape: 'events', columns: columns(['TIME', 'PID', 'TID', 'COMM', 'CPU'], { FUNC: text, '-': text }) },
    sets: [],
    capture: [bcc('trace -T -p {pid} t:sched:sched_process_exit', { overhead: 'moderate' })],
  },
];
