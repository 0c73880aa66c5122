/**
 * A thread dump of Java: jstack, kill -3, jcmd Thread.print, and what services log of the same.
 *
 *     "main" #1 prio=5 os_prio=0 cpu=31.03ms elapsed=5.02s tid=0x00007f nid=0x1b03 waiting on condition  [0x00007f]
 *        java.lang.Thread.State: TIMED_WAITING (sleeping)
 *     	at java.lang.Thread.sleep(java.base@17.0.15/Native Method)
 *     	- locked <0x000000062> (a java.lang.Object)
 */
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { ThreadDump } from './dump.ts';

const THREAD = /^"(.{0,1000})"(?: #\d+)?(?: \[\d+\])?(?: daemon)?(?: prio=\d+)?.{0,1000}?\b(?:tid|Id)=(?:0x)?[0-9a-f]+/;
// "main" prio=5 Id=1 RUNNABLE   as ThreadInfo.toString and Spring print it
const NATIVE_ID = /\bnid=(0x[0-9a-f]+|\d+)/;
const INFO_STATE = /\bId=\d+ (NEW|RUNNABLE|BLOCKED|WAITING|TIMED_WAITING|TERMINATED)\b/;
const STATE = /^\s+java\.lang\.Thread\.State: (\w+)/;
// at java.lang.Thread.run(java.base@17.0.15/Thread.java:840)   at app//com.x.Y.z(Y.java:3)
const FRAME = /^\s+at (?:[\w.]+\/\/?)?([^\s(/]+(?:\/0x[0-9a-f]+[^\s(]*|\/\d+[^\s(]*)?)\((?:([^()]*)\))?/;
// - locked <0x0000> (a java.lang.Object)   - waiting on …   Locked ownable synchronizers:   No compile task   Compiling: 12 …
const AROUND =
  /^\s+- |^\s+Locked ownable synchronizers:|^\s+No compile task|^\s+Compiling: |^\s+Number of locked synchronizers|^\s*\.\.\.$|^\s+Carrying virtual thread/;
const BANNER =
  /^Full thread dump |^os_prio=|^Threads class SMR info:|^_java_thread_list=|^\}|^0x[0-9a-f]+, ?|^JNI global ref|^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$|^\d+:$|^Heap$|^ +(?:def|eden|from|to|tenured|the|Metaspace|class|garbage|region|PSYoungGen|ParOldGen|object|compacting|par|concurrent)\b/;
const DEADLOCK = /^Found (?:one|\d+) (?:Java-level )?deadlock/;
/** Of the JVM itself, or a thread that ended: it has no stack, and its state stands at the end of its line. */
const RUNS = /\b(runnable|waiting on condition|waiting for monitor entry|sleeping|in Object\.wait\(\))\b/;

export const jstack: Grammar = {
  name: 'jstack',
  claims({ lines }) {
    if (lines.some((line) => /^Full thread dump /.test(line))) return true;
    const threads = lines.filter((line) => THREAD.test(line)).length;
    return (
      threads > 0 &&
      lines.some((line) => STATE.test(line) || INFO_STATE.test(line)) &&
      lines.some((line) => FRAME.test(line))
    );
  },
  begins: { like: /^Full thread dump / },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new ThreadDumpParser(context, ledger), ledger);
  },
};

class ThreadDumpParser implements LineParser {
  private readonly dump: ThreadDump;
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  /** What deadlocked threads do is told twice: the second time below this. */
  private isRepeated = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
    this.dump = new ThreadDump(context);
  }

  line(text: string): LineVerdict {
    if (DEADLOCK.test(text)) {
      this.dump.end();
      this.isRepeated = true;
      this.ledger.note(text);
      return 'noise';
    }
    if (/^Full thread dump /.test(text)) this.isRepeated = false;
    if (text.trim() === '') {
      this.dump.end();
      return 'noise';
    }
    if (this.isRepeated) return 'noise';
    const thread = THREAD.exec(text);
    if (thread !== null) {
      const id = NATIVE_ID.exec(text)?.[1];
      this.dump.begin(
        { comm: thread[1] as string, pid: null, tid: id === undefined ? null : Number(id) },
        stateOf(text),
      );
      return 'read';
    }
    const state = STATE.exec(text);
    if (state !== null && this.dump.isOpen()) {
      this.dump.setState((state[1] as string).toLowerCase());
      return 'read';
    }
    const frame = FRAME.exec(text);
    if (frame !== null && this.dump.isOpen()) {
      this.dump.frame(frame[1] as string, fileOf(frame[2] ?? ''));
      return 'read';
    }
    if (AROUND.test(text) || BANNER.test(text)) return 'noise';
    return { unread: 'neither a thread of a dump nor a frame of one' };
  }

  end() {
    return { datasets: this.dump.stacks(this.context.tool ?? 'jstack', this.context.name) };
  }
}

function stateOf(text: string): string {
  return (INFO_STATE.exec(text)?.[1] ?? RUNS.exec(text)?.[1] ?? '').toLowerCase();
}

/** `java.base@17.0.15/Thread.java:840` is of Thread.java. */
function fileOf(place: string): string {
  const file = place.slice(place.lastIndexOf('/') + 1).replace(/:\d+$/, '');
  return file === 'Native Method' || file === 'Unknown Source' ? '' : file;
}
