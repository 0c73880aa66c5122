/** What perf calls an event of which the file tells no name: `evsel__name` in tools/perf/util/evsel.c. */
import { type Attributes, EventType } from './attributes.ts';

const HARDWARE = [
  'cycles',
  'instructions',
  'cache-references',
  'cache-misses',
  'branches',
  'branch-misses',
  'bus-cycles',
  'stalled-cycles-frontend',
  'stalled-cycles-backend',
  'ref-cycles',
];
const SOFTWARE = [
  'cpu-clock',
  'task-clock',
  'page-faults',
  'context-switches',
  'cpu-migrations',
  'minor-faults',
  'major-faults',
  'alignment-faults',
  'emulation-faults',
  'dummy',
  'bpf-output',
  'cgroup-switches',
];
const CACHES = ['L1-dcache', 'L1-icache', 'LLC', 'dTLB', 'iTLB', 'branch', 'node'];
const CACHE_OPERATIONS = [
  ['load', 'loads'],
  ['store', 'stores'],
  ['prefetch', 'prefetches'],
] as const;

/** @param tracepoints names of tracepoints, `sched:sched_switch`, by their numbers */
export function eventName(attributes: Attributes, tracepoints: ReadonlyMap<number, string>): string {
  const { type, config, modifiers } = attributes;
  const number = Number(config);
  if (type === EventType.tracepoint) return tracepoints.get(number) ?? 'unknown tracepoint';
  return withModifiers(plainName(type, config), modifiers);
}

function withModifiers(name: string, modifiers: string): string {
  return modifiers === '' ? name : `${name}:${modifiers}`;
}

function plainName(type: number, config: bigint): string {
  const number = Number(config);
  switch (type) {
    // The upper half tells which of several kinds of CPU.
    case EventType.hardware:
      return HARDWARE[number % 2 ** 32] ?? `unknown-hardware`;
    case EventType.software:
      return SOFTWARE[number] ?? 'unknown-software';
    case EventType.cache:
      return cacheName(number);
    case EventType.raw:
      return `raw 0x${config.toString(16)}`;
    case EventType.breakpoint:
      return 'mem';
    default:
      return `unknown attr type: ${type}`;
  }
}

function cacheName(config: number): string {
  const cache = CACHES[config & 0xff];
  const operation = CACHE_OPERATIONS[(config >> 8) & 0xff];
  if (cache === undefined || operation === undefined) return 'unknown-ext-hardware-cache-type';
  return ((config >> 16) & 0xff) === 1 ? `${cache}-${operation[0]}-misses` : `${cache}-${operation[1]}`;
}
