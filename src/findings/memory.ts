/** Memory: what does not fit any more, before what is merely used. */
import { shareText, significant } from '../datasets/amounts.ts';
import { extent } from '../datasets/extent.ts';
import { type Rule, ruledOut } from './rule.ts';
import { mean, stretch, whole } from './view.ts';

/** So many times the least rate, and programs do little else than wait for it. */
const STANDSTILL = 4;

const swapping: Rule = {
  name: 'swapping',
  subsystem: 'memory',
  topic: 'swapping',
  about:
    'Pages are moved between memory and disk (vmstat si and so) through much of the window: the working set does not fit. Swap that is used but quiet is no problem, and is not reported.',
  tools: ['vmstat'],
  thresholds: {
    rate: { value: 100, unit: 'KiB/s in or out', why: '25 pages a second: less is the kernel tidying up' },
    share: {
      value: 0.3,
      unit: 'of the intervals',
      why: 'swapping comes in bursts; a third of the window is no accident',
    },
  },
  judge(view, { rate = 0, share = 0 }) {
    const tracks = view.tracks('vmstat', 'si', 'so').filter(({ values }) => values.length > 0);
    if (tracks.length === 0) return [];
    const hits = tracks.flatMap((track) => stretch(track, (value) => value >= rate) ?? []);
    const worst = hits.filter((hit) => hit.share >= share).sort((a, b) => b.mean - a.mean)[0];
    const total = tracks.reduce((sum, { values }) => sum + mean(values), 0);
    const numbers = [{ label: 'swapped in and out, mean', value: total, unit: 'KiB/s' }];
    if (worst === undefined)
      return [ruledOut(`swapping: ${significant(total)} KiB/s on average`, numbers, tracks.map(whole))];
    return [
      {
        verdict: 'found',
        severity: total >= STANDSTILL * rate ? 'critical' : 'warning',
        title: `The host is swapping: ${significant(total)} KiB/s on average, in ${shareText(worst.share)} of the intervals`,
        detail: 'Memory that programs use is on disk: each touch of it waits for the disk.',
        since: worst.since,
        until: worst.until,
        numbers,
        evidence: [worst.evidence],
        next: 'coldflame collect --tool free,top,swapin,memleak',
      },
    ];
  },
};

const available: Rule = {
  name: 'memory-available',
  subsystem: 'memory',
  topic: 'memory available',
  about:
    'What the kernel could still hand out without swapping (free, the available column). Low free memory alone means nothing: the page cache uses it and gives it back.',
  tools: ['free'],
  thresholds: {
    low: {
      value: 0.05,
      unit: 'of the total',
      why: 'reclaim begins to stall allocations near the watermarks, a few percent above none',
    },
  },
  judge(view, { low = 0 }) {
    // Memory is the first row, whatever it is called, and the only one that has what is available.
    const [[left], [total]] = [view.tracks('free', 'available'), view.tracks('free', 'total')];
    const [now, all] = [left?.values.at(-1), total?.values.at(-1)];
    if (left === undefined || now === undefined || all === undefined || all <= 0) return [];
    const share = extent(left.values)[0] / all;
    const numbers = [{ label: 'available, least', value: share * 100, unit: '%' }];
    const evidence = [whole(left)];
    if (share >= low) return [ruledOut(`memory shortage: ${shareText(share)} of memory available`, numbers, evidence)];
    return [
      {
        verdict: 'found',
        severity: 'warning',
        title: `Memory is nearly used up: ${shareText(share)} available`,
        detail: 'Allocations wait for reclaim; next come swapping or the OOM killer.',
        since: null,
        numbers,
        evidence,
        next: 'coldflame collect --set memory',
      },
    ];
  },
};

export const memoryRules: readonly Rule[] = [swapping, available];
