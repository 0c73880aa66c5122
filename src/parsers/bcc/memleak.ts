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
import type { Profile } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Events, Series, Stacks } from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import { type Grammar, NO_CONTEXT, type ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { measureOf } from '../measure.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { addFrames, type PrintedFrame, printedFrame } from '../stack-frame.ts';
import { secondsOfDay } from '../stamps.ts';
import { isPreamble, withoutInterrupt } from '../terminal.ts';

// [11:16:33] Top 2 stacks with outstanding allocations:   libbpf-tools: [9:5:3] Top 10 stacks with …
const REPORT = /^\[(.*)\] Top \d+ stacks with outstanding allocations:\s*$/;
const STAMP = /^(\d\d?):(\d\d?):(\d\d?)$/;
//         80 bytes in 5 allocations from stack
const ALLOCATIONS = /^\s*(\d+) bytes in (\d+) allocations from stack\s*$/;
// memleak -a: addr = 7f3c1c000b60 size = 16
const ALLOCATION = /^\s*addr = ((?:0x)?[0-9a-f]+) size = (\d+)\s*$/;
const BANNER =
  /^(?:Attaching to .*, Ctrl\+C to quit\.|Executing '.*' and tracing the resulting process\.|Tracing outstanding memory allocs\.{3}.*)$/;
/** Frames are set in by two tabs, or by what a copy made of them. */
const FRAME = /^(?:\t| {2})\s*\S/;
const LOST = 'stack information lost';

interface Report {
  /** Whether its heading was there. */
  headed: boolean;
  at: number | null;
  line: number;
  total: number;
  profile: ProfileBuilder;
  /** With -a: address, bytes, and the line that says so. */
  allocations: [address: string, bytes: number, line: number][];
}

export const memleak: Grammar = {
  name: 'memleak',

  claims(head) {
    const reader = new MemleakReader(NO_CONTEXT);
    const verdicts = head.lines.map((line, i) => reader.line(line, i + 1));
    const foreign = verdicts.filter((verdict) => typeof verdict === 'object').length;
    return verdicts.filter((verdict) => verdict === 'read').length > foreign;
  },

  begins: {
    like: new RegExp(`${REPORT.source}|${BANNER.source}`),
    // Other tools attach to something, too.
    sure: ([first = '', ...below]) => REPORT.test(first) || REPORT.test(below.find((line) => line.trim() !== '') ?? ''),
  },

  reader: (context) => lineReader(new MemleakReader(context)),
};

class MemleakReader implements LineParser {
  private readonly context: ParseContext;
  private readonly reports: Report[] = [];
  private open: { bytes: number; frames: PrintedFrame[] } | null = null;
  /** People cut a report's heading down to `...`, too. */
  private cut = false;

  constructor(context: ParseContext) {
    this.context = context;
  }

  line(line: string, number: number): LineVerdict {
    const text = withoutInterrupt(line).trimEnd();
    if (isPreamble(text) || BANNER.test(text)) {
      this.close();
      this.cut ||= text.trim() === '...';
      return 'noise';
    }
    return this.takeHeading(text, number) ?? this.takeAllocation(text, number) ?? this.takeFrame(text);
  }

  end() {
    this.close();
    const { reports, context } = this;
    const last = reports.at(-1);
    const profile = (last?.profile ?? new ProfileBuilder({ samples: false })).build();
    const growth = reports.length > 1 ? [growthOf(reports, context)] : [];
    const table = last !== undefined && last.allocations.length > 0 ? [allocationsOf(last.allocations, context)] : [];
    return { datasets: [stacksOf(profile, context), ...growth, ...table], tool: 'memleak' };
  }

  /** The line that begins a report, or a stack in it. */
  private takeHeading(text: string, number: number): LineVerdict | null {
    const stamp = REPORT.exec(text)?.[1];
    const bytes = ALLOCATIONS.exec(text)?.[1];
    if (stamp === undefined && bytes === undefined) return null;
    this.close();
    if (stamp !== undefined) this.begin(daySeconds(stamp), number, true);
    if (bytes === undefined) return 'read';
    if (this.cut && this.reports.at(-1)?.headed === false) this.begin(null, number);
    this.cut = false;
    if (!Number.isSafeInteger(Number(bytes))) return { unread: 'a size beyond what a number can hold' };
    this.open = { bytes: Number(bytes), frames: [] };
    this.current(number);
    return 'read';
  }

  private takeAllocation(text: string, number: number): LineVerdict | null {
    const [, address, bytes] = ALLOCATION.exec(text) ?? [];
    if (address === undefined) return null;
    this.current(number).allocations.push([address, Number(bytes), number]);
    return 'read';
  }

  private takeFrame(text: string): LineVerdict {
    if (this.open === null || !FRAME.test(text)) return { unread: 'not part of a stack' };
    if (text.trim() !== LOST) this.open.frames.push(printedFrame(text));
    return 'read';
  }

  /** The report that is being read; people leave the first heading out. */
  private current(line: number): Report {
    return this.reports.at(-1) ?? this.begin(null, line);
  }

  private begin(at: number | null, line: number, headed = false): Report {
    // Only the last report is the answer: the stacks of the one before are let go.
    const before = this.reports.at(-1);
    if (before !== undefined) Object.assign(before, nothingOutstanding());
    const report = { headed, at, line, total: 0, ...nothingOutstanding() };
    this.reports.push(report);
    return report;
  }

  private close(): void {
    const report = this.reports.at(-1);
    if (this.open === null || report === undefined) return;
    const { bytes, frames } = this.open;
    report.total += bytes;
    report.profile.add(addFrames(report.profile, frames.reverse()), bytes);
    this.open = null;
  }
}

function nothingOutstanding(): Pick<Report, 'profile' | 'allocations'> {
  return { profile: new ProfileBuilder({ samples: false }), allocations: [] };
}

function daySeconds(stamp: string): number | null {
  const match = STAMP.exec(stamp);
  return match && secondsOfDay(...match.slice(1));
}

function stacksOf(profile: Profile, context: ParseContext): Stacks {
  const title = context.name;
  return { shape: 'stacks', source: 0, tool: 'memleak', title, clock: null, ...measureOf('memleak'), profile };
}

function allocationsOf(allocations: Report['allocations'], context: ParseContext): Events {
  const table = new EventsBuilder([
    { name: 'addr', type: 'text', unit: '', role: null },
    { name: 'size', type: 'number', unit: 'bytes', role: 'size' },
  ]);
  for (const [address, bytes, line] of allocations) table.add([address, bytes], null, line);
  return {
    shape: 'events',
    source: 0,
    tool: 'memleak',
    title: `${context.name}: allocations`,
    clock: null,
    ...table.build(),
  };
}

/** The sum of the stacks that each report listed. */
function growthOf(reports: readonly Report[], context: ParseContext): Series {
  const clock = reports.some(({ at }) => at !== null) ? 'day' : null;
  const series = new SeriesBuilder();
  for (const { at, line, total } of reports)
    series.add('outstanding in the stacks listed', 'bytes', total, { labels: {}, at, line, sinceBoot: false });
  return { shape: 'series', source: 0, tool: 'memleak', title: context.name, clock, metrics: series.build() };
}
