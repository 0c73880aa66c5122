/**
 * Stacks of a debugger: gdb's `thread apply all bt`, pstack, gcore's; eu-stack and lldb in their own words.
 *
 *     Thread 2 (Thread 0x7f25 (LWP 4243) "worker"):
 *     #0  0x00007f25 in __GI___poll (fds=0x7f, nfds=1) at ../sysdeps/unix/sysv/linux/poll.c:29
 *     #1  main () at a.c:3
 */
import { withoutArguments } from '../../symbols/arguments.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { ThreadDump } from './dump.ts';

// Thread 2 (Thread 0x7f25a1c006c0 (LWP 4243) "worker"):   Thread 1 (process 4242):   Thread 3 (LWP 77):
const THREAD =
  /^Thread (\d+) \((?:Thread 0x[0-9a-f]+ )?\(?(?:LWP|process|lwp) (\d+)\)?(?: "(.{0,1000})")?[^)]{0,1000}\)?:?$/;
// TID 4243:   of eu-stack and of pstack
const TID = /^(?:TID|LWP) (\d+):?$/;
// PID 4242 - process   of eu-stack
const PID = /^PID (\d+) - /;
// * thread #1, name = 'work', stop reason = signal SIGSTOP   of lldb
const LLDB_THREAD = /^\*? ?thread #(\d+)(?:, tid = (?:0x)?[0-9a-f]+)?(?:, name = '(.*?)')?/;
// #0  0x00007f25 in poll (fds=…) at a.c:29   #1  main () at a.c:3   #2  0x0 in ?? ()   #3 <signal handler called>
const FRAME = /^\s*#(\d+) +(?:0x[0-9a-f]+ in )?(\?\?|(?!0x)[^\s(].*?) ?\((.*)$/;
// #0  0x00007f25a1d0b3ff poll - /usr/lib/libc.so.6   of eu-stack   #1 0x… - 1 …   but not   #3  0xffffffff821facd8 __schedule+0x618
const EU_FRAME = /^\s*#(\d+) +0x[0-9a-f]+(?: - 1)? +(?!\S+\+0x)(\S.*?)(?: - (\S+))?$/;
// frame #0: 0x00007f libc.so.6`poll + 15   of lldb
const LLDB_FRAME = /^\s*\*? frame #(\d+): 0x[0-9a-f]+ (?:([^`]+)`)?(.+?)(?: \+ \d+)?(?: at .*)?$/;
const SIGNAL = /^\s*#\d+ +<signal handler called>/;
// behind the arguments: ` at a.c:29`, ` from /usr/lib/libc.so.6`
const FROM = / from (\/\S+)$/;
const AROUND =
  /^\[|^warning: |^Reading symbols |^Using host libthread_db|^Attaching to |^0x[0-9a-f]+ in |^\d+\s|^Detaching from |^\(gdb\)|^Core was generated|^Program terminated|^\(More stack frames follow|^Backtrace stopped|^Inferior \d|^Download|^This GDB|^Debuginfod|^[A-Z][\w ]+\.so\S* from |^#\d+ +<signal handler|^No locals|^\s+\w+ = /;

export const gdb: Grammar = {
  name: 'gdb',
  claims({ lines }) {
    const threads = lines.filter((line) => THREAD.test(line) || TID.test(line) || LLDB_THREAD.test(line)).length;
    const frames = lines.filter((line) => frameOf(line) !== null);
    const isFirst = frames.some((line) => /^\s*\*?\s*(?:frame )?#0\b/.test(line));
    return isFirst && (threads > 0 ? frames.length >= threads : frames.length > 1);
  },
  begins: {
    like: /^(?:\[New LWP \d|Thread \d)/,
    sure: ([first = '']) => first.startsWith('[New LWP ') || THREAD.test(first),
  },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new BacktraceParser(context), ledger);
  },
};

interface Frame {
  index: number;
  name: string;
  module: string;
}

function frameOf(text: string): Frame | null {
  if (SIGNAL.test(text))
    return { index: Number(/#(\d+)/.exec(text)?.[1]), name: '<signal handler called>', module: '' };
  const lldb = LLDB_FRAME.exec(text);
  if (lldb !== null)
    return { index: Number(lldb[1]), name: withoutArguments(lldb[3] as string), module: lldb[2] ?? '' };
  const gdbs = FRAME.exec(text);
  if (gdbs !== null) {
    const [, index, name, rest] = gdbs as unknown as [string, string, string, string];
    return { index: Number(index), name: name === '??' ? '[unknown]' : name, module: FROM.exec(rest)?.[1] ?? '' };
  }
  const eu = EU_FRAME.exec(text);
  return eu === null ? null : { index: Number(eu[1]), name: withoutArguments(eu[2] as string), module: eu[3] ?? '' };
}

class BacktraceParser implements LineParser {
  private readonly dump: ThreadDump;
  private readonly context: ParseContext;
  private pid: number | null = null;

  constructor(context: ParseContext) {
    this.context = context;
    this.dump = new ThreadDump(context);
  }

  line(text: string): LineVerdict {
    const frame = frameOf(text);
    if (frame !== null) {
      // A backtrace without a thread's line before it, or the next one.
      if (frame.index === 0 && (!this.dump.isOpen() || this.hasFrames)) this.begin('', null);
      this.hasFrames = true;
      this.dump.frame(frame.name, frame.module);
      return 'read';
    }
    const thread = THREAD.exec(text);
    if (thread !== null) return this.begin(thread[3] ?? '', Number(thread[2]));
    const tid = TID.exec(text);
    if (tid !== null) return this.begin('', Number(tid[1]));
    const lldb = LLDB_THREAD.exec(text);
    if (lldb !== null) return this.begin(lldb[2] ?? '', null);
    const pid = PID.exec(text);
    if (pid !== null) {
      this.pid = Number(pid[1]);
      return 'read';
    }
    return text.trim() === '' || AROUND.test(text)
      ? 'noise'
      : { unread: 'neither a thread nor a frame of a backtrace' };
  }

  private hasFrames = false;

  private begin(comm: string, tid: number | null): LineVerdict {
    this.dump.begin({ comm, pid: this.pid, tid });
    this.hasFrames = false;
    return 'read';
  }

  end() {
    return { datasets: this.dump.stacks(this.context.tool ?? 'gdb', this.context.name) };
  }
}
