/** How far the samples and the capture itself can be trusted. */
import { totalWeight } from '../../datasets/fold.ts';
import { samplesIn, weightByProcess } from '../../signals/profiles.ts';
import { lostBy } from '../../signals/sources.ts';
import { evidenceOfWhole } from '../../signals/track.ts';
import { profileBasis } from '../basis.ts';
import type { Part, Reason, Rule, Test, Who } from '../facts.ts';
import { rule } from '../facts.ts';
import { sumOf } from '../numbers.ts';
import type { Advice } from '../say/advice.ts';
import { advise } from '../steps.ts';
import { LEAST_SAMPLES, PROFILE } from './functions.ts';
import { lostCallers, type Runtime, runtimeOf, unknownLeaves } from './symbols.ts';

const tooFew = (count: number, least: number): { unclear?: Reason } =>
  count < least ? { unclear: { kind: 'too few', count, least, of: 'sample' } } : {};

function partsOfModules(modules: ReadonlyMap<string, number>, total: number): Part[] {
  return [...modules]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, 3)
    .map(([name, weight]): Part => ({ kind: 'module', name, share: weight / total }));
}

const unknownFrames = rule({
  name: 'unknown-frames',
  subsystem: 'cpu',
  resource: 'profile',
  closer: true,
  about:
    'Samples whose innermost frame has no symbol: what they do cannot be told, and shares of everything else are too low.',
  asks: [{ profile: 'cpu time' }],
  thresholds: {
    share: { value: 0.2, unit: 'of the samples', why: 'a fifth in the dark can hide the answer' },
    least: LEAST_SAMPLES,
  },
  judge: (signals, { share, least }) =>
    signals.profiles('cpu time').map((reading): Test => {
      const { weight, total, modules } = unknownLeaves(reading.stacks.profile);
      const samples = samplesIn(reading.stacks);
      return {
        subject: PROFILE,
        distance: samples < least ? Number.NaN : weight / total / share,
        severity: 'notice',
        measures: [{ signal: 'profile.samples.unknown', stat: 'share', value: (100 * weight) / total }],
        basis: [profileBasis(signals, reading)],
        evidence: [evidenceOfWhole(reading)],
        parts: partsOfModules(modules, total),
        details: { count: samples },
        ...tooFew(samples, least),
        next: [advise('install symbols')],
      };
    }),
});

const NAMES: Readonly<Record<Runtime, Advice>> = {
  node: 'name Node',
  java: 'name Java',
  python: 'name Python',
  dotnet: 'name .NET',
};

const namelessJit = rule({
  name: 'nameless-jit',
  subsystem: 'cpu',
  resource: 'profile',
  closer: true,
  about:
    'Samples in code that a runtime compiled while it ran, and that nothing names: the flame graph shows that Node, Java, Python or .NET worked, and not on what. Each runtime can write a map of its code for perf.',
  asks: [{ profile: 'cpu time' }],
  thresholds: {
    share: { value: 0.2, unit: 'of the samples', why: 'as for unknown-frames' },
    least: LEAST_SAMPLES,
  },
  judge: (signals, { share, least }) =>
    signals.profiles('cpu time').map((reading): Test => {
      const { profile } = reading.stacks;
      const { anonymous, total } = unknownLeaves(profile);
      const of = [...anonymous]
        .map(([name, weight]) => ({ name, weight, runtime: runtimeOf(name, profile) }))
        .filter((each): each is { name: string; weight: number; runtime: Runtime } => each.runtime !== null)
        .sort((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1));
      const weight = sumOf(of.map((each) => each.weight));
      const samples = samplesIn(reading.stacks);
      const [most] = of;
      return {
        subject: PROFILE,
        distance: samples < least ? Number.NaN : weight / total / share,
        severity: 'notice',
        measures: [{ signal: 'profile.samples.unknown', stat: 'share', value: (100 * weight) / total }],
        basis: [profileBasis(signals, reading)],
        evidence: [evidenceOfWhole(reading)],
        who: of
          .slice(0, 2)
          .map((each): Who => ({ role: 'user', name: each.name, pid: null, processes: 1, share: each.weight / total })),
        ...(most === undefined ? {} : { parts: [{ kind: 'runtime', name: most.runtime }] }),
        details: { count: samples },
        ...tooFew(samples, least),
        next: most === undefined ? [] : [advise(NAMES[most.runtime])],
      };
    }),
});

const missingCallers = rule({
  name: 'missing-callers',
  subsystem: 'cpu',
  resource: 'profile',
  closer: true,
  about:
    'Stacks that end after a function or two in addresses that are none: the program was compiled without frame pointers, and perf lost the way up. The functions at the top are right; who called them is not known.',
  asks: [{ profile: 'cpu time' }],
  thresholds: {
    share: { value: 0.3, unit: 'of the samples in programs', why: 'single stacks break in any profile' },
    least: { value: 100, unit: 'of them', why: 'with fewer, chance alone may break a third' },
  },
  judge: (signals, { share, least }) =>
    signals.profiles('cpu time').map((reading): Test => {
      const { weight, total, modules } = lostCallers(reading.stacks.profile);
      // Of those in the kernel and of idle CPUs there are no callers to lose.
      const samples = Math.floor(
        (samplesIn(reading.stacks) * total) / Math.max(1, totalWeight(reading.stacks.profile)),
      );
      return {
        subject: PROFILE,
        distance: samples < least || total === 0 ? Number.NaN : weight / total / share,
        severity: 'notice',
        measures: [
          { signal: 'profile.samples.callerless', stat: 'share', value: total === 0 ? 0 : (100 * weight) / total },
        ],
        basis: [profileBasis(signals, reading)],
        evidence: [evidenceOfWhole(reading)],
        parts: partsOfModules(modules, total),
        details: { count: samples },
        ...tooFew(samples, least),
        next: [advise('compile with frame pointers')],
      };
    }),
});

/** Into how many parts the second is cut. */
const PARTS_OF_SECOND = 50;

const skewed = rule({
  name: 'skewed-sampling',
  subsystem: 'cpu',
  resource: 'profile',
  closer: true,
  about:
    'Samples that gather at one offset within the second: the sampler runs in step with a timer of the workload, and the profile shows that moment only. Odd rates such as 99 Hz exist to avoid it.',
  asks: [{ profile: 'cpu time' }],
  thresholds: {
    share: { value: 0.2, unit: 'of the samples in one fiftieth of the second', why: 'ten times an even spread' },
    least: { value: 1000, unit: 'samples', why: '20 in each fiftieth when spread evenly' },
  },
  judge: (signals, { share, least }) =>
    signals.profiles('cpu time').flatMap((reading): Test[] => {
      const parts = new Array<number>(PARTS_OF_SECOND).fill(0);
      for (const at of reading.stacks.profile.samples?.at ?? []) {
        if (Number.isNaN(at)) continue;
        const part = Math.floor((at - Math.floor(at)) * PARTS_OF_SECOND);
        parts[part] = (parts[part] as number) + 1;
      }
      const [count, most] = [sumOf(parts), Math.max(...parts)];
      if (count === 0) return [];
      return [
        {
          subject: PROFILE,
          distance: count < least ? Number.NaN : most / count / share,
          severity: 'notice',
          measures: [{ signal: 'profile.samples.skew', stat: 'share', value: (100 * most) / count }],
          basis: [profileBasis(signals, reading)],
          evidence: [evidenceOfWhole(reading)],
          details: { count, before: (parts.indexOf(most) * 1000) / PARTS_OF_SECOND },
          ...tooFew(count, least),
          next: [advise('sample at another rate')],
        },
      ];
    }),
});

const lost = rule({
  name: 'lost-events',
  subsystem: 'kernel',
  resource: 'tool',
  about: 'A tool said that it lost events: buffers were too small for the rate, and every count of it is too low.',
  asks: [],
  thresholds: {
    least: { value: 100, unit: 'events', why: 'single losses at the start or the end of a capture change nothing' },
  },
  judge: (signals, { least }) =>
    signals.sources.map((source): Test => {
      const from = signals.source(source);
      const events = lostBy(signals.capture, from);
      return {
        subject: { kind: 'tool', name: from.tool },
        distance: events / least,
        severity: 'notice',
        measures: [{ signal: 'tool.events.lost', stat: 'sum', value: events }],
        basis: [],
        evidence: [{ source, lines: null }],
      };
    }),
});

const cost = rule({
  name: 'collector-cost',
  subsystem: 'cpu',
  resource: 'tool',
  about:
    'The CPU time of the tools that were run. Where it is a good part of the host, it is a part of what they measured too: their own frames, their own processes, the waits that they caused. It stands beside every verdict on the CPUs, and in its place where it was most of what was seen.',
  asks: [],
  thresholds: {
    share: { value: 0.25, unit: 'of all CPU time of the window', why: 'the tools together cost a few percent' },
  },
  judge({ observer, cpus }, { share }) {
    if (observer.share === null) return [];
    return [
      {
        subject: { kind: 'tool', name: '' },
        distance: observer.share / share,
        severity: 'notice',
        measures: [{ signal: 'tool.cpu.utilization', stat: 'share', value: 100 * observer.share }],
        basis: [],
        evidence: [],
        who: observer.tools.slice(0, 3).map(
          ({ tool, seconds }): Who => ({
            role: 'user',
            name: tool,
            pid: null,
            processes: 1,
            quantity: { signal: 'tool.cpu.time', stat: 'sum', value: seconds },
          }),
        ),
        details: cpus === null ? {} : { cpus },
        next: [advise('fewer tools')],
      },
    ];
  },
});

const ownSamples = rule({
  name: 'collector-samples',
  subsystem: 'cpu',
  resource: 'profile',
  closer: true,
  about:
    'Samples of a CPU profile that fell on the tools of this very capture: they are of the measuring, and shares of everything else are lower by as much. A profile tells processes by name: another perf of the same time counts too.',
  asks: [{ profile: 'cpu time' }],
  thresholds: {
    share: {
      value: 0.1,
      unit: 'of the samples',
      why: 'from a tenth on, what stands first in a profile may be the tools',
    },
    least: LEAST_SAMPLES,
  },
  judge: (signals, { share, least }) =>
    signals.profiles('cpu time').map((reading): Test => {
      const { of, total } = weightByProcess(reading.stacks.profile);
      const own = [...of]
        .filter(([name]) => signals.observer.isOwn(name, null))
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const weight = sumOf(own.map(([, each]) => each));
      const samples = samplesIn(reading.stacks);
      return {
        subject: PROFILE,
        distance: samples < least || total === 0 ? Number.NaN : weight / total / share,
        severity: 'notice',
        measures: [{ signal: 'profile.samples', stat: 'share', value: total === 0 ? 0 : (100 * weight) / total }],
        basis: [profileBasis(signals, reading)],
        evidence: [evidenceOfWhole(reading)],
        who: own
          .slice(0, 3)
          .map(([name, each]): Who => ({ role: 'user', name, pid: null, processes: 1, share: each / total })),
        details: { count: samples },
        ...tooFew(samples, least),
        next: [advise('fewer tools')],
      };
    }),
});

export const trustRules: readonly Rule[] = [missingCallers, namelessJit, unknownFrames, skewed, lost, cost, ownSamples];
