/**
 * /proc/net/snmp and /proc/net/netstat: a line of names and a line of numbers for each protocol. They are called as nstat
 * calls them, the protocol before the name: TcpRetransSegs.
 *
 *     Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens
 *     Tcp: 1 200 120000 -1 4 3
 *
 * Behind them may stand /proc/net/sockstat and softnet_stat, as `collect` prints them.
 */
import { counterGrammar, NOTHING, type Reading } from '../counter-file.ts';
import { softnetRows } from './proc-softnet.ts';

// Tcp: RtoAlgorithm RtoMin …       TcpExt: SyncookiesSent …
const NAMES = /^([A-Z][A-Za-z]{1,16}): ([A-Z][A-Za-z0-9]+(?: [A-Za-z0-9]+)*) ?$/;
// Tcp: 1 200 120000 -1 4 3
const VALUES = /^([A-Z][A-Za-z]{1,16}): (-?\d+(?: -?\d+)*) ?$/;
// sockets: used 51        TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 33
const SOCKETS = /^([A-Za-z0-9]{1,16}): ([a-z]{1,16} \d{1,20}(?: [a-z]{1,16} \d{1,20})*)$/;

export const procNetSnmp = counterGrammar({
  name: '/proc/net/snmp',
  tool: 'proc-net-snmp',
  title: 'network counters since boot',
  begins: {
    like: /^(?:Ip|Icmp|Tcp|Udp|TcpExt|IpExt|MPTcpExt): [A-Z]/,
    sure: ([names = '', values = '']) => NAMES.exec(names)?.[1] === (VALUES.exec(values)?.[1] ?? ''),
  },
  open: () => {
    let protocol = '';
    let names: string[] = [];
    const softnet = softnetRows();
    let isCollected = false;
    return (text) => {
      const heading = NAMES.exec(text);
      if (heading !== null) {
        [protocol, names] = [heading[1] as string, (heading[2] as string).split(' ')];
        return NOTHING;
      }
      const [, kind, counts] = SOCKETS.exec(text) ?? [];
      if (kind !== undefined && counts !== undefined) {
        isCollected = true;
        return socketCounts(kind, counts);
      }
      const packets = isCollected ? softnet(text) : null;
      if (packets !== null) return packets;
      const [, of = '', digits = ''] = VALUES.exec(text) ?? [];
      const values = digits.split(' ').map(Number);
      if (of === '' || of !== protocol || values.length !== names.length) return null;
      return values.map((value, i) => ({ name: `${protocol}${names[i]}`, value }));
    };
  },
});

/** `inuse 1 orphan 0` */
function socketCounts(kind: string, counts: string): Reading[] {
  const words = counts.split(' ');
  return words.flatMap((name, i) => (i % 2 === 0 ? [{ name: `${kind} ${name}`, value: Number(words[i + 1]) }] : []));
}
