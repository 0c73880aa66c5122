/**
 * netstat -s: the kernel's network counters since boot, in words.
 *
 *     Tcp:
 *         4 active connection openings
 *         0 segments retransmitted
 *     IpExt:
 *         InOctets: 2413926
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';

// Ip:      TcpExt:
const PROTOCOL = /^([A-Z][A-Za-z0-9]{1,16}):\s*$/;
//     265 total packets received          Ran 3 times out of system memory during packet sending
const COUNTED = /^\s{2,12}(\d{1,20}) ([^\d/@:][^/@:]{1,120})$/;
//     InOctets: 2413926        destination unreachable: 1
const NAMED = /^\s{2,12}([^:\d/@][^:/@]{1,80}): (\d{1,20})$/;
//     ICMP input histogram:        Detected reordering 3 times using SACK
const SUBHEADING = /^\s{2,12}([^\d:]{2,60}):\s*$/;
const INSIDE = /^\s{2,12}(\D{2,80}?) (\d{1,20}) ([^\d/@:][^/@:]{1,80})$/;

export const netstatStatistics = counterGrammar({
  name: 'netstat -s',
  tool: 'netstat',
  title: 'network counters since boot',
  begins: {
    like: /^(?:Ip|Icmp|Tcp|Udp|TcpExt|IpExt|UdpLite|IcmpMsg):\s*$/,
    sure: ([, second = '']) => COUNTED.test(second) || NAMED.test(second),
  },
  open: () => {
    let protocol = '';
    let group = '';
    return (text) => {
      const heading = PROTOCOL.exec(text);
      if (heading !== null) {
        [protocol, group] = [heading[1] as string, ''];
        return NOTHING;
      }
      const sub = SUBHEADING.exec(text);
      if (sub !== null) {
        group = sub[1] as string;
        return NOTHING;
      }
      if (protocol === '') return null;
      const labels = { of: protocol };
      const [, count, what = ''] = COUNTED.exec(text) ?? [];
      if (count !== undefined) return [{ name: what, value: Number(count), labels }];
      const [, name = '', digits] = NAMED.exec(text) ?? [];
      if (digits !== undefined)
        return [
          { name: /^\s{8}/.test(text) && group !== '' ? `${group}: ${name}` : name, value: Number(digits), labels },
        ];
      const [, before = '', times, after = ''] = INSIDE.exec(text) ?? [];
      return times === undefined ? null : [{ name: `${before} … ${after}`, value: Number(times), labels }];
    };
  },
});
