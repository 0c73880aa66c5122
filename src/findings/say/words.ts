/** What every sentence is made of: how a number, a process, a thing is said. All findings use these and nothing else. */
import { commas, counted, percentText, rounded, scaledText, shareText } from '../../datasets/amounts.ts';
import type { Stat, Subject } from '../../datasets/finding.ts';
import { meaningOf, type SignalName } from '../../datasets/signals.ts';
import type { Hill, Part, PartKind, Quantity, Test, Who } from '../facts.ts';
import { NEARLY_ALL } from '../numbers.ts';

/** What a rule says. A title is a subject, a verb and a number or two; the details are sentences of one idea each. */
export interface Words {
  /** What is judged, as a noun: `CPU saturation`. */
  topic: string;
  title(test: Test): string;
  /** Why it matters and what else is known; empty sentences are left out. */
  details(test: Test): readonly string[];
  /** The number that is not past the threshold, as it stands behind the topic: `1.2 runnable threads on 4 CPUs`. */
  seen(test: Test): string;
  /** The same in a cell of the USE table, where that takes other words. */
  cell?(test: Test): string;
}

const NONE: Quantity = { signal: 'system.cpu.logical.count', stat: 'last', value: Number.NaN };

/** The first quantity of a signal, and of a stat where one is named. */
export function quantityOf({ measures }: Test, signal: SignalName, stat?: Stat): Quantity {
  return measures.find((each) => each.signal === signal && (stat === undefined || each.stat === stat)) ?? NONE;
}

export function has(test: Test, signal: SignalName, stat?: Stat): boolean {
  return quantityOf(test, signal, stat) !== NONE;
}

/** A measure of the test in words: `98%`, `54 ms`, `65 to 131 ms`. */
export function said(test: Test, signal: SignalName, stat?: Stat): string {
  return amountText(quantityOf(test, signal, stat));
}

/** `At most 12.`; empty where that is the mean too, and where only that is known. */
export function atMost(test: Test, signal: SignalName): string {
  if (!has(test, signal, 'max')) return '';
  const most = said(test, signal, 'max');
  return most === said(test, signal, 'mean') ? '' : `At most ${most}.`;
}

/** A quantity as it stands in a sentence, without what it is of. */
export function amountText({ signal, stat, value, upTo }: Quantity): string {
  const unit = unitOf(signal, stat);
  if (upTo === undefined || upTo === value) return valueText(value, unit);
  if (upTo === Number.POSITIVE_INFINITY) return `over ${valueText(value, unit)}`;
  if (value <= 0) return `under ${valueText(upTo, unit)}`;
  const [low, high] = [valueText(value, unit), valueText(upTo, unit)];
  const shared = high.slice(high.indexOf(' '));
  return `${high.includes(' ') && low.endsWith(shared) ? low.slice(0, -shared.length) : low} to ${high}`;
}

/** The unit of a quantity: a share of anything is in percent, a rate of it a second. */
export function unitOf(signal: SignalName, stat: Stat): string {
  const { unit } = meaningOf(signal);
  if (stat === 'share') return '%';
  if (stat === 'count') return '';
  if (stat === 'rate') return unit === 'bytes' ? 'bytes/s' : unit === '' ? '/s' : unit;
  return unit;
}

export function valueText(value: number, unit: string): string {
  switch (unit) {
    case '%':
      return percentText(value);
    case '/s':
      return `${rounded(value)}/s`;
    case 'pages/s':
      return `${rounded(value)} pages/s`;
    case '':
      return Number.isInteger(value) ? commas(value) : rounded(value);
    case 'threads':
    case 'requests':
      return rounded(value);
    default:
      return scaledText(value, unit);
  }
}

/** How a stat is said behind a label: `busy, mean`. */
const STATS: Readonly<Record<Stat, string>> = {
  mean: ', mean',
  max: ', most',
  min: ', least',
  median: ', median',
  p99: ', 99th percentile',
  last: '',
  sum: ', in all',
  count: '',
  share: '',
  rate: '',
};

/** What a quantity is, for a table: `busy, mean`. */
export function labelText({ signal, stat, of }: Quantity): string {
  return `${meaningOf(signal).label}${STATS[stat]}${of === undefined ? '' : ` of ${subjectText(of)}`}`;
}

/** `disk vda`, `CPU 1`, `TCP`, `pricing (PID 2521)`. */
export function subjectText({ kind, name, pid }: Subject): string {
  if (kind === 'process') return pid === undefined ? name : `${name} (PID ${pid})`;
  if (name === '') return KINDS[kind];
  return kind === 'cpu' ? `CPU ${name}` : kind === 'cgroup' ? `control group ${name}` : `${kind} ${name}`;
}

const KINDS: Readonly<Record<Subject['kind'], string>> = {
  host: 'the host',
  cpu: 'the CPUs',
  scheduler: 'the scheduler',
  memory: 'memory',
  disk: 'the disks',
  filesystem: 'the file systems',
  interface: 'the interfaces',
  tcp: 'TCP',
  dns: 'name lookups',
  kernel: 'the kernel',
  cgroup: 'the control groups',
  process: 'the processes',
  profile: 'the profile',
  tool: 'the tools',
};

/** `pricing (PID 2521)`, `cc1 (6 processes)`, `cc1`. */
export function whoText({ name, pid, processes }: Who): string {
  if (processes > 1) return `${name} (${commas(processes)} processes)`;
  return pid === null ? name : `${name} (PID ${pid})`;
}

/** The first with a part in it, in words; null for none. */
export function firstUser({ who = [] }: Test, role: Who['role'] = 'user'): Who | null {
  return who.find((each) => each.role === role) ?? null;
}

/** `Used by cc1 (6 processes) 71%, make 12%.`; empty for nobody. */
export function usersSentence(test: Test, verb: string): string {
  const users = (test.who ?? []).filter(({ role }) => role === 'user');
  return users.length === 0 ? '' : `${verb} ${listed(users.map(userText))}.`;
}

function userText(who: Who): string {
  const amount =
    who.share !== undefined ? shareText(who.share) : who.quantity === undefined ? '' : amountText(who.quantity);
  return `${whoText(who)} ${amount}`.trim();
}

/** Who waits: `Stalled: orderdb 35 s, shop-client 2 s.` */
export function victimsSentence(test: Test): string {
  const victims = (test.who ?? []).filter(({ role }) => role === 'victim');
  if (victims.length === 0) return '';
  return `Stalled: ${listed(
    victims.map((who) => {
      const threads = who.threads === undefined ? '' : `, ${threadsText(who.threads)}`;
      const all =
        who.quantity?.stat === 'sum'
          ? ' over all threads'
          : who.quantity?.signal === 'process.disk.wait'
            ? ' of the time'
            : '';
      return `${whoText(who)}${who.quantity === undefined ? '' : ` for ${amountText(who.quantity)}${all}`}${threads}`;
    }),
  )}.`;
}

export function threadsText({ of, all }: NonNullable<Who['threads']>): string {
  return all === null ? counted(of, 'thread') : `${commas(of)} of ${counted(all, 'thread')}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length <= 1 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** The parts of a kind, the largest first: `main 71%, parse 12%`. */
export function partsText({ parts = [] }: Test, kind: PartKind, most = 3): string {
  return parts
    .filter((part) => part.kind === kind)
    .slice(0, most)
    .map(partText)
    .join(', ');
}

export function partOf({ parts = [] }: Test, kind: PartKind): Part | null {
  return parts.find((part) => part.kind === kind) ?? null;
}

function partText({ name, share, count }: Part): string {
  if (share !== undefined) return `${name} ${shareText(share)}`;
  return count === undefined ? name : `${name} ${commas(count)}`;
}

/** `Hottest functions: main 71%, parse 12%.`; empty where there is none. */
export function partsSentence(test: Test, kind: PartKind, words: string): string {
  const parts = partsText(test, kind);
  return parts === '' ? '' : `${words}: ${parts}.`;
}

/** `for 5 s of 30 s`; empty where it was for all of the time or that is not known. */
export function forHowLong({ details: { seconds, window } = {} }: Test): string {
  if (seconds === undefined || window === undefined || seconds >= NEARLY_ALL * window) return '';
  return ` for ${scaledText(seconds, 's')} of ${scaledText(window, 's')}`;
}

/** Of which time a mean is: ` for 4 s of 20 s` where it is that of a spell (meanToSay), ` on average` where it is of all. */
export function overWhatTime(test: Test): string {
  return (test.distance >= 1 && forHowLong(test)) || ' on average';
}

/** `on 2 CPUs`; empty where nothing tells how many there are. */
export function onCpus({ details: { cpus } = {} }: Test): string {
  return cpus === undefined ? '' : ` on ${counted(cpus, 'CPU')}`;
}

/** `Two modes: 8 to 64 µs (93%) and 2 to 16 ms (7%).`; empty where there is one hill. */
export function modesSentence({ hills = [] }: Test): string {
  if (hills.length < 2) return '';
  const how = hills.length === 2 ? 'Two modes' : `${hills.length} modes`;
  return `${how}: ${listed(hills.map(hillText))}.`;
}

function hillText({ low, high, share }: Hill): string {
  const signal = 'system.disk.operation.duration';
  const range = amountText({ signal, stat: 'median', value: low, upTo: high ?? Number.POSITIVE_INFINITY });
  return `${range} (${shareText(share)})`;
}

/** `They come every 5 s: look for what runs at this interval.` */
export function beatSentence({ details: { period } = {} }: Test): string {
  return period === undefined ? '' : `They come every ${scaledText(period, 's')}: look for what runs at this interval.`;
}

/** `once`, `3 times`. */
export function timesText(count: number): string {
  return count === 1 ? 'once' : `${commas(count)} times`;
}

/** `10 ms`, from which on something is slow. */
export function thresholdText(test: Test): string {
  return scaledText(test.details?.threshold ?? 0, 'us');
}

/** `0 of 10 ms or more in 30 s`. */
export function slowSeen(test: Test, signal: Parameters<typeof said>[1]): string {
  const { window } = test.details ?? {};
  return `${said(test, signal, 'count')} of ${thresholdText(test)} or more${window === undefined ? '' : ` in ${scaledText(window, 's')}`}`;
}

/** ` of mysqld (PID 7)`, where most are; empty for nobody. */
export function whose(test: Test): string {
  const [who] = test.who ?? [];
  return who === undefined || (who.share ?? 0) < 0.5 ? '' : ` of ${whoText(who)}`;
}

/** The same where the title names the first: it says all of one that has all. */
export function sharesBeside(test: Test): string {
  return (test.who?.[0]?.share ?? 0) >= 0.995 ? '' : sharesSentence(test);
}

/** Whose the slow ones were: `Of mysqld 83%, backup 12%.` */
export function sharesSentence(test: Test): string {
  const who = (test.who ?? []).map((each) =>
    `${whoText(each)} ${each.share === undefined ? '' : shareText(each.share)}`.trim(),
  );
  return who.length === 0 ? '' : `Of ${listed(who)}.`;
}
