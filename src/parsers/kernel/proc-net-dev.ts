/**
 * /proc/net/dev: what each network interface did since it was made.
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
 *         lo: 2413926     265    0    0    0     0          0         0  2413926     265    0    0    0     0       0          0
 */
import { counterGrammar, NOTHING, numbersIn } from '../counter-file.ts';

const NAMES = [
  ...'bytes packets errs drop fifo frame compressed multicast'.split(' ').map((name) => `receive ${name}`),
  ...'bytes packets errs drop fifo colls carrier compressed'.split(' ').map((name) => `transmit ${name}`),
];
const HEADING = /^(?:Inter-\|\s+Receive| face \|)/;
//     lo: 2413926     265    0        eth0:123 of kernels before 2.6.38
const ROW = /^\s{0,16}(\S{1,64}?):\s*(\d[\d\s]*)$/;

export const procNetDev = counterGrammar({
  name: '/proc/net/dev',
  tool: 'proc-net-dev',
  title: 'network interfaces since they were made',
  begins: { like: /^Inter-\|\s+Receive/ },
  open: () => (text) => {
    if (HEADING.test(text)) return NOTHING;
    const [, device = '', rest = ''] = ROW.exec(text) ?? [];
    const values = numbersIn(rest.trim().split(/\s+/));
    if (device === '' || values?.length !== NAMES.length) return null;
    const labels = { interface: device };
    return values.map((value, i) => {
      const name = NAMES[i] as string;
      return { name, value, unit: name.endsWith('bytes') ? 'bytes' : '', labels };
    });
  },
});
