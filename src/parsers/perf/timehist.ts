/**
 * perf sched timehist: a row each time that a thread leaves a CPU, with the milliseconds it had waited to be there.
 *
 *                time    cpu  task name                       wait time  sch delay   run time  state
 *                             [tid/pid]                          (msec)     (msec)     (msec)
 *     --------------- ------  ------------------------------  ---------  ---------  ---------  -----
 *        11472.734586 [0000]  Chrome_InProcGp[8110/8096]          0.104      0.009      0.013      S    do_poll <- do_sys_poll
 *
 * Where call chains were recorded they end the row, callee first and five frames of them unless --max-stack asked for more: they
 * tell where the thread goes to wait, and its next row how long it did. So they become a profile of the time off CPU.
 *
 * tools/perf/builtin-sched.c of Linux: timehist_print_sample, timehist_update_runtime_stats
 */
import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineVerdict, lineReader } from '../lines.ts';
import { firstLines } from '../terminal.ts';
import { isOnMonotonic } from './clock-flag.ts';
import { TimehistSummary } from './timehist-summary.ts';

const HEADING = /^\s+time\s+cpu\s.*\btask name\s.*\brun time\b/;
/** The columns behind the task, by what they are headed. Version 6.10 has prio, 6.14 a time before a migration. */
const MEASURES = ['prio', 'wait time', 'sch delay', 'run time', 'pre-mig time', 'state'];
//    11472.734586 [0000]
const PLACE = /^\s*(\d{1,20}\.\d{6}(?:\d{3})?)\s+\[(\d{1,5})\]\s/;
// Chrome_InProcGp[8110/8096]   perf[9839]   :-1[-1/2707]   <idle>, which -w and -M call swapper
const TASK = /^\s*(?:<idle>|swapper(?= {2})|(\S.{0,40}?)\[(-?\d{1,10})(?:\/(-?\d{1,10}))?\])\s/;
const UNITS = /^\s+\[tid\/pid\]/;
const RULE = /^-{4,}(?: +-+)+\s*$/;
const NUMBER = /^\d{1,20}\.\d{1,9}$/;
const ARROW = ' <- ';
const SUMMARY = /^(?:Runtime|Wait-time|Idle-time) summary$/;

interface Wait {
  node: number;
  since: number;
}

export const perfTimehist: Grammar = {
  name: 'perf sched timehist',

  claims: (head) => {
    const [first = ''] = firstLines(head, (line) => line.trim() === '' || line.startsWith('#'));
    return HEADING.test(first) || SUMMARY.test(first);
  },

  begins: {
    like: /^(?:\s+time\s+cpu\s|[A-Z][a-z]+(?:-[a-z]+)? summary$)/,
    sure: ([first = '']) => HEADING.test(first) || SUMMARY.test(first),
  },

  reader(context: ParseContext) {
    const rows = new Timehist(context);
    const summary = new TimehistSummary();
    return lineReader({
      line(text, number) {
        if (text.trim() === '') return 'noise';
        return summary.isOpen || SUMMARY.test(text) ? summary.line(text, number) : rows.line(text, number);
      },
      end: () => ({ tool: 'perf-sched', datasets: [...rows.datasets(), ...summary.datasets()] }),
    });
  },
};

class Timehist {
  private readonly clock: 'monotonic' | 'perf';
  private readonly stacks: ProfileBuilder;
  private measures: string[] = [];
  /** Where the tasks begin: behind the pictures of the CPUs, where -V draws them. */
  private taskAt = 0;
  private rows: EventsBuilder | null = null;
  /** Where each thread went to wait. */
  private readonly waits = new Map<number, Wait>();
  private hasChains = false;

  constructor(context: ParseContext) {
    this.stacks = new ProfileBuilder({ samples: context.samples });
    this.clock = isOnMonotonic(context.command ?? '') ? 'monotonic' : 'perf';
  }

  line(text: string, number: number): LineVerdict {
    if (HEADING.test(text)) {
      this.measures = MEASURES.filter((name) => text.includes(name)).sort((a, b) => text.indexOf(a) - text.indexOf(b));
      this.taskAt = text.indexOf('task name');
      this.rows ??= new EventsBuilder(columnsOf(this.measures));
      return 'noise';
    }
    if (UNITS.test(text) || RULE.test(text) || text.startsWith('#')) return 'noise';
    const place = PLACE.exec(text);
    const task = TASK.exec(text.slice(this.taskAt));
    if (place === null || task === null || this.rows === null) return { unread: 'no time, CPU and task' };
    const at = Number(place[1]);
    const rest = text.slice(this.taskAt + task[0].length).trim();
    const measured = this.measuresOf(rest);
    if (measured === null) return { unread: `not ${this.measures.length} values, as in the heading` };
    const { values, info, chain } = measured;
    const [name, tid, pid] = [task[1] ?? '<idle>', task[2] ?? '0', task[3] ?? null];
    this.rows.add([String(at), place[2] as string, name, tid, pid, ...values, info], at, number);
    const thread = { comm: name, pid: pid === null ? null : Number(pid), tid: Number(tid) };
    const wait = values[this.measures.indexOf('wait time')];
    if (wait !== null && thread.tid > 0) this.wait(thread, Number(wait), chain, at);
    return 'read';
  }

  /** The values behind the task; of a wake-up or a migration there are none, only words. */
  private measuresOf(rest: string): { values: (string | null)[]; info: string | null; chain: string } | null {
    const words = rest.split(/\s+/, this.measures.length);
    const isTold = this.measures.every((name, i) => name === 'prio' || name === 'state' || NUMBER.test(words[i] ?? ''));
    if (!isTold) {
      const isOther = /^(?:awakened|migrated): /.test(rest);
      return isOther ? { values: this.measures.map(() => null), info: rest, chain: '' } : null;
    }
    let tail = rest;
    for (const word of words) tail = tail.slice(tail.indexOf(word) + word.length);
    const [, next = null, chain = ''] = /^\s*(next: .*?\[\d+\]|next: <idle>)?\s*(.*)$/.exec(tail) ?? [];
    return { values: words, info: next, chain };
  }

  /** Ends the wait that this row tells the length of, and begins the one that its call chain is of. */
  private wait(thread: { comm: string; pid: number | null; tid: number }, ms: number, chain: string, at: number): void {
    const { stacks } = this;
    const before = this.waits.get(thread.tid);
    const usecs = Math.round(ms * 1000);
    if (before !== undefined && usecs > 0) stacks.add(before.node, usecs, { at: before.since, thread, cpu: null });
    if (chain !== '') this.hasChains = true;
    let node = stacks.child(0, stacks.frame(thread.comm, FrameKind.process));
    for (const name of chain === '' ? [] : chain.split(ARROW).reverse())
      node = stacks.child(node, stacks.frame(name.trim(), FrameKind.user));
    this.waits.set(thread.tid, { node, since: at });
  }

  datasets(): Dataset[] {
    const common = { source: 0, tool: 'perf-sched', clock: this.clock } as const;
    const { rows, stacks } = this;
    if (rows === null) return [];
    const events: Dataset = { shape: 'events', ...common, title: 'scheduling of threads', ...rows.build() };
    const profile = stacks.build();
    if (!this.hasChains || profile.sampleCount === 0) return [events];
    return [events, { shape: 'stacks', ...common, kind: 'off-cpu', title: 'off-cpu', unit: 'usecs', profile }];
  }
}

function columnsOf(measures: readonly string[]): ColumnPlan[] {
  return [
    { name: 'time', type: 'number', unit: 's', role: 'time' },
    { name: 'cpu', type: 'number', unit: '', role: null },
    { name: 'task name', type: 'text', unit: '', role: 'process' },
    { name: 'tid', type: 'number', unit: '', role: 'pid' },
    { name: 'pid', type: 'number', unit: '', role: null },
    ...measures.map((name): ColumnPlan => {
      const isText = name === 'state' || name === 'prio';
      // A thread waits as long as it likes; how late it then gets a CPU is the scheduler's.
      return {
        name,
        type: isText ? 'text' : 'number',
        unit: isText ? '' : 'ms',
        role: name === 'sch delay' ? 'duration' : null,
      };
    }),
    { name: 'event', type: 'text', unit: '', role: null },
  ];
}
