/** Files: who opens, reads and writes them, how long that takes, and what the caches spare the disks. */
import {
  columns,
  each,
  kilobytes,
  megabytes,
  milliseconds,
  number,
  percent,
  perSecond,
  telling,
  tellingEach,
  text,
} from './columns.ts';
import { bcc, bpftrace, libbpf } from './recipe.ts';
import type { Recipe, Tool } from './tool.ts';

export const filesystem: readonly Tool[] = [
  {
    name: 'opensnoop',
    subsystem: 'filesystem',
    asks: 'Which files are being opened, by whom, and which opens fail?',
    reading:
      'A steady stream of ERR 2 is a program searching for a file that is not there, each time anew. The path is as the program gave it, relative ones to its own folder. FD is -1 where the open failed. Files opened before the tool started are not seen.',
    output: {
      shape: 'events',
      of: 'open',
      columns: columns(['TIME', 'TIME(s)', 'UID', 'PID', 'TID', 'COMM', 'FD', 'ERR', 'FLAGS', 'MODE', 'PATH']),
    },
    sets: ['bcc', 'filesystem'],
    capture: [
      bcc('opensnoop -T -d {seconds} -p {pid}'),
      libbpf('opensnoop -T -d {seconds} -p {pid}'),
      bpftrace('opensnoop.bt'),
    ],
  },
  slower(
    'ext4',
    'ext4',
    'Reads, writes, opens and fsyncs are timed where the filesystem is entered, so what the program felt is what is shown: queueing, locks and journal included, which biolatency does not see.',
  ),
  slower(
    'xfs',
    'XFS',
    'A slow S or F (fsync) waits for the log; a slow O for an inode or a lock. Times are felt by the program, so they include what never reached the disk.',
  ),
  slower(
    'btrfs',
    'btrfs',
    'Copy on write and checksums cost CPU inside the operation: compare with biolatency before blaming the disk.',
  ),
  slower(
    'zfs',
    'ZFS',
    'ZFS has a cache of its own (the ARC), which cachestat does not see: slow reads are most often misses of it.',
  ),
  slower('nfs', 'NFS', 'Slow means network or server. G is getattr: many slow ones make a listing of files crawl.'),
  {
    name: 'fileslower',
    subsystem: 'filesystem',
    asks: 'Which synchronous reads and writes of files were slow, whatever the filesystem?',
    reading:
      'Timed at the VFS, so it works for filesystems that have no tool of their own, but for synchronous reads and writes only: no open, no fsync. It traces every read and write of the host, also of those that are fast: dearer than ext4slower.',
    output: {
      shape: 'events',
      of: 'file operation',
      columns: columns(['TIME(s)', 'COMM', 'TID', 'PID', 'D', 'BYTES', 'LAT(ms)', 'FILENAME']),
    },
    sets: ['filesystem'],
    capture: [bcc('fileslower 10 -p {pid}', { overhead: 'moderate' })],
  },
  dist('ext4', 'ext4'),
  dist('xfs', 'XFS', [bpftrace('xfsdist.bt')]),
  dist('btrfs', 'btrfs'),
  dist('zfs', 'ZFS'),
  dist('nfs', 'NFS'),
  {
    name: 'cachestat',
    subsystem: 'filesystem',
    asks: 'Do file reads hit the page cache?',
    reading:
      "Look at the misses before the ratio: 99% of a million is ten thousand disk reads. Reading ahead counts as misses too, and hits can come out negative where the kernel's functions were inlined or the counters raced: such an interval is to be ignored. DIRTIES are pages written to.",
    output: {
      shape: 'series',
      columns: columns(['TIME'], {
        ...each(number, 'TOTAL', 'HITS', 'DIRTIES'),
        MISSES: telling(number, 'system.filesystem.cache.misses', { amount: true }),
        ...tellingEach(percent, {
          HITRATIO: 'system.filesystem.cache.hit_ratio',
          RATIO: 'system.filesystem.cache.hit_ratio',
          'READ_HIT%': 'system.filesystem.cache.hit_ratio',
        }),
        'WRITE_HIT%': percent,
        ...each(megabytes, 'BUFFERS_MB', 'CACHED_MB'),
      }),
    },
    sets: ['bcc', 'filesystem'],
    capture: [bcc('cachestat -T 1 {count}', { interval: 1 }), libbpf('cachestat -T 1 {count}', { interval: 1 })],
  },
  {
    name: 'vfsstat',
    subsystem: 'filesystem',
    asks: 'How many file operations does the host do each second?',
    reading:
      'The sum over all filesystems and also pipes, sockets and /proc, so a busy row need not mean a busy disk. Good for the shape of a load over time and for the ratio of reads to writes to opens.',
    output: {
      shape: 'series',
      columns: columns(
        ['TIME'],
        each(perSecond, 'READ/s', 'WRITE/s', 'FSYNC/s', 'OPEN/s', 'CREATE/s', 'UNLINK/s', 'MKDIR/s', 'RMDIR/s'),
      ),
    },
    sets: ['filesystem'],
    capture: [
      bcc('vfsstat 1 {count}', { interval: 1, overhead: 'moderate' }),
      libbpf('vfsstat 1 {count}', { interval: 1, overhead: 'moderate' }),
      bpftrace('vfsstat.bt', { interval: 1, overhead: 'moderate' }),
    ],
  },
  {
    name: 'filelife',
    subsystem: 'filesystem',
    asks: 'Which files were created and deleted again within the window?',
    reading:
      'Temporary files that live for milliseconds are work that could have stayed in memory, or a sort or a compiler that spills. Files created before the tool started are not told.',
    output: { shape: 'events', columns: columns(['TIME', 'PID', 'COMM', 'AGE(s)', 'FILE']) },
    sets: ['filesystem'],
    capture: [bcc('filelife -p {pid}'), libbpf('filelife -p {pid}')],
  },
  {
    name: 'filetop',
    subsystem: 'filesystem',
    asks: 'Which files are read and written most?',
    reading:
      'top for files, at the VFS: reads served by the cache count as well. The name is only the last part of the path. Only regular files are shown unless -a was given.',
    output: {
      shape: 'events',
      columns: columns(['TID', 'PID', 'COMM', 'T', 'FILE'], {
        READS: number,
        WRITES: number,
        R_Kb: kilobytes,
        W_Kb: kilobytes,
      }),
    },
    sets: ['filesystem'],
    capture: [
      bcc('filetop -C -p {pid} 1 {count}', { interval: 1, overhead: 'moderate' }),
      libbpf('filetop -C -p {pid} 1 {count}', { interval: 1, overhead: 'moderate' }),
    ],
  },
  {
    name: 'dcstat',
    subsystem: 'filesystem',
    asks: 'Are file names found in the directory cache?',
    reading:
      'REFS are look-ups, SLOW those that left the fast path, MISS those that had to ask the filesystem. A low ratio matters only with many look-ups. Looking for files that do not exist is cached too, so a search path that is too long shows as REFS, not as MISS.',
    output: {
      shape: 'series',
      columns: columns(['TIME'], { ...each(perSecond, 'REFS/s', 'SLOW/s', 'MISS/s'), 'HIT%': percent }),
    },
    sets: ['filesystem'],
    capture: [bcc('dcstat 1 {count}', { interval: 1, overhead: 'moderate' })],
  },
  {
    name: 'statsnoop',
    subsystem: 'filesystem',
    asks: 'Which files are looked at with stat, and which are not there?',
    reading:
      'Programs that poll a file for changes, or search a long path for each start, show as the same names over and over. ERR 2 is not found. A single stat is cheap, a hundred thousand a second are not.',
    output: {
      shape: 'events',
      of: 'stat',
      columns: columns(['TIME(s)', 'PID', 'COMM', 'FD', 'RET', 'ERR', 'PATH']),
    },
    sets: ['filesystem'],
    capture: [bcc('statsnoop -t -p {pid}'), libbpf('statsnoop -t -p {pid}'), bpftrace('statsnoop.bt')],
  },
  {
    name: 'writeback',
    subsystem: 'filesystem',
    asks: 'When does the kernel write dirty pages back, why, and how long does that take?',
    reading:
      'background is the flusher at its leisure, periodic its clock, sync a program that asked and waits for it. Long rows of sync beside slow fsyncs are dirty pages that were left to pile up. DEVICE is major:minor. Writers that are throttled for too many dirty pages do not show here.',
    output: {
      shape: 'events',
      columns: columns(['TIME', 'DEVICE'], {
        PAGES: { type: 'number', unit: 'pages' },
        REASON: text,
        ms: milliseconds,
      }),
    },
    sets: ['filesystem'],
    capture: [bpftrace('writeback.bt')],
  },
  {
    name: 'df',
    subsystem: 'filesystem',
    asks: 'Which file systems are full?',
    reading:
      'Use% is of what users may have: root keeps 5% of many file systems for itself. Full of inodes (-i) is full, too, with space to spare.',
    output: {
      shape: 'series',
      columns: {
        'Use%': telling(percent, 'system.filesystem.utilization'),
        Capacity: telling(percent, 'system.filesystem.utilization'),
        'IUse%': telling(percent, 'system.filesystem.inodes.utilization'),
      },
    },
    sets: [],
    capture: [],
  },
];

/** The operations of one filesystem that took longer than a millisecond, one row each. */
function slower(type: string, label: string, remark: string): Tool {
  const needs = presenceOf(type);
  return {
    name: `${type}slower`,
    subsystem: 'filesystem',
    asks: `Which ${label} operations were slow, on which file, for whom?`,
    reading: `T is the kind: R read, W write, O open, S or F fsync (its BYTES are those it was asked for, LL_MAX all of the file). ${remark} Only operations above the threshold are rows: none is good news.`,
    output: {
      shape: 'events',
      of: 'file operation',
      columns: columns(
        [
          'TIME',
          'COMM',
          'PID',
          'T',
          'BYTES',
          'LAT(ms)',
          'FILENAME',
          'ENDTIME_us',
          'ENDTIME_ns',
          'TASK',
          'TYPE',
          'LATENCY_us',
          'FILE',
        ],
        { OFF_KB: { type: 'number', unit: 'KB' }, OFFSET_b: { type: 'number', unit: 'bytes' } },
      ),
    },
    sets: ['bcc', 'filesystem'],
    capture: [bcc(`${type}slower 1`, { needs }), libbpf(`${type}slower -m 1 -d {seconds} -p {pid}`, { needs })],
  };
}

/** The latency of one filesystem's operations, a histogram for each kind. */
function dist(type: string, label: string, more: readonly Recipe[] = []): Tool {
  const needs = presenceOf(type);
  return {
    name: `${type}dist`,
    subsystem: 'filesystem',
    asks: `How long do ${label} reads, writes, opens and fsyncs take?`,
    reading:
      'Reads have two modes: from the cache in microseconds, from the disk a thousand times slower; the size of the second one is the cost of misses. The fast mode is so large that averages say nothing. Time inside the filesystem, as the program felt it.',
    output: { shape: 'histogram', unit: 'usecs', tells: 'system.filesystem.operation.duration' },
    sets: ['filesystem'],
    capture: [
      bcc(`${type}dist -p {pid} 1 {count}`, { interval: 1, overhead: 'moderate', needs }),
      libbpf(`${type}dist -T -p {pid} 1 {count}`, { interval: 1, overhead: 'moderate', needs }),
      ...more,
    ],
  };
}

/** What is there where the kernel has the filesystem in use: its folder in /sys/fs, or a line of its own in /proc. */
function presenceOf(type: string): readonly string[] {
  if (type === 'zfs') return ['/proc/spl/kstat/zfs'];
  return [type === 'nfs' ? '/proc/fs/nfsfs/servers' : `/sys/fs/${type}`];
}
