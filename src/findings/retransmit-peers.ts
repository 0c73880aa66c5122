/** TCP retransmits one by one: to whom, and in which state. */

import { commas, shareText, significant } from '../datasets/amounts.ts';
import { rowCount } from '../datasets/cells.ts';
import { allRows, timeAt } from '../datasets/columns.ts';
import { columnNamed } from './distribution.ts';
import { allOf, linesOf, rowsBy, topShare } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';

/** Without the port: a peer is a machine. `69.53.245.40:34619`, `[2001:db8::2]:443`, `2001:db8::2:443`. */
function peerOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

export const retransmitPeers: Rule = {
  name: 'tcp-retransmit-peers',
  subsystem: 'network',
  topic: 'TCP retransmits by peer',
  about:
    'Segments that were sent again, by the machine they were sent to (tcpretrans). One peer with most of them points to it or to the way there; all peers alike point to this host and its network. SYN_SENT says that the peer did not answer at all.',
  closer: true,
  tools: ['tcpretrans'],
  thresholds: {
    rate: { value: 1, unit: 'retransmits a second', why: 'as for tcp-retransmits: fewer are part of any network' },
  },
  judge(view, { rate = 0 }) {
    const { manifest } = view.capture;
    return view.datasets('events', 'tcpretrans').flatMap((events): Verdict[] => {
      const run = manifest?.runs.find(({ tool, file }) => tool === 'tcpretrans' && file !== null);
      const seconds = (run?.ended ?? 0) - (run?.started ?? 0);
      const remote = columnNamed(events, 'RADDR:RPORT', 'RADDR');
      if (seconds <= 0 || remote < 0) return [];
      const perSecond = rowCount(events) / seconds;
      const numbers = [{ label: 'retransmits', value: perSecond, unit: '/s' }];
      if (perSecond < rate) {
        const title = `TCP retransmits: ${commas(rowCount(events))} in ${significant(seconds)} s`;
        return [ruledOut(title, numbers, allOf(events.source))];
      }
      const rows = [...allRows(rowCount(events))];
      const peers = new Map<string, number[]>();
      for (const [address, of] of rowsBy(events, remote, rows)) {
        const peer = peerOf(address);
        peers.set(peer, [...(peers.get(peer) ?? []), ...of]);
      }
      const [peer, most] = [...peers].sort((a, b) => b[1].length - a[1].length)[0] as [string, number[]];
      const state = topShare(events, rows, columnNamed(events, 'STATE'));
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `TCP sends again: ${significant(perSecond)} retransmits a second, ${shareText(most.length / rows.length)} of them to ${peer}`,
          detail: `${commas(peers.size)} peers in all. ${state === null ? '' : `By state, ${state}.`}`.trim(),
          since: timeAt(events.at, 0),
          numbers,
          evidence: linesOf(events, most),
          next: `ss -ti dst '${peer}'; mtr -n '${peer}'`,
        },
      ];
    });
  },
};
