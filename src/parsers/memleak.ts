/**
 * Outstanding allocations as memleak of bcc and libbpf-tools prints them, again and again:
 *
 *     [11:16:33] Top 2 stacks with outstanding allocations:
 *             80 bytes in 5 allocations from stack
 *                     main+0x6d [allocs]
 *                     __libc_start_main+0xf0 [libc-2.21.so]
 *
 * Each report is the whole state, so the last one is the answer; what it grew from is a series.
 */
import type { Profile } from '../datasets/profile.ts';
import { ProfileBuilder } from '../datasets/profile-builder.ts';
import type { Events, Metric, Series, Stacks } from '../datasets/shapes.ts';
import type { Grammar, ParseContext } from './grammar.ts';
import { type LineParser, lineReader } from './lines.ts';
import { measureOf } from './measure.ts';
import { addFrames, type PrintedFrame, printedFrame } from './stack-frame.ts';

// [11:16:33] Top 2 stacks with outstanding allocations:   libbpf-tools: [9:5:3] Top 10 stacks with …
const REPORT = /^\[(.*)\] Top \d+ stacks with outstanding allocations:\s*$/;
const STAMP = /^(\d\d?):(\d\d?):(\d\d?)$/;
//         80 bytes in 5 allocations from stack
const ALLOCATIONS = /^\s*(\d+) bytes in (\d+) allocations from stack\s*$/;
// memleak -a: addr = 7f3c1c000b60 size = 16
const ALLOCATION = /^\s*addr = ((?:0x)?[0-9a-f]+) size = (\d+)\s*$/;
const BANNER =
  /^(?:Attaching to .*, Ctrl\+C to quit\.|Executing '.*' and tracing the resulting process\.|Tracing outstanding memory allocs\.{3}.*)$/;
const NOISE = /^\s*(?:\[\.\.\..*\]|\.\.\.(?: \(.*\))?)\s*$/;
const LOST = 'stack information lost';

interface Report {
  at: number | null;
  line: number;
  total: number;
  profile: ProfileBuilder;
  /** With -a: address, bytes, and the line that says so. */
  allocations: [address: string, bytes: number, line: number][];
}

export const memleak: Grammar = {
  name: 'memleak',

  claims: (head) => head.lines.some((line) => REPORT.test(line) || ALLOCATIONS.test(line)),

  reader: (context) => lineReader(memleakParser(context)),
};

function memleakParser(context: ParseContext): LineParser {
  const reports: Report[] = [];
  let open: { bytes: number; frames: PrintedFrame[] } | null = null;

  function close(): void {
    const report = reports.at(-1);
    if (open === null || report === undefined) return;
    report.total += open.bytes;
    report.profile.add(addFrames(report.profile, open.frames.reverse()), open.bytes);
    open = null;
  }

  function start(at: number | null, line: number): void {
    // Only the last report is the answer: the stacks of the one before are let go.
    const before = reports.at(-1);
    if (before !== undefined)
      Object.assign(before, { profile: new ProfileBuilder({ samples: false }), allocations: [] });
    reports.push({ at, line, total: 0, profile: new ProfileBuilder({ samples: false }), allocations: [] });
  }

  return {
    line(line, number) {
      const text = line.replace(/^\^C/, '');
      if (text.trim() === '' || NOISE.test(text) || BANNER.test(text)) {
        close();
        return 'noise';
      }
      const report = REPORT.exec(text);
      if (report !== null) {
        close();
        start(daySeconds(report[1] as string), number);
        return 'read';
      }
      const allocations = ALLOCATIONS.exec(text);
      if (allocations !== null) {
        close();
        if (reports.length === 0) start(null, number);
        open = { bytes: Number(allocations[1]), frames: [] };
        return 'read';
      }
      const allocation = ALLOCATION.exec(text);
      if (allocation !== null) {
        if (reports.length === 0) start(null, number);
        reports.at(-1)?.allocations.push([allocation[1] as string, Number(allocation[2]), number]);
        return 'read';
      }
      if (open === null || !/^\s/.test(text)) return { unread: 'not part of a stack' };
      if (text.trim() !== LOST) open.frames.push(printedFrame(text));
      return 'read';
    },

    end() {
      close();
      const last = reports.at(-1)?.profile ?? new ProfileBuilder({ samples: false });
      const growth = reports.length > 1 ? [growthOf(reports, context)] : [];
      const allocations = reports.at(-1)?.allocations ?? [];
      const table = allocations.length > 0 ? [allocationsOf(allocations, context)] : [];
      return { datasets: [stacksOf(last.build(), context), ...growth, ...table], tool: 'memleak' };
    },
  };
}

function daySeconds(stamp: string): number | null {
  const [, hours, minutes, seconds] = STAMP.exec(stamp) ?? [];
  return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function stacksOf(profile: Profile, context: ParseContext): Stacks {
  const title = context.name;
  return { shape: 'stacks', source: 0, tool: 'memleak', title, clock: null, ...measureOf('memleak'), profile };
}

function allocationsOf(allocations: Report['allocations'], context: ParseContext): Events {
  return {
    shape: 'events',
    source: 0,
    tool: 'memleak',
    title: `${context.name}: allocations`,
    clock: null,
    columns: [
      { name: 'addr', type: 'text', unit: '', role: null },
      { name: 'size', type: 'number', unit: 'bytes', role: 'size' },
    ],
    rows: allocations.map(([address, bytes]) => [address, bytes]),
    at: [],
    lines: allocations.map(([, , line]) => line),
  };
}

/** The sum of the stacks that each report listed. */
function growthOf(reports: readonly Report[], context: ParseContext): Series {
  const clock = reports.some(({ at }) => at !== null) ? 'day' : null;
  const metric: Metric = {
    name: 'outstanding in the stacks listed',
    labels: {},
    unit: 'bytes',
    points: reports.map(({ at, total }) => [at, total]),
    lines: reports.map(({ line }) => line),
    sinceBoot: 0,
  };
  return { shape: 'series', source: 0, tool: 'memleak', title: context.name, clock, metrics: [metric] };
}
