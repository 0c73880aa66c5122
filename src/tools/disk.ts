/** Block devices: how long requests take, who sends them, how large they are. */
import {
  columns,
  kilobytes,
  milliseconds,
  number,
  percent,
  pid,
  processName,
  telling,
  tellingEach,
  text,
} from './columns.ts';
import { iostat } from './proc-programs.ts';
import { biolatency, biosnoop } from './programs.ts';
import { bcc, bpftrace, classic, fromProc, libbpf, ownProgram } from './recipe.ts';
import { iostatColumns } from './sysstat.ts';
import type { Tool } from './tool.ts';

export const disk: readonly Tool[] = [
  {
    name: 'biolatency',
    subsystem: 'disk',
    asks: 'How long do block requests take?',
    reading:
      'Two modes are two ways of being served: cache and platter, or reads and queued writes. An average hides exactly that. Time in the queue of the kernel is not included unless -Q was given. Disks are told apart with -D, kinds of request with -F; one histogram a second shows when it went wrong.',
    output: { shape: 'histogram', unit: 'usecs', tells: 'system.disk.operation.duration' },
    sets: ['bcc', 'disk'],
    capture: [
      bcc('biolatency -DT 1 {count}', { interval: 1 }),
      libbpf('biolatency -D -T 1 {count}', { interval: 1 }),
      ownProgram(biolatency, { interval: 1 }),
    ],
  },
  {
    name: 'biosnoop',
    subsystem: 'disk',
    asks: 'Which request was slow: whose, where on the disk, and behind which other?',
    reading:
      'Rows come at completion. A burst of rows with rising latency is a queue that was worked off: the last are not slower, they waited. COMM is the process on whose behalf the request was issued, for buffered writes a kernel flusher, not the writer. Every request is a row: on fast disks that is a lot.',
    output: {
      shape: 'events',
      of: 'block I/O',
      columns: columns(['TIME(s)', 'TIME(ms)', 'COMM', 'PID', 'DISK', 'T', 'BYTES', 'LAT(ms)'], {
        SECTOR: number,
        P: text,
        // Before the device had it: LAT is what a request took there.
        'QUE(ms)': { type: 'number', unit: 'ms' },
      }),
    },
    sets: ['bcc', 'disk'],
    capture: [
      bcc('biosnoop -Q', { overhead: 'moderate' }),
      libbpf('biosnoop -Q', { ends: false, overhead: 'moderate' }),
      ownProgram(biosnoop, { overhead: 'moderate' }),
    ],
  },
  {
    name: 'biotop',
    subsystem: 'disk',
    asks: 'Which processes use the disks most?',
    reading:
      'top for disks: per interval and process, requests, kilobytes and the average latency. The average is per row and hides its tail: use biolatency for that. Buffered writes are shown under the kernel thread that flushes them.',
    output: {
      shape: 'events',
      columns: columns(['PID', 'COMM', 'D', 'DISK'], {
        MAJ: number,
        MIN: number,
        'I/O': number,
        Kbytes: kilobytes,
        AVGms: milliseconds,
      }),
    },
    sets: ['disk'],
    capture: [bcc('biotop -C 1 {count}', { interval: 1 }), libbpf('biotop -C -p {pid} 1 {count}', { interval: 1 })],
  },
  {
    name: 'bitesize',
    subsystem: 'disk',
    asks: 'How large are the requests of each process?',
    reading:
      "Many requests of 4 KB are random access or a missing read-ahead; a database that logs shows its page size. Small requests cost the disk as much as large ones. bcc and libbpf-tools count in Kbytes, bpftrace's own tool in bytes.",
    output: { shape: 'histogram', unit: 'bytes' },
    sets: ['disk'],
    capture: [bcc('bitesize'), libbpf('bitesize -T {seconds} 1'), bpftrace('bitesize.bt')],
  },
  {
    name: 'biostacks',
    subsystem: 'disk',
    asks: 'Which code paths start block requests, and how long do theirs take?',
    reading:
      "A histogram for each stack that queued a request. It tells a filesystem's journal, read-ahead, swapping and a program's own read apart, where the process name cannot. The stack is where the request was created, which for buffered writes is the flusher. bpftrace's own biostacks of old prints nanoseconds under the name usecs.",
    output: { shape: 'histogram', unit: 'usecs' },
    sets: ['disk'],
    capture: [
      libbpf('biostacks {seconds}', { overhead: 'moderate' }),
      bpftrace('biostacks.bt', { overhead: 'moderate' }),
    ],
  },
  {
    name: 'iostat',
    subsystem: 'disk',
    asks: 'Is a disk busy, and do its requests wait?',
    reading:
      'await is what a request felt, in milliseconds, queueing included; aqu-sz (avgqu-sz in old versions) how many were in flight; %util how much of the time at least one was. A device that serves requests in parallel (SSD, array) can be at 100% with room to spare. The first report is the average since boot.',
    output: {
      shape: 'series',
      columns: iostatColumns,
      omitsIdle: true,
    },
    sets: ['60s', 'disk'],
    capture: [classic('iostat -xz 1 {count}', { interval: 1 }), fromProc(iostat, { interval: 1 })],
  },
  {
    name: 'biopattern',
    subsystem: 'disk',
    asks: 'Is the disk read and written in order, or here and there?',
    reading:
      'Random means that a request does not begin where the one before ended, whoever sent it: several orderly streams at once look random to the disk, and are. It matters to spinning disks and to network volumes with limits on requests, little to local flash.',
    output: {
      shape: 'events',
      columns: columns(['TIME', 'DISK'], { '%RND': percent, '%SEQ': percent, COUNT: number, KBYTES: kilobytes }),
    },
    sets: [],
    capture: [bcc('biopattern 1 {count}', { interval: 1 }), libbpf('biopattern -T 1 {count}', { interval: 1 })],
  },
  {
    name: 'proc-diskstats',
    subsystem: 'disk',
    asks: 'What have the disks done since boot?',
    reading:
      '/proc/diskstats counts since boot: only the difference of two readings is of the incident. Time doing I/O over the time between them is the utilization, the weighted one over it the queue. A sector has 512 bytes, whatever the disk says.',
    output: {
      shape: 'series',
      columns: tellingEach(number, {
        'time doing I/O': 'system.disk.io_time',
        'weighted time doing I/O': 'system.disk.pending_operations',
        'reads completed': 'system.disk.operations.read',
        'writes completed': 'system.disk.operations.write',
        'sectors read': 'system.disk.io.read',
        'sectors written': 'system.disk.io.write',
      }),
      counters: /^(?!in flight$)/,
    },
    sets: [],
    capture: [],
  },
  {
    name: 'iotop',
    subsystem: 'disk',
    asks: 'Which processes use the disk?',
    reading:
      'DISK WRITE is what a process wrote to the cache, not to the disk: "Current" (or "Actual") above is what the disks did. IO is the share of time that the thread waited for disk or swap, which needs delay accounting: ?unavailable? is not zero.',
    output: {
      shape: 'events',
      columns: {
        TID: pid,
        'DISK READ': telling({ type: 'number', unit: 'KiB/s' }, 'process.disk.io.read'),
        'DISK WRITE': telling({ type: 'number', unit: 'KiB/s' }, 'process.disk.io.write'),
        SWAPIN: percent,
        IO: telling(percent, 'process.disk.wait'),
        COMMAND: processName,
      },
    },
    sets: [],
    capture: [],
  },
];
