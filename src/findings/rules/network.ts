/** Network: loss and queues before volume. */
import type { Subject } from '../../datasets/finding.ts';
import { bucketTotal } from '../../datasets/percentiles.ts';
import type { SignalName } from '../../datasets/signals.ts';
import { allRows, type EventTable, evidenceOfRows, rowsBy } from '../../signals/events.ts';
import type { Signals } from '../../signals/index.ts';
import {
  evidenceOf,
  evidenceOfWhole,
  finderIn,
  maxOf,
  meanOf,
  pick,
  type Spell,
  spellPast,
  type Track,
} from '../../signals/track.ts';
import type { EventKind } from '../../tools/tool.ts';
import { distributionBasis, tableBasis, trackBasis } from '../basis.ts';
import { address, command } from '../command.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { all, any, NEARLY_ALL, percentile } from '../numbers.ts';
import { advise, collect, run, runWith } from '../steps.ts';
import { cpuCandidates } from '../who.ts';
import { during } from './cpu.ts';
import { HALF_THE_WINDOW, lasting, lengthDetails, meanToSay, seenDuring } from './series.ts';
import { foreignRows, partsOf, processesOf, secondsOf, timesOf } from './slow-events.ts';

const TCP: Subject = { kind: 'tcp', name: '' };

const retransmits = rule({
  name: 'tcp-retransmits',
  subsystem: 'network',
  resource: 'tcp',
  cell: { row: 'tcp', column: 'errors' },
  about:
    'Segments that were sent again as a share of those sent. Each waits a timeout or a round trip; some are normal on any network.',
  asks: [{ signal: 'system.network.tcp.retransmissions' }],
  thresholds: {
    share: {
      value: 0.01,
      unit: 'of the segments sent',
      why: 'TCP throughput falls with the square root of loss; 1% halves it on most paths',
    },
    rate: { value: 1, unit: 'retransmit a second', why: 'a high share of next to nothing is noise' },
    burst: { value: 10, unit: 's of such a share', why: 'connections that lose segments for ten seconds stand still' },
  },
  judge(signals, { share, rate, burst }) {
    return signals.tracks('system.network.tcp.retransmissions').map((track): Test => {
      const sent = signals.tracks('system.network.tcp.segments.sent').find(({ source }) => source === track.source);
      const spell = spellPast(track, rate);
      const whole = lossOf(track, sent, null);
      const during = lossOf(track, sent, spell?.hits ?? null);
      const distanceOf = ({ perSecond, lost }: Loss) =>
        all(perSecond / rate, lost === null ? perSecond / (10 * rate) : lost / share);
      // A burst is as far as its loss is bad and as it is long.
      const ofBurst = spell === null ? 0 : Math.min(distanceOf(during), spell.seconds / burst);
      const isBurst = spell !== null && spell.share < NEARLY_ALL;
      const distance = any(distanceOf(whole), ofBurst);
      const { perSecond, lost } = isBurst && distance >= 1 ? during : whole;
      return {
        subject: TCP,
        distance,
        severity: (lost ?? 0) >= 5 * share && perSecond >= 5 * rate ? 'critical' : 'warning',
        measures: [
          { signal: 'system.network.tcp.retransmissions', stat: 'mean', value: perSecond },
          ...(lost === null
            ? []
            : [
                {
                  signal: 'system.network.tcp.retransmissions',
                  stat: 'share',
                  value: Math.min(100, 100 * lost),
                } as const,
              ]),
        ],
        basis: [trackBasis(signals, track)],
        evidence: [evidenceOf(track, spell?.hits), ...(sent === undefined ? [] : [evidenceOf(sent)])],
        since: spell?.since ?? null,
        until: spell?.until ?? null,
        parts: peersOf(signals),
        details: lengthDetails(track, spell),
        next: [collect('tcpretrans', 'tcpdrop', 'tcprtt')],
      };
    });
  },
});

interface Loss {
  perSecond: number;
  /** Of the segments sent; null where nothing tells how many those were. */
  lost: number | null;
}

/** Over some of the reports, or all. */
function lossOf(track: Track, sent: Track | undefined, hits: Uint32Array | null): Loss {
  const perSecond = meanOf(hits === null ? track : pick(track, hits));
  if (sent === undefined) return { perSecond, lost: null };
  const find = finderIn(sent);
  const places = hits === null ? null : Array.from(hits).flatMap((hit) => find(track, hit) ?? []);
  const segments = meanOf(places === null ? sent : pick(sent, places));
  return { perSecond, lost: segments > 0 ? perSecond / segments : perSecond > 0 ? 1 : 0 };
}

/** Without the port: a peer is a machine. `69.53.245.40:34619`, `[2001:db8::2]:443`, `2001:db8::2:443`. */
function peerOf(text: string): string {
  return text.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** The machines that segments were sent to again, most first. */
function peersOf(signals: Signals): Part[] {
  return signals
    .events('TCP retransmit')
    .flatMap((table) => partsOf(table, foreignRows(signals, table), 'remote', 'peer', peerOf))
    .slice(0, 3);
}

const retransmitPeers = rule({
  name: 'tcp-retransmit-peers',
  subsystem: 'network',
  resource: 'tcp',
  about:
    'Segments that were sent again, by the machine they were sent to (tcpretrans). One peer with most of them points to it or to the way there; all peers alike point to this host and its network. SYN_SENT says that the peer did not answer at all.',
  closer: true,
  asks: [{ events: 'TCP retransmit' }],
  thresholds: {
    rate: { value: 1, unit: 'retransmit a second', why: 'as for tcp-retransmits: fewer are part of any network' },
    least: { value: 5, unit: 'in all', why: 'a rate of fewer is chance' },
  },
  judge: (signals, { rate, least }) =>
    signals.events('TCP retransmit').map((table): Test => {
      const rows = foreignRows(signals, table);
      const seconds = secondsOf(signals, table);
      const perSecond = seconds === null ? Number.NaN : rows.length / seconds;
      const peers = partsOf(table, rows, 'remote', 'peer', peerOf);
      const most = rows.filter((row) => peerOf(table.text(row, 'remote') ?? '') === peers[0]?.name);
      return {
        subject: TCP,
        distance: all(perSecond / rate, rows.length / least),
        severity: 'warning',
        measures: [{ signal: 'system.network.tcp.retransmission', stat: 'rate', value: perSecond }],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, most),
        ...timesOf(table, rows),
        parts: [...peers, ...partsOf(table, rows, 'state', 'state')],
        details: { count: rows.length, ...(seconds === null ? {} : { window: seconds }) },
        ...(seconds === null ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
        next: runWith(address(peers[0]?.name ?? null), (peer) => command`ss -ti dst ${peer}`),
      };
    }),
});

const interfaceLimit = rule({
  name: 'interface-limit',
  subsystem: 'network',
  resource: 'interface',
  cell: { row: 'interface', column: 'utilization' },
  about:
    'An interface near its speed: packets queue, then drop. Of a virtual interface the speed is not known: it says 0 always, which clears nothing.',
  asks: [{ signal: 'system.network.utilization' }],
  thresholds: {
    util: { value: 80, unit: '% of its speed', why: 'averages over a second hide bursts at the limit' },
    share: { value: 0.3, unit: 'of the time', why: 'bursts of a few seconds are the normal use of a network' },
  },
  judge: (signals, { util, share }) =>
    signals.tracks('system.network.utilization').map((track): Test => {
      const held = lasting(track, { level: util, share });
      const { distance, spell } = held;
      const isKnown = maxOf(track) > 0;
      return {
        subject: track.subject,
        distance: isKnown ? distance : Number.NaN,
        severity: 'warning',
        measures: [
          { signal: 'system.network.utilization', stat: 'mean', value: meanToSay(held) },
          { signal: 'system.network.utilization', stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, spell),
        parts: talkersOf(signals),
        details: lengthDetails(track, spell),
        ...(isKnown ? {} : { unclear: { kind: 'no link speed' } satisfies Reason }),
        next: [collect('tcptop', 'tcplife')],
      };
    }),
});

/** The peers of the sessions that ended, most first. */
function talkersOf(signals: Signals): Part[] {
  return signals
    .events('TCP session')
    .flatMap((table) => partsOf(table, foreignRows(signals, table), 'remote', 'peer', peerOf))
    .slice(0, 2);
}

const ERRORS: readonly SignalName[] = [
  'system.network.errors.receive',
  'system.network.errors.transmit',
  'system.network.dropped.receive',
  'system.network.dropped.transmit',
];

const interfaceErrors = rule({
  name: 'interface-errors',
  subsystem: 'network',
  resource: 'interface',
  cell: { row: 'interface', column: 'errors' },
  about:
    'Packets that an interface received damaged, could not send, or dropped: a cable, a full ring, a queue, a limit of the cloud. Each is a retransmit of somebody.',
  asks: ERRORS.map((signal) => ({ signal })),
  thresholds: {
    rate: {
      value: 10,
      unit: 'a second',
      why: 'single drops are part of any network; ten a second are felt by some connection',
    },
    share: { value: 0.001, unit: 'of the packets', why: 'TCP feels loss from one in a thousand on' },
    time: { value: 0.3, unit: 'of the time', why: 'as for interface-limit' },
  },
  judge: (signals, { rate, share, time }) =>
    ERRORS.flatMap((signal) => signals.tracks(signal)).map((track): Test => {
      const { distance, spell, mean } = lasting(track, { level: rate, share: time });
      const packets = signals
        .tracks(track.signal.endsWith('receive') ? 'system.network.packets.receive' : 'system.network.packets.transmit')
        .find(({ source, subject }) => source === track.source && subject.name === track.subject.name);
      const all = packets === undefined ? null : meanOf(packets);
      const lost = all === null || all <= 0 ? null : mean / (all + mean);
      return {
        subject: track.subject,
        distance: lost === null ? distance : Math.min(distance, lost / share),
        severity: 'warning',
        form: track.signal,
        measures: [
          { signal: track.signal, stat: 'mean', value: mean },
          ...(lost === null ? [] : [{ signal: track.signal, stat: 'share', value: 100 * lost } as const]),
        ],
        ...seenDuring(signals, track, spell),
        next: [
          collect('dmesg', 'tcpretrans'),
          advise(track.signal.startsWith('system.network.dropped') ? 'raise the ring' : 'check the cable'),
        ],
      };
    }),
});

const softnet = rule({
  name: 'softnet-drops',
  subsystem: 'network',
  resource: 'interface',
  cell: { row: 'interface', column: 'saturation' },
  about:
    'Packets that came faster than a CPU took them in: its backlog was full and they were dropped, or the soft interrupt ran out of its budget and left some for later.',
  asks: [{ signal: 'system.network.softnet.dropped' }, { signal: 'system.network.softnet.squeezed' }],
  thresholds: {
    drops: { value: 1, unit: 'drop a second', why: 'each is a packet that was received and lost' },
    squeezed: {
      value: 100,
      unit: 'runs that ended early, a second',
      why: 'now and then is normal; a hundred a second is a CPU at its limit',
    },
    share: { value: 0.1, unit: 'of the time', why: 'drops come in bursts' },
  },
  judge: (signals, { drops, squeezed, share }) =>
    (
      [
        ['system.network.softnet.dropped', drops],
        ['system.network.softnet.squeezed', squeezed],
      ] as const
    ).flatMap(([signal, level]) =>
      signals.tracks(signal).map((track): Test => {
        const { distance, spell, mean } = lasting(track, { level, share });
        return {
          subject: { kind: 'interface', name: '' },
          distance,
          severity: signal === 'system.network.softnet.dropped' ? 'warning' : 'notice',
          form: signal === 'system.network.softnet.dropped' ? 'dropped' : 'squeezed',
          measures: [{ signal, stat: 'mean', value: mean }],
          ...seenDuring(signals, track, spell),
          next: [advise('spread interrupts'), collect('softirqs', 'mpstat')],
        };
      }),
    ),
});

const socketDrops = rule({
  name: 'socket-drops',
  subsystem: 'network',
  resource: 'host',
  about:
    'Datagrams and segments that arrived and were dropped at a socket, because its program did not read in time: UDP receive buffers (UdpRcvbufErrors) and backlogs of TCP sockets (TCPBacklogDrop). TCP sends again; what UDP loses (names, metrics, logs, video) is gone.',
  closer: true,
  asks: [{ signal: 'system.network.socket.dropped.datagrams' }, { signal: 'system.network.socket.dropped.segments' }],
  thresholds: {
    rate: { value: 1, unit: 'drop a second', why: 'each was received whole, and lost or sent again' },
    share: { value: 0.1, unit: 'of the time', why: 'drops come in bursts' },
  },
  judge: (signals, { rate, share }) =>
    (['system.network.socket.dropped.datagrams', 'system.network.socket.dropped.segments'] as const).flatMap((signal) =>
      signals.tracks(signal).map((track): Test => {
        const { distance, spell, mean } = lasting(track, { level: rate, share });
        return {
          subject: { kind: 'host', name: '' },
          distance,
          severity: mean >= 10 * rate ? 'warning' : 'notice',
          form: signal === 'system.network.socket.dropped.datagrams' ? 'datagrams' : 'segments',
          measures: [{ signal, stat: 'mean', value: mean }],
          ...seenDuring(signals, track, spell),
          next: [run(command`ss -anump`), advise('read sockets faster')],
        };
      }),
    ),
});

const listenOverflows = rule({
  name: 'listen-overflows',
  subsystem: 'network',
  resource: 'tcp',
  cell: { row: 'tcp', column: 'saturation' },
  about:
    'Connections that were dropped because the program that listens did not accept in time (TcpExt ListenOverflows, ListenDrops), and listen queues that stand full (ss -lnt). Clients wait for a retransmit of a second and more. The kernel log says so once for each socket; these count.',
  asks: [
    { signal: 'system.network.tcp.listen.overflows' },
    { signal: 'system.network.tcp.listen.drops' },
    { events: 'socket' },
  ],
  thresholds: {
    rate: {
      value: 0.2,
      unit: 'a second',
      why: 'each is a client that waits a second or more; one in five seconds is no chance',
    },
    full: { value: 0.8, unit: 'of the backlog', why: 'a queue this full overflows with the next burst' },
  },
  judge(signals, { rate, full }) {
    const counted = (['system.network.tcp.listen.overflows', 'system.network.tcp.listen.drops'] as const).flatMap(
      (signal) =>
        signals.tracks(signal).map((track): Test => {
          const mean = meanOf(track);
          const spell = spellPast(track, Number.MIN_VALUE);
          return {
            subject: TCP,
            distance: mean / rate,
            severity: mean >= 50 * rate ? 'critical' : 'warning',
            form: 'counted',
            measures: [{ signal, stat: 'mean', value: mean }],
            ...seenDuring(signals, track, spell),
            who: signals.events('socket').flatMap((table) => ownersOf(table, listenersOf(table).filter(isHalfFull)[0])),
            parts: fullQueues(signals),
            next: [advise('accept faster'), run(command`ss -lntp`)],
          };
        }),
    );
    const queues = signals.events('socket').map((table): Test => {
      const [fullest, ...others] = listenersOf(table);
      return {
        subject: TCP,
        distance: fullest === undefined ? 0 : fullest.share / full,
        severity: 'warning',
        form: 'queue',
        measures: [{ signal: 'system.network.tcp.listen.queue', stat: 'max', value: fullest?.waiting ?? 0 }],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, fullest?.rows ?? []),
        ...timesOf(table, fullest?.rows ?? []),
        who: ownersOf(table, fullest),
        parts: [fullest, ...others.filter(({ share }) => share >= full)]
          .filter((each) => each !== undefined)
          .slice(0, 2)
          .map(({ address: name }): Part => ({ kind: 'port', name })),
        details: { limit: fullest?.limit ?? 0 },
        next: [advise('accept faster'), run(command`ss -lntp`)],
      };
    });
    return [...counted, ...queues];
  },
});

interface Listener {
  address: string;
  /** At its fullest: how many connections waited to be accepted, of how many that may. */
  waiting: number;
  limit: number;
  share: number;
  /** The readings at which it was so full. */
  rows: number[];
}

/** The sockets that listen, by how full the queue of each was at most: ss prints it as Recv-Q and Send-Q. */
function listenersOf(table: EventTable): Listener[] {
  const rows = allRows(table).filter((row) => table.text(row, 'state') === 'LISTEN');
  const shareOf = (row: number) =>
    (table.number(row, 'receive queue') ?? 0) / Math.max(1, table.number(row, 'send queue') ?? 0);
  return [...rowsBy(rows, (row) => table.text(row, 'local'))]
    .map(([address, own]): Listener => {
      const [most = 0] = [...own].sort((a, b) => shareOf(b) - shareOf(a));
      return {
        address,
        waiting: table.number(most, 'receive queue') ?? 0,
        limit: table.number(most, 'send queue') ?? 0,
        share: shareOf(most),
        rows: own.filter((row) => shareOf(row) === shareOf(most)),
      };
    })
    .sort((a, b) => b.share - a.share || (a.address < b.address ? -1 : 1));
}

/** Whose socket it is, where `ss -p` tells. */
function ownersOf(table: EventTable, listener: Listener | undefined): Who[] {
  return listener === undefined ? [] : processesOf(ownedBy(table), listener.rows, 'user').slice(0, 1);
}

function isHalfFull({ share }: Listener): boolean {
  return share >= 0.5;
}

function fullQueues(signals: Signals): Part[] {
  return signals
    .events('socket')
    .flatMap(listenersOf)
    .filter(isHalfFull)
    .slice(0, 2)
    .map(({ address: name }): Part => ({ kind: 'port', name }));
}

const backlog = rule({
  name: 'listen-backlog',
  subsystem: 'network',
  resource: 'tcp',
  about:
    'SYN backlogs at their limit when a connection request arrives (tcpsynbl): the listener accepts too slowly, and clients wait for a retransmit of a second and more.',
  closer: true,
  asks: [{ signal: 'system.network.tcp.syn_backlog' }],
  thresholds: {
    full: {
      value: 0.01,
      unit: 'of the requests',
      why: 'each request at a full backlog is dropped; one in a hundred shows as a latency tail of seconds',
    },
  },
  judge: (signals, { full }) =>
    signals.distributions('system.network.tcp.syn_backlog').flatMap((distribution) => {
      const limitOf = (labels: Readonly<Record<string, string>>) =>
        Number(
          Object.values(labels)
            .find((value) => /^\d+L?$/.test(value))
            ?.replace('L', ''),
        );
      const limits = [...new Set(distribution.groups.map(({ labels }) => limitOf(labels)))].filter(Number.isFinite);
      return limits.flatMap((limit): Test[] => {
        const buckets = distribution.counted((labels) => limitOf(labels) === limit);
        const total = bucketTotal(buckets);
        if (total === 0) return [];
        const atLimit = bucketTotal(buckets.filter(([low]) => (low ?? 0) >= limit));
        return [
          {
            subject: TCP,
            distance: atLimit / total / full,
            severity: 'warning',
            measures: [{ signal: 'system.network.tcp.syn_backlog', stat: 'count', value: atLimit }],
            basis: [distributionBasis(signals, distribution)],
            evidence: [evidenceOfWhole(distribution)],
            details: { count: atLimit, of: total, limit },
            next: [advise('accept faster'), run(command`ss -lntp`)],
          },
        ];
      });
    }),
});

const slowDns = rule({
  name: 'slow-dns',
  subsystem: 'network',
  resource: 'dns',
  cell: { row: 'dns', column: 'saturation' },
  about: 'Name lookups that programs waited for (gethostlatency). A slow name server delays every new connection.',
  asks: [{ events: 'name lookup' }],
  thresholds: {
    slow: {
      value: 100_000,
      unit: 'us',
      why: 'a lookup over the network takes some tens of ms; a resolver timeout takes 5 s',
    },
    share: { value: 0.1, unit: 'of the lookups', why: 'first lookups of a name are slower than those from a cache' },
    least: { value: 3, unit: 'slow lookups', why: 'one or two may be of any cause' },
  },
  judge: (signals, { slow, share, least }) =>
    signals.events('name lookup').map((table): Test => {
      const { rows, late, usecs } = timed(signals, table, slow);
      const hosts = rowsBy(late, (row) => table.text(row, 'host'));
      return {
        subject: { kind: 'dns', name: '' },
        distance: all(late.length / least, rows.length === 0 ? 0 : late.length / rows.length / share),
        severity: 'warning',
        form: hosts.size > 1 ? 'several names' : 'one name',
        measures: [
          { signal: 'dns.lookup.duration', stat: 'p99', value: percentile(usecs, 99) },
          { signal: 'dns.lookup.duration', stat: 'count', value: late.length },
        ],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, late),
        ...timesOf(table, late),
        who: processesOf(table, late),
        parts: partsOf(table, late, 'host', 'host'),
        details: { count: late.length, of: rows.length, threshold: slow },
        next: [advise('check name servers')],
      };
    }),
});

function timed(signals: Signals, table: EventTable, slow: number): { rows: number[]; late: number[]; usecs: number[] } {
  const rows = foreignRows(signals, table).filter((row) => table.usecs(row) !== null);
  return {
    rows,
    late: rows.filter((row) => (table.usecs(row) as number) >= slow),
    usecs: rows.map((row) => table.usecs(row) as number),
  };
}

const slowConnects = rule({
  name: 'slow-connects',
  subsystem: 'network',
  resource: 'tcp',
  about:
    'Connections that this host opened and that took a second or more to come about (tcpconnlat): the first SYN, or its answer, was lost, and was sent again by its timer. The peer is too busy to accept, drops at a full backlog, or the way loses packets.',
  closer: true,
  asks: [{ events: 'TCP connect' }],
  thresholds: {
    slow: {
      value: 1_000_000,
      unit: 'us',
      why: 'RFC 6298: a SYN without an answer is sent again after 1 s; no round trip takes as long',
    },
    share: { value: 0.01, unit: 'of the connections', why: 'one in a hundred is a latency tail of seconds' },
    least: { value: 3, unit: 'slow ones', why: 'one or two may be of any cause' },
  },
  judge: (signals, { slow, share, least }) =>
    signals.events('TCP connect').flatMap((table): Test[] => {
      const { rows, late, usecs } = timed(signals, table, slow);
      if (rows.length === 0) return [];
      return [
        {
          subject: TCP,
          distance: all(late.length / least, late.length / rows.length / share),
          severity: 'warning',
          measures: [
            { signal: 'system.network.tcp.connect.duration', stat: 'p99', value: percentile(usecs, 99) },
            { signal: 'system.network.tcp.connect.duration', stat: 'count', value: late.length },
          ],
          basis: [tableBasis(signals, table)],
          evidence: evidenceOfRows(table, late),
          ...timesOf(table, late),
          who: processesOf(table, late),
          parts: partsOf(table, late, 'remote', 'peer'),
          details: { count: late.length, of: rows.length, threshold: slow },
          next: [collect('tcpretrans', 'tcpsynbl'), run(command`nstat -az TcpExtListenDrops TcpExtListenOverflows`)],
        },
      ];
    }),
});

const droppedSegments = rule({
  name: 'dropped-segments',
  subsystem: 'network',
  resource: 'tcp',
  about:
    'Segments that arrived and that the kernel of this host threw away (tcpdrop): full buffers, full backlogs, broken state. Their senders wait for a timeout. Resets, and what comes for a connection that is closed, are dropped on any host and are not counted.',
  closer: true,
  asks: [{ events: 'TCP drop' }],
  thresholds: {
    rate: { value: 1, unit: 'segment a second', why: 'as for tcp-retransmits, for each is sent again' },
    least: { value: 10, unit: 'in all', why: 'a rate of fewer is chance' },
  },
  judge: (signals, { rate, least }) =>
    signals.events('TCP drop').map((table): Test => {
      const seconds = secondsOf(signals, table);
      const rows = foreignRows(signals, table).filter((row) => isLoss(table, row));
      const perSecond = seconds === null ? Number.NaN : rows.length / seconds;
      return {
        subject: TCP,
        distance: all(rows.length / least, perSecond / rate),
        severity: 'warning',
        measures: [{ signal: 'system.network.tcp.drop', stat: 'rate', value: perSecond }],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, rows),
        ...timesOf(table, rows),
        parts: [...partsOf(table, rows, 'local', 'port'), ...partsOf(table, rows, 'state', 'state')],
        details: { count: rows.length, ...(seconds === null ? {} : { window: seconds }) },
        ...(seconds === null ? { unclear: { kind: 'no interval' } satisfies Reason } : {}),
        next: [run(command`nstat -az`), run(command`ss -lntm`), collect('tcpretrans', 'tcpsynbl')],
      };
    }),
});

/** Neither a reset nor for a connection that is over. */
function isLoss(table: EventTable, row: number): boolean {
  const state = table.text(row, 'state') ?? '';
  return !/RST/.test(table.text(row, 'flags') ?? '') && !/^(?:CLOSE|TIME_WAIT|LAST_ACK)$/.test(state);
}

const churn = rule({
  name: 'connection-churn',
  subsystem: 'network',
  resource: 'tcp',
  cell: { row: 'tcp', column: 'utilization' },
  about:
    'Many short TCP connections where few long ones would do: each costs round trips, system calls and a local port for a minute.',
  asks: [{ signal: 'system.network.tcp.connections.opened' }, { signal: 'system.network.tcp.connections.accepted' }],
  thresholds: {
    rate: {
      value: 500,
      unit: 'connections a second',
      why: '28,000 local ports held for 60 s each allow 470 a second to one peer',
    },
    share: HALF_THE_WINDOW,
  },
  judge: (signals, { rate, share }) =>
    (['system.network.tcp.connections.opened', 'system.network.tcp.connections.accepted'] as const).flatMap((signal) =>
      signals.tracks(signal).map((track): Test => {
        const { distance, spell, mean } = lasting(track, { level: rate, share });
        const form = signal === 'system.network.tcp.connections.opened' ? 'opened' : 'accepted';
        return {
          subject: TCP,
          distance,
          severity: mean >= 4 * rate ? 'warning' : 'notice',
          form,
          measures: [{ signal, stat: 'mean', value: mean }],
          ...seenDuring(signals, track, spell),
          ...connecting(signals, form, spell),
          details: lengthDetails(track, spell),
          next: [advise('keep connections open'), collect('tcplife', 'tcpconnect', 'tcpaccept')],
        };
      }),
    ),
});

/** Who makes the connections; where nothing tells, which tools would, and who was busy meanwhile, which proves nothing. */
function connecting(signals: Signals, form: 'opened' | 'accepted', spell: Spell | null): Pick<Test, 'who' | 'parts'> {
  const traced = connectingProcesses(signals);
  if (traced !== null) return traced;
  const seen = newConnections(signals);
  if (seen.length > 0) return { who: seen, parts: [{ kind: 'tool', name: 'ss' }] };
  const tellers: readonly (readonly [kind: EventKind, tool: string])[] = [
    ['TCP session', 'tcplife'],
    form === 'opened' ? ['TCP connect', 'tcpconnect'] : ['TCP accept', 'tcpaccept'],
  ];
  return {
    parts: [
      ...tellers
        .filter(([kind]) => signals.events(kind).length === 0)
        .map(([, name]): Part => ({ kind: 'tool', name })),
      ...cpuCandidates(signals, during(spell)),
    ],
  };
}

/** Who opens, accepts or ends most connections, and to whom. */
function connectingProcesses(signals: Signals): Pick<Test, 'who' | 'parts'> | null {
  for (const kind of ['TCP session', 'TCP connect', 'TCP accept'] as const)
    for (const table of signals.events(kind)) {
      const rows = foreignRows(signals, table);
      const who = processesOf(table, rows, 'user').slice(0, 2);
      if (who.length > 0) return { who, parts: partsOf(table, rows, 'remote', 'peer', peerOf).slice(0, 2) };
    }
  return null;
}

// users:(("python3",pid=16355,fd=4))
const OWNER = /^users:\(\("([^"]{1,64})",pid=(\d{1,10}),/;
/** Of fewer new connections than this the shares are chance. */
const LEAST_CONNECTIONS = 10;

// users:(("nginx",pid=812,fd=6),("nginx",pid=811,fd=6))
const NEXT_OWNER = '),("';

/** A table of sockets with the owner of each as its process; without a PID where several processes share the socket. */
function ownedBy(table: EventTable): EventTable {
  const ownerOf = (row: number) => OWNER.exec(table.process(row) ?? '') ?? [];
  return {
    ...table,
    process: (row) => ownerOf(row)[1] ?? null,
    pid(row) {
      const [, , pid] = ownerOf(row);
      return pid === undefined || table.process(row)?.includes(NEXT_OWNER) ? null : Number(pid);
    },
  };
}

/** Whose connections came after the first of several readings of `ss -tnp`: those that were open before are not made now. */
function newConnections(signals: Signals): Who[] {
  for (const table of signals.events('socket')) {
    const owned = ownedBy(table);
    const rows = foreignRows(signals, owned).filter(
      (row) => table.text(row, 'state') === 'ESTAB' && owned.process(row) !== null && table.at(row) !== null,
    );
    const [first = null] = rows.map((row) => table.at(row));
    const connections = rowsBy(rows, (row) => `${table.text(row, 'local')} ${table.text(row, 'remote')}`);
    const made = [...connections.values()].map(([row]) => row as number).filter((row) => table.at(row) !== first);
    if (made.length >= LEAST_CONNECTIONS) return processesOf(owned, made, 'user').slice(0, 2);
  }
  return [];
}

const failures = rule({
  name: 'connection-failures',
  subsystem: 'network',
  resource: 'tcp',
  cell: { row: 'tcp', column: 'errors' },
  about:
    'TCP connections that failed to come about or were reset: nobody listens, a full backlog, a load balancer that gave up, a program that closes with data unread.',
  asks: [{ signal: 'system.network.tcp.connections.failed' }, { signal: 'system.network.tcp.connections.reset' }],
  thresholds: {
    rate: {
      value: 10,
      unit: 'a second',
      why: 'health checks and scanners make a few; ten a second are requests of somebody',
    },
    share: HALF_THE_WINDOW,
  },
  judge: (signals, { rate, share }) =>
    (['system.network.tcp.connections.failed', 'system.network.tcp.connections.reset'] as const).flatMap((signal) =>
      signals.tracks(signal).map((track): Test => {
        const { distance, spell, mean } = lasting(track, { level: rate, share });
        return {
          subject: TCP,
          distance,
          severity: mean >= 10 * rate ? 'warning' : 'notice',
          form: signal === 'system.network.tcp.connections.failed' ? 'failed' : 'reset',
          measures: [{ signal, stat: 'mean', value: mean }],
          ...seenDuring(signals, track, spell),
          next: [collect('tcpconnect', 'tcpstates', 'tcpdrop')],
        };
      }),
    ),
});

const timeWait = rule({
  name: 'time-wait',
  subsystem: 'network',
  resource: 'tcp',
  about:
    'Connections in TIME_WAIT: this host closed them, and keeps the port of each for a minute. They cost next to nothing until there are as many to one peer as there are local ports: then connects fail (EADDRNOTAVAIL) on a host that looks idle.',
  closer: true,
  asks: [{ signal: 'system.network.tcp.connections.time_wait' }],
  thresholds: {
    count: {
      value: 20_000,
      unit: 'connections',
      why: 'net.ipv4.ip_local_port_range has 28,232 ports for each peer unless set; 20,000 are seven tenths',
    },
  },
  judge: (signals, { count }) =>
    signals.tracks('system.network.tcp.connections.time_wait').map((track): Test => {
      const most = maxOf(track);
      return {
        subject: TCP,
        distance: most / count,
        severity: 'notice',
        measures: [{ signal: 'system.network.tcp.connections.time_wait', stat: 'max', value: most }],
        ...seenDuring(signals, track, spellPast(track, count)),
        parts: peersIn(signals, /^TIME-WAIT$/),
        next: [advise('keep connections open'), collect('tcplife')],
      };
    }),
});

/** The peers of the sockets in a state, most first. */
function peersIn(signals: Signals, state: RegExp): Part[] {
  return signals
    .events('socket')
    .flatMap((table) => partsOf(table, rowsInState(table, state), 'remote', 'peer', peerOf))
    .slice(0, 2);
}

function rowsInState(table: EventTable, state: RegExp): number[] {
  return allRows(table).filter((row) => state.test(table.text(row, 'state') ?? ''));
}

const closeWait = rule({
  name: 'close-wait',
  subsystem: 'network',
  resource: 'process',
  about:
    'Connections in CLOSE_WAIT (ss -tan): the peer closed them and the program of this host did not. Each holds a file descriptor for good: a leak, or a program that hangs.',
  closer: true,
  asks: [{ events: 'socket' }],
  thresholds: {
    count: { value: 100, unit: 'connections at one look', why: 'a program closes within milliseconds of its peer' },
  },
  judge: (signals, { count }) =>
    signals.events('socket').map((table): Test => {
      const looks = rowsBy(rowsInState(table, /^CLOSE-WAIT$/), (row) => `${table.at(row)}`);
      const [rows = []] = [...looks.values()].sort((a, b) => b.length - a.length);
      const owners = ownedBy(table);
      return {
        subject: { kind: 'process', name: '' },
        distance: rows.length / count,
        severity: 'warning',
        measures: [{ signal: 'system.network.tcp.connections.close_wait', stat: 'count', value: rows.length }],
        basis: [tableBasis(signals, table)],
        evidence: evidenceOfRows(table, rows),
        ...timesOf(table, rows),
        who: processesOf(owners, rows, 'user').slice(0, 2),
        parts: [
          ...partsOf(table, rows, 'local', 'port').slice(0, 1),
          ...partsOf(table, rows, 'remote', 'peer', peerOf).slice(0, 2),
        ],
        next: [run(command`ss -tnp state close-wait`), advise('close connections')],
      };
    }),
});

export const networkRules: readonly Rule[] = [
  listenOverflows,
  backlog,
  retransmits,
  retransmitPeers,
  droppedSegments,
  interfaceErrors,
  softnet,
  socketDrops,
  interfaceLimit,
  slowDns,
  slowConnects,
  churn,
  failures,
  timeWait,
  closeWait,
];
