/** How far the samples themselves can be trusted. */
import { commas, shareText, significant } from '../datasets/amounts.ts';
import { FrameKind, type Profile } from '../datasets/profile.ts';
import { allOf } from './rows.ts';
import type { Found, Rule } from './rule.ts';
import { hasCpuProfile, LEAST_SAMPLES, samplesIn, unknownLeaves } from './symbols.ts';
import { collectorsOwn, lostEvents } from './view.ts';

const unknownFrames: Rule = {
  name: 'unknown-frames',
  subsystem: 'cpu',
  topic: 'symbols',
  about:
    'Samples whose innermost frame has no symbol: what they do cannot be told, and shares of everything else are too low.',
  tools: ['perf', 'profile'],
  told: hasCpuProfile,
  thresholds: {
    share: { value: 0.2, unit: 'of the samples', why: 'a fifth in the dark can hide the answer' },
    least: LEAST_SAMPLES,
  },
  judge(view, { share = 0, least = 0 }) {
    return view.profiles('on-cpu').flatMap((stacks): Found[] => {
      const unknown = unknownLeaves(stacks.profile);
      if (samplesIn(stacks) < least || unknown.weight < share * unknown.total) return [];
      const modules = [...unknown.modules].sort((a, b) => b[1] - a[1]).slice(0, 3);
      const worst = modules.map(([module, weight]) => `${module} ${shareText(weight / unknown.total)}`).join(', ');
      return [
        {
          verdict: 'found',
          severity: 'notice',
          title: `${shareText(unknown.weight / unknown.total)} of ${stacks.title} has no symbols: ${worst}`,
          detail:
            'Install the debug symbols of these modules; for JITs let the runtime write its perf map (node --perf-basic-prof, perf-map-agent) before the capture.',
          since: null,
          numbers: [{ label: 'samples without a symbol', value: (100 * unknown.weight) / unknown.total, unit: '%' }],
          evidence: allOf(stacks.source),
          next: null,
        },
      ];
    });
  },
};

const skewed: Rule = {
  name: 'skewed-sampling',
  subsystem: 'cpu',
  topic: 'sampling in step with the workload',
  about:
    'Samples that gather at one offset within the second: the sampler runs in step with a timer of the workload, and the profile shows that moment only. Odd rates such as 99 Hz exist to avoid it.',
  tools: ['perf', 'profile'],
  thresholds: {
    share: { value: 0.2, unit: 'of the samples in one fiftieth of the second', why: 'ten times an even spread' },
    least: { value: 1000, unit: 'samples', why: '20 in each fiftieth when spread evenly' },
  },
  judge(view, { share = 0, least = 0 }) {
    return view.profiles('on-cpu').flatMap((stacks): Found[] => {
      const times = stacks.profile.samples?.at.filter((at) => !Number.isNaN(at)) ?? [];
      if (times.length < least || times.length === 0) return [];
      const rows = new Array<number>(50).fill(0);
      for (const at of times) {
        const row = Math.floor((at - Math.floor(at)) * 50);
        rows[row] = (rows[row] as number) + 1;
      }
      const most = Math.max(...rows);
      if (most < share * times.length) return [];
      const offset = rows.indexOf(most) * 20;
      return [
        {
          verdict: 'found',
          severity: 'notice',
          title: `Sampling is skewed: ${shareText(most / times.length)} of the samples fall between ${offset} and ${offset + 20} ms of the second`,
          detail: 'The workload wakes in bursts at this moment of each second, or the sampler runs in step with it.',
          since: null,
          numbers: [{ label: 'samples', value: times.length, unit: '' }],
          evidence: allOf(stacks.source),
          next: 'see the sub-second offset heat map; sample again at another rate: coldflame collect -F 49',
        },
      ];
    });
  },
};

const lost: Rule = {
  name: 'lost-events',
  subsystem: 'kernel',
  topic: 'lost events',
  about: 'A tool said that it lost events: buffers were too small for the rate, and every count of it is too low.',
  tools: [],
  thresholds: {
    least: { value: 100, unit: 'events', why: 'single losses at the start or the end of a capture change nothing' },
  },
  judge(view, { least = 0 }) {
    return view.capture.sources.flatMap((each, source): Found[] => {
      const events = lostEvents(each, view.capture);
      if (events < least) return [];
      return [
        {
          verdict: 'found',
          severity: 'notice',
          title: `${each.tool} lost ${commas(events)} events: its counts are too low`,
          detail:
            'The rate was higher than its buffer could take; narrow it to a process, or let it sample less often.',
          since: null,
          numbers: [{ label: 'events lost', value: events, unit: '' }],
          evidence: allOf(source),
          next: null,
        },
      ];
    });
  },
};

const cost: Rule = {
  name: 'collector-cost',
  subsystem: 'cpu',
  topic: 'what collecting cost',
  about:
    'The CPU time of the tools that were run. Where it is a good part of the host, it is a part of what they measured too: their own frames, their own processes, the waits that they caused.',
  tools: [],
  thresholds: {
    share: {
      value: 0.25,
      unit: 'of all CPU time of the window',
      why: 'the tools together cost a few percent; what perf script and the printing of stacks take after the window is counted too',
    },
  },
  judge(view, { share = 0 }) {
    const { manifest } = view.capture;
    const { cpus } = view;
    if (manifest === null || cpus === null) return [];
    const runs = manifest.runs.filter(({ cpu }) => cpu !== null && cpu > 0);
    const used = runs.reduce((sum, { cpu }) => sum + (cpu ?? 0), 0);
    const all = (manifest.ended - manifest.started) * cpus;
    if (all <= 0 || used < share * all) return [];
    const [worst] = [...runs].sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0));
    return [
      {
        verdict: 'found',
        severity: 'notice',
        title: `Collecting took ${shareText(used / all)} of the CPUs: ${significant(used)} CPU seconds, ${significant(worst?.cpu ?? 0)} of them ${worst?.tool}`,
        detail: 'A part of what was measured is the measuring: fewer tools, a lower rate, or one process only.',
        since: null,
        numbers: [{ label: 'CPU time of the tools', value: used, unit: 's' }],
        evidence: [],
        next: `coldflame collect --skip ${worst?.tool}`,
      },
    ];
  },
};

/** The weight under the first frames with one of the names, and all of it. */
function weightOf(
  { frames, frame, parent, self }: Profile,
  names: ReadonlySet<string>,
): { of: Map<string, number>; total: number } {
  const process = new Int32Array(self.length).fill(-1);
  const of = new Map<string, number>();
  let total = 0;
  for (let node = 1; node < self.length; node++) {
    const id = frame[node] as number;
    process[node] = frames.kinds[id] === FrameKind.process ? id : (process[parent[node] as number] as number);
    const [weight, name] = [self[node] as number, frames.names[process[node] as number] ?? ''];
    total += weight;
    if (weight > 0 && names.has(name)) of.set(name, (of.get(name) ?? 0) + weight);
  }
  return { of, total };
}

const ownSamples: Rule = {
  name: 'collector-samples',
  subsystem: 'cpu',
  topic: 'samples of the collector itself',
  about:
    'Samples of a CPU profile that fell on the tools of this very capture, by the names of their processes: they are of the measuring, and shares of everything else are lower by as much.',
  tools: [],
  thresholds: {
    share: {
      value: 0.1,
      unit: 'of the samples',
      why: 'from a tenth on, what stands first in a profile may be the tools',
    },
    least: LEAST_SAMPLES,
  },
  judge(view, { share = 0, least = 0 }) {
    return view.profiles('on-cpu').flatMap((stacks): Found[] => {
      const { of, total } = weightOf(stacks.profile, collectorsOwn(view));
      const own = [...of.values()].reduce((sum, weight) => sum + weight, 0);
      if (samplesIn(stacks) < least || own < share * total) return [];
      const tools = [...of].sort(([, a], [, b]) => b - a).slice(0, 3);
      return [
        {
          verdict: 'found',
          severity: 'notice',
          title: `${shareText(own / total)} of ${stacks.title} is of the tools of this capture: ${tools.map(([name, weight]) => `${name} ${shareText(weight / total)}`).join(', ')}`,
          detail: 'Look at the other processes alone: the flame graph can hide these.',
          since: null,
          numbers: [{ label: 'samples of the tools', value: (100 * own) / total, unit: '%' }],
          evidence: allOf(stacks.source),
          next: null,
        },
      ];
    });
  },
};

export const trustRules: readonly Rule[] = [unknownFrames, skewed, lost, cost, ownSamples];
