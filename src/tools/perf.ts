/** perf on CPUs: what it records in the window becomes text after it. */
import { milliseconds, percent, pid, processName, text } from './columns.ts';
import { perf } from './recipe.ts';
import type { Recipe, Tool } from './tool.ts';

/** Inlined functions are left out: looking them up can take hours on the host. */
const script = 'perf script -i {data} --header --no-inline -F comm,pid,tid,cpu,time,event,ip,sym,dso'.split(' ');

/** Only perf -a says the CPU by itself; without it perf script refuses to print one. */
function recorded(whom: string, traits: Partial<Recipe>): Recipe {
  return perf(
    `perf record -F {hz} ${whom} --call-graph {callgraph} -k mono --sample-cpu -o {data} -- sleep {seconds}`,
    {
      after: script,
      ...traits,
    },
  );
}

export const perfTools: readonly Tool[] = [
  {
    name: 'perf',
    subsystem: 'cpu',
    asks: 'Which code is on CPU, and how did it get there?',
    reading:
      'Width is how often a stack was sampled, not when it ran. A wide top edge is code that runs; a wide base under narrow tops is code that calls. Idle CPUs leave no samples, so a graph of a bored host looks as full as one of a busy host: look at the number of samples first.',
    output: { shape: 'stacks', kind: 'on-cpu', unit: 'samples' },
    sets: ['cpu'],
    capture: [
      recorded('-a', { target: 'host', paranoid: 0 }),
      // What an ordinary user may look at: processes of their own, outside of the kernel. It looks at one after another, and now and
      // then gives up without a word where one of them has just ended.
      recorded('-u {user}', { target: 'host', paranoid: 2, tries: 4 }),
      recorded('-p {pid}', { target: 'pid', paranoid: 2 }),
      recorded('-a -e cpu-clock -G {cgroupname}', { target: 'cgroup', paranoid: 0 }),
      perf('perf record -F {hz} --call-graph {callgraph} -k mono --sample-cpu -o {data} -- {command}', {
        target: 'command',
        paranoid: 2,
        after: script,
      }),
    ],
  },
  {
    name: 'perf-stat',
    subsystem: 'cpu',
    asks: 'What do the CPUs do per cycle, and how often does each event happen?',
    reading:
      'Instructions per cycle tell work from waiting on memory: well below 1 the CPUs stall, and faster code must touch less memory; near the width of the CPU only fewer instructions help. Where more events were asked for than there are counters they took turns: the percentage in parentheses is how much of the time an event was counted, the rest is projected. <not supported> is what a virtual machine is not given. With -r the +- is the spread of the runs: two results nearer than that are the same.',
    output: { shape: 'counts', unit: '' },
    sets: [],
    capture: [
      perf('perf stat -a -I 1000 -o {output} -- sleep {seconds}', { target: 'host', paranoid: 0 }),
      perf('perf stat -p {pid} -I 1000 -o {output} -- sleep {seconds}', { target: 'pid', paranoid: 2 }),
      perf('perf stat -a --for-each-cgroup {cgroupname} -I 1000 -o {output} -- sleep {seconds}', {
        target: 'cgroup',
        paranoid: 0,
      }),
      perf('perf stat -o {output} -- {command}', { target: 'command', paranoid: 2 }),
    ],
  },
  {
    name: 'perf-report',
    subsystem: 'cpu',
    asks: 'Which functions ran, as somebody else has summed it up?',
    reading:
      'What perf report --stdio printed of a recording. Self (or Overhead) is the function itself and adds up to all of it; Children counts what it called, too, so that its sum says nothing. Call chains are printed down to a percent limit: what is below it stands under its function alone. The recording itself, or perf script of it, says more: when, which thread, which CPU.',
    output: {
      shape: 'events',
      columns: { Children: percent, Overhead: percent, Self: percent, Command: processName, Symbol: text },
    },
    sets: [],
    capture: [],
  },
  {
    name: 'perf-sched',
    subsystem: 'cpu',
    asks: 'How long did each thread wait before it ran, and how long then for a CPU?',
    reading:
      'wait time is all that lies between leaving a CPU and being on one again, sch delay the end of it: from being woken to running, which is the run queue. A long wait with little delay is a thread with nothing to do; only the delay is want of a CPU. It records every switch, so look at what it cost on a busy host. Times of threads that had begun to wait before the recording are 0. Where call chains were recorded (-g) they become a profile of the time off CPU, of the five frames that perf prints.',
    output: {
      shape: 'events',
      columns: {
        time: { type: 'number', unit: 's', role: 'time' },
        'task name': processName,
        tid: pid,
        'wait time': { type: 'number', unit: 'ms' },
        'sch delay': milliseconds,
        'run time': { type: 'number', unit: 'ms' },
        state: text,
      },
    },
    sets: [],
    capture: [
      // Of two recordings at once the kernel (to 6.18 at least) writes the records of BPF programs of one with a wrong length: perf
      // script then ends at "failed to process type: 17 [Bad address]".
      perf('perf sched record -k mono -o {data} -- sleep {seconds}', {
        after: 'perf sched timehist -i {data} --state'.split(' '),
        overhead: 'high',
        without: 'perf',
      }),
    ],
  },
];
