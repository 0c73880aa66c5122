/** The network: loss, queues, volume, names; each rule against its near miss. */
import { describe, expect, test } from 'vitest';
import { assessed, clock, dmesg, foundBy, judge, nextOf, only, pidstat, sar, steady, times, verdicts } from './host.ts';

const tcp = (retransmits: number, segments: number, { opened = 2, accepted = 1, failed = 0, reset = 0 } = {}) =>
  sar('active/s passive/s    iseg/s    oseg/s', steady([[opened, accepted, 900, segments]])) +
  sar('atmptf/s  estres/s retrans/s isegerr/s   orsts/s', steady([[failed, reset, retransmits, 0, 0]])).replace(
    /^Linux.*\n/,
    '',
  );

describe('tcp-retransmits', () => {
  test.each([
    [20, 1000, 'found: TCP resends 20 a second, 2% of its segments', 'warning'],
    [90, 1000, 'found: TCP resends 90 a second, 9% of its segments', 'critical'],
    [6, 1000, 'near: TCP loss: 6 retransmits a second, 0.6% of the segments', 'notice'],
    [4, 1000, 'ruled-out: TCP loss: 4 retransmits a second, 0.4% of the segments', 'notice'],
    // Half of next to nothing.
    [0.4, 4, 'ruled-out: TCP loss: 0.4 retransmits a second, 10% of the segments', 'notice'],
  ])('%d of %d segments', async (retransmits, segments, said, severity) => {
    const files = { 'sar-tcp.txt': tcp(retransmits, segments) };
    expect(await verdicts('tcp-retransmits', files)).toEqual([said]);
    expect((await only('tcp-retransmits', files)).severity).toBe(severity);
  });
  test('with the peer, where it was traced', async () => {
    const files = { 'sar-tcp.txt': tcp(20, 1000), 'tcpretrans.txt': tcpretrans(40) };
    const found = await judge(files);
    expect(found.filter(({ verdict }) => verdict === 'found').map(({ title, cause }) => [title, cause?.rule])).toEqual([
      ['TCP resends 20 a second, 2% of its segments, most to 10.9.9.9', undefined],
      ['TCP resends 4 a second, most to 10.9.9.9', 'tcp-retransmits'],
    ]);
  });
  test('the NFS client prints retransmits of its own', async () => {
    const nfs = sar('call/s retrans/s    read/s   write/s  access/s  getatt/s', steady([[900, 700, 1, 1, 1, 1]]));
    expect(await foundBy({ 'sar.txt': nfs })).toEqual([]);
    expect((await verdicts('tcp-retransmits', { 'sar.txt': nfs }))[0]).toMatch(/^not-known: /);
  });
});

const tcpretrans = (rows: number) =>
  `TIME     PID     IP LADDR:LPORT          T> RADDR:RPORT          STATE\n${times(rows, (i) => `${clock(i % 10)} 0       4  10.0.0.7:${40_000 + i}    R> ${i % 4 === 0 ? '10.0.0.9' : '10.9.9.9'}:${443 + (i % 3)}      ${i % 2 === 0 ? 'SYN_SENT   ' : 'ESTABLISHED'}\n`)}`;

describe('tcp-retransmit-peers', () => {
  test('by machine, whatever the port', async () => {
    const found = await only('tcp-retransmit-peers', { 'tcpretrans.txt': tcpretrans(40) });
    expect(found.title).toBe('TCP resends 4 a second, most to 10.9.9.9');
    expect(found.detail).toBe('To: 10.9.9.9 75%, 10.0.0.9 25%. By state: ESTABLISHED 50%, SYN_SENT 50%.');
    expect(nextOf(found)).toEqual(['ss -ti dst 10.9.9.9']);
  });
  test.each([
    [6, 'near: TCP retransmits by peer: 6 in 10 s'],
    [4, 'ruled-out: TCP retransmits by peer: 4 in 10 s'],
    [0, 'ruled-out: TCP retransmits by peer: 0 in 10 s'],
  ])('%d in ten seconds', async (rows, said) => {
    expect(await verdicts('tcp-retransmit-peers', { 'tcpretrans.txt': tcpretrans(rows) })).toEqual([said]);
  });
});

describe('interfaces', () => {
  const dev = (util: number, busy = 10, name = 'eth0') =>
    sar(
      'IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil',
      steady(0).map((_, i) => [
        [name, 80_000, 80_000, 110_000, 4000, 0, 0, 0, i < busy ? util : 1],
        ['veth1', 80_000, 80_000, 110_000, 4000, 0, 0, 0, 0],
      ]),
    );
  test('one near its speed', async () => {
    const found = await only('interface-limit', { 'sar-dev.txt': dev(93) });
    expect(found).toMatchObject({ verdict: 'found', subject: { kind: 'interface', name: 'eth0' } });
    expect(found.title).toBe('Interface eth0 is near its speed: 93%');
  });
  test.each([
    [93, 3, 'found: Interface eth0 is near its speed: 93% for 3 s of 10 s'],
    [93, 2, 'near: network volume: eth0 at 93% of its speed at most'],
    [30, 10, 'not-known: network volume: eth0 at 30% of its speed at most (the speed of the interfaces is unknown)'],
  ])('%d %% for %d of ten seconds', async (util, seconds, said) => {
    expect((await verdicts('interface-limit', { 'sar-dev.txt': dev(util, seconds) }))[0]).toBe(said);
  });
  test('errors and drops, by what share of the packets they are', async () => {
    const errors = (received: number, dropped: number) =>
      dev(1) +
      sar(
        'IFACE   rxerr/s   txerr/s    coll/s  rxdrop/s  txdrop/s  txcarr/s  rxfram/s  rxfifo/s  txfifo/s',
        steady([['eth0', received, 0, 0, dropped, 0, 0, 0, 0, 0]]),
      ).replace(/^Linux.*\n/, '');
    const found = await only('interface-errors', { 'sar.txt': errors(0, 400) });
    expect(found.title).toBe('Interface eth0 drops received packets: 400 a second');
    // 400 of 80,400.
    expect(found.detail).toBe('That is 0.5% of its packets. A full ring or queue, a filter, or a limit of the cloud.');
    expect((await only('interface-errors', { 'sar.txt': errors(200, 0) })).title).toBe(
      'Interface eth0 receives damaged packets: 200 a second',
    );
    expect((await verdicts('interface-errors', { 'sar.txt': errors(0, 60) }))[0]).toBe(
      'near: errors of interfaces: eth0 drops received packets: 60 a second',
    );
    expect((await verdicts('interface-errors', { 'sar.txt': errors(0, 5) }))[0]).toBe(
      'ruled-out: errors of interfaces: eth0 drops received packets: 5 a second',
    );
  });
  test('packets that no CPU took in', async () => {
    const soft = (dropped: number, squeezed: number) =>
      sar('CPU   total/s   dropd/s squeezd/s  rx_rps/s flw_lim/s', steady([['all', 9000, dropped, squeezed, 0, 0]]));
    expect(await verdicts('softnet-drops', { 'sar.txt': soft(12, 3) })).toEqual([
      'found: The CPUs drop 12 received packets a second',
    ]);
    expect(await verdicts('softnet-drops', { 'sar.txt': soft(0, 150) })).toEqual([
      'found: Soft interrupts leave packets for later 150 a second',
    ]);
    expect(await verdicts('softnet-drops', { 'sar.txt': soft(0.4, 40) })).toEqual([
      'ruled-out: packets dropped at the CPUs: 0.4 a second',
    ]);
  });
});

describe('connections', () => {
  test.each([
    [900, 'found: 900 TCP connections a second are opened', 'notice'],
    [2100, 'found: 2,100 TCP connections a second are opened', 'warning'],
    [300, 'near: connection churn: 300 connections a second opened', 'notice'],
    [90, 'ruled-out: connection churn: 90 connections a second opened', 'notice'],
  ])('%d a second', async (opened, said, severity) => {
    const files = { 'sar-tcp.txt': tcp(0, 1000, { opened }) };
    expect(await verdicts('connection-churn', files)).toEqual([said]);
    expect((await only('connection-churn', files)).severity).toBe(severity);
  });
  test('and by whom', async () => {
    const tcplife = `PID   COMM       LADDR           LPORT RADDR           RPORT TX_KB RX_KB MS\n${times(100, (i) => `${i < 90 ? '22597 checkout  ' : '77    curl      '} 127.0.0.1       46644 127.0.0.1       5432     0     0 0.23\n`)}`;
    const found = await only('connection-churn', {
      'sar-tcp.txt': tcp(0, 1000, { accepted: 900 }),
      'tcplife.txt': tcplife,
    });
    expect(found.title).toBe('checkout (PID 22597) accepts 900 TCP connections a second');
    expect(found.detail).toContain('Accepted by checkout (PID 22597) 90% and curl (PID 77) 10%.');
  });
  test('nothing names who: the tools that would, and the busiest as candidates', async () => {
    const files = { 'sar-tcp.txt': tcp(0, 1000, { opened: 900 }) };
    expect(await only('connection-churn', files)).toMatchObject({
      actors: [],
      detail:
        'Whose they are is unknown: tcplife or tcpconnect would tell. Each costs round trips, system calls, and a local port for a minute.',
    });
    const accepted = await only('connection-churn', { 'sar-tcp.txt': tcp(0, 1000, { accepted: 900 }) });
    expect(accepted.detail).toMatch(/^Whose they are is unknown: tcplife or tcpaccept would tell\./);
    // 120 of 400 % on four CPUs.
    const busy = pidstat(steady([{ pid: 7, name: 'poller', usr: 120 }]));
    const found = await only('connection-churn', { ...files, 'pidstat.txt': busy });
    expect(found.title).toBe('900 TCP connections a second are opened');
    expect(found.actors).toEqual([]);
    expect(found.detail).toContain('Candidates by CPU time: poller 30%.');
  });
  test('connections that ss saw come, not those that were open before', async () => {
    const socket = (port: number, owner: string) =>
      `ESTAB  0      0          127.0.0.1:${port}     127.0.0.1:5432  users:((${owner},fd=5))\n`;
    const ss = (each: number) =>
      times(
        10,
        (i) =>
          `${(1000 + i).toFixed(2)} 500.00\nState Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\n` +
          times(50, (k) => socket(20_000 + k, '"pool",pid=9')) +
          times(each, (k) => socket(40_000 + 10 * i + k, k === 0 ? '"cron",pid=77' : '"checkout",pid=22597')),
      );
    const files = (each: number) => ({ 'sar-tcp.txt': tcp(0, 1000, { opened: 900 }), 'ss.txt': ss(each) });
    const found = await only('connection-churn', files(4));
    // Nine readings after the first, each with three new ones of checkout and one of cron.
    expect(found.title).toBe('checkout (PID 22597) opens 900 TCP connections a second');
    expect(found.detail).toMatch(
      /^Opened by checkout \(PID 22597\) 75% and cron \(PID 77\) 25%\. ss saw only connections that were open when it looked\./,
    );
    // Nine are too few.
    expect((await only('connection-churn', files(1))).actors).toEqual([]);
  });
  test.each([
    [30, 0, 'found: 30 TCP connections a second fail'],
    [0, 30, 'found: 30 TCP connections a second are reset'],
    [6, 0, 'near: failed TCP connections: 6 a second failed'],
    [1, 2, 'ruled-out: failed TCP connections: 2 a second reset'],
  ])('%d that fail and %d that are reset', async (failed, reset, said) => {
    expect(await verdicts('connection-failures', { 'sar-tcp.txt': tcp(0, 1000, { failed, reset }) })).toEqual([said]);
  });
});

describe('slow-dns', () => {
  const head = 'TIME      PID    COMM                  LATms HOST\n';
  const row = (ms: number, host = 'api.example.com') => `14:00:03  4242   curl              ${ms.toFixed(2)} ${host}\n`;
  test('a name server that answers late', async () => {
    const found = await only('slow-dns', {
      'gethostlatency.txt': head + [5004, 5001, 5003, 5002, 12].map((ms) => row(ms)).join(''),
    });
    expect(found.title).toBe('Name lookups by curl (PID 4242) are slow: 99th percentile 5 s');
    expect(found.detail).toBe(
      '4 of 5 took 100 ms or more. Names: api.example.com 100%. One name points to whoever serves it.',
    );
  });
  test('of several names', async () => {
    const rows = [200, 300, 400].map((ms, i) => row(ms, `host${i}.example`)).join('');
    expect((await only('slow-dns', { 'gethostlatency.txt': head + rows })).detail).toMatch(
      /Several names point to the name server or the way to it\.$/,
    );
  });
  test('two first lookups, and one in twenty', async () => {
    const two = head + [180, 140, 2, 3, 2].map((ms) => row(ms)).join('');
    expect((await only('slow-dns', { 'gethostlatency.txt': two })).verdict).toBe('near');
    const few = head + times(60, (i) => row(i < 2 ? 150 : 2));
    expect(await verdicts('slow-dns', { 'gethostlatency.txt': few })).toEqual([
      'ruled-out: name lookups: 99th percentile 150 ms over 60',
    ]);
  });
});

describe('backlogs', () => {
  const backlog = (full: number) => `Attaching 4 probes...
Tracing SYN backlog size. Ctrl-C to end.

@backlog[128]: 
[0]                  ${1000 - full} |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
[128, 256)           ${full} |@                                                   |
`;
  test('requests that come to a full one', async () => {
    expect(await verdicts('listen-backlog', { 'tcpsynbl.txt': backlog(50) })).toEqual([
      'found: A backlog of 128 overflows: 50 of 1,000 requests found it full',
    ]);
    expect(await verdicts('listen-backlog', { 'tcpsynbl.txt': backlog(6) })).toEqual([
      'near: SYN backlogs: one of 128 was full for 6 of 1,000 requests',
    ]);
    expect((await only('listen-backlog', { 'tcpsynbl.txt': backlog(1) })).verdict).toBe('ruled-out');
  });
  test('the listener is the cause of what its clients resend', async () => {
    const files = {
      'tcpsynbl.txt': backlog(50),
      'sar-tcp.txt': tcp(40, 1000),
      'dmesg.txt': dmesg([3, 'TCP: request_sock_TCP: Possible SYN flooding on port 8080. Sending cookies.']),
    };
    const found = (await judge(files)).filter(({ verdict }) => verdict === 'found');
    expect(found.map(({ rule, cause }) => [rule, cause?.rule])).toEqual([
      ['syn-flood', undefined],
      ['listen-backlog', 'syn-flood'],
      ['tcp-retransmits', 'syn-flood'],
    ]);
  });
});

describe('counters of /proc/net, a reading a second', () => {
  interface Counted {
    overflows?: number;
    resent?: number;
    dropped?: number;
  }
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  /** They count since boot: much was lost before the capture began. */
  const procNet = ({ overflows = 0, resent = 0, dropped = 0 }: Counted, readings = 11) =>
    times(
      readings,
      (i) => `${(1000 + i).toFixed(2)} 500.00
Tcp: ActiveOpens PassiveOpens AttemptFails EstabResets InSegs OutSegs RetransSegs
Tcp: 500 600 0 0 ${1e6 + 1000 * i} ${1e6 + 1000 * i} ${90_000 + resent * i}
TcpExt: SyncookiesSent ListenOverflows ListenDrops
TcpExt: 0 ${70_000 + overflows * i} ${70_000 + overflows * i}
sockets: used 51
TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 33
${hex(5_000_000 + i)} ${hex(60_000 + dropped * i)} 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
`,
    );
  const counted = (facts: Counted) => ({ 'proc-net.txt': procNet(facts) });
  test('what a listener did not accept', async () => {
    expect(await verdicts('listen-overflows', counted({ overflows: 3 }))).toEqual([
      'found: A listen queue overflows: 3 connections dropped a second',
    ]);
    expect(await verdicts('listen-overflows', counted({}))).toEqual([expect.stringMatching(/^ruled-out: /)]);
    const once = { 'proc-net.txt': procNet({ overflows: 3 }, 1) };
    expect(await verdicts('listen-overflows', once)).toEqual([expect.stringMatching(/^not-known: .*read only once/)]);
  });
  test('a listen queue that stands full, by its address', async () => {
    const ss = (waiting: number, readings = 10) => ({
      'ss.txt': times(
        readings,
        (i) => `${(1000 + i).toFixed(2)} 500.00
State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
ESTAB  900    0          127.0.0.1:9000      127.0.0.1:40000
LISTEN 0      128        127.0.0.1:9000      0.0.0.0:*
LISTEN ${i === 4 ? waiting : 0}      4          127.0.0.1:8080      0.0.0.0:*
`,
      ),
    });
    const found = await only('listen-overflows', ss(5));
    expect(found.title).toBe('The listen queue of 127.0.0.1:8080 is full: 5 of 4 waiting');
    // The line of the fifth reading, of five lines each.
    expect(found.evidence[0]?.lines).toEqual([25, 25]);
    expect(await verdicts('listen-overflows', ss(0))).toEqual(['ruled-out: listen queues: 0 of 4 waiting at most']);
    // Three of four are near four fifths.
    expect((await only('listen-overflows', ss(3))).verdict).toBe('near');
    // By its owner, where ss -p tells one; of several processes that share it by the name alone.
    const owned = (owners: string) => ({
      'ss.txt': ss(5)['ss.txt'].replaceAll('8080      0.0.0.0:*', `8080      0.0.0.0:*         users:((${owners}))`),
    });
    const detail = async (owners: string) => (await only('listen-overflows', owned(owners))).detail;
    expect(await detail('"java",pid=42,fd=33')).toMatch(/^java \(PID 42\) does not accept in time: /);
    expect(await detail('"nginx",pid=42,fd=6),("nginx",pid=41,fd=6')).toMatch(/^nginx does not accept in time: /);
    const { use } = await assessed(ss(5));
    expect(use[0]?.rows.find(({ label }) => label === 'TCP')?.saturation.text).toBe('5 of 4 waiting at most');
    // What overflows is named by the queue that was half full.
    expect((await only('listen-overflows', { ...counted({ overflows: 3 }), ...ss(2) })).title).toBe(
      'The listen queue of 127.0.0.1:8080 overflows: 3 connections dropped a second',
    );
  });
  test('what was sent again', async () => {
    expect(await verdicts('tcp-retransmits', counted({ resent: 40 }))).toEqual([
      'found: TCP resends 40 a second, 4% of its segments',
    ]);
    expect((await only('tcp-retransmits', counted({}))).verdict).toBe('ruled-out');
  });
  test('what the CPUs had no room for', async () => {
    expect(await verdicts('softnet-drops', counted({ dropped: 12 }))).toEqual([
      'found: The CPUs drop 12 received packets a second',
    ]);
  });
});

describe('counters of nstat', () => {
  const nstat = (value: (i: number) => number, readings = 6) => ({
    'nstat.txt': times(
      readings,
      (i) => `${clock(2 * i)}
#kernel
TcpOutSegs                      ${5000 + value(i) * 1000}               0.0
TcpRetransSegs                  ${value(i) * 40}               0.0
UdpRcvbufErrors                 ${700 + value(i) * 30}               0.0
`,
    ),
  });
  const loose = { isLoose: true };
  test('that rise are since boot', async () => {
    const rising = nstat((i) => 100 + i);
    // 40 each two seconds, of 1,000.
    expect(await verdicts('tcp-retransmits', rising, loose)).toEqual([
      'found: TCP resends 20 a second, 4% of its segments',
    ]);
    expect(await verdicts('socket-drops', rising, loose)).toEqual([
      'found: The kernel drops 15 UDP datagrams a second at full sockets',
    ]);
  });
  test.each([
    ['fall, as without -a', (i: number) => (i % 2) * 90, 6],
    ['are read twice', (i: number) => 100 + i, 2],
  ] as const)('that %s are no counters', async (_, value, readings) => {
    expect(await foundBy(nstat(value, readings), loose)).toEqual([]);
  });
});

describe('slow-connects', () => {
  const tcpconnlat = (slow: number, ms: number) =>
    `TIME(s)  PID     COMM         IP SADDR            DADDR            DPORT LAT(ms)\n${times(100, (i) => `${(i / 20).toFixed(3)}    32151   checkout     4  10.0.0.7         ${i < slow ? '10.0.0.9 ' : '10.0.0.8 '}        5432  ${i < slow ? ms : 0.4}\n`)}`;
  test('four SYNs of a hundred sent again', async () => {
    const found = await only('slow-connects', { 'tcpconnlat.txt': tcpconnlat(4, 1043.02) });
    expect(found.title).toBe('4 of 100 TCP connects of checkout (PID 32151) took 1 s or more, most to 10.0.0.9');
    expect(found.detail).toBe(
      'The first SYN or its answer was lost and was sent again by its timer. To: 10.0.0.9 100%.',
    );
  });
  test('two of them are near, a far peer is neither', async () => {
    expect((await only('slow-connects', { 'tcpconnlat.txt': tcpconnlat(2, 1043.02) })).verdict).toBe('near');
    expect(await verdicts('slow-connects', { 'tcpconnlat.txt': tcpconnlat(40, 310.5) })).toEqual([
      'ruled-out: TCP connects: 99th percentile 311 ms over 100 connections',
    ]);
  });
});

describe('dropped-segments', () => {
  const tcpdrop = (state: string) =>
    `TIME     PID     IP SADDR:SPORT          > DADDR:DPORT          STATE (FLAGS)\n${times(30, (i) => `${clock(i % 10)} 0       4  10.0.0.${i}:443     > 10.0.0.7:8080         ${state}\n\ttcp_drop+0x1\n\ttcp_v4_do_rcv+0x135\n\n`)}`;
  test('three a second at a listener', async () => {
    const found = await only('dropped-segments', { 'tcpdrop.txt': tcpdrop('LISTEN (SYN)') });
    expect(found.title).toBe('The kernel drops TCP segments that arrive: 3 a second');
    expect(found.detail).toMatch(/^By receiver: 10\.0\.0\.7:8080 100%\. By state: LISTEN 100%\./);
  });
  test.each(['ESTABLISHED (RST|ACK)', 'CLOSE (ACK)', 'TIME_WAIT (ACK)'])('%s is no loss', async (state) => {
    expect(await verdicts('dropped-segments', { 'tcpdrop.txt': tcpdrop(state) })).toEqual([
      'ruled-out: TCP segments dropped by the kernel: 0 in 10 s, resets and closed connections excluded',
    ]);
  });
});

describe('what a driver counts (ethtool -S)', () => {
  const counted = (name: string, perSecond: number) =>
    times(
      2,
      (i) =>
        `Mon Jan  5 14:00:0${5 * i} UTC 2026\nNIC statistics:\n     rx_packets: ${1e9 + 500_000 * i}\n     ${name}: ${7 + 5 * perSecond * i}\n`,
    );
  test.each([
    // 10,000 of 110,000 packets.
    ['rx_missed_errors', 10_000, 'found: An interface drops received packets: 10,000 a second'],
    ['bw_in_allowance_exceeded', 10_000, 'found: An interface drops received packets: 10,000 a second'],
    ['rx_crc_errors', 10_000, 'found: An interface receives damaged packets: 10,000 a second'],
    ['rx_csum_good', 10_000, null],
  ])('%s', async (name, perSecond, said) => {
    const found = (
      await verdicts('interface-errors', { 'ethtool.txt': counted(name, perSecond) }, { isLoose: true })
    )[0];
    if (said === null) expect(found).toMatch(/^not-known/);
    else expect(found).toBe(said);
  });
  test('of drops the ring is at fault before the cable', async () => {
    const steps = async (name: string) =>
      nextOf(await only('interface-errors', { 'ethtool.txt': counted(name, 10_000) }, { isLoose: true })).at(-1);
    expect(await steps('rx_dropped')).toBe(
      'See which counter grows, then give the card longer rings: ethtool -S, -g and -G.',
    );
    expect(await steps('rx_errors')).toBe('Check the link: cable, switch port, driver.');
  });
});

describe('sockets that linger', () => {
  const summary = (waiting: number) =>
    `Total: 64321\nTCP:   62010 (estab 310, closed 60100, orphaned 20, timewait ${waiting})\n\nTransport Total     IP        IPv6\nTCP\t  1910      1900      10\n`;
  test.each([
    [58_900, ['found: 58,900 TCP connections are in TIME_WAIT']],
    [20_000, ['found: 20,000 TCP connections are in TIME_WAIT']],
    [19_999, ['near: connections in TIME_WAIT: 19,999']],
    [200, ['not-known: connections in TIME_WAIT: 200 (these files do not say which window they were to cover)']],
  ])('%d in TIME_WAIT', async (waiting, said) => {
    expect(await verdicts('time-wait', { 'ss.txt': summary(waiting) }, { isLoose: true })).toEqual(said);
  });
  const table = (state: string, count: number, users = '') =>
    `State      Recv-Q Send-Q Local Address:Port               Peer Address:Port\n${times(count, (i) => `${state} 1      0      10.0.0.1:8080               10.0.0.8:${30_000 + i} ${users}\n`)}`;
  test.each([
    ['CLOSE-WAIT', 300, '', 'found: 300 connections are in CLOSE_WAIT, most at 10.0.0.1:8080'],
    [
      'CLOSE-WAIT',
      100,
      'users:(("checkout",pid=4242,fd=9))',
      'found: checkout (PID 4242) does not close 100 connections that its peers closed',
    ],
    ['CLOSE-WAIT', 99, '', 'near: connections in CLOSE_WAIT: 99'],
    [
      'ESTAB',
      300,
      '',
      'not-known: connections in CLOSE_WAIT: 0 (these files do not say which window they were to cover)',
    ],
  ])('%s: %d %s', async (state, count, users, said) => {
    expect(await verdicts('close-wait', { 'ss.txt': table(state, count, users) }, { isLoose: true })).toEqual([said]);
  });
});

test.each([
  // 6% of what was sent then, 1% of the minute.
  [10, 60, 'found: TCP resends 60 a second, 6% of its segments for 10 s of 60 s', 'critical'],
  [6, 60, 'near: TCP loss: 6 retransmits a second, 0.6% of the segments', 'notice'],
  [10, 6, 'near: TCP loss: 1 retransmits a second, 0.1% of the segments', 'notice'],
])('%d s of %d retransmits a second in a minute', async (seconds, retransmits, said, severity) => {
  const rows = (i: number) => [[0, 0, i < seconds ? retransmits : 0, 0, 0]];
  const files = {
    'sar-tcp.txt':
      sar('active/s passive/s    iseg/s    oseg/s', steady([[2, 1, 900, 1000]], 60)) +
      sar(
        'atmptf/s  estres/s retrans/s isegerr/s   orsts/s',
        Array.from({ length: 60 }, (_, i) => rows(i)),
      ).replace(/^Linux.*\n/, ''),
  };
  expect(await verdicts('tcp-retransmits', files, { seconds: 60 })).toEqual([said]);
  expect((await only('tcp-retransmits', files, { seconds: 60 })).severity).toBe(severity);
});
