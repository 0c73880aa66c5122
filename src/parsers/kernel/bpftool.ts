/**
 * bpftool prog show and bpftool perf show, plain and as JSON (-j, -p). A program takes several lines, and its fields come and
 * go with kernel and version:
 *
 *     6: cgroup_skb  name egress  tag 6deef7357e7b4530  gpl run_time_ns 81632 run_cnt 10
 *     	loaded_at 2019-11-07T16:22:14+0000  uid 0
 *     	xlated 64B  jited 61B  memlock 4096B  map_ids 1,2
 *     	pids systemd(1)
 *
 *     pid 21711  fd 5: prog_id 5  kprobe  func __x64_sys_write  offset 0
 *     pid 21765  fd 5: prog_id 7  tracepoint  sched_process_exec
 */
import type { Cell } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { BpftoolArray, type Listed } from './bpftool-array.ts';
import { attachmentOf, beginsRecords, isProgramTail, programHead, programTail, recordsOf } from './bpftool-line.ts';

const TEXTS = new Set(['tag', 'map_ids', 'name', 'type', 'pids', 'loaded_at', 'func', 'filename', 'tracepoint']);
const UNITS = new Map([
  ['xlated', 'bytes'],
  ['jited', 'bytes'],
  ['memlock', 'bytes'],
  ['run_time_ns', 'ns'],
]);
const ROLES = new Map<string, ColumnPlan['role']>([
  ['pid', 'pid'],
  ['run_time_ns', 'duration'],
  ['xlated', 'size'],
]);

export const bpftool: Grammar = {
  name: 'bpftool',

  claims(head) {
    const [first = '', second = ''] = firstLines(head);
    if (beginsRecords(first, second)) return true;
    return programHead(first) !== null || attachmentOf(first) !== null || recordsOf(first) !== null;
  },

  begins: {
    like: /^(?:\d{1,10}: \w|pid \d)/,
    sure: ([first = '']) => programHead(first) !== null || attachmentOf(first) !== null,
  },

  reader(context: ParseContext) {
    const ledger = new LineLedger();
    return lineReader(new BpftoolReader(context, ledger), ledger);
  },
};

class BpftoolReader implements LineParser {
  private readonly context: ParseContext;
  private readonly array: BpftoolArray;
  private readonly records: Listed[] = [];
  private attached = false;

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.array = new BpftoolArray(ledger);
  }

  line(text: string, number: number): LineVerdict {
    if (this.array.isOpen || text === '[{') return this.add(this.array.take(text, number));
    if (isPreamble(text)) return 'noise';
    const listed = recordsOf(text);
    if (listed !== null) return this.add(listed.map((fields) => ({ fields, line: number })));
    const fields = programHead(text) ?? attachmentOf(text);
    return fields === null ? this.addToLast(text) : this.add([{ fields, line: number }]);
  }

  end() {
    this.array.abandon('an array that is never closed');
    const tool = this.attached ? 'bpftool-perf' : 'bpftool-prog';
    const title = this.attached ? 'attached BPF programs' : 'loaded BPF programs';
    const shared = { shape: 'events' as const, source: 0, tool: this.context.tool ?? tool, title, clock: null };
    return { tool, datasets: [{ ...shared, ...eventsOf(this.records) }] };
  }

  private add(listed: readonly Listed[]): LineVerdict {
    this.attached ||= listed.some(({ fields }) => fields.has('prog_id'));
    for (const each of listed) this.records.push(each);
    return 'read';
  }

  private addToLast(text: string): LineVerdict {
    const last = this.records.at(-1);
    if (last === undefined || !isProgramTail(text)) return { unread: 'not a program, an attachment or a field of one' };
    for (const [name, value] of programTail(text)) last.fields.set(name, value);
    return 'read';
  }
}

/** A row for each, with a column for every field that any of them has. */
function eventsOf(records: readonly Listed[]): ReturnType<EventsBuilder['build']> {
  const names = [...new Set(records.flatMap(({ fields }) => [...fields.keys()]))];
  const events = new EventsBuilder(names.map(columnOf));
  for (const { fields, line } of records) {
    const cells = names.map((name): Cell => fields.get(name) ?? null);
    events.add(cells, null, line);
  }
  return events.build();
}

function columnOf(name: string): ColumnPlan {
  return {
    name,
    type: TEXTS.has(name) ? 'text' : 'auto',
    unit: UNITS.get(name) ?? '',
    role: ROLES.get(name) ?? null,
  };
}
