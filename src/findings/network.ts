/** Network: loss and queues before volume. */

import { commas, counted, shareText, significant, usecsText } from '../datasets/amounts.ts';
import { mergedBuckets } from '../datasets/buckets.ts';
import { timeAt } from '../datasets/columns.ts';
import { extent } from '../datasets/extent.ts';
import { columnNamed, columnOf, durations, percentile } from './distribution.ts';
import { allOf, linesOf, rowsBy, topValue } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { mean, stretch, whole } from './view.ts';

/** Loose files of sar that hold several tables go by `sar` alone. */
const SAR_TCP = ['sar-tcp', 'sar'];
const SAR_DEV = ['sar-dev', 'sar'];

const retransmits: Rule = {
  name: 'tcp-retransmits',
  subsystem: 'network',
  topic: 'TCP retransmits',
  about:
    'Segments that were sent again (sar -n ETCP retrans/s) as a share of those sent (sar -n TCP oseg/s). Each waits a timeout or a round trip; some are normal on any network.',
  tools: SAR_TCP,
  thresholds: {
    share: {
      value: 0.01,
      unit: 'of the segments sent',
      why: 'TCP throughput falls with the square root of loss; 1 % halves it on most paths',
    },
    rate: { value: 1, unit: 'retransmits a second', why: 'a high share of next to nothing is noise' },
  },
  judge(view, { share = 0, rate = 0 }) {
    const again = view.tracks(SAR_TCP, 'retrans/s')[0];
    const sent = view.tracks(SAR_TCP, 'oseg/s')[0];
    if (again === undefined || sent === undefined || again.values.length === 0) return [];
    const [perSecond, segments] = [mean(again.values), mean(sent.values)];
    const lost = segments === 0 ? 0 : perSecond / segments;
    const numbers = [
      { label: 'retransmits, mean', value: perSecond, unit: '/s' },
      { label: 'of segments sent', value: lost * 100, unit: '%' },
    ];
    const evidence = [whole(again), whole(sent)];
    if (lost < share || perSecond < rate)
      return [
        ruledOut(
          `TCP loss: ${significant(perSecond)} retransmits a second, ${shareText(lost)} of segments`,
          numbers,
          evidence,
        ),
      ];
    return [
      {
        verdict: 'found',
        severity: lost >= 5 * share ? 'critical' : 'warning',
        title: `TCP sends again: ${significant(perSecond)} retransmits a second, ${shareText(lost)} of the segments`,
        detail:
          'Packets are lost on the way or dropped by a receiver: see which peers, and the drop counters of the interfaces.',
        since: stretch(again, (value) => value >= rate)?.since ?? null,
        numbers,
        evidence,
        next: 'coldflame collect --tool tcpretrans,tcpdrop,tcprtt',
      },
    ];
  },
};

const interfaceLimit: Rule = {
  name: 'interface-limit',
  subsystem: 'network',
  topic: 'network interface utilization',
  about: 'An interface near its speed (sar -n DEV %ifutil): packets queue, then drop.',
  tools: SAR_DEV,
  thresholds: {
    util: { value: 80, unit: '% of its speed', why: 'averages over a second hide bursts at the limit' },
    share: { value: 0.3, unit: 'of the intervals', why: 'bursts of a few seconds are the normal use of a network' },
  },
  judge(view, { util = 0, share = 0 }) {
    // Of a virtual interface the speed is not known: it says 0 always, which rules nothing out.
    const tracks = view.tracks(SAR_DEV, '%ifutil').filter(({ values }) => values.some((value) => value > 0));
    return tracks.map((track): Verdict => {
      const name = track.labels.IFACE ?? '?';
      const [, most] = extent(track.values);
      const numbers = [{ label: `${name}, most`, value: most, unit: '%' }];
      const hit = stretch(track, (value) => value >= util);
      if (hit === null || hit.share < share)
        return ruledOut(`network volume: ${name} at ${significant(most)} % of its speed at most`, numbers, [
          whole(track),
        ]);
      return {
        verdict: 'found',
        severity: 'warning',
        title: `Interface ${name} is near its speed: ${significant(hit.mean)} % on average, ${significant(hit.max)} % at most`,
        detail: 'Packets queue at the interface; the sender with most of the volume is the one to ask.',
        since: hit.since,
        until: hit.until,
        numbers,
        evidence: [hit.evidence],
        next: 'coldflame collect --tool tcptop,tcplife',
      };
    });
  },
};

const backlog: Rule = {
  name: 'listen-backlog',
  subsystem: 'network',
  topic: 'listen backlogs',
  about:
    'SYN backlogs at their limit when a connection request arrives (tcpsynbl): the listener accepts too slowly, and clients wait for a retransmit of a second and more.',
  tools: ['tcpsynbl'],
  thresholds: {
    full: {
      value: 0.01,
      unit: 'of the requests',
      why: 'each request at a full backlog is dropped; one in a hundred shows as a latency tail of seconds',
    },
  },
  judge(view, { full = 0 }) {
    return view.datasets('histogram', 'tcpsynbl').flatMap((histogram) =>
      histogram.labels.flatMap((labels, group): Verdict[] => {
        const { source } = histogram;
        const limit = Number(
          Object.values(labels)
            .find((value) => /^\d+L?$/.test(value))
            ?.replace('L', ''),
        );
        const merged = mergedBuckets(histogram, [group]);
        const total = merged.reduce((sum, [, , n]) => sum + n, 0);
        if (!Number.isFinite(limit) || total === 0) return [];
        const atLimit = merged.filter(([low]) => (low ?? 0) >= limit).reduce((sum, [, , n]) => sum + n, 0);
        const numbers = [{ label: 'requests at a full backlog', value: atLimit, unit: '' }];
        const evidence = allOf(source);
        if (atLimit / total < full)
          return [
            ruledOut(
              `listen backlog of ${limit}: full for ${commas(atLimit)} of ${commas(total)} requests`,
              numbers,
              evidence,
            ),
          ];
        return [
          {
            verdict: 'found',
            severity: 'warning',
            title: `A listen backlog of ${limit} overflows: ${commas(atLimit)} of ${commas(total)} requests came to a full one`,
            detail: 'The server accepts too slowly, or its backlog is too small for its bursts.',
            since: null,
            numbers,
            evidence,
            next: 'ss -lnt',
          },
        ];
      }),
    );
  },
};

const slowDns: Rule = {
  name: 'slow-dns',
  subsystem: 'network',
  topic: 'host name lookups',
  about: 'Name lookups that programs waited for (gethostlatency). A slow name server delays every new connection.',
  tools: ['gethostlatency'],
  thresholds: {
    slow: {
      value: 100_000,
      unit: 'us',
      why: 'a lookup over the network takes some tens of ms; a resolver timeout takes 5 s',
    },
    share: { value: 0.1, unit: 'of the lookups', why: 'first lookups of a name are slower than those from a cache' },
    least: { value: 3, unit: 'slow lookups', why: 'one or two may be of any cause' },
  },
  judge(view, { slow = 0, share = 0, least = 0 }) {
    return view.datasets('events', 'gethostlatency').flatMap((events): Verdict[] => {
      const all = durations(events);
      if (all.length === 0) return [];
      const hits = all.filter(({ usecs }) => usecs >= slow);
      const p99 = percentile(
        all.map(({ usecs }) => usecs),
        99,
      );
      const numbers = [
        { label: 'lookups', value: all.length, unit: '' },
        { label: 'p99', value: p99, unit: 'us' },
      ];
      if (hits.length < least || hits.length < share * all.length)
        return [
          ruledOut(`slow DNS: p99 ${usecsText(p99)} over ${commas(all.length)} lookups`, numbers, allOf(events.source)),
        ];
      const rows = hits.map(({ row }) => row);
      const who = topValue(events, rows, columnOf(events, 'process'));
      const hosts = rowsBy(events, columnNamed(events, 'HOST'), rows);
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `Name lookups${who === null ? '' : ` by ${who}`} are slow: ${commas(hits.length)} of ${commas(all.length)} took ${usecsText(slow)} or more, p99 ${usecsText(p99)}`,
          detail: `Of ${counted(hosts.size, 'name')}: ${[...hosts.keys()].slice(0, 3).join(', ')}. ${hosts.size > 1 ? 'Several names point to the name server or the way to it.' : 'One name points to whoever serves it.'}`,
          since: timeAt(events.at, rows[0] as number),
          numbers,
          evidence: linesOf(events, rows),
          next: 'check the name servers in /etc/resolv.conf one by one: dig @SERVER NAME',
        },
      ];
    });
  },
};

const churn: Rule = {
  name: 'connection-churn',
  subsystem: 'network',
  topic: 'connection churn',
  about:
    'Many short TCP connections where few long ones would do (sar -n TCP active/s and passive/s): each costs round trips, system calls and a local port for a minute.',
  tools: SAR_TCP,
  thresholds: {
    rate: {
      value: 500,
      unit: 'connections a second',
      why: '28,000 local ports held for 60 s each allow 470 a second to one peer',
    },
  },
  judge(view, { rate = 0 }) {
    const tracks = view.tracks(SAR_TCP, 'active/s', 'passive/s').filter(({ values }) => values.length > 0);
    if (tracks.length === 0) return [];
    const busiest = tracks.reduce((a, b) => (mean(b.values) > mean(a.values) ? b : a));
    const perSecond = mean(busiest.values);
    const numbers = [{ label: 'connections, mean', value: perSecond, unit: '/s' }];
    if (perSecond < rate)
      return [
        ruledOut(
          `connection churn: ${significant(perSecond)} new TCP connections a second`,
          numbers,
          tracks.map(whole),
        ),
      ];
    return [
      {
        verdict: 'found',
        severity: 'notice',
        title: `${commas(Math.round(perSecond))} new TCP connections a second`,
        detail: 'Connections that are kept open and reused save their set-up and the local ports.',
        since: stretch(busiest, (value) => value >= rate)?.since ?? null,
        numbers,
        evidence: [whole(busiest)],
        next: 'coldflame collect --tool tcplife,tcpconnect,tcpaccept',
      },
    ];
  },
};

export const networkRules: readonly Rule[] = [retransmits, backlog, slowDns, interfaceLimit, churn];
