/** CPU: saturation first, then who uses it, then what is odd about it (the USE method's order). */
import type { Rule, Verdict } from './rule.ts';
import { mean, stretch, whole } from './view.ts';

export const cpuRules: readonly Rule[] = [
  {
    name: 'run-queue',
    subsystem: 'cpu',
    topic: 'CPU saturation (run queue)',
    about:
      'Threads that run or wait for a CPU (vmstat r counts both). More of them than CPUs for most of the window means that everything on the host waits its turn.',
    tools: ['vmstat'],
    thresholds: {
      perCpu: {
        value: 1.5,
        unit: 'runnable threads per CPU',
        why: 'Systems Performance, 2nd ed., 6.6.1: r above the CPU count is saturation; half as many again leaves room for bursts',
      },
      share: { value: 0.5, unit: 'of the intervals', why: 'a condition of half the window is no burst' },
    },
    judge(view, { perCpu = 0, share = 0 }) {
      const { cpus } = view;
      if (cpus === null) return [];
      return view
        .tracks('vmstat', 'r')
        .filter(({ values }) => values.length > 0)
        .map((track): Verdict => {
          const average = mean(track.values).toFixed(1);
          const numbers = [
            { label: 'runnable threads, mean', value: mean(track.values), unit: '' },
            { label: 'CPUs', value: cpus, unit: '' },
          ];
          const above = stretch(track, (value) => value > perCpu * cpus);
          if (above === null || above.share < share) {
            const title = `CPU saturation: ${average} runnable threads on average for ${cpus} CPUs`;
            return { verdict: 'ruled-out', title, numbers, evidence: [whole(track)] };
          }
          return {
            verdict: 'found',
            severity: above.mean > 2 * perCpu * cpus ? 'critical' : 'warning',
            title: `CPUs are saturated: ${average} runnable threads on average for ${cpus} CPUs, ${above.max} at most`,
            detail: `More than ${perCpu} threads per CPU in ${percent(above.share)} of the intervals: each waits for a CPU before it runs.`,
            since: above.since,
            numbers,
            evidence: [above.evidence],
            next: 'coldflame collect --tool perf,runqlat,pidstat',
          };
        });
    },
  },
];

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
