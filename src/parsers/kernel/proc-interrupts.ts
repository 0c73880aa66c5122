/**
 * /proc/interrupts and /proc/softirqs: how often each interrupt was taken since boot, by CPU.
 *
 *                CPU0       CPU1
 *      26:          0         13  IO-APIC   4-edge      ttyS0
 *     LOC:     447244     382278   Local timer interrupts
 */
import { counterGrammar, type Reading, type Told } from '../counter-file.ts';

//            CPU0       CPU1
const HEADING = /^\s+CPU\d+(?:\s+CPU\d+)*\s*$/;
// 26:          0         13  IO-APIC   4-edge      ttyS0            NET_RX:       2211        8301
const ROW = /^\s{0,20}([A-Z0-9_]{1,16}|\d{1,6}):\s+(\d[\d\s]*?)(?:\s{1,4}(\D.*))?$/;
const SOFT = new Set([
  'HI',
  'TIMER',
  'NET_TX',
  'NET_RX',
  'BLOCK',
  'IRQ_POLL',
  'BLOCK_IOPOLL',
  'TASKLET',
  'SCHED',
  'HRTIMER',
  'RCU',
]);

export const procInterrupts = counterGrammar({
  name: '/proc/interrupts',
  tool: 'proc-interrupts',
  title: 'interrupts since boot',
  begins: { like: /^\s+CPU\d+(?:\s+CPU\d+)*\s*$/ },
  open: () => {
    let cpus: string[] = [];
    return (text): Told => {
      if (HEADING.test(text)) {
        cpus = [...text.matchAll(/CPU(\d+)/g)].map(([, cpu = '']) => cpu);
        return [];
      }
      const [, name = '', digits, what = ''] = ROW.exec(text) ?? [];
      if (digits === undefined || cpus.length === 0) return null;
      return readings(name, what.trim(), digits.trim().split(/\s+/).map(Number), cpus);
    };
  },
});

/** The sum, and each CPU's share of what was taken at all: a large host has thousands of interrupts that never were. */
function readings(id: string, what: string, values: readonly number[], cpus: readonly string[]): Reading[] {
  const kind = SOFT.has(id) ? { softirq: id } : { interrupt: what === '' ? id : `${id} ${what.replace(/\s+/g, ' ')}` };
  // ERR and MIS have one number for all CPUs.
  const own = values.slice(0, cpus.length);
  const sum = own.reduce((all, value) => all + value, 0);
  const all: Reading = { name: 'count', value: sum, labels: { ...kind, cpu: 'all' } };
  if (sum === 0 || own.length < cpus.length) return [all];
  return [
    all,
    ...own.map((value, i): Reading => ({ name: 'count', value, labels: { ...kind, cpu: cpus[i] as string } })),
  ];
}
