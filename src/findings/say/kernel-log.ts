/** What the rules on the kernel log say. */
import { commas, counted, scaledText } from '../../datasets/amounts.ts';
import type { PartKind, Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import { listed, partOf, partsText, timesText, type Words } from './words.ts';

/** `3 times`, `once, before the capture`. */
function times(test: Test): string {
  const { count = 0, before = 0 } = test.details ?? {};
  if (test.isPast) return `${timesText(before)}, in the hour before the capture`;
  return timesText(count);
}

/** What the lines name, in front of a verb; a noun where they name nothing. */
function named(test: Test, noun: string, ...kinds: readonly PartKind[]): string {
  const text = kinds.map((kind) => partsNames(test, kind)).find((names) => names !== '') ?? '';
  return text === '' ? noun : text;
}

/** `sda, sdb`. */
function partsNames({ parts = [] }: Test, kind: PartKind): string {
  return parts
    .filter((part) => part.kind === kind)
    .map(({ name }) => name)
    .join(', ');
}

function words(topic: string, title: (test: Test) => string, ...why: readonly string[]): Words {
  return {
    topic,
    title: (test) => `${title(test)}, ${times(test)}`,
    details: (test) => [earlier(test), ...why],
    cell: (test) => cellOf(topic, test),
    seen: seenIn,
  };
}

/** `none in 18 lines of the kernel log`; `none in the window, 2 times in the hour before`, which is too few to be found. */
function seenIn({ details }: Test): string {
  const { count = 0, of = 0, before = 0, older = 0 } = details ?? {};
  const now = count === 0 ? 'none' : timesText(count);
  const then = [
    ...(before === 0 ? [] : [`${timesText(before)} in the hour before`]),
    ...(older === 0 ? [] : [`${timesText(older)} earlier than that`]),
  ];
  return then.length === 0
    ? `${now} in ${counted(of, 'line')} of the kernel log`
    : `${now} in the window, ${listed(then)}`;
}

/** `I/O errors of sda, 3 times`, `none in the log`. */
function cellOf(topic: string, test: Test): string {
  const { count = 0 } = test.details ?? {};
  if (count === 0) return 'none in the log';
  const names = (test.parts ?? []).filter(({ kind }) => kind !== 'message').map(({ name }) => name);
  return `${topic}${names.length === 0 ? '' : ` (${names.join(', ')})`}, ${timesText(count)}`;
}

function earlier(test: Test): string {
  const { before = 0 } = test.details ?? {};
  return test.isPast || before === 0 ? '' : `${timesText(before)} more in the hour before.`;
}

/** `java (3.7 GiB) for lack of memory`, `stress (163 MiB) at its memory limit`: that of its control group. */
function victim(test: Test): string {
  const [who, ...others] = test.who ?? [];
  const why = (who?.share ?? 0) > 0 ? 'at its memory limit' : 'for lack of memory';
  if (who === undefined) return `processes ${why}`;
  const size = who.quantity === undefined ? '' : ` (${scaledText(who.quantity.value, 'bytes')})`;
  return `${who.name}${size}${others.length === 0 ? '' : ` and ${commas(others.length)} more`} ${why}`;
}

const kill: Words = {
  topic: 'processes killed for lack of memory',
  title: (test) => `The kernel killed ${victim(test)}, ${times(test)}`,
  details: (test) => [
    earlier(test),
    partsNames(test, 'group') === '' ? '' : `At its limit: ${partsNames(test, 'group')}.`,
    'What was killed restarts cold or not at all; what is left shares what memory there is.',
  ],
  seen: seenIn,
  cell: (test) =>
    (test.details?.count ?? 0) === 0
      ? 'no OOM kill'
      : `${test.who?.[0]?.name ?? 'a process'} killed, ${timesText(test.details?.count ?? 0)}`,
};

/** What is counted against a limit of the whole host. */
const LIMITS: Readonly<Record<string, { title(count: string, limit: string): string; why: string }>> = {
  files: {
    title: (count, limit) => `The host has ${count} files open; its limit is ${limit}`,
    why: 'At the limit opens, accepts and pipes fail in every process.',
  },
  connections: {
    title: (count, limit) => `The host tracks ${count} connections; its limit is ${limit}`,
    why: 'At the limit packets of new connections are dropped, on a host that looks idle.',
  },
  tasks: {
    title: (count, limit) => `The host has ${count} tasks; its limit is ${limit}`,
    why: 'At the limit no thread or process starts: some programs exit, others hang.',
  },
};

function used({ measures: [quantity] }: Test): string {
  return commas(quantity?.value ?? 0);
}

export const kernelLogWords = {
  'oom-kill': kill,
  'hung-task': words(
    'hung tasks',
    (test) => `${named(test, 'A thread', 'kind')} hangs in the kernel`,
    'Most often storage or a network file system that does not answer; the stack follows in the log.',
  ),
  'soft-lockup': words(
    'CPU lockups',
    (test) =>
      `${partsNames(test, 'device') === '' ? 'A CPU' : `CPU ${partsNames(test, 'device')}`} is locked up${partsNames(test, 'kind') === '' ? '' : ` in ${partsNames(test, 'kind')}`}`,
    'It did not schedule for 20 seconds and more: a loop in the kernel, or a hypervisor that took the CPU away.',
  ),
  'rcu-stall': words(
    'RCU stalls',
    () => 'A CPU is stalled (RCU)',
    'It did not pass through the scheduler for 21 seconds and more.',
  ),
  'kernel-oops': words(
    'kernel faults',
    () => 'The kernel ran into a fault of its own',
    'Locks that it held stay held; what follows on this host is not to be trusted.',
  ),
  'hardware-error': words(
    'hardware errors',
    () => 'The hardware reports errors',
    'Corrected errors cost time; uncorrected ones damage data.',
  ),
  'raid-failure': words(
    'failed disks of arrays',
    (test) => `A disk of an array failed: ${named(test, 'the log names it', 'device')}`,
    'The array works on without it, slower and without a spare.',
  ),
  'io-error': words(
    'I/O errors',
    (test) => `${named(test, 'A device or file system', 'device')} reports I/O errors`,
    'Retries look like a slow disk.',
  ),
  'device-timeout': words(
    'device timeouts',
    (test) => `${named(test, 'A device', 'device')} does not answer and is reset`,
    'Every request to it waits 30 seconds and more.',
  ),
  'read-only-remount': words(
    'file systems gone read-only',
    (test) => `File system ${named(test, '', 'device')} became read-only`.replace('  ', ' '),
    'It met an error: every write to it fails from then on.',
  ),
  'nfs-not-responding': words(
    'file servers that do not answer',
    (test) => `File server ${named(test, '', 'host')} does not answer`.replace('  ', ' '),
    'Whoever touches its files waits in uninterruptible sleep until it does.',
  ),
  'link-down': words(
    'links that went down',
    (test) => `The link of ${named(test, 'an interface', 'device')} went down`,
    'What was on the way is lost; TCP backs off for seconds.',
  ),
  'allocation-failure': words(
    'failed allocations of the kernel',
    (test) =>
      `The kernel could not allocate memory${partsNames(test, 'kind') === '' ? '' : ` in ${partsNames(test, 'kind')}`}`,
    'It wanted it in one piece: packets or requests were dropped for it.',
  ),
  'conntrack-full': words(
    'connection tracking',
    () => 'The table of tracked connections is full',
    'Packets of new connections are dropped.',
  ),
  'neighbour-overflow': words(
    'neighbour table',
    () => 'The neighbour table overflows',
    'Packets to hosts of this network wait or are dropped.',
  ),
  'file-limit': words(
    'limit of open files',
    () => 'The host has no file handles left',
    'Opens, accepts and pipes fail in every process.',
  ),
  'task-limit': words(
    'limits of tasks',
    (test) => `Control group ${named(test, '', 'kind')} may start no more tasks`.replace('  ', ' '),
    'It cannot start threads or processes.',
  ),
  'tcp-memory': words(
    'memory of TCP',
    () => 'TCP has used up its memory or sockets',
    'It drops segments and closes connections.',
  ),
  'rt-throttling': words(
    'real-time tasks held back',
    () => 'Real-time tasks used all CPU time that they may',
    'The kernel held them back so that others run at all.',
  ),
  'split-locks': words(
    'split locks',
    (test) => `${named(test, 'A program', 'kind')} locks the bus for all CPUs (split locks)`,
    'Each such instruction stops all CPUs; newer kernels make the program wait 10 ms for each.',
  ),
  'thermal-throttling': words(
    'thermal throttling',
    (test) => `${named(test, 'CPUs', 'device')} ran too hot and slowed down`,
    'All that runs there takes longer.',
  ),
  'clock-trouble': words(
    'clock source',
    () => 'The clock source is unstable',
    'Reading the clock becomes a system call of a microsecond; timeouts and leases go wrong.',
  ),
  'syn-flood': words(
    'SYN flooding',
    (test) => `The listener on port ${named(test, 'of the log', 'port')} overflows with connection requests`,
    'A listener that accepts too slowly looks the same as an attack. The kernel says so once for each socket.',
  ),
  segfault: {
    ...words('crashes', () => '', 'A crash loop costs start-up time again and again and drops what was in flight.'),
    title: (test) => {
      const names = (test.parts ?? []).filter(({ kind }) => kind === 'kind').map(({ name }) => name);
      return `${names.length === 0 ? 'Processes' : listed(names)} crashed ${times(test)}`;
    },
  },
  'host-limits': {
    topic: 'limits of the host',
    title: (test) => LIMITS[test.form ?? '']?.title(used(test), commas(test.details?.limit ?? 0)) ?? '',
    details: (test) => [LIMITS[test.form ?? '']?.why ?? ''],
    seen: (test) => LIMITS[test.form ?? '']?.title(used(test), commas(test.details?.limit ?? 0)) ?? '',
  },
  'kernel-errors': {
    ...words('other errors of the kernel', () => 'The kernel reports errors that no rule knows'),
    details: (test) => [
      earlier(test),
      partOf(test, 'message') === null ? '' : `The first: ${partsText(test, 'message', 1)}`,
    ],
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;
