import { describe, expect, test } from 'vitest';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Dataset, Stacks } from '../../src/datasets/shapes.ts';
import { toCsv } from '../../src/exports/csv.ts';
import { toJson } from '../../src/exports/json.ts';
import { toSpeedscope } from '../../src/exports/speedscope.ts';
import { countsOf, eventsOf, histogramOf, metricOf } from '../plain.ts';

const dataset = { source: 0, tool: 'test', title: 'a test', clock: null } as const;

/** `a;b 2` and `a;c 3`, by hand. */
function twoStacks(): Stacks {
  const profile = new ProfileBuilder({ samples: false });
  const a = profile.child(0, profile.frame('a', FrameKind.process));
  profile.add(profile.child(a, profile.frame('b', FrameKind.kernel, '[kernel.kallsyms]')), 2);
  profile.add(profile.child(a, profile.frame('c')), 3);
  return { ...dataset, shape: 'stacks', kind: 'on-cpu', unit: 'samples', profile: profile.build() };
}

const csv = (...args: Parameters<typeof toCsv>) => [...toCsv(...args)].join('');

describe('csv', () => {
  test('quotes what RFC 4180 quotes and disarms what a spreadsheet would run', () => {
    const rows = [
      ['=HYPERLINK("http://x","y")', 1.5],
      ['a "b", c', -2],
      ['two\nlines', null],
    ];
    expect(
      csv(
        eventsOf(
          {
            ...dataset,
            shape: 'events',
            columns: [
              { name: 'COMM', type: 'text', unit: '', role: 'process' },
              { name: 'LAT(ms)', type: 'number', unit: 'ms', role: 'duration' },
            ],
          },
          rows,
        ),
      ),
    ).toBe(`COMM,LAT(ms)\n"'=HYPERLINK(""http://x"",""y"")",1.5\n"a ""b"", c",-2\n"two\nlines",\n`);
  });

  test('a histogram is a row a bucket with its labels', () => {
    const groups = [
      { labels: { disk: 'sda' }, at: null, lines: [3, 4], buckets: [[0, 2, 5] as const, [2, null, 1] as const] },
      { labels: { flags: 'Read' }, at: 1, lines: [9], buckets: [[null, 0, 7] as const] },
    ];
    expect(csv(histogramOf({ ...dataset, shape: 'histogram', unit: 'usecs', cumulative: false }, groups))).toBe(
      'disk,flags,at,low (usecs),high (usecs),count\nsda,,,0,2,5\nsda,,,2,,1\n,Read,1,,0,7\n',
    );
  });

  test('stacks, counts and series', () => {
    expect(csv(twoStacks())).toBe('stack,samples\na;b,2\na;c,3\n');
    expect(
      csv(
        countsOf({ ...dataset, shape: 'counts', unit: 'calls', cumulative: false }, [
          { key: ['vfs_read'], value: 90 },
          { key: ['vfs_write', 'sshd'], value: 3, at: 2 },
        ]),
      ),
    ).toBe('key 1,key 2,at,calls\nvfs_read,,,90\nvfs_write,sshd,2,3\n');
    expect(
      csv({
        ...dataset,
        shape: 'series',
        metrics: [metricOf({ name: 'r', unit: 'tasks' }, [[0, 4]])],
      }),
    ).toBe('metric,unit,at,value\nr,tasks,0,4\n');
  });
});

test('csv of a capture tells the wall clock of each row, of those that have a time', () => {
  const events = eventsOf(
    {
      ...dataset,
      clock: 'capture',
      shape: 'events',
      columns: [{ name: 'COMM', type: 'text', unit: '', role: 'process' }],
    },
    [['sh'], ['ls']],
  );
  events.at = Float64Array.of(1.25, Number.NaN);
  expect(csv(events, 1_795_204_805.303)).toBe('COMM,at,unix time\nsh,1.25,1795204806.553\nls,,\n');
  expect(csv({ ...events, clock: 'elapsed' }, 1_795_204_805.303)).toBe('COMM,at\nsh,1.25\nls,\n');
  const cut = { ...events, timing: { span: 0, grain: 1, doubt: 0.02 } };
  expect(csv(cut, null)).toBe('COMM,at,from,to\nsh,1.25,1.25,2.25\nls,,,\n');
});

test('json tells the time of every shape, what it counts from and how wide it is', () => {
  const timing = { span: 1, grain: 0, doubt: 0.02 };
  const head = { source: 0, tool: 'vmstat', title: 't', clock: 'capture', timing } as const;
  const series: Dataset = {
    ...head,
    shape: 'series',
    metrics: [
      {
        ...metricOf(
          { name: 'r' },
          [
            [0, 9],
            [1, 2],
          ],
          [1, 2],
        ),
        sinceBoot: 1,
      },
    ],
  };
  const events = eventsOf(
    { ...head, shape: 'events', columns: [{ name: 'COMM', type: 'text', unit: '', role: 'process' }] },
    [['sh'], ['ls']],
  );
  events.at = Float64Array.of(1.25, Number.NaN);
  const clock = { started: 1_795_204_805.303, utcOffset: 0, zoned: false, dated: true };
  const capture = {
    name: '',
    manifest: null,
    printedClock: clock,
    damage: [],
    sources: [],
    datasets: [series, events],
  };
  const json = JSON.parse([...toJson(capture, { samples: false })].join(''));
  expect(json.origin).toEqual({ epoch: 1_795_204_805.303, utcOffset: null, dated: true });
  expect(json.datasets[0]).toMatchObject({
    time: { clock: 'capture', ...timing },
    metrics: [
      {
        sinceBoot: 1,
        points: [
          [0, 9],
          [1, 2],
        ],
      },
    ],
  });
  expect(json.datasets[1].at).toEqual([1.25, null]);
});

test('speedscope: frames shared, each stack root first with its weight', () => {
  const file = JSON.parse([...toSpeedscope('c.tar', [twoStacks(), twoStacks()])].join(''));
  expect(file.shared.frames).toHaveLength(6);
  expect(file.shared.frames[1]).toEqual({ name: 'b', file: '[kernel.kallsyms]' });
  expect(file.profiles[1]).toMatchObject({ type: 'sampled', endValue: 5, weights: [2, 3] });
  expect(file.profiles[1].samples).toEqual([
    [3, 4],
    [3, 5],
  ]);
});
