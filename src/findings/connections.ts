/** TCP connections one by one: those that were slow to come about, and segments that this host itself dropped. */

import { commas, significant, usecsText } from '../datasets/amounts.ts';
import { rowCount, textAt } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed, durations, percentile } from './distribution.ts';
import { allOf, linesOf, topShare } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { secondsOf } from './view.ts';

const slowConnects: Rule = {
  name: 'slow-connects',
  subsystem: 'network',
  topic: 'latency of TCP connects',
  about:
    'Connections that this host opened and that took a second or more to come about (tcpconnlat): the first SYN, or its answer, was lost, and was sent again by its timer. The peer is too busy to accept, drops at a full backlog, or the way loses packets.',
  closer: true,
  tools: ['tcpconnlat'],
  thresholds: {
    slow: {
      value: 1_000_000,
      unit: 'us',
      why: 'RFC 6298: a SYN without an answer is sent again after 1 s; no round trip takes as long',
    },
    share: { value: 0.01, unit: 'of the connections', why: 'one in a hundred is a latency tail of seconds' },
    least: { value: 3, unit: 'slow ones', why: 'one or two may be of any cause' },
  },
  judge(view, { slow = 0, share = 0, least = 0 }) {
    return view.datasets('events', 'tcpconnlat').flatMap((events): Verdict[] => {
      const all = durations(events);
      if (all.length === 0) return [];
      const rows = all.filter(({ usecs }) => usecs >= slow).map(({ row }) => row);
      const usecs = all.map((each) => each.usecs);
      const p99 = percentile(usecs, 99);
      const numbers = [
        { label: 'connections', value: all.length, unit: '' },
        { label: 'connect p99', value: p99, unit: 'us' },
      ];
      if (rows.length < least || rows.length < share * all.length) {
        const title = `slow TCP connects: p99 ${usecsText(p99)} over ${commas(all.length)} connections`;
        return [ruledOut(title, numbers, allOf(events.source))];
      }
      const by = (...names: string[]) => topShare(events, rows, columnNamed(events, ...names));
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `TCP connects wait for a SYN to be sent again: ${commas(rows.length)} of ${commas(all.length)} took ${usecsText(slow)} or more`,
          detail: [by('DADDR', 'RADDR'), by('COMM')].filter((words) => words !== null).join('; '),
          since: timeAt(events.at, rows[0] as number),
          until: timeAt(events.at, rows.at(-1) as number),
          numbers,
          evidence: linesOf(events, rows),
          next: 'coldflame collect --tool tcpretrans,tcpsynbl; nstat -az TcpExtListenDrops TcpExtListenOverflows (on the peer)',
        },
      ];
    });
  },
};

const droppedSegments: Rule = {
  name: 'dropped-segments',
  subsystem: 'network',
  topic: 'TCP segments dropped by the kernel',
  about:
    'Segments that arrived and that the kernel of this host threw away (tcpdrop): full buffers, full backlogs, broken state. Their senders wait for a timeout. Resets, and what comes for a connection that is closed, are dropped on any host and are not counted.',
  closer: true,
  tools: ['tcpdrop'],
  thresholds: {
    rate: { value: 1, unit: 'segments a second', why: 'as for tcp-retransmits, for each is sent again' },
    least: { value: 10, unit: 'in all', why: 'a rate of fewer is chance' },
  },
  judge(view, { rate = 0, least = 0 }) {
    return view.datasets('events', 'tcpdrop').flatMap((events): Verdict[] => {
      const seconds = secondsOf(view, events.source);
      if (seconds === null) return [];
      const rows = [...allRows(rowCount(events))].filter((row) => isLoss(events, row));
      const numbers = [{ label: 'segments dropped', value: rows.length / seconds, unit: '/s' }];
      if (rows.length < least || rows.length / seconds < rate) {
        const title = `TCP segments dropped by the kernel: ${commas(rows.length)} in ${significant(seconds)} s, resets and closed connections left out`;
        return [ruledOut(title, numbers, allOf(events.source))];
      }
      const by = (name: string) => topShare(events, rows, columnNamed(events, name));
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `The kernel drops TCP segments that arrive: ${significant(rows.length / seconds)} a second`,
          detail: `By receiver, ${by('DADDR:DPORT') ?? 'not told'}; by state, ${by('STATE') ?? 'not told'}. The stacks tell which check of the kernel drops them.`,
          since: timeAt(events.at, rows[0] as number),
          until: timeAt(events.at, rows.at(-1) as number),
          numbers,
          evidence: linesOf(events, rows),
          next: 'nstat -az; ss -lntm; coldflame collect --tool tcpretrans,tcpsynbl',
        },
      ];
    });
  },
};

/** Neither a reset nor for a connection that is over. */
function isLoss(events: Events, row: number): boolean {
  const cell = (pattern: RegExp) =>
    textAt(
      events,
      row,
      events.columns.findIndex(({ name }) => pattern.test(name)),
    );
  return !/RST/.test(cell(/FLAGS/)) && !/^(?:CLOSE|TIME_WAIT|LAST_ACK)$/.test(cell(/^STATE$/));
}

export const connectionRules: readonly Rule[] = [slowConnects, droppedSegments];
