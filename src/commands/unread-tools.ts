/** Tools whose output people send and that is not read: they are told by its first lines what to send in its place. */
import type { Capture } from '../datasets/capture.ts';

interface UnreadTool {
  name: string;
  heading: RegExp;
  /** Why it is not read, and what tells the same. */
  instead: string;
}

const UNREAD_TOOLS: readonly UnreadTool[] = [
  // --total-cpu-usage-- -dsk/total- -net/total- ---paging-- ---system--        ----system---- ----total-usage----
  {
    name: 'dstat',
    heading: /^-{2,}(?:total-(?:cpu-)?usage|system)-{2,} ?-/m,
    instead: 'vmstat 1, iostat -x 1 and sar -n DEV 1 show the same numbers unrounded',
  },
  //                            node0           node1
  // numa_hit              8123412345      1234567890
  {
    name: 'numastat',
    heading: /^numa_hit +\d/m,
    instead: 'it counts since boot; /proc/vmstat, once a second, has the same counters',
  },
  // filer-2:/export/home mounted on /home:
  {
    name: 'nfsiostat',
    heading: /^\S{1,300} mounted on \S{1,300}:$/m,
    instead: 'nfsslower and nfsdist tell how long the operations of a mount take',
  },
  //  Active / Total Objects (% used)    : 9612345 / 9712345 (99.0%)
  {
    name: 'slabtop',
    heading: /^ ?Active \/ Total Objects \(% used\)/m,
    instead: 'it shows sizes once; /proc/meminfo, once a second, shows whether slabs grow, and slabratetop shows which',
  },
];

/** What is looked at of a text. */
const HEAD = 4096;

/** `output of dstat, which is not read: …`; null where it is of none of these. */
export function unreadToolText({ raw }: Pick<Capture['sources'][number], 'raw'>): string | null {
  const head = (raw ?? '').slice(0, HEAD);
  const tool = UNREAD_TOOLS.find(({ heading }) => heading.test(head));
  return tool === undefined ? null : `output of ${tool.name}, which is not read: ${tool.instead}`;
}
