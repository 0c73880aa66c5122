/**
 * The table of ss: a row for each socket, and with -i under it what TCP knows of the connection.
 *
 *     State Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
 *     ESTAB 0      20000      127.0.0.1:5432     127.0.0.1:59032 users:(("python3",pid=16355,fd=4))
 *     	 bbr wscale:10,10 rto:204 rtt:0.022/0.005 ato:40 mss:65483 cwnd:18 bytes_sent:800000 retrans:0/3
 */
import type { Cell } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { ParseContext } from '../grammar.ts';
import type { LineParser, LineVerdict } from '../lines.ts';
import type { ReadingTime } from '../procps/reading-time.ts';

// State Recv-Q Send-Q Local Address:Port  Peer Address:Port Process       Netid State  Recv-Q Send-Q …
export const SOCKET_HEADING =
  /^(Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port(?:\s*Process)?\s*$/;
// 0      20000      127.0.0.1:5432     127.0.0.1:59032 users:(("python3",pid=16355,fd=4))
const SOCKET = /^(\d{1,12})\s+(\d{1,12})\s+(\S+)\s+(\S+)(?:\s+(\S.*?))?\s*$/;
/** netstat has other words for most, in rows that look alike: https://github.com/iproute2/iproute2/blob/main/misc/ss.c */
const STATES = new Set(
  'ESTAB SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT UNCONN CLOSE-WAIT LAST-ACK LISTEN CLOSING'.split(' '),
);
/** What TCP tells of a connection and somebody looks at: https://man7.org/linux/man-pages/man8/ss.8.html */
const FACTS: readonly (readonly [name: string, pattern: RegExp, unit: string])[] = [
  ['rtt', /\brtt:(\d+(?:\.\d+)?)/, 'ms'],
  ['minrtt', /\bminrtt:(\d+(?:\.\d+)?)/, 'ms'],
  ['rto', /\brto:(\d+)/, 'ms'],
  ['cwnd', /\bcwnd:(\d+)/, 'segments'],
  ['unacked', /\bunacked:(\d+)/, 'segments'],
  ['lost', /\blost:(\d+)/, 'segments'],
  ['retrans', /\bretrans:\d+\/(\d+)/, 'segments'],
  ['bytes_sent', /\bbytes_sent:(\d+)/, 'bytes'],
  ['bytes_retrans', /\bbytes_retrans:(\d+)/, 'bytes'],
  ['bytes_received', /\bbytes_received:(\d+)/, 'bytes'],
  ['busy', /\bbusy:(\d+)ms/, 'ms'],
  ['rwnd_limited', /\brwnd_limited:(\d+)ms/, 'ms'],
  ['sndbuf_limited', /\bsndbuf_limited:(\d+)ms/, 'ms'],
];
const COLUMNS: readonly ColumnPlan[] = [
  { name: 'Netid', type: 'text', unit: '', role: null },
  { name: 'State', type: 'text', unit: '', role: null },
  { name: 'Recv-Q', type: 'number', unit: '', role: null },
  { name: 'Send-Q', type: 'number', unit: '', role: null },
  { name: 'Local Address:Port', type: 'text', unit: '', role: null },
  { name: 'Peer Address:Port', type: 'text', unit: '', role: null },
  { name: 'Process', type: 'text', unit: '', role: 'process' },
  ...FACTS.map(([name, , unit]): ColumnPlan => ({ name, type: 'number', unit, role: null })),
];

export class SocketReader implements LineParser {
  private readonly context: ParseContext;
  private readonly time: ReadingTime;
  private readonly rows = new EventsBuilder(COLUMNS);
  private socketRow: Cell[] | null = null;
  private rowLine = 0;
  private rowAt: number | null = null;
  private hasTable = false;
  private hasNetid = false;

  constructor(context: ParseContext, time: ReadingTime) {
    this.context = context;
    this.time = time;
  }

  line(text: string, number: number): LineVerdict {
    const heading = SOCKET_HEADING.exec(text);
    if (heading !== null) {
      this.hasTable = true;
      this.hasNetid = heading[1] !== undefined;
      return 'read';
    }
    return /^\s/.test(text) && this.socketRow !== null ? this.facts(text, this.socketRow) : this.socket(text, number);
  }

  end() {
    this.close();
    if (!this.hasTable) return { datasets: [] };
    const tool = this.context.tool ?? 'ss';
    const of = { source: 0, tool, title: 'sockets', clock: this.time.clock };
    return { datasets: [{ shape: 'events' as const, ...of, ...this.rows.build() }] };
  }

  private socket(text: string, number: number): LineVerdict {
    const words = text.trim().split(/\s+/);
    const netid = this.hasNetid ? (words.shift() as string) : '';
    const state = words.shift() ?? '';
    const [, received, sent, local = '', peer = '', process = ''] = SOCKET.exec(words.join(' ')) ?? [];
    if (!this.hasTable || !STATES.has(state) || received === undefined || sent === undefined)
      return { unread: 'not a state, two queues and two addresses' };
    this.close();
    this.socketRow = [netid, state, Number(received), Number(sent), local, peer, process, ...FACTS.map(() => null)];
    this.rowLine = number;
    this.rowAt = this.time.at;
    return 'read';
  }

  /** What stands under a socket; what is told of memory, timers and congestion control is in the text. */
  private facts(text: string, row: Cell[]): LineVerdict {
    FACTS.forEach(([, pattern], i) => {
      const value = pattern.exec(text)?.[1];
      if (value !== undefined) row[COLUMNS.length - FACTS.length + i] = Number(value);
    });
    return 'read';
  }

  private close(): void {
    if (this.socketRow !== null) this.rows.add(this.socketRow, this.rowAt, this.rowLine);
    this.socketRow = null;
  }
}
