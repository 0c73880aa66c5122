/**
 * iotop -b: what each process reads and writes, report after report, with the time before each line of it where -t asks.
 *
 *     Total DISK READ:         0.00 B/s | Total DISK WRITE:         7.75 K/s
 *     Current DISK READ:       0.00 B/s | Current DISK WRITE:      23.24 K/s
 *         TID  PRIO  USER     DISK READ  DISK WRITE  SWAPIN      IO    COMMAND
 *         812 be/3 root        0.00 B/s    7.75 K/s  0.00 %  1.52 % [jbd2/vda-8]
 */
import type { Dataset } from '../../datasets/shapes.ts';
import { EventsBuilder } from '../events-builder.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { rounded } from '../numbers.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { DayClock, stampAt } from '../stamps.ts';
import { firstLines, isPreamble } from '../terminal.ts';

const CLOCK = /^(\d\d:\d\d:\d\d) /;
// Total DISK READ:         0.00 B/s | Total DISK WRITE:         7.75 K/s          Total DISK READ :   0.00 B/s | …
const SUMS =
  /^(Total|Actual|Current) DISK READ ?:\s+(\d+\.\d+) ([BKMGT])\/s \| +(?:Total|Actual|Current) DISK WRITE ?:\s+(\d+\.\d+) ([BKMGT])\/s\s*$/;
//     TID  PRIO  USER     DISK READ  DISK WRITE  SWAPIN      IO    COMMAND       b'    TID …'       TIME    TID  PRIO …
const HEADING = /^\s*(?:TIME\s+)?([TP]ID)\s+PRIO\s+USER\s+DISK READ\s+DISK WRITE\s+(?:SWAPIN\s+)?IO>?\s+COMMAND/;
//     812 be/3 root        0.00 B/s    7.75 K/s  0.00 %  1.52 % [jbd2/vda-8]        ?unavailable? without delay accounting
const ROW =
  /^\s*(\d{1,10})\s+(\S{1,8})\s+(\S{1,64})\s+(\d+\.\d+) ([BKMGT])(?:\/s)?\s+(\d+\.\d+) ([BKMGT])(?:\/s)?\s+(?:(\d+\.\d+) %\s+)?(?:(\d+\.\d+) %|\?unavailable\?)\s+(\S.*)$/;
const STEPS = 'BKMGT';

export const iotop: Grammar = {
  name: 'iotop',
  claims: (head) => isSums(firstLines(head)[0] ?? ''),
  begins: { like: /^(?:\d\d:\d\d:\d\d )?(?:Total|Actual|Current) DISK READ ?:/, sure: ([first = '']) => isSums(first) },
  reader: (context) => lineReader(new IotopReader(context)),
};

function isSums(line: string): boolean {
  return SUMS.test(line.replace(CLOCK, ''));
}

class IotopReader implements LineParser {
  private readonly context: ParseContext;
  private readonly sums = new SeriesBuilder();
  private readonly rows = new EventsBuilder([
    { name: 'TID', type: 'number', unit: '', role: 'pid' },
    { name: 'PRIO', type: 'text', unit: '', role: null },
    { name: 'USER', type: 'text', unit: '', role: null },
    { name: 'DISK READ', type: 'number', unit: 'KiB/s', role: null },
    { name: 'DISK WRITE', type: 'number', unit: 'KiB/s', role: null },
    { name: 'SWAPIN', type: 'number', unit: '%', role: null },
    { name: 'IO', type: 'number', unit: '%', role: null },
    { name: 'COMMAND', type: 'text', unit: '', role: 'process' },
  ]);
  private readonly days = new DayClock();
  private stamped = false;
  private report = -1;

  constructor(context: ParseContext) {
    this.context = context;
  }

  line(text: string, number: number): LineVerdict {
    const printed = CLOCK.exec(text);
    const stamp = printed === null ? null : stampAt(printed[1] as string);
    const rest = printed === null ? text : text.slice(printed[0].length);
    if (stamp !== null) this.stamped = true;
    const sums = SUMS.exec(rest);
    if (sums !== null && sums[1] === 'Total') this.report++;
    const { interval } = this.context;
    const at = stamp !== null ? this.days.at(stamp) : interval === null ? null : this.report * interval;
    if (sums !== null) return this.addSums(sums, at, number);
    if (HEADING.test(rest)) return 'read';
    const row = ROW.exec(rest);
    if (row !== null) return this.addRow(row, at, number);
    return isPreamble(text) ? 'noise' : { unread: 'neither sums nor a process' };
  }

  end(): { datasets: Dataset[]; tool: string } {
    const clock = this.stamped ? 'day' : this.context.interval === null ? null : 'elapsed';
    const shared = { source: 0, tool: 'iotop', clock } as const;
    const metrics = this.sums.build();
    const processes: Dataset = {
      shape: 'events',
      ...shared,
      title: 'disk transfers of processes',
      ...this.rows.build(),
    };
    return {
      tool: 'iotop',
      datasets:
        metrics.length === 0
          ? [processes]
          : [{ shape: 'series', ...shared, title: 'disk transfers', metrics }, processes],
    };
  }

  private addSums(
    [, what = '', read, readUnit, written, writtenUnit]: RegExpExecArray,
    at: number | null,
    line: number,
  ): LineVerdict {
    const facts = { labels: {}, at, line, sinceBoot: false };
    this.sums.add(`${what} DISK READ`, 'KiB/s', kibibytes(read, readUnit), facts);
    this.sums.add(`${what} DISK WRITE`, 'KiB/s', kibibytes(written, writtenUnit), facts);
    return 'read';
  }

  private addRow(row: RegExpExecArray, at: number | null, line: number): LineVerdict {
    const [, tid, prio = '', user = '', read, readUnit, written, writtenUnit, swapin, io, command = ''] = row;
    const shares = [swapin, io].map((share) => (share === undefined ? null : Number(share)));
    const transfers = [kibibytes(read, readUnit), kibibytes(written, writtenUnit)];
    this.rows.add([Number(tid), prio, user, ...transfers, ...shares, command], at, line);
    return 'read';
  }
}

/** iotop's steps are of 1024. */
function kibibytes(digits = '', unit = 'B'): number {
  return rounded((Number(digits) * 1024 ** STEPS.indexOf(unit)) / 1024);
}
