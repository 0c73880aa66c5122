/**
 * One record of a bcc or libbpf-tools stack tool: the lines of a stack, whose it is, and what it weighs. All of them print
 * leaf first; turned upside down every one of them is a stack root first.
 */
import { FrameKind } from '../../datasets/profile.ts';
import { asKernel, type PrintedFrame, printedFrame } from '../stack-frame.ts';

/** What a record looks like, which tells its tool: sampled is profile and offcputime, bare is offcputime of 2016. */
export type RecordForm = 'sampled' | 'counted' | 'wakeup' | 'chain' | 'bare';

export interface StackRecord {
  form: RecordForm;
  /** Root first, the command included. */
  frames: PrintedFrame[];
  /** Whose stack it is; null where the tool did not say. */
  comm: string | null;
  pid: number | null;
}

// profile, offcputime:     -                dd (25036)
const SAMPLED_COMM = /^\s+-\s{2,}(?=\S)(.*)\((-?\d+)\)$/;
// stackcount -P:     tar [15069]
const COUNTED_COMM = /^ {4}(\S.*) \[(\d+)\]$/;
// wakeuptime, offwaketime:     waker:           swapper/0   libbpf-tools:           waker: swapper/1
const ROLE = /^\s+(waker|target):\s*(.*)$/;
// --   -   -                -   --               --
const DELIMITER = /^\s+(--?)(?:\s+\1)?$/;
// The delimiter of offwaketime, which since 2018 prints pids behind the commands:     --               --
const CHAIN_DELIMITER_WITH_PIDS = /^\s+--\s+--$/;
const CHAIN_DELIMITER = /^\s+(--?)\s+\1$/;
// swapper/0 0
const COMM_AND_PID = /^(.*) (\d+)$/;

/** Whether the line ends a stack by saying whose it is: the number that follows is the weight, however it is indented. */
export function namesCommand(line: string): boolean {
  return SAMPLED_COMM.test(line) || COUNTED_COMM.test(line) || ROLE.test(line);
}

/** @param lines the record's lines as printed, without the one that holds the weight; at least one */
export function readRecord(lines: readonly string[]): StackRecord {
  const first = ROLE.exec(lines[0] ?? '')?.[1];
  if (first === 'waker') return readChain(lines);
  if (first === 'target') return readWakeup(lines);
  const at = lines.findIndex((line) => SAMPLED_COMM.test(line) || COUNTED_COMM.test(line));
  if (at < 0) return isIndentedByTwo(lines) ? counted(lines, null) : readBare(lines);
  const line = lines[at] as string;
  const sampled = SAMPLED_COMM.exec(line);
  const [, comm = '', pid = ''] = sampled ?? COUNTED_COMM.exec(line) ?? [];
  const rest = lines.filter((_, i) => i !== at);
  const owner = { comm: comm.trim(), pid: Number(pid) };
  return sampled === null ? counted(rest, owner) : { form: 'sampled', frames: rootFirst(rest, owner.comm), ...owner };
}

function counted(lines: readonly string[], owner: { comm: string; pid: number } | null): StackRecord {
  const frames = rootFirst(lines, owner?.comm ?? null);
  return { form: 'counted', frames, comm: owner?.comm ?? null, pid: owner?.pid ?? null };
}

function isIndentedByTwo(lines: readonly string[]): boolean {
  return lines.some((line) => /^ {2}\S/.test(line));
}

/** offcputime of 2016 printed the command like a frame, last. */
function readBare(lines: readonly string[]): StackRecord {
  const comm = (lines.at(-1) ?? '').trim();
  return { form: 'bare', frames: rootFirst(lines.slice(0, -1), comm), comm, pid: null };
}

/** The kernel's frames are printed first, then a delimiter where one was asked for, then the user's. */
function rootFirst(lines: readonly string[], comm: string | null): PrintedFrame[] {
  const delimiter = lines.findIndex((line) => DELIMITER.test(line));
  const frames = lines.map((line, i) => (i < delimiter ? asKernel(frameOf(line)) : frameOf(line))).reverse();
  return comm === null ? frames : [process(comm), ...frames];
}

/** The waker's stack from its root up, then the woken. */
function readWakeup(lines: readonly string[]): StackRecord {
  const frames = [...lines].reverse().map((line) => asKernel(frameOf(line)));
  return { form: 'wakeup', frames, ...ownerOf(lines.at(-1), false) };
}

/** The blocked stack from its root up, then the waker's upside down, so that both meet where one woke the other. */
function readChain(lines: readonly string[]): StackRecord {
  const withPids = lines.some((line) => CHAIN_DELIMITER_WITH_PIDS.test(line));
  const meeting = lines.findIndex((line) => CHAIN_DELIMITER.test(line));
  const frames = lines.map((line, i) => {
    if (ROLE.test(line)) return process(ownerOf(line, withPids).comm);
    const frame = frameOf(line);
    return i < meeting && frame.kind !== FrameKind.delimiter ? { ...frame, kind: FrameKind.waker } : frame;
  });
  return { form: 'chain', frames: frames.reverse(), ...ownerOf(lines.at(-1), withPids) };
}

/** The command in a line such as `target:          bash`, with its pid where the tool prints one. */
function ownerOf(line: string | undefined, withPid: boolean): { comm: string; pid: number | null } {
  const text = ROLE.exec(line ?? '')?.[2]?.trim() ?? '';
  const [, comm, pid] = (withPid ? COMM_AND_PID.exec(text) : null) ?? [];
  return comm === undefined ? { comm: text, pid: null } : { comm, pid: Number(pid) };
}

function frameOf(line: string): PrintedFrame {
  const role = ROLE.exec(line);
  if (role !== null) return process((role[2] as string).trim());
  const delimiter = DELIMITER.exec(line);
  if (delimiter !== null) return { name: delimiter[1] as string, kind: FrameKind.delimiter, module: '' };
  return printedFrame(line);
}

function process(comm: string): PrintedFrame {
  return { name: comm, kind: FrameKind.process, module: '' };
}
