/**
 * Block I/O latency by the stack that asked for it, as libbpf-tools' biostacks prints it:
 *
 *     cksum          3456   nvme0n1
 *     blk_account_io_start
 *     ext4_mpage_readpages
 *          usecs               : count    distribution
 *             64 -> 127        : 12       |****************************************|
 *
 * https://github.com/iovisor/bcc/blob/master/libbpf-tools/biostacks.c
 */
import { GrowingBuckets } from '../../datasets/buckets.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { withoutInterrupt } from '../terminal.ts';
import { bucketRow, histogramUnit } from './histogram.ts';

// The command is cut to 14 characters and padded: `cksum          3456   nvme0n1`
const HEADING = /^(.{14}) (\d+) +(\S+) *$/;
const FRAME = /^[^\s:|]+$/;
const BANNER = 'Tracing block I/O with init stacks. Hit Ctrl-C to end.';

export const biostacks: Grammar = {
  name: 'biostacks',

  claims({ lines }) {
    const unit = lines.findIndex((line) => histogramUnit(line) !== null);
    let heading = unit - 1;
    while (heading > 0 && FRAME.test(lines[heading] as string)) heading--;
    return unit > 0 && heading < unit - 1 && HEADING.test(withoutInterrupt(lines[heading] ?? ''));
  },

  own: /^ +[a-z]+ +: count +distribution$/,

  begins: {
    like: new RegExp(`^Tracing block I/O with |${HEADING.source}`),
    sure([first = '', second = '', ...others]) {
      // biostacks.bt says it, too, and prints maps.
      if (first === BANNER) return ![second, ...others].some((line) => line.startsWith('@'));
      const next = others.find((line) => !FRAME.test(line));
      return FRAME.test(second) && (next === undefined || histogramUnit(next) !== null);
    },
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new BiostacksReader(context, ledger), ledger);
  },
};

class BiostacksReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly groups = new GrowingBuckets();
  private unit = 'usecs';
  /** The heading and the frames under it, until a histogram follows. */
  private pending: { number: number; text: string }[] = [];

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(line: string, number: number): LineVerdict {
    const text = withoutInterrupt(line).trimEnd();
    if (text === '' || text === BANNER) {
      this.abandon();
      return 'noise';
    }
    const unit = histogramUnit(text);
    if (unit !== null) return this.begin(unit);
    const row = bucketRow(text);
    if (row !== null && this.groups.labels.length > 0 && this.pending.length === 0) {
      if (row.low < (this.groups.last?.[1] ?? 0)) return { unread: 'a bucket out of order' };
      this.groups.add(row.low, row.high, row.count, number);
      return 'read';
    }
    if (HEADING.test(text)) this.abandon();
    else if (this.pending.length === 0 || !FRAME.test(text)) return { unread: 'not part of a stack or its histogram' };
    this.pending.push({ number, text });
    return 'read';
  }

  end() {
    this.abandon();
    const { groups, unit, context } = this;
    const head = { source: 0, tool: 'biostacks', title: context.name, clock: null };
    return {
      datasets: [{ ...head, shape: 'histogram' as const, unit, ...groups.build(), cumulative: false }],
      tool: 'biostacks',
    };
  }

  private begin(unit: string): LineVerdict {
    const [heading, ...frames] = this.pending;
    const [, comm, pid, disk] = HEADING.exec(heading?.text ?? '') ?? [];
    if (comm === undefined || pid === undefined || disk === undefined) return { unread: 'a histogram of no stack' };
    this.unit = unit;
    const stack = frames.map(({ text }) => text).reverse();
    this.groups.begin({ comm: comm.trimEnd(), pid, disk, stack: stack.join(';') }, null);
    this.pending = [];
    return 'read';
  }

  private abandon(): void {
    for (const { number, text } of this.pending) this.ledger.withdraw(number, text, 'a stack without its histogram');
    this.pending = [];
  }
}
