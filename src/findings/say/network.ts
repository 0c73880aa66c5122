/** What the rules on the network say. */
import { commas, rounded, scaledText } from '../../datasets/amounts.ts';
import type { Test } from '../facts.ts';
import type { RuleName } from '../names.ts';
import {
  amountText,
  atMost,
  firstUser,
  forHowLong,
  partOf,
  partsSentence,
  said,
  sharesBeside,
  thresholdText,
  usersSentence,
  type Words,
  whose,
  whoText,
} from './words.ts';

/** `120 a second`, of the first measure. */
function perSecond(test: Test): string {
  const [quantity] = test.measures;
  return quantity === undefined ? '' : `${rounded(quantity.value)} a second`;
}

function shareOf(test: Test): string {
  const share = test.measures.find(({ stat }) => stat === 'share');
  return share === undefined ? '' : amountText(share);
}

function toPeer(test: Test): string {
  const peer = partOf(test, 'peer');
  return peer === null || (peer.share ?? 0) < 0.5 ? '' : `, most to ${peer.name}`;
}

export const networkWords = {
  'tcp-retransmits': {
    topic: 'TCP loss',
    title: (test) =>
      `TCP resends ${perSecond(test)}${shareOf(test) === '' ? '' : `, ${shareOf(test)} of its segments`}${toPeer(test)}${forHowLong(test)}`,
    details: (test) => [
      partsSentence(test, 'peer', 'To'),
      'Packets are lost on the way or dropped by a receiver: see which peers, and the drop counters of the interfaces.',
    ],
    seen: (test) =>
      `${rounded(test.measures[0]?.value ?? 0)} retransmits a second${shareOf(test) === '' ? '' : `, ${shareOf(test)} of the segments`}`,
  },
  'tcp-retransmit-peers': {
    topic: 'TCP retransmits by peer',
    title: (test) => `TCP resends ${perSecond(test)}${toPeer(test)}`,
    details: (test) => [partsSentence(test, 'peer', 'To'), partsSentence(test, 'state', 'By state')],
    seen: (test) =>
      `${commas(test.details?.count ?? 0)}${test.details?.window === undefined ? '' : ` in ${scaledText(test.details.window, 's')}`}`,
  },
  'interface-limit': {
    topic: 'network volume',
    title: (test) =>
      `${interfaceText(test)} is near its speed: ${said(test, 'system.network.utilization', 'mean')}${forHowLong(test)}`,
    details: (test) => [
      atMost(test, 'system.network.utilization'),
      partsSentence(test, 'peer', 'Busiest peers'),
      'Packets queue at the interface; whoever sends most of the volume is the one to ask.',
    ],
    seen: (test) => `${test.subject.name} at ${said(test, 'system.network.utilization', 'max')} of its speed at most`,
  },
  'interface-errors': {
    topic: 'errors of interfaces',
    title: (test) => `${interfaceText(test)} ${errorVerb(test)} ${perSecond(test)}`,
    details: (test) => [
      shareOf(test) === '' ? '' : `That is ${shareOf(test)} of its packets.`,
      test.form?.includes('dropped')
        ? 'A full ring or queue, a filter, or a limit of the cloud.'
        : 'A cable, a port, a driver.',
    ],
    seen: (test) => `${test.subject.name} ${errorVerb(test)} ${perSecond(test)}`,
  },
  'softnet-drops': {
    topic: 'packets dropped at the CPUs',
    title: (test) =>
      test.form === 'squeezed'
        ? `Soft interrupts leave packets for later ${perSecond(test)}`
        : `The CPUs drop ${rounded(test.measures[0]?.value ?? 0)} received packets a second`,
    details: () => ['Packets come faster than the CPU that serves the card takes them in.'],
    seen: (test) => `${perSecond(test)}`,
  },
  'socket-drops': {
    topic: 'packets dropped at sockets',
    title: (test) =>
      `The kernel drops ${rounded(test.measures[0]?.value ?? 0)} ${test.form === 'segments' ? 'TCP segments' : 'UDP datagrams'} a second at full sockets`,
    details: (test) => [
      'The program that owns the socket does not read in time.',
      test.form === 'segments' ? 'Their senders send them again.' : 'UDP does not send them again.',
    ],
    seen: (test) => `${perSecond(test)}`,
  },
  'listen-overflows': {
    topic: 'listen queues',
    title: (test) => {
      const port = partOf(test, 'port');
      const where = port === null ? 'A listen queue' : `The listen queue of ${port.name}`;
      if (test.form === 'queue')
        return `${where} is full: ${said(test, 'system.network.tcp.listen.queue')} of ${commas(test.details?.limit ?? 0)} waiting`;
      return `${where} overflows: ${rounded(test.measures[0]?.value ?? 0)} connections dropped a second`;
    },
    details: (test) => {
      const owner = firstUser(test);
      return [
        `${owner === null ? 'The program' : whoText(owner)} does not accept in time: clients wait a second and more before they try again.`,
      ];
    },
    seen: (test) =>
      test.form === 'queue'
        ? (test.details?.limit ?? 0) === 0
          ? 'nobody listens'
          : `${said(test, 'system.network.tcp.listen.queue')} of ${commas(test.details?.limit ?? 0)} waiting at most`
        : `${perSecond(test)} dropped`,
  },
  'listen-backlog': {
    topic: 'SYN backlogs',
    title: (test) =>
      `A backlog of ${commas(test.details?.limit ?? 0)} overflows: ${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} requests found it full`,
    details: () => ['The server accepts too slowly, or its backlog is too small for its bursts.'],
    seen: (test) =>
      `one of ${commas(test.details?.limit ?? 0)} was full for ${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} requests`,
  },
  'slow-dns': {
    topic: 'name lookups',
    title: (test) => `Name lookups${by(test)} are slow: 99th percentile ${said(test, 'dns.lookup.duration', 'p99')}`,
    details: (test) => [
      `${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} took ${thresholdText(test)} or more.`,
      partsSentence(test, 'host', 'Names'),
      test.form === 'several names'
        ? 'Several names point to the name server or the way to it.'
        : 'One name points to whoever serves it.',
    ],
    seen: (test) => `99th percentile ${said(test, 'dns.lookup.duration', 'p99')} over ${commas(test.details?.of ?? 0)}`,
  },
  'slow-connects': {
    topic: 'TCP connects',
    title: (test) =>
      `${commas(test.details?.count ?? 0)} of ${commas(test.details?.of ?? 0)} TCP connects${whose(test)} took ${thresholdText(test)} or more${toPeer(test)}`,
    details: (test) => [
      'The first SYN or its answer was lost and was sent again by its timer.',
      sharesBeside(test),
      partsSentence(test, 'peer', 'To'),
    ],
    seen: (test) =>
      `99th percentile ${said(test, 'system.network.tcp.connect.duration', 'p99')} over ${commas(test.details?.of ?? 0)} connections`,
  },
  'dropped-segments': {
    topic: 'TCP segments dropped by the kernel',
    title: (test) => `The kernel drops TCP segments that arrive: ${perSecond(test)}`,
    details: (test) => [
      partsSentence(test, 'port', 'By receiver'),
      partsSentence(test, 'state', 'By state'),
      'The stacks tell which check of the kernel drops them.',
    ],
    seen: (test) =>
      `${commas(test.details?.count ?? 0)}${test.details?.window === undefined ? '' : ` in ${scaledText(test.details.window, 's')}`}, resets and closed connections excluded`,
  },
  'connection-churn': {
    topic: 'connection churn',
    title: (test) => {
      const [who] = test.who ?? [];
      const number = `${rounded(test.measures[0]?.value ?? 0)} TCP connections a second`;
      if (who === undefined || (who.share ?? 1) < 0.5) return `${number} are ${test.form ?? 'opened'}`;
      return `${whoText(who)} ${test.form === 'accepted' ? 'accepts' : 'opens'} ${number}`;
    },
    details: (test) => [
      // Of one that has them all the title says so.
      (test.who?.[0]?.share ?? 0) >= 0.995
        ? ''
        : usersSentence(test, test.form === 'accepted' ? 'Accepted by' : 'Opened by'),
      partsSentence(test, 'peer', test.form === 'accepted' ? 'From' : 'To'),
      ownersSentence(test),
      partsSentence(test, 'program', 'Candidates by CPU time'),
      'Each costs round trips, system calls, and a local port for a minute.',
    ],
    seen: (test) => `${rounded(test.measures[0]?.value ?? 0)} connections a second ${test.form ?? 'opened'}`,
  },
  'connection-failures': {
    topic: 'failed TCP connections',
    title: (test) =>
      `${rounded(test.measures[0]?.value ?? 0)} TCP connections a second ${test.form === 'reset' ? 'are reset' : 'fail'}`,
    details: (test) => [
      test.form === 'reset'
        ? 'A program closed with data unread, or a peer or a load balancer gave up.'
        : 'Nobody listens there, a backlog is full, or the peer does not answer.',
    ],
    seen: (test) => `${rounded(test.measures[0]?.value ?? 0)} a second ${test.form ?? 'failed'}`,
  },
  'time-wait': {
    topic: 'connections in TIME_WAIT',
    title: (test) =>
      `${said(test, 'system.network.tcp.connections.time_wait')} TCP connections are in TIME_WAIT${toPeer(test)}`,
    details: (test) => [
      partsSentence(test, 'peer', 'To'),
      'A server has many without harm. A client keeps the local port of each for a minute, and has 28,232 to one peer.',
    ],
    seen: (test) => said(test, 'system.network.tcp.connections.time_wait'),
  },
  'close-wait': {
    topic: 'connections in CLOSE_WAIT',
    title: (test) => {
      const [who] = test.who ?? [];
      const port = partOf(test, 'port');
      const count = `${said(test, 'system.network.tcp.connections.close_wait')} connections`;
      if (who !== undefined) return `${whoText(who)} does not close ${count} that its peers closed`;
      return `${count} are in CLOSE_WAIT${port === null ? '' : `, most at ${port.name}`}`;
    },
    details: (test) => [
      'Their peers closed them and the program of this host did not: a leak, or a program that hangs.',
      partsSentence(test, 'peer', 'From'),
    ],
    seen: (test) => said(test, 'system.network.tcp.connections.close_wait'),
  },
} as const satisfies Partial<Readonly<Record<RuleName, Words>>>;

/** `Interface eth0`; counters of a driver may not say whose they are. */
function interfaceText({ subject: { name } }: Test): string {
  return name === '' ? 'An interface' : `Interface ${name}`;
}

/** How far the owners of connections are known. */
function ownersSentence({ who = [], parts = [] }: Test): string {
  const tools = parts.filter(({ kind }) => kind === 'tool').map(({ name }) => name);
  if (who.length > 0)
    return tools.length === 0 ? '' : `${tools[0]} saw only connections that were open when it looked.`;
  return `Whose they are is unknown${tools.length === 0 ? '' : `: ${tools.join(' or ')} would tell`}.`;
}

/** ` by checkout`; empty for nobody. */
function by(test: Test): string {
  const [who] = test.who ?? [];
  return who === undefined || (who.share ?? 1) < 0.5 ? '' : ` by ${whoText(who)}`;
}

const VERBS: Readonly<Record<string, string>> = {
  'system.network.errors.receive': 'receives damaged packets:',
  'system.network.errors.transmit': 'fails to send packets:',
  'system.network.dropped.receive': 'drops received packets:',
  'system.network.dropped.transmit': 'drops packets to send:',
};

function errorVerb({ form = '' }: Test): string {
  return VERBS[form] ?? 'has errors:';
}
