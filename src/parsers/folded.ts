/**
 * Folded stacks, as stackcollapse-*.pl and the BPF tools with -f print and flamegraph.pl reads them:
 *
 *     java;start_thread;java::run 42
 *
 * https://github.com/brendangregg/FlameGraph
 */
import { FrameKind } from '../datasets/profile.ts';
import { ProfileBuilder } from '../datasets/profile-builder.ts';
import type { Stacks } from '../datasets/shapes.ts';
import type { Grammar, ParseContext } from './grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from './lines.ts';
import { measureOf } from './measure.ts';
import { KIND_OF_SUFFIX } from './stack-frame.ts';

// swapper;start_kernel;rest_init 12
const FOLDED_LINE = /^(.*\S)\s+(\d+(?:\.\d+)?)$/;
// What stands beside the stacks of the BPF tools: [...]   Detaching...   Tracing blocked time (us) …   # ./profile -f 5
const NOISE =
  /^(?:\[\.\.\..*\]|\.{3}.*|Detaching\.\.\.|(?:Sampling at|Tracing) .*(?:stack|secs|end)\b.*|[\w.@:~/-]{0,80}[#$] \S.*)?$/;
// WARNING: 8 stack traces could not be displayed.
const WARNING = /^WARN(?:ING)?: /;
/** One line in so many may be something else: people add a note, terminals break a line. */
const FOLDED_FOR_ONE_OTHER = 20;
/** Blocked stacks end in the scheduler: what follows a delimiter there is who woke them. */
const SCHEDULER = /schedule/;

export const folded: Grammar = {
  name: 'folded',

  claims(head) {
    const lines = head.lines.map(withoutInterrupt).filter((line) => !NOISE.test(line) && !WARNING.test(line));
    const stacks = lines.filter((line) => FOLDED_LINE.test(line));
    return (
      stacks.some((line) => line.includes(';')) &&
      (lines.length - stacks.length) * FOLDED_FOR_ONE_OTHER <= stacks.length
    );
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new FoldedReader(context, ledger), ledger);
  },
};

/** What was typed to stop the tool, before its first line. */
function withoutInterrupt(line: string): string {
  return line.replace(/^\^C/, '').trimEnd();
}

class FoldedReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly profile = new ProfileBuilder({ samples: false });
  private chains = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(line: string): LineVerdict {
    const text = withoutInterrupt(line);
    const [, stack, count] = FOLDED_LINE.exec(text) ?? [];
    if (stack === undefined) return this.takeOther(text);
    this.add(
      stack.split(';').filter((name) => name !== ''),
      Number(count),
    );
    return 'read';
  }

  end(): { datasets: Stacks[] } {
    const tool = this.context.tool ?? (this.chains ? 'offwaketime' : 'folded');
    const { kind, unit } = measureOf(tool === 'folded' ? 'perf' : tool);
    const head = { source: 0, tool, title: this.context.name, clock: null };
    return { datasets: [{ ...head, shape: 'stacks', kind, unit, profile: this.profile.build() }] };
  }

  private takeOther(text: string): LineVerdict {
    if (NOISE.test(text)) return 'noise';
    if (!WARNING.test(text)) return { unread: 'not a stack and its count' };
    this.ledger.note(text);
    return 'noise';
  }

  private add(names: readonly string[], weight: number): void {
    const meeting = meetingOf(names);
    const delimiter = names.indexOf('-');
    this.chains ||= meeting > 0;
    let node = 0;
    names.forEach((name, i) => {
      const isOfWaker = meeting > 0 && i > meeting && i < names.length - 1;
      const isOfKernel = delimiter > 0 && i > delimiter;
      const kind = isOfWaker ? FrameKind.waker : isOfKernel && meeting < 0 ? FrameKind.kernel : FrameKind.user;
      node = this.profile.child(node, this.frameId(name, kind));
    });
    this.profile.add(node, weight);
  }

  private frameId(name: string, kind: FrameKind): number {
    const marked = KIND_OF_SUFFIX.get(name.slice(-4));
    if (marked !== undefined) return this.profile.frame(name.slice(0, -4), marked);
    return this.profile.frame(name, name === '-' || name === '--' ? FrameKind.delimiter : kind);
  }
}

/** Where offwaketime hangs the waker over the blocked stack: `--`, before 2018 `-`; -1 in a stack of one thread. */
function meetingOf(names: readonly string[]): number {
  const meeting = names.indexOf('--');
  if (meeting > 0) return meeting;
  const delimiter = names.indexOf('-');
  return SCHEDULER.test(names[delimiter - 1] ?? '') ? delimiter : -1;
}
