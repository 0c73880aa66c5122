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
import { LineLedger, type LineVerdict, lineReader } from '../lines.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { BpftoolArray, type Listed } from './bpftool-array.ts';
import { attachmentOf, beginsRecords, isProgramTail, programHead, programTail, recordsOf } from './bpftool-line.ts';

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

  reader(context: ParseContext) {
    const ledger = new LineLedger();
    const records: Listed[] = [];
    let attached = false;
    const array = new BpftoolArray(ledger);

    function add(listed: readonly Listed[]): LineVerdict {
      attached ||= listed.some(({ fields }) => fields.has('prog_id'));
      records.push(...listed);
      return 'read';
    }

    function line(text: string, number: number): LineVerdict {
      if (array.isOpen || text === '[{') return add(array.take(text, number));
      if (isPreamble(text)) return 'noise';
      const listed = recordsOf(text);
      if (listed !== null) return add(listed.map((fields) => ({ fields, line: number })));
      const fields = programHead(text) ?? attachmentOf(text);
      if (fields !== null) return add([{ fields, line: number }]);
      const last = records.at(-1);
      if (last === undefined || !isProgramTail(text))
        return { unread: 'not a program, an attachment or a field of one' };
      for (const [name, value] of programTail(text)) last.fields.set(name, value);
      return 'read';
    }

    return lineReader(
      {
        line,
        end() {
          array.abandon('an array that is never closed');
          const tool = attached ? 'bpftool-perf' : 'bpftool-prog';
          const title = attached ? 'attached BPF programs' : 'loaded BPF programs';
          const names = [...new Set(records.flatMap(({ fields }) => [...fields.keys()]))];
          const events = new EventsBuilder(names.map(columnOf));
          for (const { fields, line } of records)
            events.add(
              names.map((name): Cell => fields.get(name) ?? null),
              null,
              line,
            );
          const shared = { source: 0, tool: context.tool ?? tool, title, clock: null };
          return { tool, datasets: [{ shape: 'events', ...shared, ...events.build() }] };
        },
      },
      ledger,
    );
  },
};

function columnOf(name: string): ColumnPlan {
  return {
    name,
    type: TEXTS.has(name) ? 'text' : 'auto',
    unit: UNITS.get(name) ?? '',
    role: ROLES.get(name) ?? null,
  };
}

const TEXTS = new Set(['tag', 'map_ids', 'name', 'type', 'pids', 'loaded_at', 'func', 'filename', 'tracepoint']);
