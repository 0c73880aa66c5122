/**
 * ss: with -s how many sockets there are, and those of TCP by their state; else a row for each.
 *
 *     Total: 8
 *     TCP:   23 (estab 6, closed 16, orphaned 0, timewait 1)
 *
 *     Transport Total     IP        IPv6
 *     TCP	  7         7         0
 *
 * `collect` prints both, the table of ss -ltn below.
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';
import { SOCKET_HEADING, SocketReader } from './ss-table.ts';

// Total: 8       Total: 186 (kernel 0) of iproute2 before 5.0
const TOTAL = /^Total: (\d{1,12})(?: \(kernel \d+\))?\s*$/;
// TCP:   23 (estab 6, closed 16, orphaned 0, synrecv 0, timewait 1/0), ports 0
const TCP = /^TCP: {1,6}(\d{1,12}) \(([^)]{1,200})\)/;
const HEADING = /^Transport Total\s+IP\s+IPv6\s*$/;
// TCP	  7         7         0             *	  186       -         -
const ROW = /^([A-Z*]{1,8})\s+(\d{1,12}|-)\s+(\d{1,12}|-)\s+(\d{1,12}|-)\s*$/;

export const ss = counterGrammar({
  name: 'ss',
  tool: 'ss',
  title: 'sockets',
  begins: {
    like: /^(?:Total: \d+|(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s)/,
    sure: ([first = '', second = '']) => SOCKET_HEADING.test(first) || TCP.test(second),
  },
  below: (context, time) => new SocketReader(context, time),
  open: () => (text) => {
    if (HEADING.test(text)) return NOTHING;
    const total = TOTAL.exec(text)?.[1];
    if (total !== undefined) return [{ name: 'sockets', value: Number(total) }];
    const tcp = TCP.exec(text);
    if (tcp !== null) {
      // timewait 1/0: the second was another way to count them.
      const states = [...(tcp[2] as string).matchAll(/([a-z]{1,20}) (\d{1,12})/g)];
      return [
        { name: 'TCP sockets', value: Number(tcp[1]), labels: { state: 'all' } },
        ...states.map(([, state = '', count]) => ({ name: 'TCP sockets', value: Number(count), labels: { state } })),
      ];
    }
    const [, transport = '', ...counts] = ROW.exec(text) ?? [];
    if (transport === '') return null;
    return ['all', 'IP', 'IPv6'].flatMap((family, i) => {
      const count = counts[i];
      return count === undefined || count === '-'
        ? []
        : [{ name: 'open sockets', value: Number(count), labels: { transport, family } }];
    });
  },
});
