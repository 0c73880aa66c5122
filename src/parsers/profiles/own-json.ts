/** What `coldflame export --format json` writes (docs/schema.json), read again: each of its shapes. */
import { bucketColumns, type Group } from '../../datasets/buckets.ts';
import { GrowingCounts } from '../../datasets/counts.ts';
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import { type Bucket, type Cell, type Dataset, type Metric, type Stacks, stacksKindOf } from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import type { LineLedger } from '../lines.ts';
import { measureOf } from '../measure.ts';
import { KIND_OF_SUFFIX } from '../stack-frame.ts';
import { BadDocument, fieldsOf, jsonHead, jsonReader, listOf, numberOf, textOf } from './document.ts';

const VERSION = 1;
// {"coldflame":1,
const HEAD = /^\{\s*"coldflame"\s*:\s*\d+\s*,\s*"sources"\s*:/;

export const ownJson: Grammar = {
  name: 'coldflame json',
  claims: (head) => HEAD.test(jsonHead(head)),
  reader: (context) => jsonReader(context, readOwn, 'coldflame'),
};

type Fields = Readonly<Record<string, unknown>>;

interface DatasetHead {
  source: number;
  tool: string;
  title: string;
  clock: null;
}

function readOwn(json: unknown, ledger: LineLedger, context: ParseContext): Dataset[] {
  const document = fieldsOf(json);
  if (document.coldflame !== VERSION)
    throw new BadDocument(`of version ${String(document.coldflame)}; this coldflame reads version ${VERSION}`);
  for (const source of listOf(document.sources))
    for (const note of listOf(fieldsOf(source).notes)) ledger.note(textOf(note));
  return listOf(document.datasets).flatMap((value) => datasetOf(fieldsOf(value), context));
}

function datasetOf(fields: Fields, context: ParseContext): Dataset[] {
  const head: DatasetHead = { source: 0, tool: textOf(fields.tool), title: textOf(fields.title), clock: null };
  const unit = textOf(fields.unit);
  switch (fields.shape) {
    case 'stacks':
      return [stacksOf(fields, head, unit, context)];
    case 'histogram':
      return [
        { ...head, shape: 'histogram', unit, ...bucketColumns(listOf(fields.groups).map(groupOf)), cumulative: false },
      ];
    case 'events':
      return [{ ...head, shape: 'events', ...eventsOf(fields) }];
    case 'counts': {
      const items = new GrowingCounts();
      for (const item of listOf(fields.items).map(fieldsOf))
        items.add(listOf(item.key).map(textOf), numberOf(item.value) ?? 0, numberOf(item.at), 1);
      return [{ ...head, shape: 'counts', unit, ...items.build(), cumulative: false }];
    }
    case 'series':
      return [
        { ...head, shape: 'series', metrics: listOf(fields.metrics).map((metric) => metricOf(fieldsOf(metric))) },
      ];
    case 'text':
      return [{ ...head, shape: 'text', lines: listOf(fields.lines).map(textOf) }];
    default:
      return [];
  }
}

function stacksOf({ kind, folded, samples }: Fields, head: DatasetHead, unit: string, context: ParseContext): Stacks {
  const builder = new ProfileBuilder({ samples: context.samples });
  const stacks = listOf(folded).map((each) => listOf(each));
  const nodes = stacks.map(([stack]) => nodeOf(builder, textOf(stack)));
  const each = listOf(samples).map(fieldsOf);
  if (each.length === 0)
    for (const [i, [, weight]] of stacks.entries()) builder.add(nodes[i] as number, numberOf(weight) ?? 0);
  for (const { at, stack, weight, pid, tid, cpu, comm } of each) {
    const thread: Thread = { comm: textOf(comm), pid: numberOf(pid), tid: numberOf(tid) };
    builder.add(nodes[numberOf(stack) ?? -1] ?? 0, numberOf(weight) ?? 1, {
      at: numberOf(at),
      thread,
      cpu: numberOf(cpu),
    });
  }
  return {
    ...head,
    shape: 'stacks',
    kind: stacksKindOf(textOf(kind)) ?? measureOf(head.tool).kind,
    unit,
    event: head.title,
    profile: builder.build(),
  };
}

function nodeOf(builder: ProfileBuilder, stack: string): number {
  return stack.split(';').reduce((above, text, depth) => {
    const marked = KIND_OF_SUFFIX.get(text.slice(-4));
    const name = marked === undefined ? text : text.slice(0, -4);
    const kind =
      marked ??
      (text === '-' || text === '--' ? FrameKind.delimiter : depth === 0 ? FrameKind.process : FrameKind.user);
    return builder.child(above, builder.frame(name, kind));
  }, 0);
}

function groupOf(value: unknown): Group {
  const { labels, at, buckets } = fieldsOf(value);
  const rows = listOf(buckets).map((bucket): Bucket => {
    const [low, high, count] = listOf(bucket);
    return [numberOf(low), numberOf(high), numberOf(count) ?? 0];
  });
  return { labels: labelsOf(labels), at: numberOf(at), buckets: rows, lines: rows.map(() => 1) };
}

function labelsOf(labels: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(labels)).map(([name, label]) => [name, textOf(label)]));
}

function eventsOf({ columns, rows }: Fields): ReturnType<EventsBuilder['build']> {
  const table = new EventsBuilder(
    listOf(columns).map((column) => {
      const { name, type, unit } = fieldsOf(column);
      return { name: textOf(name), type: type === 'number' ? 'number' : 'text', unit: textOf(unit), role: null };
    }),
  );
  for (const row of listOf(rows)) {
    const { cells, at } = Array.isArray(row) ? { cells: row, at: null } : fieldsOf(row);
    table.add(
      listOf(cells).map((cell) => (typeof cell === 'number' || typeof cell === 'string' ? (cell as Cell) : null)),
      numberOf(at),
      1,
    );
  }
  return table.build();
}

function metricOf({ name, labels, unit, points, sinceBoot }: Fields): Metric {
  const pairs = listOf(points).map(listOf);
  const boot = numberOf(sinceBoot) ?? 0;
  return {
    name: textOf(name),
    labels: labelsOf(labels),
    unit: textOf(unit),
    at: Float64Array.from(pairs, ([at]) => numberOf(at) ?? Number.NaN),
    values: Float64Array.from(pairs, ([, value]) => numberOf(value) ?? 0),
    lines: new Uint32Array(pairs.length).fill(1),
    sinceBoot: Number.isInteger(boot) && boot >= 0 ? Math.min(boot, pairs.length) : 0,
  };
}
