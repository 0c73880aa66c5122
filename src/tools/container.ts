/** Limits that the kernel sets to containers. */

import { blkthrot } from './programs.ts';
import { ownProgram } from './recipe.ts';
import type { Tool } from './tool.ts';

export const container: readonly Tool[] = [
  {
    name: 'blkthrot',
    subsystem: 'container',
    asks: 'Which cgroups have their disk I/O held back by their own limit?',
    reading:
      "Throttled I/O waits although the disk is idle: iostat looks healthy and the container is slow. Compare the two maps: the share of throttled requests is what matters. The number is the inode of the cgroup's folder; find /sys/fs/cgroup -inum N names it.",
    output: { shape: 'counts', unit: 'requests' },
    sets: [],
    capture: [ownProgram(blkthrot)],
  },
];
