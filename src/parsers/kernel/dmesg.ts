/**
 * Kernel messages, by dmesg with any of its flags or by journalctl -k and syslog:
 *
 *     [   12.345678] Out of memory: Killed process 4242 (java)
 *     [Fri Nov 20 14:39:12 2026] Out of memory: Killed process 4242 (java)
 *     kern  :err   : [   12.345678] blk_update_request: I/O error, dev sda, sector 0
 *     <3>[   12.345678][  T123] blk_update_request: I/O error, dev sda, sector 0
 *     2026-11-20T14:39:12,247007+00:00 blk_update_request: I/O error, dev sda, sector 0
 *     Nov 20 14:39:12 db1 kernel: [   12.345678] blk_update_request: I/O error, dev sda, sector 0
 *     {"__REALTIME_TIMESTAMP":"1795186752247007","_TRANSPORT":"kernel","PRIORITY":"3","MESSAGE":"blk_update_request: …"}
 *
 * Of a log of everything, /var/log/messages or journalctl without -k, the kernel's lines are taken.
 */
import type { Clock } from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, lineReader } from '../lines.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { isOfProgram, messageOf } from './dmesg-line.ts';
import { journalRecord } from './journal.ts';
import { PlainMessage } from './plain-message.ts';

// \x1b[32m[    0.247007] \x1b[0m\x1b[33mNR_IRQS: \x1b[0m16640
// biome-ignore lint/suspicious/noControlCharactersInRegex: dmesg --color prints them
const COLOURS = /\x1b\[[0-9;]*m/g;

function isMessage(line: string): boolean {
  return (journalRecord(line)?.message ?? messageOf(line.replaceAll(COLOURS, ''))) !== null;
}

// [   12.345678] eth0: link up   <6>[    0.247007] NR_IRQS: 16640   kern  :err   : [   12.345678] text   [Fri Nov 20 14:39:12 2026] text
const STAMPED =
  /^(?:<\d{1,3}>|[a-z]{3,8} {0,8}:[a-z]{3,8} {0,8}: )?\[(?: {0,11}\d{1,12}\.\d{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\] /;

const COLUMNS = [
  { name: 'time', type: 'auto', unit: '', role: 'time' },
  { name: 'facility', type: 'text', unit: '', role: null },
  { name: 'level', type: 'text', unit: '', role: null },
  { name: 'message', type: 'text', unit: '', role: null },
] as const;
const MESSAGE = 3;

export const dmesg: Grammar = {
  name: 'dmesg',

  claims(head) {
    const lines = firstLines(head);
    const [first] = lines;
    if (first === undefined) return false;
    return isMessage(first) || ((isOfProgram(first) || journalRecord(first) !== null) && lines.some(isMessage));
  },

  begins: {
    like: /^(?:[a-z]{3,8}\d? *:[a-z]{3,8} *:|\{ ?"(?:__|_|[A-Z])|<\d{1,3}>|\[|\d{4}-\d\d-|\p{L}{3,4}\.? +\d{1,2} \d\d:)/u,
    sure: ([first = '']) => isMessage(first),
  },
  own: STAMPED,

  reader(context: ParseContext) {
    const events = new EventsBuilder(COLUMNS);
    let clock: Clock | null = null;
    const hosts = new Set<string>();
    const zones = new Set<number>();
    /** The line before was of a message, which may go on. */
    let open = false;
    const plain = new PlainMessage();
    const ledger = new LineLedger();
    const parser: LineParser = {
      row(bytes, from, to, number) {
        if (clock !== 'monotonic' || !plain.fits(bytes, from, to)) return false;
        open = true;
        events.addPrinted(bytes, plain.starts, plain.ends, plain.at, number);
        return true;
      },
      line(line, number) {
        const text = line.replaceAll(COLOURS, '');
        const record = journalRecord(text);
        const message = record?.message ?? messageOf(text);
        // What other programs log is not the kernel's: it is counted and left aside.
        if (message === null && (isPreamble(text) || record !== null || isOfProgram(text))) {
          open = false;
          return 'noise';
        }
        if (message === null) {
          // The lines of one message are set in by the width of its time.
          if (!open || !/^ {12}/.test(text)) return { unread: 'no time before the message' };
          events.replaceLast(MESSAGE, `${events.lastCell(MESSAGE)}\n${text}`);
          return 'read';
        }
        clock ??= message.clock;
        open = true;
        if (message.host !== null) hosts.add(message.host);
        if (message.east !== undefined) zones.add(message.east);
        const cells = [message.stamp, message.facility, message.level, message.text];
        events.add(cells, message.clock === clock ? message.at : null, number);
        return 'read';
      },
      end: () => ({
        ...hostAmong(hosts, ledger),
        datasets: [
          {
            shape: 'events',
            source: 0,
            tool: context.tool ?? 'dmesg',
            title: 'kernel messages',
            clock,
            // Where the clock was put forward meanwhile there are two.
            ...(clock === 'epoch' && zones.size === 1 ? { east: [...zones][0] as number } : {}),
            ...events.build(),
          },
        ],
      }),
    };
    return lineReader(parser, ledger);
  },
};

/** Whose the log is: of a log that several hosts write to, nobody's. */
function hostAmong(hosts: ReadonlySet<string>, ledger: LineLedger): { host?: { hostname: string } } {
  const names = [...hosts];
  if (names.length === 1) return { host: { hostname: names[0] as string } };
  if (names.length > 1) ledger.note(`it holds messages of ${names.length} hosts: ${names.slice(0, 5).join(', ')}`);
  return {};
}
