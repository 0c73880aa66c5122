/**
 * /proc/net/softnet_stat: what each CPU did with packets from the network since boot, in hexadecimal.
 *
 *     0002801a 00000000 00000007 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001
 *
 * net/core/net-procfs.c of Linux, softnet_seq_show
 */
import { counterGrammar, type Told } from '../counter-file.ts';

const FIELDS: Readonly<Record<number, string>> = {
  0: 'processed',
  1: 'dropped',
  2: 'time_squeeze',
  9: 'received_rps',
  10: 'flow_limit_count',
  11: 'backlog_len',
};
/** Kernels from 5.10 on print the CPU. */
const CPU = 12;
const ROW = /^[0-9a-f]{8}(?: [0-9a-f]{8}){8,20}\s*$/;

export const procSoftnet = counterGrammar({
  name: '/proc/net/softnet_stat',
  tool: 'proc-softnet',
  title: 'packets handled by each CPU since boot',
  begins: { like: ROW },
  open: softnetRows,
});

/** Reads one row after another; null for what is none. */
export function softnetRows(): (text: string) => Told {
  let rows = 0;
  return (text) => {
    if (!ROW.test(text)) return null;
    const values = text
      .trim()
      .split(' ')
      .map((word) => Number.parseInt(word, 16));
    // Without it the rows are the CPUs in their order.
    const labels = { cpu: String(values[CPU] ?? rows++) };
    return Object.entries(FIELDS).flatMap(([i, name]) => {
      const value = values[Number(i)];
      return value === undefined ? [] : [{ name, value, labels }];
    });
  };
}
