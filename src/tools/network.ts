/** TCP: who connects, what is lost and sent again, where it queues; and names that are looked up. */
import { columns, each, field, milliseconds, number, telling, tellingEach, text } from './columns.ts';
import { procNet, sarDev, sarTcp, sockets } from './proc-programs.ts';
import { bcc, bpftrace, classic, fromProc, libbpf } from './recipe.ts';
import { interfaceColumns, tcpColumns } from './sysstat.ts';
import type { Columns, Tool } from './tool.ts';

/** Of each CPU, since boot. */
const softnetColumns: Columns = tellingEach(number, {
  dropped: 'system.network.softnet.dropped',
  time_squeeze: 'system.network.softnet.squeezed',
});

/** How long its queue is now is none. */
const softnetCounters = /^(?!backlog_len$)/;

/** Since boot, by the names that nstat gives them. */
const protocols: Columns = tellingEach(number, {
  TcpInSegs: 'system.network.tcp.segments.received',
  TcpOutSegs: 'system.network.tcp.segments.sent',
  TcpRetransSegs: 'system.network.tcp.retransmissions',
  TcpActiveOpens: 'system.network.tcp.connections.opened',
  TcpPassiveOpens: 'system.network.tcp.connections.accepted',
  TcpAttemptFails: 'system.network.tcp.connections.failed',
  TcpEstabResets: 'system.network.tcp.connections.reset',
  TcpExtListenOverflows: 'system.network.tcp.listen.overflows',
  TcpExtListenDrops: 'system.network.tcp.listen.drops',
  TcpExtTCPBacklogDrop: 'system.network.socket.dropped.segments',
  UdpRcvbufErrors: 'system.network.socket.dropped.datagrams',
});

const protocolColumns: Columns = {
  ...softnetColumns,
  ...protocols,
  'TCP tw': telling(number, 'system.network.tcp.connections.time_wait'),
};

/** All but settings and what is now: RFC 1213 (Ip, Tcp), and with a space in its name what sockstat prints (net/ipv4/proc.c). */
const protocolCounters =
  /^(?!.* |backlog_len$|IpForwarding$|IpDefaultTTL$|TcpRto(?:Algorithm|Min|Max)$|TcpMaxConn$|TcpCurrEstab$|MPTcpExtMPCurrEstab$)/;

/** Since the interface was made. */
const sinceMade = (receive: string, transmit: string, errors: string, dropped: string): Columns =>
  tellingEach(number, {
    [`${receive} bytes`]: 'system.network.io.receive',
    [`${transmit} bytes`]: 'system.network.io.transmit',
    [`${receive} packets`]: 'system.network.packets.receive',
    [`${transmit} packets`]: 'system.network.packets.transmit',
    [`${receive} ${errors}`]: 'system.network.errors.receive',
    [`${transmit} ${errors}`]: 'system.network.errors.transmit',
    [`${receive} ${dropped}`]: 'system.network.dropped.receive',
    [`${transmit} ${dropped}`]: 'system.network.dropped.transmit',
  });

/** Names that several drivers give; those of allowances are ena's, for limits of the cloud. */
const driverColumns: Columns = tellingEach(number, {
  rx_packets: 'system.network.packets.receive',
  tx_packets: 'system.network.packets.transmit',
  rx_bytes: 'system.network.io.receive',
  tx_bytes: 'system.network.io.transmit',
  rx_errors: 'system.network.errors.receive',
  rx_crc_errors: 'system.network.errors.receive',
  tx_errors: 'system.network.errors.transmit',
  rx_dropped: 'system.network.dropped.receive',
  rx_missed_errors: 'system.network.dropped.receive',
  rx_no_buffer_count: 'system.network.dropped.receive',
  rx_fifo_errors: 'system.network.dropped.receive',
  rx_out_of_buffer: 'system.network.dropped.receive',
  rx_discards_phy: 'system.network.dropped.receive',
  bw_in_allowance_exceeded: 'system.network.dropped.receive',
  pps_allowance_exceeded: 'system.network.dropped.receive',
  conntrack_allowance_exceeded: 'system.network.dropped.receive',
  tx_dropped: 'system.network.dropped.transmit',
  bw_out_allowance_exceeded: 'system.network.dropped.transmit',
});

/** In the words of netstat -s; older ones send segments out and have them retransmited. */
const statisticsColumns: Columns = {
  'receive buffer errors': telling(number, 'system.network.socket.dropped.datagrams', { where: { of: 'Udp' } }),
  ...tellingEach(number, {
    'segments received': 'system.network.tcp.segments.received',
    'segments sent out': 'system.network.tcp.segments.sent',
    'segments send out': 'system.network.tcp.segments.sent',
    'segments retransmitted': 'system.network.tcp.retransmissions',
    'segments retransmited': 'system.network.tcp.retransmissions',
    'active connection openings': 'system.network.tcp.connections.opened',
    'active connections openings': 'system.network.tcp.connections.opened',
    'passive connection openings': 'system.network.tcp.connections.accepted',
    'failed connection attempts': 'system.network.tcp.connections.failed',
    'connection resets received': 'system.network.tcp.connections.reset',
    'times the listen queue of a socket overflowed': 'system.network.tcp.listen.overflows',
    'SYNs to LISTEN sockets dropped': 'system.network.tcp.listen.drops',
    'SYNs to LISTEN sockets ignored': 'system.network.tcp.listen.drops',
  }),
};

/** All but what net-tools (statistics.c) prints of settings and of now. */
const statisticsCounters = /^(?!Forwarding$|Default TTL|connections established$|RTO |Mem)/;

export const network: readonly Tool[] = [
  {
    name: 'tcpconnect',
    subsystem: 'network',
    asks: 'Which connections does this host open, from which process to where?',
    reading:
      'Active opens only. A process that connects to the same place many times a second lacks a connection pool. A row is the attempt: whether it succeeded is not said. With -c it prints counts per destination instead.',
    output: {
      shape: 'events',
      of: 'TCP connect',
      columns: columns(
        [
          'TIME',
          'TIME(s)',
          'UID',
          'PID',
          'COMM',
          'IP',
          'SADDR',
          'SPORT',
          'LPORT',
          'DADDR',
          'DPORT',
          'LADDR',
          'RADDR',
          'RPORT',
        ],
        {
          QUERY: text,
          CONNECTS: number,
        },
      ),
    },
    sets: ['bcc', 'network'],
    capture: [
      bcc('tcpconnect -t -p {pid}'),
      libbpf('tcpconnect -t -p {pid} -c {cgroup}', { ends: false }),
      bpftrace('tcpconnect.bt'),
    ],
  },
  {
    name: 'tcpaccept',
    subsystem: 'network',
    asks: 'Who connects to this host, and which process accepts?',
    reading:
      'Passive opens that were accepted: a connection that waits in the backlog is not here yet. A flood of short connections from one address is a client without keep-alive, a health check, or an attack.',
    output: {
      shape: 'events',
      of: 'TCP accept',
      columns: columns(['TIME', 'TIME(s)', 'PID', 'COMM', 'IP', 'RADDR', 'RPORT', 'LADDR', 'LPORT'], { BL: text }),
    },
    sets: ['bcc', 'network'],
    capture: [bcc('tcpaccept -T -p {pid}'), bpftrace('tcpaccept.bt')],
  },
  {
    name: 'tcplife',
    subsystem: 'network',
    asks: 'How long did each connection live, and how much did it carry?',
    reading:
      'A row is printed when a connection closes, so those that outlive the window are missing, and they may be the ones that carry the load. Connections of a few milliseconds and a few kilobytes are set-up cost paid per request. PID and COMM may be those of whoever happened to run when it closed.',
    output: {
      shape: 'events',
      of: 'TCP session',
      columns: columns(['TIME', 'TIME(s)', 'PID', 'COMM', 'IP', 'LADDR', 'LPORT', 'RADDR', 'RPORT', 'TX_KB', 'RX_KB'], {
        MS: milliseconds,
      }),
    },
    sets: ['network'],
    capture: [bcc('tcplife -T -p {pid}'), libbpf('tcplife -T -p {pid}'), bpftrace('tcplife.bt')],
  },
  {
    name: 'tcpretrans',
    subsystem: 'network',
    asks: 'Which segments had to be sent again, to whom, in which state?',
    reading:
      'A retransmission costs at least 200 ms, however fast the network is. Many to one address is a bad path or host; SYN_SENT is a server that does not answer, SYN_RECV one whose answers get lost. PID is whoever was on CPU when the timer fired, mostly 0: not the owner of the connection. L rows are tail loss probes.',
    output: {
      shape: 'events',
      of: 'TCP retransmit',
      columns: columns(['TIME', 'PID', 'IP', 'STATE'], {
        'LADDR:LPORT': field(text, 'local'),
        'T>': text,
        'RADDR:RPORT': field(text, 'remote'),
        SEQ: number,
        RETRANSMITS: number,
      }),
    },
    sets: ['bcc', 'network'],
    capture: [bcc('tcpretrans'), bpftrace('tcpretrans.bt')],
  },
  {
    name: 'tcpsynbl',
    subsystem: 'network',
    asks: 'How full is the queue of connections that wait to be accepted?',
    reading:
      "A histogram of the queue's length at each new connection, one for each limit of a listening socket. Bars near the limit mean that the program does not accept fast enough; the next SYN is dropped, and the client waits a second before it tries again.",
    output: { shape: 'histogram', unit: 'backlog', tells: 'system.network.tcp.syn_backlog' },
    sets: ['network'],
    capture: [bcc('tcpsynbl'), libbpf('tcpsynbl -T {seconds} 1'), bpftrace('tcpsynbl.bt')],
  },
  {
    name: 'tcptop',
    subsystem: 'network',
    asks: 'Which connections carry the most?',
    reading:
      'Kilobytes per interval and connection, as programs read and wrote them: headers and retransmissions are not in it, and what was sent may still be queued.',
    output: {
      shape: 'events',
      columns: columns(['PID', 'COMM', 'LADDR', 'RADDR', 'LADDR6', 'RADDR6', 'RX_KB', 'TX_KB']),
    },
    sets: ['network'],
    capture: [
      bcc('tcptop -C -p {pid} 1 {count}', { interval: 1, overhead: 'moderate' }),
      libbpf('tcptop -C -p {pid} -c {cgroup} 1 {count}', { interval: 1, overhead: 'moderate' }),
    ],
  },
  {
    name: 'tcpstates',
    subsystem: 'network',
    asks: 'Through which states do connections go, and how long do they stay in each?',
    reading:
      'MS is the time spent in OLDSTATE. Long in SYN_SENT is a slow or deaf server, long in CLOSE_WAIT is our program not closing, long in ESTABLISHED is simply a long connection. 0 ms at a first state means that its beginning was not seen.',
    output: {
      shape: 'events',
      columns: columns(['TIME', 'TIME(s)', 'PID', 'COMM', 'IP', 'LADDR', 'LPORT', 'RADDR', 'RPORT'], {
        SKADDR: text,
        'C-PID': { type: 'number', role: 'pid' },
        'C-COMM': { type: 'text', role: 'process' },
        ...each(text, 'OLDSTATE', '->', 'NEWSTATE'),
        MS: milliseconds,
      }),
    },
    sets: ['network'],
    capture: [bcc('tcpstates -T'), libbpf('tcpstates -T')],
  },
  {
    name: 'tcprtt',
    subsystem: 'network',
    asks: 'What are the round trip times to our peers?',
    reading:
      'As TCP itself smooths them, for all connections together or for each address with -b or -B. A second mode is usually another place, not a problem. A round trip that grows under load is a queue filling up somewhere on the way.',
    output: { shape: 'histogram', unit: 'usecs' },
    sets: ['network'],
    capture: [
      bcc('tcprtt -T -i 1 -d {seconds}', { interval: 1, overhead: 'moderate' }),
      libbpf('tcprtt -T -i 1 -d {seconds}', { interval: 1, overhead: 'moderate' }),
    ],
  },
  {
    name: 'tcpdrop',
    subsystem: 'network',
    asks: 'Which segments does the kernel throw away, and on which path in its code?',
    reading:
      'A drop here leads to a retransmission at the other end. The stack tells why: a full backlog, a full buffer, a filter, a segment that fits no connection. Some drops are the normal end of connections: look for many of the same kind.',
    output: {
      shape: 'events',
      of: 'TCP drop',
      columns: columns(['TIME', 'PID', 'COMM', 'IP', 'STATE'], {
        'SADDR:SPORT': field(text, 'remote'),
        '>': text,
        'DADDR:DPORT': field(text, 'local'),
        '(FLAGS)': field(text, 'flags'),
        REASON: field(text, 'reason'),
      }),
    },
    sets: ['network'],
    capture: [bcc('tcpdrop'), bpftrace('tcpdrop.bt')],
  },
  {
    name: 'gethostlatency',
    subsystem: 'network',
    asks: 'How long do look-ups of host names take?',
    reading:
      "Times the C library's functions, so a cache of the program's own, and programs that resolve by themselves (Go, Java with its own resolver), do not show. A slow first look-up before each request is a missing cache; about 5 s is a name server that did not answer.",
    output: {
      shape: 'events',
      of: 'name lookup',
      columns: columns(['TIME', 'PID', 'COMM', 'LATms', 'LAT(ms)'], { HOST: field(text, 'host') }),
    },
    sets: ['network'],
    capture: [bcc('gethostlatency -p {pid}'), libbpf('gethostlatency -p {pid}'), bpftrace('gethostlatency.bt')],
  },
  {
    name: 'tcpconnlat',
    subsystem: 'network',
    asks: 'How long does it take to establish a connection?',
    reading:
      "From the SYN to the answer: the network's round trip and the kernel of the server, not its program. Around 1 s or 3 s more than usual is a SYN that was lost or dropped.",
    output: {
      shape: 'events',
      of: 'TCP connect',
      columns: columns(['TIME(s)', 'PID', 'COMM', 'IP', 'SADDR', 'LPORT', 'DADDR', 'DPORT', 'LAT(ms)']),
    },
    sets: ['network'],
    capture: [bcc('tcpconnlat -t -p {pid}'), libbpf('tcpconnlat -t -p {pid}')],
  },
  {
    name: 'sar-dev',
    subsystem: 'network',
    asks: 'How much do the network interfaces carry?',
    reading:
      'Compare rxkB/s and txkB/s with the speed of the link (%ifutil where it is known). Kilobytes here are 1024 bytes, links are sold in powers of ten. Many packets with few bytes load the CPU, not the link: look at %soft in mpstat.',
    output: {
      shape: 'series',
      columns: interfaceColumns,
    },
    sets: ['60s', 'network'],
    capture: [classic('sar -n DEV 1 {count}', { interval: 1 }), fromProc(sarDev, { interval: 1 })],
  },
  {
    name: 'sar-tcp',
    subsystem: 'network',
    asks: 'How many connections are opened and accepted, and how much is sent again?',
    reading:
      'active/s are connections that this host opened, passive/s those it accepted. retrans/s against oseg/s is the share of segments that were lost on the way: above one in a hundred is felt. isegerr/s and estres/s should be near 0.',
    output: {
      shape: 'series',
      columns: tcpColumns,
    },
    sets: ['60s', 'network'],
    capture: [classic('sar -n TCP,ETCP 1 {count}', { interval: 1 }), fromProc(sarTcp, { interval: 1 })],
  },
  {
    name: 'proc-net',
    subsystem: 'network',
    asks: 'What does the network stack drop, overflow, or send again?',
    reading:
      'All counters of the protocols, since boot: what they grow by in the window is what counts. TcpExt ListenOverflows and ListenDrops are connections that the server did not accept in time, TCPTimeouts and RetransSegs segments that were lost, PruneCalled receive buffers that were full, Udp RcvbufErrors datagrams that nobody fetched. The lines of hexadecimal numbers are one for each CPU: packets, drops, and times that the work was cut short.',
    output: { shape: 'series', columns: protocolColumns, counters: protocolCounters },
    sets: ['60s', 'network'],
    capture: [fromProc(procNet, { interval: 1 })],
  },
  {
    name: 'ss',
    subsystem: 'network',
    asks: 'How many sockets are there, do connections wait to be accepted, and what does TCP know of each?',
    reading:
      'Of a socket that listens, Recv-Q is how many connections wait to be accepted and Send-Q how many may: where the first has reached the second, the next client is turned away. Of an established one they are what the program has not read and what the other end has not acknowledged. rtt is smoothed; retrans is over the life of the connection. Many in timewait are short connections that this host closed; orphaned ones belong to no process any more.',
    output: {
      shape: 'events',
      of: 'socket',
      columns: {
        State: field(text, 'state'),
        'Recv-Q': field(number, 'receive queue'),
        'Send-Q': field(number, 'send queue'),
        'Local Address:Port': field(text, 'local'),
        'Peer Address:Port': field(text, 'remote'),
        rtt: { type: 'number', unit: 'ms' },
        // ss -s
        'TCP sockets': telling(number, 'system.network.tcp.connections.time_wait', { where: { state: 'timewait' } }),
      },
    },
    sets: ['60s', 'network'],
    capture: [fromProc(sockets, { interval: 1 })],
  },
  {
    name: 'netstat',
    subsystem: 'network',
    asks: 'What has the network stack counted since boot?',
    reading:
      'netstat -s says in words what nstat says by name. All count since boot: compare two. Segments retransmitted over segments sent is the loss; "times the listen queue of a socket overflowed" is a program that accepts too slowly.',
    output: { shape: 'series', columns: statisticsColumns, counters: statisticsCounters },
    sets: [],
    capture: [],
  },
  {
    name: 'nstat',
    subsystem: 'network',
    asks: 'What has the network stack counted?',
    reading:
      'Without -a the numbers are what was counted since nstat last ran, by whoever ran it; with -a since boot. TcpRetransSegs over TcpOutSegs is the loss, TcpExtListenOverflows a program that accepts too slowly.',
    output: { shape: 'series', columns: protocols, counters: protocolCounters, mayBeGrowth: true },
    sets: [],
    capture: [],
  },
  {
    name: 'ip-link',
    subsystem: 'network',
    asks: 'What did each network interface send, receive and lose?',
    reading:
      'Counts since the interface was made: compare two. Errors are of the wire or the driver; dropped is for want of room, or a packet that nobody wanted; missed is a ring that was full.',
    output: { shape: 'series', columns: sinceMade('RX', 'TX', 'errors', 'dropped'), counters: /./ },
    sets: [],
    capture: [],
  },
  {
    name: 'ethtool',
    subsystem: 'network',
    asks: 'What has the driver of a network interface counted?',
    reading:
      'Every driver has its own names. Look for drop, miss, err, fifo, no_buffer and pause, and for one queue that has all of them.',
    output: { shape: 'series', columns: driverColumns, counters: /./ },
    sets: [],
    capture: [],
  },
  {
    name: 'proc-net-dev',
    subsystem: 'network',
    asks: 'What did each network interface send, receive and lose since it was made?',
    reading:
      '/proc/net/dev is what ip -s link and sar -n DEV read: only the difference of two readings is of the incident.',
    output: { shape: 'series', columns: sinceMade('receive', 'transmit', 'errs', 'drop'), counters: /./ },
    sets: [],
    capture: [],
  },
  {
    name: 'proc-net-snmp',
    subsystem: 'network',
    asks: 'What has the network stack counted since boot?',
    reading:
      '/proc/net/snmp and /proc/net/netstat, by the names that nstat gives them. Only the difference of two readings is of the incident.',
    output: { shape: 'series', columns: protocolColumns, counters: protocolCounters },
    sets: [],
    capture: [],
  },
  {
    name: 'proc-softnet',
    subsystem: 'network',
    asks: 'Do CPUs keep up with the packets that arrive?',
    reading:
      'dropped is packets for which a CPU had no room; time_squeeze is how often it stopped with packets left because its time was over. Both count since boot.',
    output: { shape: 'series', columns: softnetColumns, counters: softnetCounters },
    sets: [],
    capture: [],
  },
];
