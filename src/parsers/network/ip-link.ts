/**
 * ip -s link: what each network interface received and sent since it was made, and with a second -s its errors by kind.
 *
 *     2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
 *         link/ether 56:5e:02:47:8a:fb brd ff:ff:ff:ff:ff:ff
 *         RX:  bytes packets errors dropped  missed   mcast
 *                266       3      0       0       0       0
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';
import { bytesOf } from '../numbers.ts';

// 2: shop1@shop0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 …
const DEVICE = /^\d{1,6}: (\S{1,64}?)(?:@\S{1,64})?: </;
//     RX:  bytes packets errors dropped  missed   mcast        RX errors:  length    crc       RX: bytes  packets of iproute2 before 5.14
const HEADING = /^\s+([RT]X)( errors)?:\s+([a-z][a-z_ \t]{1,400}?)\s*$/;
//        2413926     265      0       0       0       0            2.30M of -h
const VALUES = /^\s+\d[\d.]*[kKMGT]?(?:\s+\d[\d.]*[kKMGT]?)*\s*$/;
//     link/ether …   altname enp1s0   vlan protocol 802.1Q id 7   inet 10.0.0.1/24   ifb addrgenmode eui64 numtxqueues 1 of -d
const DETAIL =
  /^\s+(?:link\/|altname |vlan |inet6? |valid_lft |promiscuity |bridge|bond|veth|tun|vxlan|alias |(?:[a-z]\w{0,20} )?addrgenmode )/;

export const ipLink = counterGrammar({
  name: 'ip -s link',
  tool: 'ip-link',
  title: 'network interfaces since they were made',
  begins: { like: DEVICE, sure: (lines) => lines.some((line) => HEADING.test(line)) },
  open: () => {
    let device = '';
    let heading: { way: string; names: string[] } | null = null;
    return (text) => {
      const named = DEVICE.exec(text)?.[1];
      if (named !== undefined) {
        [device, heading] = [named, null];
        return NOTHING;
      }
      const [, way = '', errors = '', names = ''] = HEADING.exec(text) ?? [];
      if (way !== '') {
        heading = { way: `${way}${errors}`, names: names.split(/\s+/) };
        return NOTHING;
      }
      if (DETAIL.test(text)) return NOTHING;
      const values = VALUES.test(text) ? text.trim().split(/\s+/).map(amountOf) : [];
      if (heading === null || device === '' || values.length !== heading.names.length) return null;
      const { way: of, names: columns } = heading;
      const labels = { interface: device };
      return values.map((value, i) => {
        const name = `${of} ${columns[i]}`;
        return { name, value, unit: columns[i] === 'bytes' ? 'bytes' : '', labels };
      });
    };
  },
});

/** With -h numbers have suffixes, of 1000 as ip counts them. */
function amountOf(word: string): number {
  const step = ['', 'k', 'm', 'g', 't'].indexOf((/[kKMGT]$/.exec(word)?.[0] ?? '').toLowerCase());
  return bytesOf(word) === null ? Number(word) : Number.parseFloat(word) * 1000 ** step;
}
