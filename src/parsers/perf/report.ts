/**
 * perf report --stdio: a table of what the samples are of, for each event, with or without the call chains of each row.
 *
 *     # Samples: 12K of event 'cycles'
 *     # Event count (approx.): 8123456789
 *     #
 *     # Children      Self  Command  Shared Object      Symbol
 *     # ........  ........  .......  .................  ................................
 *     #
 *         92.12%     0.00%  java     libpthread-2.31.so  [.] start_thread
 *                 |
 *                 ---start_thread
 *                    thread_native_entry
 *
 * The chains become stacks, as far as they are printed: perf leaves out those under a percent of the whole unless told.
 * tools/perf/ui/stdio/hist.c of Linux
 */
import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Dataset } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { isPreamble } from '../terminal.ts';
import { kindOf } from './event-kind.ts';
import { type Chain, ChainTree } from './report-chains.ts';

// # Samples: 12K of event 'cycles'       # Samples: 431  of event 'cpu-clock:u'       # Samples: 20  of events 'anon group { cycles, faults }'
const EVENT = /^# Samples: \S+\s+of events? '(.{1,400})'/;
// # Children      Self  Command  Shared Object  Symbol       # Overhead  Command
const HEADING = /^#\s+(?:Children|Overhead)\s(?:[\w\s():.%[\]-]|dev\/inode)*$/;
// # ........  .......  .............
const RULE = /^#\s+\.{2,}(?:\s+\.{2,})*\s*$/;
//     53.36%  shopd    shopd          [.] parse_row
const ROW = /^\s{0,12}\d{1,3}\.\d\d%/;
// [.] parse_row       [k] 0xffffffff81000000
const SYMBOL = /^\[([.kguH])\] (.*)$/;
const NUMBERS = new Set(['Children', 'Overhead', 'Self', 'Samples', 'Period']);
/** perf prints hundredths of a percent: each share is so much off at most. */
const ROUNDING = 0.01;
/** What is told of the recording and of nothing else. */
const REMARK = /^#/;

export const perfReport: Grammar = {
  name: 'perf report',

  claims({ lines }) {
    const said = lines.filter((line) => !isPreamble(line) || line.startsWith('#'));
    const heading = said.findIndex((line) => HEADING.test(line));
    return (
      heading >= 0 && said.slice(0, heading).every((line) => REMARK.test(line)) && RULE.test(said[heading + 1] ?? '')
    );
  },

  begins: {
    like: /^# (?:To display the perf\.data header info|Total Lost Samples: |Samples: )|^#\s+(?:Children|Overhead)\s/,
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new ReportReader(context, ledger), ledger);
  },
};

interface Column {
  name: string;
  from: number;
  /** The last reaches to the end of the line. */
  to: number | undefined;
}

class ReportReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly reports: EventReport[] = [];
  private event = '';
  private heading: string | null = null;
  private current: EventReport | null = null;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(text: string, number: number): LineVerdict {
    if (text.startsWith('#')) return this.comment(text);
    if (text.trim() === '') return 'noise';
    if (this.current === null) return isPreamble(text) ? 'noise' : { unread: 'before the heading of the table' };
    return this.current.line(text, number);
  }

  end(): { datasets: Dataset[]; tool: string } {
    const { ledger } = this;
    if (this.reports.some(({ cut }) => cut > 0))
      ledger.note(
        'perf report leaves out call chains below its percent limit: their share stands under the function alone',
      );
    return { tool: 'perf-report', datasets: this.reports.flatMap((report) => report.datasets(this.context)) };
  }

  private comment(text: string): LineVerdict {
    const event = EVENT.exec(text)?.[1];
    if (event !== undefined) [this.event, this.current] = [event, null];
    const lost = /^# Total Lost Samples: (\d+)/.exec(text)?.[1];
    if (lost !== undefined && lost !== '0') this.ledger.note(`${lost} samples were lost`);
    if (HEADING.test(text)) this.heading = text;
    else if (this.heading !== null && RULE.test(text)) {
      this.current = new EventReport(this.event, columnsOf(this.heading, text));
      this.reports.push(this.current);
      this.heading = null;
    }
    return event === undefined && !HEADING.test(text) ? 'noise' : 'read';
  }
}

/** The columns by the dots under their names. */
function columnsOf(heading: string, rule: string): Column[] {
  const starts = [...rule.matchAll(/\.+/g)].map(({ index }) => index);
  return starts.map((start, i) => {
    const to = starts[i + 1];
    const from = i === 0 ? 0 : start;
    return { name: heading.slice(Math.max(1, from), to).trim(), from, to };
  });
}

/** The table and the chains of one event. */
class EventReport {
  /** What no printed chain tells of. */
  cut = 0;
  private readonly event: string;
  private readonly columns: readonly Column[];
  private readonly rows: EventsBuilder;
  private readonly profile = new ProfileBuilder({ samples: false });
  private readonly chained: boolean;
  private hasChains = false;
  private tree = new ChainTree();
  private symbol: { name: string; kind: FrameKind; self: number } | null = null;

  constructor(event: string, columns: readonly Column[]) {
    this.event = event;
    this.columns = columns;
    this.rows = new EventsBuilder(columns.map(({ name }) => planOf(name)));
    this.chained = columns.some(({ name }) => name === 'Symbol');
  }

  line(text: string, number: number): LineVerdict {
    if (this.tree.isChain(text)) return this.chain(text);
    return ROW.test(text) ? this.row(text, number) : { unread: 'neither a row of the table nor a call chain' };
  }

  datasets({ tool }: ParseContext): Dataset[] {
    this.closeRow();
    const shared = { source: 0, tool: tool === null || tool === 'perf' ? 'perf-report' : tool, clock: null };
    const title = this.event === '' ? 'samples' : this.event;
    const table: Dataset = { shape: 'events', ...shared, title, ...this.rows.build() };
    if (!this.hasChains) return [table];
    const stacks: Dataset = {
      shape: 'stacks',
      ...shared,
      title: `${title}, from the call chains of perf report`,
      kind: kindOf(this.event),
      unit: '%',
      ...(this.event === '' ? {} : { event: this.event }),
      profile: this.profile.build(),
    };
    return [stacks, table];
  }

  private row(text: string, number: number): LineVerdict {
    const cells = this.columns.map(({ from, to }) => {
      return text.slice(from, to).trim();
    });
    const values = cells.map((cell, i) =>
      isNumber(this.columns[i] as Column) ? numberOf(cell.replace('%', '')) : cell,
    );
    if (values.includes(null)) return { unread: 'no number under a column of numbers' };
    this.closeRow();
    this.rows.add(values, null, number);
    const symbol = cells[this.columns.findIndex(({ name }) => name === 'Symbol')];
    const self = this.columns.findIndex(({ name }) => name === 'Self' || name === 'Overhead');
    if (symbol !== undefined && self >= 0) {
      const [, mark = '.', name = symbol] = SYMBOL.exec(symbol) ?? [];
      const kind = mark === 'k' || mark === 'g' ? FrameKind.kernel : FrameKind.user;
      this.symbol = { name: plainName(name), kind, self: values[self] as number };
    }
    return 'read';
  }

  private chain(text: string): LineVerdict {
    if (!this.chained || this.symbol === null) return 'noise';
    this.hasChains = true;
    return this.tree.line(text) ? 'read' : { unread: 'a call chain that hangs on none above' };
  }

  /** The chains of a row that end in its function are those of its own samples, root first or leaf first. */
  private closeRow(): void {
    const { symbol, tree } = this;
    [this.symbol, this.tree] = [null, new ChainTree()];
    if (symbol === null || symbol.self === 0) return;
    const chains = tree.chains(symbol.self);
    const rootFirst = chains.filter(({ frames }) => frames.at(-1) === symbol.name && frames.length > 1);
    const leafFirst = chains.filter(({ frames }) => frames[0] === symbol.name);
    const own = sumOf(rootFirst) >= sumOf(leafFirst) || rootFirst.length > 0 ? rootFirst : leafFirst.map(reversed);
    const rest = symbol.self - sumOf(own);
    if (own.length > 0 && Math.abs(rest) <= ROUNDING * (own.length + 1)) {
      const heaviest = own.reduce((most, chain) => (chain.weight > most.weight ? chain : most));
      heaviest.weight += rest;
    } else if (rest > 0) {
      own.push({ frames: [symbol.name], weight: rest });
      if (chains.length > 0) this.cut += rest;
    }
    for (const { frames, weight } of own) this.add(frames, weight, symbol.kind);
  }

  private add(frames: readonly string[], weight: number, leaf: FrameKind): void {
    let node = 0;
    for (const [i, name] of frames.entries()) {
      const kind = i === frames.length - 1 ? leaf : FrameKind.user;
      node = this.profile.child(node, this.profile.frame(name, kind));
    }
    this.profile.add(node, Number(weight.toFixed(4)));
  }
}

function planOf(name: string): ColumnPlan {
  const isPercent = name === 'Children' || name === 'Overhead' || name === 'Self';
  const role = name === 'Command' ? 'process' : null;
  return { name, type: NUMBERS.has(name) ? 'number' : 'text', unit: isPercent ? '%' : '', role };
}

function isNumber({ name }: Column): boolean {
  return NUMBERS.has(name);
}

/** Frames that were inlined are marked in chains and not in the table. */
function plainName(name: string): string {
  return name.replace(/ \(inlined\)$/, '');
}

function reversed({ frames, weight }: Chain): Chain {
  return { frames: frames.toReversed(), weight };
}

function sumOf(chains: readonly Chain[]): number {
  return chains.reduce((sum, { weight }) => sum + weight, 0);
}
