/** File systems by operation: the distributions that ext4dist and its kin count. */

import { commas } from '../datasets/amounts.ts';
import { withGroups } from '../datasets/buckets.ts';
import { addTo } from '../datasets/groups.ts';
import { allBuckets, bucketTotal } from '../datasets/percentiles.ts';
import type { Histogram } from '../datasets/shapes.ts';
import { atLeast, mixtureInWords, percentileInWords, usecsPer } from './distribution.ts';
import { allOf } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';

const DISTRIBUTIONS = ['ext4dist', 'xfsdist', 'btrfsdist', 'zfsdist', 'nfsdist'];

export const fileLatency: Rule = {
  name: 'file-operation-latency',
  subsystem: 'filesystem',
  topic: 'latency of file operations',
  about:
    'The distribution of the latency of reads, writes, opens and syncs in the file system itself (ext4dist and its kin): what programs wait for, with queues and locks that the disk does not see.',
  closer: true,
  tools: DISTRIBUTIONS,
  thresholds: {
    slow: {
      value: 20_000,
      unit: 'us at p99',
      why: 'as for disk-latency: whoever reads or syncs waits for no more than that',
    },
    fast: { value: 4_000, unit: 'us at p99', why: 'below this, files do not explain delays that a person notices' },
    least: { value: 100, unit: 'operations', why: 'the 99th percentile of fewer is one operation' },
  },
  judge(view, { slow = 0, fast = 0, least = 0 }) {
    return view.datasets('histogram', ...DISTRIBUTIONS).flatMap((histogram): Verdict[] => {
      const operations = operationsOf(histogram).filter(({ total }) => total >= least);
      const evidence = allOf(histogram.source);
      const late = operations.filter(({ p99 }) => p99 >= slow);
      if (late.length > 0)
        return late.map(
          ({ name, total, p99, words, modal }): Verdict => ({
            verdict: 'found',
            severity: p99 >= 5 * slow ? 'critical' : 'warning',
            title: `File operations wait: ${name} (${histogram.tool}) ${words} over ${commas(total)} of them`,
            detail:
              modal ?? 'Waits of the programs themselves, with what the file system and its locks add to the disk.',
            since: null,
            numbers: [{ label: `${name} p99, at least`, value: p99, unit: 'us' }],
            evidence,
            next: 'coldflame collect --tool ext4slower,biolatency,offcputime',
          }),
        );
      const [slowest] = [...operations].sort((a, b) => b.p99 - a.p99);
      if (slowest === undefined || slowest.p99 >= fast) return [];
      const title = `file operations (${histogram.tool}): the slowest kind, ${slowest.name}, ${slowest.words} over ${commas(slowest.total)}`;
      return [ruledOut(title, [], evidence)];
    });
  },
};

interface Operation {
  name: string;
  total: number;
  p99: number;
  words: string;
  modal: string | null;
}

function operationsOf(histogram: Histogram): Operation[] {
  const usecs = usecsPer(histogram.unit);
  if (usecs === null) return [];
  const groups = new Map<string, number[]>();
  // operation = 'fsync', or of bpftrace's the function that was traced
  histogram.labels.forEach(({ operation, key }, group) => {
    addTo(groups, operation ?? key ?? 'all', group);
  });
  return [...groups].flatMap(([name, of]) => {
    const buckets = allBuckets({ ...histogram, ...withGroups(histogram, of) });
    const p99 = atLeast(buckets, 99, usecs);
    if (p99 === null) return [];
    const modal = mixtureInWords(buckets, usecs, `${name} operations`);
    return [{ name, total: bucketTotal(buckets), p99, words: percentileInWords(buckets, 99, usecs), modal }];
  });
}
