/**
 * Stacks as bcc's and libbpf-tools' profile, offcputime, stackcount, wakeuptime and offwaketime print them:
 *
 *         read
 *         -                dd (25036)
 *             23
 *
 * https://github.com/iovisor/bcc/tree/master/tools
 */
import { ProfileBuilder } from '../datasets/profile-builder.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { namesCommand, type RecordForm, readRecord, type StackRecord } from './bcc-record.ts';
import type { Grammar, ParseContext } from './grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from './lines.ts';
import { measureOf } from './measure.ts';
import { addFrames } from './stack-frame.ts';

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
  [/^Tracing off-CPU time/, 'offcputime'],
  // Tracing blocked time (us) by kernel off-CPU and waker stack for 5 secs.
  [/^Tracing blocked time \(us\) by .*stack/, null],
  // Tracing 1 functions for "submit_bio"... Hit Ctrl-C to end.
  [/^Tracing \d+ functions for ".*"\.\.\./, null],
];
// [...]   ...   [...truncated...]   ... (omitted for brevity)   Detaching...
const NOISE = /^\s*(?:\[\.\.\..*\]|\.\.\.(?: \(.*\))?|Detaching\.\.\.)\s*$/;
// WARNING: 8 stack traces could not be displayed. Consider increasing --stack-storage-size.
const WARNING = /(?:WARNING|WARN|ERROR): .*/;
const LOST_STACKS = /WARNING: \d+ stack traces? (?:lost and )?could not be displayed/;
// stackcount -T: 06:05:14
const STAMP = /^(\d\d?):(\d\d):(\d\d)\s*$/;
const WEIGHT = /^(\s+)(\d+)$/;
/** The scheduler's own functions: off-CPU stacks begin in them (the probe's frames may stand before), others hardly ever. */
const SCHEDULER = /^(?:__|preempt_|io_)?schedule(?:_|$)|^finish_task_switch|^__sched_text_start$/;
/** No stack is deeper (the kernel's limit is 127 a side, and 1024 where it was raised): more lines are no record. */
const MAX_RECORD_LINES = 5000;

export const bccStacks: Grammar = {
  name: 'bcc-stacks',

  claims(head) {
    const parser = stackParser({ name: '', tool: null, interval: null, samples: false }, new LineLedger());
    const verdicts = head.lines.map((line, i) => parser.line(line, i + 1));
    const foreign = verdicts.filter((verdict) => typeof verdict === 'object').length;
    if (foreign > 0 && foreign >= parser.stacks()) return false;
    return parser.stacks() > 0 ? parser.looksLikeCode() : head.lines.some(isOnlyFromStackTools);
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(stackParser(context, ledger), ledger);
  },
};

/** Nothing was recorded, but no other tool says this. */
function isOnlyFromStackTools(line: string): boolean {
  return LOST_STACKS.test(line) || BANNERS.slice(0, 3).some(([banner]) => banner.test(line));
}

interface StackParser extends LineParser {
  /** How many stacks were read so far. */
  stacks(): number;
  /** Whether all frames so far are names of functions, not words. */
  looksLikeCode(): boolean;
}

function stackParser(context: ParseContext, ledger: LineLedger): StackParser {
  const profiles = new Map<StackTool | null, ProfileBuilder>();
  let pending: { number: number; text: string }[] = [];
  let bannerTool: StackTool | null = null;
  let at: number | null = null;
  let stacks = 0;
  let offCpu = true;
  let code = true;

  function abandon(): void {
    for (const { number, text } of pending) ledger.withdraw(number, text, 'a stack without its count');
    pending = [];
  }

  function finish(weight: number): void {
    const record = readRecord(pending.map(({ text }) => text));
    pending = [];
    stacks++;
    code &&= record.frames.every(({ name }) => name === record.comm || !/\s[a-z]+\s/.test(name));
    if (record.form === 'sampled') offCpu &&= startsInScheduler(record);
    const tool = record.form === 'sampled' ? bannerTool : TOOL_OF_FORM[record.form];
    const profile = profiles.get(tool) ?? new ProfileBuilder({ samples: context.samples });
    profiles.set(tool, profile);
    const thread = { comm: record.comm ?? '', pid: record.pid, tid: null };
    profile.add(addFrames(profile, record.frames), weight, { at, thread, cpu: null });
  }

  function takeIndented(text: string, number: number): LineVerdict {
    const [, indent = '', count] = WEIGHT.exec(text) ?? [];
    if (
      count !== undefined &&
      isWeight(
        indent.length,
        pending.map((line) => line.text),
      )
    ) {
      if (!Number.isSafeInteger(Number(count))) return { unread: 'a count beyond what a number can hold' };
      finish(Number(count));
      return 'read';
    }
    if (pending.length >= MAX_RECORD_LINES) abandon();
    pending.push({ number, text });
    return 'read';
  }

  return {
    line(line, number) {
      const text = takeWarning(line.replace(/^\^C/, ''), ledger).trimEnd();
      if (NOISE.test(text)) return 'noise';
      if (text === '') {
        abandon();
        return 'noise';
      }
      if (/^\s/.test(text)) return takeIndented(text, number);
      abandon();
      const banner = BANNERS.find(([form]) => form.test(text));
      if (banner !== undefined) {
        bannerTool = banner[1];
        return 'noise';
      }
      const stamp = STAMP.exec(text);
      if (stamp === null) return { unread: 'not part of a stack' };
      at = Number(stamp[1]) * 3600 + Number(stamp[2]) * 60 + Number(stamp[3]);
      return 'read';
    },

    end() {
      abandon();
      const guess: StackTool = stacks > 0 && offCpu ? 'offcputime' : 'profile';
      if (profiles.size === 0) profiles.set(bannerTool, new ProfileBuilder({ samples: false }));
      const datasets = [...profiles].map(([tool, profile]) =>
        stacksOf(tool ?? sampledTool(context.tool) ?? guess, profile, context, at === null),
      );
      return { datasets, tool: datasets[0]?.tool ?? null };
    },

    stacks: () => stacks,
    looksLikeCode: () => code,
  };
}

/** The two tools whose records look alike. */
function sampledTool(tool: string | null): StackTool | null {
  return tool === 'profile' || tool === 'offcputime' ? tool : null;
}

/** A number stands deeper than the frames, or under the command that ends the stack. */
function isWeight(indent: number, pending: readonly string[]): boolean {
  if (pending.length === 0) return true;
  const frames = Math.min(...pending.map((line) => line.length - line.trimStart().length));
  return indent > frames || namesCommand(pending.at(-1) as string);
}

/** Takes a warning out of the line, for it may be glued to a frame: stderr and stdout share a terminal. */
function takeWarning(line: string, ledger: LineLedger): string {
  const warning = WARNING.exec(line);
  if (warning === null) return line;
  ledger.notes.push(warning[0]);
  return line.slice(0, warning.index);
}

function startsInScheduler({ frames, comm }: StackRecord): boolean {
  const leaves = frames.filter(({ name }) => name !== comm).slice(-4);
  return leaves.some(({ name }) => SCHEDULER.test(name));
}

function stacksOf(tool: StackTool, profile: ProfileBuilder, context: ParseContext, timeless: boolean): Stacks {
  const clock = timeless ? null : 'day';
  return { shape: 'stacks', source: 0, tool, title: context.name, clock, ...measureOf(tool), profile: profile.build() };
}
