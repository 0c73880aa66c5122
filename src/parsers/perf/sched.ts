/**
 * Time off CPU from scheduler tracepoints: a thread is off CPU from the sched_switch that takes it off, whose stack says
 * where it waits, to the one that brings it back. One that was preempted (R, R+) waits for a CPU and for nothing else: it
 * is in no profile of waits. Where only the wait was recorded (`perf record -p`), sched_stat_sleep
 * and its kin tell how long it was, as stackcollapse-perf-sched.awk reads them.
 *
 * https://github.com/brendangregg/FlameGraph/blob/master/stackcollapse-perf-sched.awk
 */

export const SCHED_EVENT = /^sched:sched_(?:switch|stat_(?:sleep|blocked|iowait))$/;

// prev_comm=perf prev_pid=21239 prev_prio=120 prev_state=D ==> next_comm=migration/0 next_pid=18 next_prio=0
const SWITCH = /\bprev_pid=(\d+)\s.*\bprev_state=(\S+) ==>.*\bnext_pid=(\d+)/;
// perf:21239 [120] D ==> migration/0:18 [0]
const SHORT_SWITCH = /:(\d+) \[-?\d+\] (\S+) ==> .*:(\d+) \[-?\d+\]/;
// R, R+
const RUNNABLE = /^R\+?$/;
// comm=memsqld pid=27235 delay=100078421 [ns]
const STAT = /\bpid=(\d+) delay=(\d+)/;
/** Tracepoints' tails are short; a longer one is none. */
const MAX_TAIL = 1024;

interface Wait<Place> {
  place: Place;
  /** Seconds. */
  since: number;
  /** Microseconds that sched_stat_* told of. */
  told: number;
}

export interface OffCpu<Place> {
  /** Takes what a scheduler event says, as perf script prints it; `place` tells where its stack is. */
  take(event: string, tail: string, at: number, place: () => Place): void;
  /** One thread goes off the CPU, another on. `isRunnable` where it was preempted and waits for nothing but a CPU. */
  switched(off: number, on: number, at: number, isRunnable: boolean, place: () => Place): void;
  /** A thread has waited for so many nanoseconds. */
  waited(tid: number, nanoseconds: number): void;
}

/** @param add is given each wait: where its stack is, when it began in seconds, and its microseconds */
export function offCpu<Place>(add: (place: Place, since: number, usecs: number) => void): OffCpu<Place> {
  const waits = new Map<number, Wait<Place>>();

  function end(tid: number, usecs: (wait: Wait<Place>) => number): void {
    const wait = waits.get(tid);
    if (wait === undefined) return;
    waits.delete(tid);
    const length = usecs(wait);
    if (length > 0) add(wait.place, wait.since, length);
  }

  function switched(off: number, on: number, at: number, isRunnable: boolean, place: () => Place): void {
    end(on, ({ since }) => Math.round((at - since) * 1e6));
    end(off, ({ told }) => Math.round(told));
    // The idle task is not waiting for anything.
    if (off !== 0 && !isRunnable) waits.set(off, { place: place(), since: at, told: 0 });
  }

  function waited(tid: number, nanoseconds: number): void {
    const wait = waits.get(tid);
    if (wait !== undefined) wait.told += nanoseconds / 1000;
  }

  return {
    switched,
    waited,
    take(event, tail, at, place) {
      if (tail.length > MAX_TAIL || Number.isNaN(at)) return;
      if (event === 'sched:sched_switch') {
        const match = SWITCH.exec(tail) ?? SHORT_SWITCH.exec(tail);
        if (match !== null) switched(Number(match[1]), Number(match[3]), at, RUNNABLE.test(match[2] ?? ''), place);
      } else {
        const stat = STAT.exec(tail);
        if (stat !== null) waited(Number(stat[1]), Number(stat[2]));
      }
    },
  };
}
