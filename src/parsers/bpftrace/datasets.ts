/** What the elements of bpftrace's maps become: one dataset per map, its shape by what the values are. */
import { GrowingBuckets } from '../../datasets/buckets.ts';
import { GrowingCounts } from '../../datasets/counts.ts';
import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type {
  Clock,
  Counts,
  Dataset,
  Events,
  Histogram,
  Metric,
  Series,
  Stacks,
  StacksKind,
} from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { LineLedger } from '../lines.ts';
import { asSamples, measureOf } from '../measure.ts';
import { addFrames, asKernel, type PrintedFrame, printedFrame } from '../stack-frame.ts';
import { hasStacks, isCumulative, timesPrinted } from './cumulative.ts';
import type { MapEntry, MapKey, MapValue } from './entry.ts';
import { MapNumbers, type NumberElement } from './numbers.ts';

type With<Is extends MapValue['is']> = MapEntry & { value: Extract<MapValue, { is: Is }> };

/** Units that programs put in the names of their maps: @usecs, @latency_ms, @bytes. */
const UNIT_OF_NAME: readonly [name: RegExp, unit: string][] = [
  [/(?:^|_)(?:ns|nsecs?)$/, 'nsecs'],
  [/(?:^|_)(?:us|usecs?)$/, 'usecs'],
  [/(?:^|_)(?:ms|msecs?)$/, 'msecs'],
  [/(?:^|_)(?:bytes|size)$/, 'bytes'],
  [/(?:^|_)(?:kb|kbytes)$/, 'KB'],
];
/** Where kernel stacks begin: what tells one from a user stack where nothing else does. */
const KERNEL_ROOT =
  /^(?:entry_|do_syscall_64|asm_|ret_from_fork|secondary_startup|common_startup|start_kernel|x86_64_start|el0|__primary_switched|kthread$|page_fault$|apic_timer_interrupt)/;

/**
 * @param entries whose values are no numbers
 * @param numbers of each map that has some
 * @param tool whose row tells the unit of maps whose name tells none
 * @param title of the map that has no name
 * @param ledger takes what a person must know of how the numbers came about
 */
export function datasetsOf(
  entries: readonly MapEntry[],
  numbers: readonly MapNumbers[],
  tool: string,
  title: string,
  ledger: LineLedger,
): Dataset[] {
  const maps = new Map<string, Elements>();
  const elementsOf = (map: string, line: number): Elements => {
    const known = maps.get(map) ?? { entries: [], numbers: new MapNumbers(map), firstLine: line };
    known.firstLine = Math.min(known.firstLine, line);
    maps.set(map, known);
    return known;
  };
  for (const entry of entries) elementsOf(entry.map, entry.line).entries.push(entry);
  for (const each of numbers) if (each.length > 0) elementsOf(each.map, each.firstLine).numbers = each;
  const inOrder = [...maps].sort(([, a], [, b]) => a.firstLine - b.firstLine);
  return inOrder.flatMap(([map, elements]) => {
    const head = { source: 0, tool, title: map === '@' ? title : map, clock: clockOf(elements) };
    return ofOneMap(map, elements, head, unitOf(map, tool), ledger);
  });
}

/** What a map holds. */
interface Elements {
  entries: MapEntry[];
  numbers: MapNumbers;
  firstLine: number;
}

interface DatasetHead {
  source: number;
  tool: string;
  title: string;
  clock: Clock | null;
}

function ofOneMap(
  map: string,
  { entries, numbers }: Elements,
  head: DatasetHead,
  unit: string,
  ledger: LineLedger,
): Dataset[] {
  const histograms = only(entries, 'histogram');
  const stats = only(entries, 'stats');
  const series = only(entries, 'series');
  if (histograms.length > 0) return [histogramOf(histograms, head, unit)];
  if (series.length > 0) return [seriesOf(series, head, unit)];
  if (hasStacks(stats)) return [stacksOf(map, totalsOf(stats), head, unit, ledger), ...statsOf(stats, head, unit)];
  if (stats.length > 0) return statsOf(stats, head, unit);
  if (numbers.length === 0) return [tableOf(only(entries, 'other'), head)];
  return [hasStacks(numbers) ? stacksOf(map, [...numbers], head, unit, ledger) : countsOf(numbers, head, unit)];
}

function only<Is extends MapValue['is']>(entries: readonly MapEntry[], is: Is): With<Is>[] {
  return entries.filter((entry): entry is With<Is> => entry.value.is === is);
}

function clockOf({ entries, numbers }: Elements): Clock | null {
  const times = only(entries, 'series').flatMap(({ value }) => value.points.map(([at]) => at ?? 0));
  // JSON tells a series' times since the epoch, text since midnight.
  if (times.length > 0) return times.some((at) => at > 86_400) ? 'epoch' : 'day';
  return entries.find(({ time }) => time.clock !== null)?.time.clock ?? numbers.clock;
}

/** bitesize of bcc counts in Kbytes, bpftrace's own in bytes. */
const UNIT_OF_TOOL = new Map([['bitesize', 'bytes']]);

function unitOf(map: string, tool: string): string {
  const name = map.slice(1).toLowerCase();
  return UNIT_OF_NAME.find(([ending]) => ending.test(name))?.[1] ?? UNIT_OF_TOOL.get(tool) ?? measureOf(tool).unit;
}

function histogramOf(entries: readonly With<'histogram'>[], head: DatasetHead, unit: string): Histogram {
  const groups = new GrowingBuckets();
  for (const { key, value, time } of entries) {
    groups.begin({ ...labelsOf(key), ...(time.stamp === null ? {} : { time: time.stamp }) }, time.at);
    value.buckets.forEach(([low, high, count], i) => {
      groups.add(low, high, count, value.lines[i] as number);
    });
  }
  const cumulative = isCumulative(entries, ({ buckets }) => buckets.map(([low, , count]) => [`${low}`, count]));
  return { ...head, shape: 'histogram', unit, ...groups.build(), cumulative };
}

/** What tells an element from the others of its map; a stack root first, as folded. */
function labelsOf(key: MapKey): Record<string, string> {
  const stacks = key.filter((part) => typeof part !== 'string').length;
  const numbered = { key: key.length - stacks > 1, stack: stacks > 1 };
  const next = { key: 1, stack: 1 };
  const labels = texts(key).map((text, i): [string, string] => {
    const what = typeof key[i] === 'string' ? 'key' : 'stack';
    return [numbered[what] ? `${what} ${next[what]++}` : what, text];
  });
  return Object.fromEntries(labels);
}

function rootFirst(lines: readonly string[]): PrintedFrame[] {
  return lines.map(printedFrame).reverse();
}

function countsOf(numbers: MapNumbers, head: DatasetHead, unit: string): Counts {
  const cumulative = isCumulative(numbers, (value) => [['', value]]);
  return { ...head, shape: 'counts', unit, ...numbers.counts(texts), cumulative };
}

function texts(key: MapKey): string[] {
  return key.map((part) =>
    typeof part === 'string'
      ? part
      : rootFirst(part)
          .map(({ name }) => name)
          .join(';'),
  );
}

/** Of stats() by stack what it sums up to is the weight of a stack. */
function totalsOf(entries: readonly With<'stats'>[]): NumberElement[] {
  return entries.map(({ key, value, time, line }) => ({ key, value: value.total, at: time.at, line }));
}

/** stats() counts, averages and sums: three measures, which share no axis. */
function statsOf(entries: readonly With<'stats'>[], head: DatasetHead, unit: string): Counts[] {
  return (['count', 'average', 'total'] as const).map((measure) => {
    const items = new GrowingCounts();
    for (const { key, value, time, line } of entries) items.add(texts(key), value[measure], time.at, line);
    const title = `${head.title} ${measure}`;
    const of = measure === 'count' ? 'count' : unit;
    return { ...head, shape: 'counts', title, unit: of, ...items.build(), cumulative: false };
  });
}

function seriesOf(entries: readonly With<'series'>[], head: DatasetHead, unit: string): Series {
  const metrics = entries.map(
    ({ map, key, value: { points, lines } }): Metric => ({
      name: map,
      labels: labelsOf(key),
      unit,
      at: Float64Array.from(points, ([at]) => at ?? Number.NaN),
      values: Float64Array.from(points, ([, value]) => value),
      lines: Uint32Array.from(lines),
      sinceBoot: 0,
    }),
  );
  return { ...head, shape: 'series', metrics };
}

/** Values that are no numbers: text, tuples, structs, enums, stacks. */
function tableOf(entries: readonly With<'other'>[], head: DatasetHead): Events {
  const width = entries.reduce((most, { key }) => Math.max(most, key.length), 0);
  const names = [...Array.from({ length: width }, (_, i) => (width > 1 ? `key ${i + 1}` : 'key')), 'value'];
  const table = new EventsBuilder(names.map((name) => ({ name, type: 'text', unit: '', role: null })));
  for (const { key, value, time, line } of entries)
    table.add([...padded(texts(key), width), value.text], time.at, line);
  return { ...head, shape: 'events', ...table.build() };
}

function padded(parts: readonly string[], width: number): (string | null)[] {
  return Array.from({ length: width }, (_, i) => parts[i] ?? null);
}

/**
 * The text of the key is the root, as a command is; then the user's stack, then the kernel's. Of a map that is printed
 * again without being cleared only the last state counts.
 */
function stacksOf(
  map: string,
  elements: readonly NumberElement[],
  head: DatasetHead,
  unit: string,
  ledger: LineLedger,
): Stacks {
  const profile = new ProfileBuilder({ samples: false });
  const { kind } = measureOf(head.tool);
  const growing = isCumulative(elements, (value) => [['', value]]);
  const printings = growing ? 1 : timesPrinted(elements);
  if (printings > 1) ledger.note(`${map} was printed ${printings} times: taken as intervals and summed`);
  const last = growing ? new Map(elements.map((element) => [element.key, element])).values() : elements;
  for (const { key, value } of last) profile.add(addFrames(profile, framesOf(key, kind)), value);
  return {
    ...head,
    // Maps of one program count different things: each is a profile of its own.
    ...(map === '@' ? {} : { event: map }),
    shape: 'stacks',
    clock: null,
    kind,
    unit: unit || 'count',
    profile: asSamples(profile.build(), unit),
  };
}

function framesOf(key: MapKey, kind: StacksKind): PrintedFrame[] {
  // An empty stack is printed as nothing at all, like an empty text.
  const commands = key
    .filter((part) => typeof part === 'string' && part !== '')
    .map((name): PrintedFrame => ({ name: name as string, kind: FrameKind.process, module: '' }));
  const stacks = key.filter((part) => typeof part !== 'string').map(rootFirst);
  const kernel = stacks.filter(isKernelStack);
  // Where nothing tells, two stacks are @[kstack, ustack] as everybody writes it.
  if (kernel.length === 0 && stacks.length > 1) kernel.push(stacks[0] as PrintedFrame[]);
  const user = stacks.filter((stack) => !kernel.includes(stack));
  // Of a waker and the woken the last named is the woken, who stands on top.
  const woken = kind === 'wakeup' && commands.length > 1 ? commands.splice(-1) : [];
  return [...commands, ...user.flat(), ...kernel.flat().map(asKernel), ...woken];
}

function isKernelStack(frames: readonly PrintedFrame[]): boolean {
  return frames.some(({ name, kind }) => kind === FrameKind.kernel || KERNEL_ROOT.test(name));
}
