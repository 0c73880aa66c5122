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
import { isCumulative, timesPrinted } from './cumulative.ts';
import type { MapEntry, MapKey, MapValue } from './entry.ts';

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
 * @param tool whose row tells the unit of maps whose name tells none
 * @param title of the map that has no name
 * @param ledger takes what a person must know of how the numbers came about
 */
export function datasetsOf(entries: readonly MapEntry[], tool: string, title: string, ledger: LineLedger): Dataset[] {
  const byMap = new Map<string, MapEntry[]>();
  for (const entry of entries) {
    const elements = byMap.get(entry.map);
    if (elements === undefined) byMap.set(entry.map, [entry]);
    else elements.push(entry);
  }
  return [...byMap].flatMap(([map, elements]) => {
    const head = { source: 0, tool, title: map === '@' ? title : map, clock: clockOf(elements) };
    return ofOneMap(elements, head, unitOf(map, tool), ledger);
  });
}

interface DatasetHead {
  source: number;
  tool: string;
  title: string;
  clock: Clock | null;
}

function ofOneMap(entries: readonly MapEntry[], head: DatasetHead, unit: string, ledger: LineLedger): Dataset[] {
  const numbers = only(entries, 'number');
  const histograms = only(entries, 'histogram');
  const stats = only(entries, 'stats');
  const series = only(entries, 'series');
  if (histograms.length > 0) return [histogramOf(histograms, head, unit)];
  if (series.length > 0) return [seriesOf(series, head, unit)];
  if (stats.some(hasStack)) return [stacksOf(totalsOf(stats), head, unit, ledger), ...statsOf(stats, head, unit)];
  if (stats.length > 0) return statsOf(stats, head, unit);
  if (numbers.length === 0) return [tableOf(only(entries, 'other'), head)];
  return [numbers.some(hasStack) ? stacksOf(numbers, head, unit, ledger) : countsOf(numbers, head, unit)];
}

function only<Is extends MapValue['is']>(entries: readonly MapEntry[], is: Is): With<Is>[] {
  return entries.filter((entry): entry is With<Is> => entry.value.is === is);
}

function hasStack({ key }: MapEntry): boolean {
  return key.some((part) => typeof part !== 'string');
}

function clockOf(entries: readonly MapEntry[]): Clock | null {
  const times = only(entries, 'series').flatMap(({ value }) => value.points.map(([at]) => at ?? 0));
  // JSON tells a series' times since the epoch, text since midnight.
  if (times.length > 0) return times.some((at) => at > 86_400) ? 'epoch' : 'day';
  return entries.find(({ time }) => time.clock !== null)?.time.clock ?? null;
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

function countsOf(entries: readonly With<'number'>[], head: DatasetHead, unit: string): Counts {
  const items = new GrowingCounts();
  const places = new Map<MapKey, number>();
  for (const { key, value, time, line } of entries) {
    const place = places.get(key) ?? items.placeOf(texts(key));
    places.set(key, place);
    items.addAt(place, value.value, time.at, line);
  }
  return {
    ...head,
    shape: 'counts',
    unit,
    ...items.build(),
    cumulative: isCumulative(entries, ({ value }) => [['', value]]),
  };
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
function totalsOf(entries: readonly With<'stats'>[]): With<'number'>[] {
  return entries.map((entry) => ({ ...entry, value: { is: 'number', value: entry.value.total } }));
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
function stacksOf(entries: readonly With<'number'>[], head: DatasetHead, unit: string, ledger: LineLedger): Stacks {
  const profile = new ProfileBuilder({ samples: false });
  const { kind } = measureOf(head.tool);
  const growing = isCumulative(entries, ({ value }) => [['', value]]);
  const printings = growing ? 1 : timesPrinted(entries);
  if (printings > 1) ledger.note(`${entries[0]?.map} was printed ${printings} times: taken as intervals and summed`);
  const last = growing ? new Map(entries.map((entry) => [entry.key, entry])).values() : entries;
  for (const { key, value } of last) profile.add(addFrames(profile, framesOf(key, kind)), value.value);
  // Maps of one program count different things: each is a profile of its own.
  const event = entries[0]?.map ?? '@';
  return {
    ...head,
    ...(event === '@' ? {} : { event }),
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
