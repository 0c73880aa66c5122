/**
 * What `jfr print recording.jfr` prints of Java's flight recorder: events, those that are samples with a stack.
 *
 *     jdk.ExecutionSample {
 *       startTime = 14:03:20.123 (2026-11-30)
 *       sampledThread = "main" (javaThreadId = 1)
 *       state = "STATE_RUNNABLE"
 *       stackTrace = [
 *         com.shop.Cart.total(int) line: 42
 *         ...
 *       ]
 *     }
 *
 * It cuts stacks at five frames unless told `--stack-depth 64`.
 */
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks, StacksKind } from '../../datasets/shapes.ts';
import { withoutArguments } from '../../symbols/arguments.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';

const BEGIN = /^(\w+(?:\.\w+)+) \{$/;
// sampledThread = "main" (javaThreadId = 1)   eventThread = "pool-1" (javaThreadId = 12)
const THREAD = /^\s+(?:sampledThread|eventThread|thread) = "(.*)" \((?:javaThreadId|osThreadId) = (\d+)/;
// startTime = 14:03:20.123 (2026-11-30)   startTime = 14:03:20.123
const TIME = /^\s+startTime = (\d{1,2}):(\d\d):(\d\d(?:\.\d+)?)/;
// duration = 20.1 ms   weight = 1.5 MB   allocationSize = 16 bytes   tlabSize = 1.0 kB
const DURATION = /^\s+duration = ([\d.,]+) (ns|us|ms|s|m|h)\b/;
const SIZE = /^\s+(?:weight|allocationSize|tlabSize) = ([\d.,]+) (bytes?|kB|MB|GB)\b/;
// com.shop.Cart.total(int) line: 42   com.shop.Cart.lambda$1() line: 3 (Interpreted)
const FRAME = /^\s+([\w$.<>/-]+\([^)]*\))(?: +line: +\d+)?(?: .*)?$/;
const TO_USECS: Readonly<Record<string, number>> = { ns: 1e-3, us: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 };
const TO_BYTES: Readonly<Record<string, number>> = { byte: 1, bytes: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** What is a sample, and what its stacks weigh. */
const MEASURES: Readonly<Record<string, { kind: StacksKind; unit: string }>> = {
  'jdk.ExecutionSample': { kind: 'on-cpu', unit: 'samples' },
  'jdk.NativeMethodSample': { kind: 'on-cpu', unit: 'samples' },
  'jdk.CPUTimeSample': { kind: 'on-cpu', unit: 'samples' },
  'jdk.ObjectAllocationSample': { kind: 'memory', unit: 'bytes' },
  'jdk.ObjectAllocationInNewTLAB': { kind: 'memory', unit: 'bytes' },
  'jdk.ObjectAllocationOutsideTLAB': { kind: 'memory', unit: 'bytes' },
};
const OF_WAITS = { kind: 'off-cpu', unit: 'usecs' } as const;

export const jfr: Grammar = {
  name: 'jfr print',
  claims: ({ lines }) => lines.some((line) => BEGIN.test(line)) && lines.some((line) => /^\s+startTime = /.test(line)),
  begins: { like: /^jdk\.\w+ \{$/, sure: ([, second = '']) => /^\s+startTime = /.test(second) },
  reader: (context) => {
    const ledger = new LineLedger();
    return lineReader(new FlightRecorderParser(context, ledger), ledger);
  },
};

interface Event {
  name: string;
  thread: Thread;
  at: number | null;
  weight: number | null;
  /** Leaf first; null while none is told. */
  frames: string[] | null;
}

class FlightRecorderParser implements LineParser {
  private readonly profiles = new Map<string, ProfileBuilder>();
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private event: Event | null = null;
  private inStack = false;
  private isCut = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(text: string): LineVerdict {
    const begin = BEGIN.exec(text);
    if (begin !== null) {
      this.finish();
      this.event = {
        name: begin[1] as string,
        thread: { comm: '', pid: null, tid: null },
        at: null,
        weight: null,
        frames: null,
      };
      return 'read';
    }
    const { event } = this;
    if (event === null) return text.trim() === '' ? 'noise' : { unread: 'outside of an event of the flight recorder' };
    if (text === '}') {
      this.finish();
      return 'noise';
    }
    if (this.inStack) return this.stackLine(text, event);
    if (/^\s+stackTrace = \[/.test(text)) {
      this.inStack = true;
      event.frames = [];
      return 'read';
    }
    return this.field(text, event);
  }

  private stackLine(text: string, { frames }: Event): LineVerdict {
    if (/^\s+\]/.test(text)) {
      this.inStack = false;
      return 'noise';
    }
    if (/^\s+\.\.\.$/.test(text)) {
      this.isCut = true;
      return 'noise';
    }
    const frame = FRAME.exec(text);
    if (frame === null) return { unread: 'no frame of a stack' };
    frames?.push(withoutArguments(frame[1] as string));
    return 'read';
  }

  private field(text: string, event: Event): LineVerdict {
    const [thread, time, duration, size] = [THREAD, TIME, DURATION, SIZE].map((pattern) => pattern.exec(text));
    if (thread) event.thread = { comm: thread[1] as string, pid: null, tid: Number(thread[2]) };
    else if (time) event.at = Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]);
    else if (duration) event.weight = numberOf(duration[1]) * (TO_USECS[duration[2] as string] as number);
    else if (size) event.weight = numberOf(size[1]) * (TO_BYTES[size[2] as string] as number);
    else return 'noise';
    return 'read';
  }

  private finish(): void {
    const { event } = this;
    this.event = null;
    this.inStack = false;
    if (event === null || event.frames === null) return;
    const { unit } = MEASURES[event.name] ?? OF_WAITS;
    const weight = unit === 'samples' ? 1 : event.weight;
    if (weight === null) return;
    let builder = this.profiles.get(event.name);
    if (builder === undefined) {
      builder = new ProfileBuilder({ samples: this.context.samples });
      this.profiles.set(event.name, builder);
    }
    const { thread, at, frames } = event;
    const root = builder.child(0, builder.frame(thread.comm || '[unknown]', FrameKind.process));
    const node = frames.reduceRight((above, name) => builder.child(above, builder.frame(name, FrameKind.jit)), root);
    builder.add(node, weight, { at, thread, cpu: null });
  }

  end() {
    this.finish();
    if (this.isCut) this.ledger.note('jfr print cut stacks: --stack-depth 64 prints more of them');
    const datasets = Array.from(this.profiles, ([name, builder]): Stacks => {
      const { kind, unit } = MEASURES[name] ?? OF_WAITS;
      const tool = this.context.tool ?? 'jfr';
      return {
        shape: 'stacks',
        kind,
        source: 0,
        tool,
        title: name,
        clock: 'day',
        unit,
        event: name,
        profile: builder.build(),
      };
    });
    return { datasets };
  }
}

function numberOf(text: string | undefined): number {
  return Number((text ?? '').replace(',', '.'));
}
