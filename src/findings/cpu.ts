/** CPU: saturation first, then who uses it, then what is odd about it (the USE method's order). */
import { significant } from '../datasets/amounts.ts';
import { extent } from '../datasets/extent.ts';
import { type Found, type Rule, ruledOut, type Verdict } from './rule.ts';
import { mean, stretch, type Track, type View, whole } from './view.ts';

/** Common to every rule that asks for a lasting condition. */
export const HALF_THE_WINDOW = {
  value: 0.5,
  unit: 'of the intervals',
  why: 'a condition of half the window is no burst',
};

const load: Rule = {
  name: 'load',
  subsystem: 'cpu',
  topic: 'load averages',
  about:
    'The load average counts threads that run, wait for a CPU, or sleep uninterruptibly (disk, some locks). Above the number of CPUs there is more demand than the host can serve; 1 minute against 15 tells whether it is rising or already falling.',
  tools: ['uptime'],
  thresholds: {
    perCpu: {
      value: 1.5,
      unit: 'load per CPU',
      why: 'Systems Performance, 2nd ed., 6.6.1: compare with the CPU count; half as many again leaves room for bursts',
    },
    trend: {
      value: 1.3,
      unit: 'ratio of the 1 and the 15 minute load',
      why: 'damped averages differ by a few percent on a steady host',
    },
  },
  judge(view, { perCpu = 0, trend = 0 }) {
    const over = (minutes: string) =>
      view.tracks('uptime', 'load average').find(({ labels }) => labels.minutes === minutes);
    const [one, fifteen] = [over('1'), over('15')];
    const [now, before, cpus] = [one?.values.at(-1), fifteen?.values.at(-1), view.cpus];
    if (one === undefined || now === undefined || before === undefined || cpus === null) return [];
    const numbers = [
      { label: 'load, 1 minute', value: now, unit: '' },
      { label: 'load, 15 minutes', value: before, unit: '' },
      { label: 'CPUs', value: cpus, unit: '' },
    ];
    const direction = now > before * trend ? 'rising' : before > now * trend ? 'falling' : 'steady';
    const evidence = [whole(one)];
    const title = `load ${now} for ${cpus} CPUs, ${direction} (15 minutes: ${before})`;
    if (Math.max(now, before) <= perCpu * cpus) return [ruledOut(`demand above capacity: ${title}`, numbers, evidence)];
    return [
      {
        verdict: 'found',
        severity: now > perCpu * cpus ? 'warning' : 'notice',
        title: `${now > perCpu * cpus ? 'More demand than CPUs' : 'There was more demand than CPUs'}: ${title}`,
        detail:
          direction === 'falling'
            ? 'The worst may be over: what was captured can be of a host that is already recovering.'
            : 'Load also counts threads in uninterruptible sleep: compare with the run queue before blaming the CPUs.',
        since: null,
        numbers,
        evidence,
        next: 'vmstat 1',
      },
    ];
  },
};

const oneCpu: Rule = {
  name: 'one-cpu',
  subsystem: 'cpu',
  topic: 'balance between CPUs',
  about:
    'One CPU at its limit while the others idle: a single thread, a pinned process or an interrupt that only one CPU serves. Averages over all CPUs hide it.',
  tools: ['mpstat'],
  thresholds: {
    busy: { value: 90, unit: '% busy', why: 'what is left is lost to sampling; the thread there has no time to spare' },
    others: {
      value: 50,
      unit: '% busy on average of the other CPUs',
      why: 'with less than half used elsewhere there was room to run',
    },
    share: HALF_THE_WINDOW,
  },
  judge(view, { busy = 0, others = 0, share = 0 }) {
    const idle = view.tracks('mpstat', '%idle').filter(({ labels }) => /^\d+$/.test(labels.CPU ?? ''));
    if (idle.length < 2) return [];
    const used = (track: Track) => 100 - mean(track.values);
    const found = idle.flatMap((track): Found[] => {
      const above = stretch(track, (value) => 100 - value >= busy);
      const elsewhere = mean(idle.filter((other) => other !== track).map(used));
      if (above === null || above.share < share || elsewhere >= others) return [];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `CPU ${track.labels.CPU} is saturated while the others idle: ${significant(used(track))} % busy, the others ${significant(elsewhere)} %`,
          detail:
            'One thread cannot use more than one CPU: look for a single-threaded process, pinning, or interrupts on this CPU.',
          since: above.since,
          until: above.until,
          numbers: [
            { label: `CPU ${track.labels.CPU} busy`, value: used(track), unit: '%' },
            { label: 'other CPUs busy, mean', value: elsewhere, unit: '%' },
          ],
          evidence: [above.evidence],
          next: `pidstat -t 1; perf record -C ${track.labels.CPU} -g -- sleep 10`,
        },
      ];
    });
    if (found.length > 0) return found;
    const [, busiest] = extent(idle.map(used));
    const title = `one CPU at its limit: the busiest of ${idle.length} was ${significant(busiest)} % busy`;
    const numbers = [{ label: 'busiest CPU', value: busiest, unit: '%' }];
    return busiest < busy ? [ruledOut(title, numbers, idle.map(whole))] : [];
  },
};

interface StateOfCpu {
  name: string;
  metric: string;
  topic: string;
  about: string;
  limit: number;
  why: string;
  says: string;
  detail: string;
  next: string;
}

/** Where CPU time goes when it does not go to the programs. */
const STATES: readonly StateOfCpu[] = [
  {
    name: 'system-time',
    metric: '%sys',
    topic: 'time in the kernel',
    about: 'CPU time spent in system calls, page faults and kernel threads.',
    limit: 30,
    why: 'Systems Performance, 2nd ed., 6.6.1: high system time is worth a look into the kernel; I/O-heavy hosts run at 20 %',
    says: 'The kernel uses the CPUs',
    detail:
      'System calls, page faults, locks or memory management: the kernel frames of the CPU flame graph tell which.',
    next: 'coldflame collect --tool perf,syscount',
  },
  {
    name: 'iowait',
    metric: '%iowait',
    topic: 'CPU idle for I/O',
    about:
      'CPUs that had nothing else to run while threads waited for disk. Low iowait does not prove fast disks: a busy CPU has none.',
    limit: 20,
    why: 'a fifth of the time with nothing to do but to wait for disk is felt by users',
    says: 'CPUs idle while threads wait for disk',
    detail: 'The disks set the pace, not the CPUs: see the disk findings.',
    next: 'coldflame collect --set disk',
  },
  {
    name: 'steal',
    metric: '%steal',
    topic: 'time stolen by the hypervisor',
    about: 'Time in which a virtual CPU wanted to run and the hypervisor ran something else.',
    limit: 5,
    why: 'a guest cannot mend it, and one twentieth already shows as latency tails',
    says: 'The hypervisor withholds CPU time',
    detail: 'Neighbours, a CPU credit that ran out, or an overcommitted host: nothing inside this guest will mend it.',
    next: 'ask the cloud or the virtualization team; compare with another host',
  },
  {
    name: 'softirq',
    metric: '%soft',
    topic: 'time in soft interrupts',
    about: 'CPU time in deferred interrupt work, most often packets.',
    limit: 15,
    why: 'above this, network processing competes with the programs for the CPU',
    says: 'Soft interrupts use the CPUs',
    detail: 'Most often a packet rate: see which CPU, and whether the interrupts of the network card are spread.',
    next: 'coldflame collect --tool softirqs,mpstat,sar-dev',
  },
];

const cpuStates: readonly Rule[] = STATES.map(({ name, metric, topic, about, limit, why, says, detail, next }) => ({
  name,
  subsystem: 'cpu',
  topic,
  about,
  tools: ['mpstat'],
  thresholds: { limit: { value: limit, unit: '% of CPU time', why }, share: HALF_THE_WINDOW },
  judge(view, { limit: above = 0, share = 0 }) {
    return allCpus(view, metric).map((track): Verdict => {
      const numbers = [{ label: `${metric}, mean`, value: mean(track.values), unit: '%' }];
      const hit = stretch(track, (value) => value >= above);
      if (hit === null || hit.share < share)
        return ruledOut(`${topic}: ${metric} ${significant(mean(track.values))} on average`, numbers, [whole(track)]);
      return {
        verdict: 'found',
        severity: hit.mean >= 2 * above ? 'critical' : 'warning',
        title: `${says}: ${metric} ${significant(hit.mean)} on average, ${significant(hit.max)} at most`,
        detail,
        since: hit.since,
        until: hit.until,
        numbers,
        evidence: [hit.evidence],
        next,
      };
    });
  },
}));

/** The track over all CPUs together. */
function allCpus(view: View, metric: string): Track[] {
  return view.tracks('mpstat', metric).filter(({ labels, values }) => labels.CPU === 'all' && values.length > 0);
}

export const cpuRules: readonly Rule[] = [oneCpu, ...cpuStates, load];
