/** Stacks that stand under the rows of a table: trace -K and -U, tcpdrop, capable -K. */

import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import type { ParseContext } from '../grammar.ts';
import { addFrames, type PrintedFrame, printedFrame } from '../stack-frame.ts';
import type { Table } from './table.ts';

//         do_sys_open+0x1 [kernel]
//         7f6c7345f171 execute_native_thread_routine+0x21 [libstdc++.so.6.0.21]
// <TAB>tcp_v4_rcv+0x9c7
//         [unknown]   [Missed Kernel Stack]
const FRAME = /^(?: {4}|\t)\s*(?:\S.*(?:\+(?:0x[0-9a-f]+|\d+)|\])'?|(?:0x)?[0-9a-f]{5,16} .*\S)\s*$/;
/** Prints user frames without offset: `    RequestProcessor::writeResponse(int)`. */
const PLAIN_FRAMES = 'funcslower';
/** Prints arguments as they are, which may be a program of many lines: `      parent[pid] = field[2]`. */
const NO_STACKS = 'execsnoop';
const INDENTED = /^(?: {4}|\t)\s*\S/;
const MAX_FRAME_LENGTH = 4096;

/** The stacks of one table's rows. Each weighs one event; a row without a stack has none here. */
export class RowStacks {
  private readonly context: ParseContext;
  private readonly tool: string;
  private readonly profile: ProfileBuilder;
  private readonly table: Table;
  private frames: PrintedFrame[] = [];
  private ended = true;
  private stacks = 0;

  constructor(context: ParseContext, tool: string, table: Table) {
    this.context = context;
    this.tool = tool;
    this.table = table;
    this.profile = new ProfileBuilder({ samples: context.samples });
  }

  /** Call before the next row is added to the table. */
  endRow(): void {
    if (this.frames.length > 0) this.flush();
    this.ended = false;
  }

  /** A line that is no frame ends the stack; but bpftrace prints a blank one before it (tcpdrop.bt). */
  interrupt(line: string): void {
    if (this.frames.length > 0 || line.trim() !== '') this.ended = true;
  }

  /** Whether the line is a frame under a row. */
  takes(line: string): boolean {
    if (this.tool === NO_STACKS || this.table.length === 0 || this.ended || line.length > MAX_FRAME_LENGTH)
      return false;
    return (this.tool === PLAIN_FRAMES ? INDENTED : FRAME).test(line);
  }

  /** Frames come leaf first. */
  add(line: string): void {
    this.frames.push(printedFrame(line));
  }

  datasets(): Stacks[] {
    this.endRow();
    if (this.stacks === 0) return [];
    const { tool, context, table } = this;
    const title = `${context.name}: stacks`;
    const profile = this.profile.build();
    return [{ shape: 'stacks', kind: 'events', source: 0, tool, title, clock: table.clock, unit: 'events', profile }];
  }

  private flush(): void {
    const comm = String(this.table.lastCell(({ role }) => role === 'process') ?? '');
    const process: PrintedFrame[] = comm === '' ? [] : [{ name: comm, kind: FrameKind.process, module: '' }];
    const node = addFrames(this.profile, [...process, ...this.frames.reverse()]);
    const pid = numberOrNull(this.table.lastCell(({ name }) => name === 'PID'));
    const tid = numberOrNull(this.table.lastCell(({ name }) => name === 'TID'));
    this.profile.add(node, 1, { at: this.table.lastAt, thread: { comm, pid, tid }, cpu: null });
    this.frames = [];
    this.stacks++;
  }
}

function numberOrNull(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}
