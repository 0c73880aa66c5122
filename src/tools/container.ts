/** Limits that the kernel sets to containers. */

import { throttled } from './proc-programs.ts';
import { cgroupColumns, cgroupCounters } from './procps.ts';
import { blkthrot } from './programs.ts';
import { fromProc, ownProgram } from './recipe.ts';
import type { Tool } from './tool.ts';

export const container: readonly Tool[] = [
  {
    name: 'throttled',
    subsystem: 'container',
    asks: 'Which control groups are held back by a limit of their own?',
    reading:
      'A group with a limit may use its quota in each period (100 ms unless set); then all its threads stand still until the next one, although CPUs idle. What counts is how much nr_throttled and throttled time grew in the window: the totals are since the group was made. A group can be throttled far below its limit on average, when it works in bursts. Only groups that had a limit when the capture began are here.',
    output: {
      shape: 'series',
      columns: cgroupColumns,
      counters: cgroupCounters,
    },
    sets: ['60s', 'cpu', 'offcpu', 'disk', 'memory'],
    capture: [fromProc(throttled, { interval: 1, needs: ['/sys/fs/cgroup'] })],
  },
  {
    name: 'blkthrot',
    subsystem: 'container',
    asks: 'Which cgroups have their disk I/O held back by their own limit?',
    reading:
      "Throttled I/O waits although the disk is idle: iostat looks healthy and the container is slow. Compare the two maps: the share of throttled requests is what matters. The number is the inode of the cgroup's folder; find /sys/fs/cgroup -inum N names it.",
    output: { shape: 'counts', unit: 'requests', tells: 'cgroup.disk.throttled' },
    sets: [],
    capture: [ownProgram(blkthrot)],
  },
];
