/**
 * /proc/PID/stack: where in the kernel a thread is. One, or many with what tells them apart: `head /proc/[0-9]*\/stack`,
 * `grep . …`, a loop with a heading, sysrq-t's dump.
 *
 *     ==> /proc/4242/stack <==
 *     [<0>] futex_wait_queue+0x60/0x90
 *     [<0>] do_syscall_64+0x5c/0x90
 */
import { FrameKind } from '../../datasets/profile.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { ThreadDump } from './dump.ts';

// [<0>] futex_wait_queue+0x60/0x90   [<ffffffff810f1c2d>] futex_wait_queue_me+0xc4/0x120   [<0>] xfs_log_force+0x1/0x2 [xfs]
const FRAME = /^\s*\[<(?:0|[0-9a-f]{8,16})>\] (?:\? )?(\S+?)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[(\w+)\])?\s*$/;
/** What ends a stack on kernels before 4.20. */
const END = /^\s*\[<f{8,16}>\] 0xf{8,16}\s*$/;
// ==> /proc/4242/stack <==   /proc/4242/task/4243/stack:   ### /proc/4242/stack
const HEADING = /^(?:==> |#+ |-+ |=+ |\/)?\/?proc\/(\d+)(?:\/task\/(\d+))?\/stack\b/;
// /proc/4242/stack:[<0>] do_wait+0x1a7/0x300   of grep
const PREFIX = /^\/proc\/(\d+)(?:\/task\/(\d+))?\/stack:(?=\s*\[<)/;
// 4242 mysqld   4242: mysqld   mysqld (4242)   PID 4242 (mysqld)
const TITLE = /^(?:PID:? )?(\d+)(?::| -)? \(?([\w./:@+-]{1,64})\)?:?$|^([\w./:@+-]{1,64}) \(?(\d+)\)?:?$/i;

export const procStack: Grammar = {
  name: 'proc stack',
  claims({ lines }) {
    const frames = lines.filter((line) => FRAME.test(line.replace(PREFIX, ''))).length;
    const others = lines.filter((line) => line.trim() !== '').length - frames;
    return frames > 0 && others <= frames * 2 && !lines.some((line) => /^\[ *\d+\.\d+\]/.test(line));
  },
  own: HEADING,
  begins: {
    like: /^(?:\s*\[<(?:0|[0-9a-f]{8,16})>\] |(?:==> |#+ |-+ |=+ |\/)?\/?proc\/\d)/,
    sure: ([first = '', second = '']) =>
      FRAME.test(first) || (HEADING.test(first) && FRAME.test(second)) || PREFIX.test(first),
  },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new ProcStackParser(context), ledger);
  },
};

class ProcStackParser implements LineParser {
  private readonly dump: ThreadDump;
  private readonly context: ParseContext;
  /** Whose stack comes next, where a line told it. */
  private next: { comm: string; pid: number | null; tid: number | null } | null = null;
  private prefix = '';

  constructor(context: ParseContext) {
    this.context = context;
    this.dump = new ThreadDump(context);
  }

  line(text: string): LineVerdict {
    const prefix = PREFIX.exec(text);
    if (prefix !== null && prefix[0] !== this.prefix) this.tell('', prefix[1], prefix[2]);
    this.prefix = prefix?.[0] ?? '';
    const line = prefix === null ? text : text.slice(prefix[0].length);
    if (END.test(line)) {
      this.dump.end();
      return 'noise';
    }
    const frame = FRAME.exec(line);
    if (frame !== null) {
      if (!this.dump.isOpen()) this.dump.begin(this.next ?? { comm: '', pid: null, tid: null });
      this.next = null;
      this.dump.frame(
        frame[1] as string,
        frame[2] === undefined ? '[kernel.kallsyms]' : `[${frame[2]}]`,
        FrameKind.kernel,
      );
      return 'read';
    }
    return this.around(text);
  }

  private around(text: string): LineVerdict {
    if (text.trim() === '') {
      this.dump.end();
      return 'noise';
    }
    const heading = HEADING.exec(text);
    const title = heading === null ? TITLE.exec(text) : null;
    if (heading !== null) this.tell(this.next?.comm ?? '', heading[1], heading[2]);
    else if (title !== null) this.tell(title[2] ?? title[3] ?? '', title[1] ?? title[4], undefined);
    else {
      this.dump.end();
      return { unread: 'neither a frame of /proc/PID/stack nor what tells whose it is' };
    }
    return 'read';
  }

  private tell(comm: string, pid: string | undefined, tid: string | undefined): void {
    this.dump.end();
    this.next = { comm, pid: Number(pid), tid: tid === undefined ? Number(pid) : Number(tid) };
  }

  end() {
    return { datasets: this.dump.stacks(this.context.tool ?? 'proc-stack', this.context.name) };
  }
}
