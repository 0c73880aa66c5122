/** What two captures come to side by side, against numbers counted by hand. */
import { expect, test } from 'vitest';
import type { Finding } from '../../src/datasets/finding.ts';
import { findingChanges } from '../../src/datasets/finding-changes.ts';
import { pairs } from '../../src/datasets/pairs.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { overlaid } from '../../src/datasets/profile-merge.ts';
import type { Column, Dataset, Series, Stacks } from '../../src/datasets/shapes.ts';
import { flameTree } from '../../src/render/flame/tree.ts';
import { PLAIN_FLAME } from '../../src/render/flame/view.ts';
import { diffStatus } from '../../src/render/report/client/pair/words.ts';
import { bucketChange, changeText } from '../../src/render/report/diff/change-numbers.ts';
import { durationPairs, exactPercentile } from '../../src/render/report/diff/distributions.ts';
import {
  changeAt,
  changeToldOf,
  comparedFlame,
  functionChangeTable,
  onlyIn,
  overOneTrie,
} from '../../src/render/report/diff/flame.ts';
import { pairTables } from '../../src/render/report/diff/pair-tables.ts';
import { secondsOf } from '../../src/render/report/pair.ts';
import { CAPTURES } from '../../src/render/sides.ts';
import { findingOf, measureOf } from '../finding.ts';
import { countsOf, eventsOf, histogramOf, metricOf, rowsOf } from '../plain.ts';

const head = { source: 0, tool: 't', title: 't', clock: null };

function stacks(weights: Record<string, number>, changes: Partial<Stacks> = {}): Stacks {
  const profile = new ProfileBuilder({ samples: false });
  for (const [stack, weight] of Object.entries(weights)) {
    const node = stack.split(';').reduce((at, name) => profile.child(at, profile.frame(name)), 0);
    profile.add(node, weight);
  }
  return { ...head, shape: 'stacks', kind: 'on-cpu', unit: 'samples', profile: profile.build(), ...changes };
}

/** 200 samples before, 400 after: half the reading went into waiting for a lock that was not there. */
const BEFORE = stacks({ 'app;read': 100, 'app;parse;lex': 60, 'app;cache;lookup': 40 });
const AFTER = stacks({ 'app;read': 100, 'app;parse;lex': 124, 'app;lock;futex': 176 });

function nodeOf({ profile }: Stacks, path: string): number {
  const names = path.split(';');
  return names.reduce((at, name) => {
    const child = [...profile.parent.keys()].find(
      (node) => node > 0 && profile.parent[node] === at && profile.frames.names[profile.frame[node] as number] === name,
    );
    if (child === undefined) throw new Error(`no ${path}`);
    return child;
  }, 0);
}

test('profiles over one trie keep their weights, and a node is the same stack in both', () => {
  const [before, after] = overlaid(BEFORE.profile, AFTER.profile);
  expect(before.parent).toBe(after.parent);
  const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0);
  expect([sum(before.self), sum(after.self)]).toEqual([200, 400]);
  const read = nodeOf({ ...BEFORE, profile: before }, 'app;read');
  expect([before.self[read], after.self[read]]).toEqual([100, 100]);
});

test('a box changes by its share; what chance makes as well is no change', () => {
  const both = overOneTrie(BEFORE, AFTER);
  const flame = comparedFlame(both, PLAIN_FLAME, [null, null]);
  const change = (path: string, of: 'self' | 'total') => changeAt(flame, nodeOf(both[1], path), of);
  // From 100 of 200 to 100 of 400, from nothing to 176 of 400.
  expect(change('app;read', 'self')).toBeCloseTo(-0.25, 10);
  expect(change('app;lock', 'self')).toBe(0);
  expect(change('app;lock', 'total')).toBeCloseTo(0.44, 10);
  // From 30 % to 31 %: two standard errors are some 8 points.
  expect(change('app;parse;lex', 'self')).toBe(0);
});

test('of what is no sample every difference is told', () => {
  const both = overOneTrie({ ...BEFORE, kind: 'off-cpu', unit: 'usecs' }, { ...AFTER, kind: 'off-cpu', unit: 'usecs' });
  const flame = comparedFlame(both, PLAIN_FLAME, [null, null]);
  expect(changeAt(flame, nodeOf(both[1], 'app;parse;lex'), 'self')).toBeCloseTo(0.01, 10);
});

test('what only one of the two has is listed where it begins', () => {
  const flame = comparedFlame(overOneTrie(BEFORE, AFTER), PLAIN_FLAME, [null, null]);
  const told = (side: 'before' | 'after') => onlyIn(flame, side).told.map(({ path, share }) => [path.join(';'), share]);
  expect(told('before')).toEqual([['app;cache', 0.2]]);
  expect(told('after')).toEqual([['app;lock', 0.44]]);
  // One sample of 201 is 0.5 %, where two standard errors are 0.7.
  const rare = comparedFlame(overOneTrie(stacks({ 'app;read': 200, 'app;rare': 1 }), AFTER), PLAIN_FLAME, [null, null]);
  expect(onlyIn(rare, 'before')).toEqual({ told: [], byChance: { count: 1, share: 1 / 201 } });
});

test('functions stand by the change of their share, what may be chance behind the rest', () => {
  const flame = comparedFlame(overOneTrie(BEFORE, AFTER), PLAIN_FLAME, [null, null]);
  const table = functionChangeTable(flame, 'self');
  expect(rowsOf(table).slice(0, 4)).toEqual([
    ['futex', 44, 0, 44, '', 0, 44, ''],
    ['read', -25, 50, 25, '', 50, 25, ''],
    ['lookup', -20, 20, 0, '', 20, 0, ''],
    ['lex', 1, 30, 31, 'may be', 30, 31, ''],
  ]);
});

test('waits are told by the stacks they are in: each ends in the scheduler', () => {
  const waits = (weights: Record<string, number>): Stacks => stacks(weights, { kind: 'off-cpu', unit: 'usecs' });
  const [before, after] = [
    waits({ 'app;read;schedule': 75, 'app;lock;schedule': 25 }),
    waits({ 'app;read;schedule': 40, 'app;lock;schedule': 160 }),
  ];
  expect(changeToldOf(after)).toBe('total');
  const flame = comparedFlame(overOneTrie(before, after), PLAIN_FLAME, [null, null]);
  // From 25 of 100 to 160 of 200, and the other way round; all of it is app, all of it ends in schedule.
  expect(rowsOf(functionChangeTable(flame, 'total'))).toEqual([
    ['read', -55, 0, 0, 75, 20, ''],
    ['lock', 55, 0, 0, 25, 80, ''],
    ['schedule', 0, 100, 100, 100, 100, ''],
    ['app', 0, 0, 0, 100, 100, ''],
  ]);
});

test('the line under two profiles tells what is hidden on the side where something is', () => {
  const waits = (weights: Record<string, number>): Stacks => {
    const profile = new ProfileBuilder({ samples: false });
    for (const [comm, weight] of Object.entries(weights))
      profile.add(profile.child(0, profile.frame(comm, FrameKind.process)), weight);
    return { ...head, shape: 'stacks', kind: 'off-cpu', unit: 'samples', profile: profile.build() };
  };
  const both = overOneTrie(waits({ db: 60, offcputime: 40 }), waits({ db: 90 }));
  const flame = comparedFlame(both, PLAIN_FLAME, [null, null], ({ comm }) => comm === 'offcputime');
  expect(diffStatus(flame, both, PLAIN_FLAME, flameTree(flame.after.profile, 0, 500), CAPTURES)).toBe(
    'Before 60 samples (without the collector’s own processes, 40%), after 90 samples: shares are compared, widths are of after',
  );
});

test('only what measures the same is compared', () => {
  const side = (...datasets: Dataset[]) => ({ datasets, sources: [{ name: 't' }] });
  const of = (event: string, unit = 'samples') => stacks({ a: 1 }, { event, title: event, unit });
  expect(pairs(side(of('cycles')), side(of('cpu-clock')))).toEqual([]);
  expect(pairs(side(of('cycles:u')), side(of('cycles')))).toEqual([]);
  // As precise as the CPU can is no other event.
  expect(pairs(side(of('cycles:P', 'cycles:P')), side(of('cycles:ppp', 'cycles:ppp')))).toHaveLength(1);
  const histogram = (unit: string) => histogramOf({ ...head, shape: 'histogram', unit, cumulative: false }, []);
  expect(pairs(side(histogram('usecs')), side(histogram('msecs')))).toEqual([]);
  expect(pairs(side({ ...histogram('usecs'), tool: 'runqlat' }), side(histogram('usecs')))).toEqual([]);
});

const FOUND: Finding = findingOf({ measures: [measureOf(10)] });

test('a finding is new only where it was looked for before, and gone only where it is looked for', () => {
  const kinds = (before: Finding[], after: Finding[]) =>
    findingChanges(before, after).map(({ kind, note }) => [kind, note]);
  const out: Finding = { ...FOUND, verdict: 'ruled-out', title: 'no queue' };
  const unknown: Finding = {
    ...FOUND,
    verdict: 'not-known',
    rule: 'first',
    also: ['run-queue'],
    title: 'a, b: not captured',
    reason: 'not captured',
  };
  expect(kinds([out], [FOUND])).toEqual([['new', 'ruled out before: no queue']]);
  expect(kinds([], [FOUND])).toEqual([['new', '']]);
  expect(kinds([unknown], [FOUND])).toEqual([['unclear', 'not known before: not captured']]);
  expect(kinds([FOUND], [out])).toEqual([['gone', 'ruled out after: no queue']]);
  expect(kinds([FOUND], [unknown])).toEqual([['unclear', 'not known after: not captured']]);
  const [sda, sdb] = ['sda', 'sdb'].map((name): Finding => ({ ...FOUND, subject: { kind: 'disk', name } })) as [
    Finding,
    Finding,
  ];
  expect(kinds([sda], [sdb]).map(([kind]) => kind)).toEqual(['new', 'gone']);
});

test('worse is another severity, or a quarter more of what grows with the trouble and not with the time', () => {
  const kind = (before: Finding, after: Finding) => findingChanges([before], [after])[0]?.kind;
  expect(kind(FOUND, { ...FOUND, severity: 'critical' })).toBe('worse');
  expect(kind({ ...FOUND, severity: 'critical' }, FOUND)).toBe('better');
  const queue = (value: number): Finding => ({ ...FOUND, measures: [measureOf(value)] });
  expect([kind(queue(10), queue(12)), kind(queue(10), queue(13)), kind(queue(13), queue(10))]).toEqual([
    'same',
    'worse',
    'better',
  ]);
  const left = (value: number): Finding => ({ ...FOUND, measures: [measureOf(value, { worse: 'less' })] });
  expect(kind(left(10), left(5))).toBe('worse');
  // Twice the lines in twice the time are no worse.
  const lines = (value: number): Finding => ({ ...FOUND, measures: [measureOf(value, { worse: null })] });
  expect(kind(lines(10), lines(20))).toBe('same');
});

test('who uses most stands first where it is clearly somebody else', () => {
  const by = (...users: [string, number?][]): Finding => ({
    ...FOUND,
    actors: users.map(([name, share]) => ({
      role: 'user',
      name,
      pid: null,
      ...(share === undefined ? {} : { share }),
      text: '',
    })),
  });
  const change = (before: Finding, after: Finding) =>
    findingChanges([before], [after]).map(({ kind, note }) => [kind, note])[0];
  expect(change(by(['old', 0.9]), by(['new', 0.8]))).toEqual(['other', 'most by old before']);
  expect(change(by(['old', 0.6], ['new', 0.2]), by(['new', 0.6], ['old', 0.2]))).toEqual([
    'other',
    'most by old before',
  ]);
  // Two that use as much change places by chance; whose part is not known has not grown.
  expect(change(by(['a', 0.45], ['b', 0.44]), by(['b', 0.45], ['a', 0.44]))).toEqual(['same', '']);
  expect(change(by(['a'], ['b']), by(['b'], ['a']))).toEqual(['same', '']);
  expect([change(by(['a']), by(['a'])), change(by(), by(['a']))]).toEqual([
    ['same', ''],
    ['same', ''],
  ]);
  const more = { ...by(['new']), severity: 'critical' } as const;
  expect(change(by(['old']), more)).toEqual(['worse', 'most by old before']);
});

test('what is worst stands first of what is new, worse or by another; then what is not clear, unchanged, gone', () => {
  const of = (rule: string, severity: Finding['severity'], user = ''): Finding => ({
    ...FOUND,
    rule,
    severity,
    actors: user === '' ? [] : [{ role: 'user', name: user, pid: null, text: '' }],
  });
  const before = [
    of('gone', 'critical'),
    of('disk', 'warning'),
    of('cpu', 'warning', 'old'),
    of('same', 'critical'),
    of('run', 'notice', 'old'),
  ];
  const after = [
    of('same', 'critical'),
    of('disk', 'critical'),
    of('run', 'critical', 'new'),
    of('late', 'notice'),
    of('soon', 'warning'),
    of('cpu', 'warning', 'new'),
  ];
  const changes = findingChanges(before, after).map((change) => [change.kind, (change.after ?? change.before)?.rule]);
  expect(changes).toEqual([
    ['worse', 'run'],
    ['worse', 'disk'],
    ['new', 'soon'],
    ['other', 'cpu'],
    ['new', 'late'],
    ['same', 'same'],
    ['gone', 'gone'],
  ]);
});

test('counts are per second where it is known how long each was counted', () => {
  const counts = (value: number) =>
    countsOf({ ...head, shape: 'counts', unit: 'calls', cumulative: false }, [{ key: ['read'], value }]);
  const windows = [
    { from: 0, to: 10 },
    { from: 1, to: 6 },
  ] as const;
  const seconds = secondsOf({ before: 0, after: 1, windows }, null);
  expect(seconds).toEqual([10, 5]);
  expect(secondsOf({ before: 0, after: 1, windows }, { from: 4, to: 20 })).toEqual([6, 2]);
  expect(secondsOf({ before: 0, after: 1, windows }, { from: 7, to: 9 })).toBeNull();
  const rows = (per: typeof seconds) => pairTables(counts(100), counts(100), per).flatMap(({ table }) => rowsOf(table));
  expect(rows(seconds)).toEqual([['read', 10, 20, 100]]);
  expect(rows(null)).toEqual([['read', 100, 100, 0]]);
});

test('the metric that changed most stands first, and what flickers behind it', () => {
  const metric = (name: string, unit: string, values: number[]) =>
    metricOf(
      { name, unit },
      values.map((value, i) => [i, value]),
    );
  const series = (us: number[], soft: number[], st: number[]): Series => ({
    ...head,
    shape: 'series',
    metrics: [metric('soft', '%', soft), metric('us', '%', us), metric('st', '%', st)],
  });
  const [only] = pairTables(
    series([10, 10, 10], [0, 0, 0], [0, 50, 0]),
    series([90, 90, 90], [1, 1, 1], [50, 0, 30]),
    null,
  );
  // 80 points; 10 points at less than half an error, which were 50 and 80 in three; one point.
  expect(only && rowsOf(only.table).map(([name, , was, is]) => [name, was, is])).toEqual([
    ['us', 10, 90],
    ['st', 16.67, 26.67],
    ['soft', 0, 1],
  ]);
});

test('durations of a log are told as they are, and drawn in doubling buckets', () => {
  const columns: Column[] = [{ name: 'LAT(ms)', type: 'number', unit: 'ms', role: 'duration' }];
  const log = (values: number[]) =>
    eventsOf(
      { ...head, shape: 'events', columns },
      values.map((value) => [value]),
    );
  expect([50, 90, 99].map((p) => exactPercentile(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), p))).toEqual([
    5, 9, 10,
  ]);
  expect(exactPercentile(new Float64Array(), 50)).toBeNull();
  const [pair] = durationPairs(log([0, 1, 1.5, 2, 8]), log([0.25]));
  expect(pair?.before?.buckets).toEqual([
    [null, 1, 1],
    [1, 2, 2],
    [2, 4, 1],
    [4, 8, 0],
    [8, 16, 1],
  ]);
  expect(pair?.after?.buckets).toEqual([[0.25, 0.5, 1]]);
  const [all] = pairTables(log([1, 2, 3, 4]), log([2, 4, 6, 8, 10]), [2, 10]);
  expect(all && rowsOf(all.table)).toEqual([
    ['rows', '/s', 2, 0.5, -75],
    ['LAT(ms) p50', 'ms', 2, 6, 200],
    ['LAT(ms) p90', 'ms', 4, 10, 150],
    ['LAT(ms) p99', 'ms', 4, 10, 150],
    ['LAT(ms) most', 'ms', 4, 10, 150],
  ]);
});

test('a change is said as people say it', () => {
  expect([changeText(10, 14), changeText(10, 8), changeText(2, 9), changeText(8, 1)]).toEqual([
    '+40%',
    '−20%',
    '×4.5',
    '÷8',
  ]);
  expect([changeText(0, 3), changeText(3, 0), changeText(100, 100.3)]).toEqual(['from 0', 'to 0', 'same']);
});

test('a percentile that moved to another bucket grew by no less and no more than the buckets allow', () => {
  // At least from just under 128 to 1024, at most from 64 to just under 2048.
  expect(bucketChange([64, 128, 1], [1024, 2048, 1])).toBe('×8 to ×32');
  expect(bucketChange([1024, 2048, 1], [64, 128, 1])).toBe('÷8 to ÷32');
  expect(bucketChange([64, 128, 1], [128, 256, 1])).toBe('up to ×4');
  expect(bucketChange([0, 2, 1], [1024, 2048, 1])).toBe('×512 or more');
  expect(bucketChange([64, 128, 1], [64, 128, 9])).toBe('same bucket');
});
