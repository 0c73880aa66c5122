/**
 * Stacks that a bpftrace program prints one by one, `printf("%s %d%s\n", comm, pid, kstack)`: what stands on the line above
 * tells whose it is.
 *
 *     Attaching 1 probe...
 *     bash 4242
 *             do_nanosleep+1
 *             hrtimer_nanosleep+2
 */
import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import { bccColumns } from '../bcc/bcc.ts';
import { memleak } from '../bcc/memleak.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { measureOf } from '../measure.ts';
import { perfScriptBare } from '../perf/script-bare.ts';
import { addFrames, asKernel, type PrintedFrame, printedFrame } from '../stack-frame.ts';
import { isPreamble } from '../terminal.ts';

// 8 blanks, then cap_capable+5 or 0x7f12 or std::run(int)+12 or ffffffff81 cap_capable+5
const FRAME = /^(?: {8}|\t)\s*(?:0x[0-9a-f]+|[^\s@|]\S*(?: \S+)*\+(?:0x[0-9a-f]+|\d+)(?: [[(].*[)\]])?)\s*$/;
// bash 4242   bash, 4242:   4242 bash   bash (4242)   bash
const TASK =
  /^(?:(?<comm>[^\d\s,:()][^,:()]{0,15}?)[\s,:(]+(?<pid>\d+)\)?|(?<first>\d+)[\s,:]+(?<second>[^\d\s,:()][^,:()]{0,15})|(?<only>[^\d\s,:()][^\s,:()]{0,15}$))(?=$|[\s,:)])/;
// 	          14360c1 v8::Parse+0x12 (/usr/bin/node): only perf puts addresses in a column
const FRAME_OF_PERF = /^\t {1,15}[0-9a-f]{1,15} \S/;
/** So many frames that look alike are no accident. */
const LEAST_FRAMES = 3;

export const printedStacks: Grammar = {
  name: 'printed stacks',
  claims(head) {
    const { lines } = head;
    const frames = lines.filter((line) => FRAME.test(line)).length;
    if (frames < LEAST_FRAMES) return false;
    // Their stacks are counted, or stand under a row of a table.
    if (memleak.claims(head) || bccColumns.claims(head)) return false;
    if (perfScriptBare.claims(head) || lines.some((line) => FRAME_OF_PERF.test(line))) return false;
    // A map's key, a perf header or a table would tell whose it is.
    if (lines.some((line) => /^@|^\S.*\s\d+\.\d{6}:\s/.test(line))) return false;
    const begins = lines.filter((line, i) => FRAME.test(line) && !FRAME.test(lines[i - 1] ?? '')).length;
    // A stack that ends with a number on a line of its own is bcc's, and counted.
    const counted = lines.filter((line, i) => /^\s+\d+\s*$/.test(line) && lines[i - 1] !== '').length;
    return begins > 0 && counted === 0 && lines.filter((line) => line.trim() !== '').length <= frames + begins * 3 + 3;
  },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new PrintedStacksParser(context), ledger);
  },
};

class PrintedStacksParser implements LineParser {
  private readonly builder: ProfileBuilder;
  private readonly context: ParseContext;
  private above = '';
  private frames: PrintedFrame[] = [];
  private count = 0;

  constructor(context: ParseContext) {
    this.context = context;
    this.builder = new ProfileBuilder({ samples: context.samples });
  }

  line(text: string): LineVerdict {
    if (FRAME.test(text)) {
      this.frames.push(printedFrame(text));
      return 'read';
    }
    this.finish();
    if (text.trim() === '' || isPreamble(text)) return 'noise';
    if (!TASK.test(text)) return { unread: 'neither a frame of a stack nor the name of a process above one' };
    this.above = text;
    return 'read';
  }

  private finish(): void {
    if (this.frames.length === 0) return;
    const { builder, above } = this;
    const task = TASK.exec(above)?.groups ?? {};
    const comm = task.comm ?? task.second ?? task.only ?? '';
    const pid = task.pid ?? task.first;
    const root: PrintedFrame[] = comm === '' ? [] : [{ name: comm, kind: FrameKind.process, module: '' }];
    // Addresses of programs have no names here; whatever has is the kernel's, unless the stack says so itself.
    const isUser = this.frames.some(({ module, name }) => module.startsWith('/') || /^0x/.test(name));
    const stack = isUser ? this.frames : this.frames.map(asKernel);
    const thread = { comm, pid: pid === undefined ? null : Number(pid), tid: null };
    builder.add(addFrames(builder, [...root, ...stack.toReversed()]), 1, { at: null, thread, cpu: null });
    this.frames = [];
    this.above = '';
    this.count++;
  }

  end() {
    this.finish();
    const tool = this.context.tool ?? 'bpftrace';
    const kind = measureOf(tool).kind;
    const head = { shape: 'stacks', kind, source: 0, tool, title: this.context.name, clock: null } as const;
    const datasets: Stacks[] = this.count === 0 ? [] : [{ ...head, unit: 'samples', profile: this.builder.build() }];
    return { datasets };
  }
}
