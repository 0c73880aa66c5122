/**
 * /proc/stat: what each CPU did since boot, in ticks (a hundredth of a second on Linux), and what the kernel counted.
 *
 *     cpu  990706 358118 228804 64590 1461 0 1763 2292 0 0
 *     ctxt 8129041
 *
 * https://man7.org/linux/man-pages/man5/proc_stat.5.html
 */
import { counterGrammar, type Told } from '../counter-file.ts';

const STATES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal', 'guest', 'guest_nice'];
// cpu  990706 358118 228804 64590 1461 0 1763 2292 0 0
const CPU = /^cpu(\d{0,5}) +(\d[\d ]*)$/;
// intr 81290412 0 0 33 …: the sum, and each interrupt by its number, which /proc/interrupts names
const COUNTER = /^(intr|ctxt|btime|processes|procs_running|procs_blocked|softirq) (\d{1,20})(?: [\d ]*)?$/;

export const procStat = counterGrammar({
  name: '/proc/stat',
  tool: 'proc-stat',
  title: 'CPU time and kernel counters since boot',
  begins: { like: /^cpu {2}\d+ \d+ \d+ \d+/ },
  open: () => told,
});

function told(text: string): Told {
  const cpu = CPU.exec(text);
  if (cpu !== null) {
    const labels = { cpu: cpu[1] === '' ? 'all' : (cpu[1] as string) };
    const ticks = (cpu[2] as string).trim().split(/ +/).map(Number);
    return ticks
      .slice(0, STATES.length)
      .map((value, i) => ({ name: STATES[i] as string, value, unit: 'ticks', labels }));
  }
  const [, name = '', digits] = COUNTER.exec(text) ?? [];
  return digits === undefined ? null : [{ name, value: Number(digits), unit: name === 'btime' ? 's' : '' }];
}
