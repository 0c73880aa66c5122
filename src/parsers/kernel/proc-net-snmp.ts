/**
 * /proc/net/snmp and /proc/net/netstat: a line of names and a line of numbers for each protocol. They are called as nstat
 * calls them, the protocol before the name: TcpRetransSegs.
 *
 *     Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens
 *     Tcp: 1 200 120000 -1 4 3
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';

// Tcp: RtoAlgorithm RtoMin …       TcpExt: SyncookiesSent …
const NAMES = /^([A-Z][A-Za-z]{1,16}): ([A-Z][A-Za-z0-9]+(?: [A-Za-z0-9]+)*) ?$/;
// Tcp: 1 200 120000 -1 4 3
const VALUES = /^([A-Z][A-Za-z]{1,16}): (-?\d+(?: -?\d+)*) ?$/;

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
    return (text) => {
      const heading = NAMES.exec(text);
      if (heading !== null) {
        [protocol, names] = [heading[1] as string, (heading[2] as string).split(' ')];
        return NOTHING;
      }
      const [, of = '', digits = ''] = VALUES.exec(text) ?? [];
      const values = digits.split(' ').map(Number);
      if (of === '' || of !== protocol || values.length !== names.length) return null;
      return values.map((value, i) => ({ name: `${protocol}${names[i]}`, value }));
    };
  },
});
