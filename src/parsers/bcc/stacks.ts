/**
 * Stacks as bcc's and libbpf-tools' profile, offcputime, stackcount, wakeuptime and offwaketime print them:
 *
 *         read
 *         -                dd (25036)
 *             23
 *
 * https://github.com/iovisor/bcc/tree/master/tools
 */
import { counted } from '../../datasets/amounts.ts';
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Clock, Stacks } from '../../datasets/shapes.ts';
import { type Grammar, NO_CONTEXT, type ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { asSamples, measureOf } from '../measure.ts';
import { addFrames, asKernel } from '../stack-frame.ts';
import { secondsOfDay } from '../stamps.ts';
import { isCut, isPrompt, withoutInterrupt } from '../terminal.ts';
import { namesCommand, type RecordForm, readRecord, type StackRecord } from './record.ts';

type StackTool = 'profile' | 'offcputime' | 'stackcount' | 'wakeuptime' | 'offwaketime';

const TOOL_OF_FORM: Readonly<Record<Exclude<RecordForm, 'sampled'>, StackTool>> = {
  bare: 'offcputime',
  counted: 'stackcount',
  wakeup: 'wakeuptime',
  chain: 'offwaketime',
};
/** What each tool says before it starts; null where the records have to tell. */
const BANNERS: readonly [banner: RegExp, tool: StackTool | null][] = [
  // Sampling at 49 Hertz of all threads by user + kernel stack... Hit Ctrl-C to end.
  [/^Sampling at .* by .*stack/, 'profile'],
  // Tracing off-CPU time (us) of all threads by kernel stack for 5 secs.
  [/^Tracing off-CPU time \(us\)/, 'offcputime'],
  // Tracing blocked time (us) by kernel off-CPU and waker stack for 5 secs.
  [/^Tracing blocked time \(us\) by .*stack/, null],
  // Tracing 1 functions for "submit_bio"... Hit Ctrl-C to end.
  [/^Tracing \d+ functions for ".*"\.\.\./, null],
];
// WARNING: 8 stack traces could not be displayed. Consider increasing --stack-storage-size.
const WARNING = /(?:WARNING|WARN|ERROR): .*/;
const LOST_STACKS = /WARNING: \d+ stack traces? (?:lost and )?could not be displayed/;
// stackcount -T: 06:05:14
const STAMP = /^(\d\d?):(\d\d):(\d\d)\s*$/;
const WEIGHT = /^(\s+)(-?\d+)$/;
/** A function's name has no blank in it, unless it has more than letters: `operator new(unsigned long)`. */
const CODE = /^\S*$|[[<>():*&]/;
/** The scheduler's own functions: off-CPU stacks begin in them (the probe's frames may stand before), others hardly ever. */
const SCHEDULER = /^(?:__|preempt_|io_)?schedule(?:_|$)|^finish_task_switch|^__sched_text_start$/;
/** How many frames of the probe itself may stand over the scheduler's. */
const PROBE_FRAMES = 5;
/** No stack is deeper by far: the kernel's limit is 127 frames a side, and 1024 where it was raised. */
const MAX_RECORD_LINES = 200_000;
/** Of so many characters of stacks it is known what they say, should they be printed again. */
const MAX_KNOWN_CHARACTERS = 2 ** 23;

export const bccStacks: Grammar = {
  name: 'bcc-stacks',

  claims(head) {
    const reader = new StackReader(NO_CONTEXT, new LineLedger());
    const verdicts = head.lines.map((line, i) => reader.line(line, i + 1));
    const foreign = verdicts.filter((verdict) => typeof verdict === 'object').length;
    if (foreign > 0 && foreign >= reader.stacks) return false;
    return reader.stacks > 0 ? reader.looksLikeCode : head.lines.some(isOnlyFromStackTools);
  },

  // What a tool says of itself, with stacks below it: it may have had nothing but complaints.
  begins: {
    like: /^(?:Sampling at|Tracing (?:off-CPU|blocked|\d+ functions for)) /,
    // funccount's banner is stackcount's; the heading below it is not.
    sure: ([first = '', ...others]) =>
      (BANNERS.slice(0, 3).some(([banner]) => banner.test(first)) || /^Tracing \d/.test(first)) &&
      others.every((line) => /^\s|^$|^-|^\^C|^\d\d:\d\d:\d\d$/.test(line) || isCut(line)),
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new StackReader(context, ledger), ledger);
  },
};

/** Nothing was recorded, but no other tool says this. */
function isOnlyFromStackTools(line: string): boolean {
  return LOST_STACKS.test(line) || BANNERS.slice(0, 3).some(([banner]) => banner.test(line));
}

/** What the lines of a record say, without its weight: the same stacks are printed again and again. */
interface KnownStack {
  form: RecordForm;
  waits: boolean;
  thread: Thread;
  profile: ProfileBuilder;
  node: number;
}

class StackReader implements LineParser {
  /** How many were read so far. */
  stacks = 0;
  /** Whether all frames so far are names of functions, not words. */
  looksLikeCode = true;
  private annotated = false;
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  /** Records that look alike are of the tool that its banner named; null until one does. */
  private readonly profiles = new Map<StackTool | null, ProfileBuilder>();
  /** By their lines; what those say depends on the banner above. */
  private readonly known = new Map<string, KnownStack>();
  private knownCharacters = 0;
  private pending: { number: number; text: string }[] = [];
  /** How far the least indented of them is. */
  private margin = 0;
  /** Where each record begins whose count is negative. */
  private readonly negative: number[] = [];
  private bannerTool: StackTool | null = null;
  private kernelOnly = false;
  private at: number | null = null;
  /** How many stacks of the form that profile and offcputime share were read, and how many of them wait. */
  private sampled = 0;
  private waiting = 0;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(line: string, number: number): LineVerdict {
    const text = takeWarning(withoutInterrupt(line), this.ledger).trimEnd();
    if (isCut(text) || isPrompt(text) || text === 'Detaching...') return 'noise';
    if (/^\s/.test(text)) return this.takeIndented(text, number);
    this.abandon();
    return text === '' ? 'noise' : this.takeHeading(text);
  }

  end(): { datasets: Stacks[]; tool: string | null } {
    this.abandon();
    this.sayLeftOut();
    const { profiles, context } = this;
    if (profiles.size === 0) profiles.set(this.bannerTool, new ProfileBuilder({ samples: false }));
    const unnamed = sampledTool(context.tool) ?? (this.mostWait() ? 'offcputime' : 'profile');
    const clock = this.at === null ? null : 'day';
    const datasets = [...profiles].map(([tool, profile]) => ({
      ...stacksOf(tool ?? unnamed, profile, context.name, clock),
      annotated: this.annotated,
    }));
    return { datasets, tool: datasets[0]?.tool ?? null };
  }

  private takeHeading(text: string): LineVerdict {
    const banner = BANNERS.find(([form]) => form.test(text));
    if (banner !== undefined) {
      this.bannerTool = banner[1];
      this.kernelOnly = text.includes(' by kernel stack');
      this.known.clear();
      this.knownCharacters = 0;
      return 'noise';
    }
    const stamp = STAMP.exec(text);
    if (stamp === null) return { unread: 'not part of a stack' };
    this.at = secondsOfDay(...stamp.slice(1));
    return 'read';
  }

  private takeIndented(text: string, number: number): LineVerdict {
    const [, indent = '', count] = WEIGHT.exec(text) ?? [];
    if (count !== undefined && this.isWeight(indent.length)) {
      if (Number(count) < 0) return this.leaveOut(number);
      if (!Number.isSafeInteger(Number(count))) return this.abandon('a stack whose count no number can hold');
      return this.finish(Number(count));
    }
    if (this.pending.length >= MAX_RECORD_LINES) this.abandon();
    const indented = text.length - text.trimStart().length;
    this.margin = this.pending.length === 0 ? indented : Math.min(this.margin, indented);
    this.pending.push({ number, text });
    return 'read';
  }

  /** A count stands deeper than the frames, or under the command that ends the stack. */
  private isWeight(indent: number): boolean {
    const last = this.pending.at(-1);
    return last === undefined || indent > this.margin || namesCommand(last.text);
  }

  private finish(weight: number): LineVerdict {
    const stack = this.stackOf(this.pending.map(({ text }) => text));
    if (stack === null) return this.abandon('a stack without its command');
    this.pending = [];
    this.stacks++;
    if (stack.form === 'sampled') this.sampled++;
    if (stack.form === 'sampled' && stack.waits) this.waiting++;
    stack.profile.add(stack.node, weight, { at: this.at, thread: stack.thread, cpu: null });
    return 'read';
  }

  private stackOf(lines: readonly string[]): KnownStack | null {
    const text = lines.join('\n');
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const stack = this.newStack(readRecord(lines));
    if (stack === null) return null;
    this.knownCharacters += text.length;
    if (this.knownCharacters <= MAX_KNOWN_CHARACTERS) this.known.set(text, stack);
    return stack;
  }

  private newStack(record: StackRecord): KnownStack | null {
    const waits = startsInScheduler(record);
    // Only offcputime of 2016 has such records: anything else is a stack that lost the line of its command.
    if (record.form === 'bare' && this.bannerTool !== 'offcputime' && !waits) return null;
    this.looksLikeCode &&= record.frames.every(({ name, kind }) => kind === FrameKind.process || CODE.test(name));
    this.annotated ||= record.frames.some(({ annotated }) => annotated === true);
    const profile = this.profileOf(record.form === 'sampled' ? this.bannerTool : TOOL_OF_FORM[record.form]);
    const frames = this.kernelOnly ? record.frames.map(asKernel) : record.frames;
    const thread = { comm: record.comm ?? '', pid: record.pid, tid: null };
    return { form: record.form, waits, thread, profile, node: addFrames(profile, frames) };
  }

  /**
   * On a busy host libbpf-tools loses some kernel stacks, and prints the user's alone: not all begin in the scheduler.
   * Of a CPU profile few do, even where threads do little but switch.
   */
  private mostWait(): boolean {
    return this.waiting > (2 / 3) * this.sampled;
  }

  private profileOf(tool: StackTool | null): ProfileBuilder {
    const profile = this.profiles.get(tool) ?? new ProfileBuilder({ samples: this.context.samples });
    this.profiles.set(tool, profile);
    return profile;
  }

  /** wakeuptime of libbpf-tools counts a wakeup that overtook its sleep as less than nothing: known, and no fault of the text. */
  private leaveOut(number: number): LineVerdict {
    const { ledger, pending } = this;
    this.negative.push(pending[0]?.number ?? number);
    ledger.read -= pending.length;
    ledger.noise += pending.length;
    this.pending = [];
    return 'noise';
  }

  private sayLeftOut(): void {
    const [first] = this.negative;
    if (first === undefined) return;
    const stacks = counted(this.negative.length, 'stack');
    this.ledger.note(
      `${stacks} left out, the first at line ${first}: a negative count, which is the tool's own error (a wakeup that overtook its sleep)`,
    );
  }

  /** Gives up the record, and the line at hand with it. */
  private abandon(why = 'a stack without its count'): LineVerdict {
    for (const { number, text } of this.pending) this.ledger.withdraw(number, text, why);
    this.pending = [];
    return { unread: why };
  }
}

/** The two tools whose records look alike. */
function sampledTool(tool: string | null): StackTool | null {
  return tool === 'profile' || tool === 'offcputime' ? tool : null;
}

/** Takes a warning out of the line, for it may be glued to a frame: stderr and stdout share a terminal. */
function takeWarning(line: string, ledger: LineLedger): string {
  // Asked of every line.
  const warning = line.includes('WARN') || line.includes('ERROR') ? WARNING.exec(line) : null;
  if (warning === null) return line;
  ledger.note(warning[0]);
  return line.slice(0, warning.index);
}

function startsInScheduler({ frames, comm }: StackRecord): boolean {
  const leaves = frames.filter(({ name }) => name !== comm).slice(-PROBE_FRAMES - 1);
  return leaves.some(({ name }) => SCHEDULER.test(name));
}

function stacksOf(tool: StackTool, builder: ProfileBuilder, title: string, clock: Clock | null): Stacks {
  const { kind, unit } = measureOf(tool);
  const profile = asSamples(builder.build(), unit);
  return { shape: 'stacks', source: 0, tool, title, clock, kind, unit, profile };
}
