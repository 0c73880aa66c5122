/**
 * ethtool -S: what the driver of a network interface has counted, by whatever names it gives.
 *
 *     NIC statistics:
 *          rx_queue_0_packets: 265
 */
import { counterGrammar, NOTHING } from '../counter-file.ts';

const HEADING = /^(?:NIC statistics|Standard stats for \S{1,64}):\s*$/;
//      rx_queue_0_packets: 265         [0]: rx_ucast_packets: 12         tx-eth0-bytes: 7
const ROW = /^\s{1,12}(\S.{0,120}?): (\d{1,20})\s*$/;
// ethtool -S eth0
const OF_DEVICE = /ethtool\s+(?:-S|--statistics)\s+(\S{1,64})/;

export const ethtool = counterGrammar({
  name: 'ethtool -S',
  tool: 'ethtool',
  title: 'counters of a network driver',
  begins: { like: HEADING },
  open: ({ command = '' }) => {
    const device = OF_DEVICE.exec(command)?.[1];
    const labels: Record<string, string> = device === undefined ? {} : { interface: device };
    return (text) => {
      if (HEADING.test(text)) return NOTHING;
      const [, name = '', digits] = ROW.exec(text) ?? [];
      return digits === undefined ? null : [{ name, value: Number(digits), labels }];
    };
  },
});
