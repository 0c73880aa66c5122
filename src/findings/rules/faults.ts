/** Page faults that cost CPU: memory that is taken anew again and again. */
import { groupsOf } from '../../datasets/groups.ts';
import { maxOf, meanOf } from '../../signals/track.ts';
import type { Rule, Test } from '../facts.ts';
import { rule } from '../facts.ts';
import { collect } from '../steps.ts';
import { programsBy, whoOf } from '../who.ts';
import { HALF_THE_WINDOW, lasting, seenDuring } from './series.ts';

const faultRate = rule({
  name: 'page-fault-rate',
  subsystem: 'memory',
  resource: 'cpu',
  about:
    'Page faults by the hundred thousand: each gives a process a page that the kernel must find and clear first, about a microsecond of CPU. Steady programs keep the memory that they have.',
  asks: [{ signal: 'system.paging.faults.minor' }, { signal: 'process.paging.faults.minor' }],
  thresholds: {
    rate: {
      value: 100_000,
      unit: 'faults a second',
      why: '400 MB of fresh memory each second, and a tenth of a CPU or more to clear it',
    },
    share: HALF_THE_WINDOW,
  },
  judge(signals, { rate, share }) {
    const tables = groupsOf(signals.tracks('process.paging.faults.minor', 'process'), ({ dataset }) => dataset);
    const ofProcesses = [...tables.values()].flatMap((tracks) =>
      [...tracks].sort((a, b) => meanOf(b) - meanOf(a)).slice(0, 1),
    );
    return [...signals.tracks('system.paging.faults.minor'), ...ofProcesses].map((track): Test => {
      const { distance, spell, mean } = lasting(track, { level: rate, share });
      return {
        subject: { kind: 'cpu', name: '' },
        distance,
        severity: distance >= 3 ? 'warning' : 'notice',
        measures: [
          { signal: track.signal, stat: 'mean', value: mean },
          { signal: track.signal, stat: 'max', value: maxOf(track) },
        ],
        ...seenDuring(signals, track, spell),
        who: programsBy(signals, 'process.paging.faults.minor')
          .slice(0, 2)
          .filter((program) => program.mean >= rate / 10)
          .map((program) => whoOf(program, 'process.paging.faults.minor', null)),
        next: [collect('perf', 'execsnoop', 'ffaults')],
      };
    });
  },
});

export const faultRules: readonly Rule[] = [faultRate];
