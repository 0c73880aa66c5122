/** What applications ask of the system and of their databases. */
import { columns, field, microseconds, milliseconds, number, text } from './columns.ts';
import { bcc, bpftrace, libbpf } from './recipe.ts';
import type { Tool } from './tool.ts';

export const application: readonly Tool[] = [
  {
    name: 'mysqld_qslower',
    subsystem: 'application',
    asks: 'Which queries of MySQL are slow?',
    reading:
      'Timed inside the server from parse to answer, without the network. It needs a server built with DTrace probes. The text is cut at 128 characters, so queries that differ late look the same.',
    output: {
      shape: 'events',
      of: 'query',
      columns: columns(['TIME(s)', 'PID'], { MS: milliseconds, QUERY: field(text, 'query') }),
    },
    sets: [],
    capture: [bcc('mysqld_qslower {pid} 1', { target: 'pid', overhead: 'moderate' })],
  },
  {
    name: 'syscount',
    subsystem: 'application',
    asks: 'Which system calls are made, how often, and where does their time go?',
    reading:
      'Time is that inside the call, asleep or not: futex, epoll_wait, nanosleep and read on a socket lead because they wait, which is no fault. A rate of hundreds of thousands a second is overhead of its own. Only the top rows are printed unless told otherwise.',
    output: {
      shape: 'counts',
      unit: 'calls',
      columns: columns(['PID', 'COMM'], {
        SYSCALL: text,
        COUNT: number,
        'TIME (us)': microseconds,
        'TIME (ms)': milliseconds,
      }),
    },
    sets: [],
    capture: [
      bcc('syscount -L -T 50 -d {seconds} -p {pid}', { overhead: 'high' }),
      libbpf('syscount -L -T 50 -d {seconds} -p {pid} -c {cgroup}', { overhead: 'high' }),
      bpftrace('syscount.bt', { overhead: 'high' }),
    ],
  },
  {
    name: 'killsnoop',
    subsystem: 'application',
    asks: 'Which processes send signals to which?',
    reading:
      'Answers who killed it when a service dies without a word. Signal 0 only asks whether a process is there, and is harmless; a RESULT other than 0 is a signal that was not delivered. Kills by the kernel for lack of memory do not come this way.',
    output: {
      shape: 'events',
      columns: columns(['TIME', 'PID', 'COMM'], { SIG: text, TPID: number, RESULT: number }),
    },
    sets: [],
    capture: [bcc('killsnoop -p {pid}'), libbpf('killsnoop -p {pid}'), bpftrace('killsnoop.bt')],
  },
];
