import { expect, test } from 'vitest';
import { plain, pointsOf } from '../plain.ts';
import { read } from '../reading.ts';
import { metric, seriesOf, valuesOf } from './read.ts';

const CPU = `avg-cpu:  %user   %nice %system %iowait  %steal   %idle
           6.93    0.00    2.69    0.19    0.01   90.18
`;
const OLD =
  'Device:         rrqm/s   wrqm/s     r/s     w/s    rMB/s    wMB/s avgrq-sz avgqu-sz   await  svctm  %util\n';
const sda = (await_: string) =>
  `sda               0.00     0.02    0.13    0.11     0.01     0.00    52.51     0.00    ${await_}   0.52   0.01\n`;

test('the first report is since boot, and times count in intervals', async () => {
  const text = `${CPU}\n${OLD}${sda('0.88')}\n${CPU}\n${OLD}${sda('9.50')}\n`;
  const parsed = await read(text, { interval: 2 });
  expect(plain(metric(parsed, 'await', 'sda'))).toMatchObject({
    points: [
      [0, 0.88],
      [2, 9.5],
    ],
    unit: 'ms',
    sinceBoot: 1,
    lines: [5, 11],
  });
  expect(metric(parsed, 'rMB/s').unit).toBe('MiB/s');
  expect(parsed.datasets.map(({ clock }) => clock)).toEqual(['elapsed', 'elapsed']);
});

test('-y leaves out the report since boot', async () => {
  const parsed = await read(`${CPU}\n${OLD}${sda('9.50')}`, { interval: 2, command: 'iostat -xzy 2 5' });
  expect(plain(metric(parsed, 'await', 'sda'))).toMatchObject({ points: [[2, 9.5]], sinceBoot: 0 });
});

test('a device that -z hides at first is not since boot', async () => {
  const parsed = await read(`${OLD}${sda('0.88')}\n${OLD}${sda('0.90')}${sda('7.00').replace('sda', 'sdb')}`);
  expect(plain(metric(parsed, 'await', 'sdb'))).toMatchObject({ points: [[null, 7]], sinceBoot: 0 });
});

test('-h puts the device last and suffixes behind sizes and shares', async () => {
  const parsed = await read(`avg-cpu:  %user   %nice %system %iowait  %steal   %idle
           6.9%    0.0%    2.7%    0.2%    0.0%   90.2%

      tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn Device
    84.73       222.1k         3.1M       3.0G     1024.0B vda
`);
  expect(parsed.unread).toEqual([]);
  expect(valuesOf(parsed, '%user')).toEqual([6.9]);
  expect(valuesOf(parsed, 'kB_read/s', 'vda')).toEqual([222.1]);
  expect(valuesOf(parsed, 'kB_wrtn/s', 'vda')).toEqual([3174.4]);
  expect(valuesOf(parsed, 'kB_read', 'vda')).toEqual([3_145_728]);
  expect(valuesOf(parsed, 'kB_wrtn', 'vda')).toEqual([1]);
});

test('old -h prints a long name above its values', async () => {
  const parsed = await read(`Device:            tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn
a-very-long-device-name
                  0.24         5.28         1.10     203305      42368
`);
  expect(parsed.unread).toEqual([]);
  expect(valuesOf(parsed, 'kB_read', 'a-very-long-device-name')).toEqual([203_305]);
});

test('--pretty splits a report into tables with one stamp', async () => {
  const parsed = await read(`03/09/2022 07:38:50 PM
     r/s     rkB/s Device
   61.08      2.54 vda

     w/s     wkB/s Device
   17.46      3.07 vda

03/09/2022 07:38:51 PM
     r/s     rkB/s Device
   27.00      0.70 vda
`);
  const at = 19 * 3600 + 38 * 60 + 50;
  expect(seriesOf(parsed.datasets)[0]?.clock).toBe('day');
  expect(pointsOf(metric(parsed, 'r/s'))).toEqual([
    [at, 61.08],
    [at + 1, 27],
  ]);
  expect(plain(metric(parsed, 'w/s'))).toMatchObject({ points: [[at, 17.46]], sinceBoot: 1 });
});

test('a Korean stamp above each report', async () => {
  const cpu =
    'avg-cpu:  %user   %nice %system %iowait  %steal   %idle\n          55.95    3.13   12.41    0.33    0.09   28.09\n';
  const parsed = await read(`2026년 11월 20일 16시 47분 57초\n${cpu}\n2026년 11월 20일 16시 47분 58초\n${cpu}`);
  expect(parsed.unread).toEqual([]);
  const at = 16 * 3600 + 47 * 60 + 57;
  expect(pointsOf(metric(parsed, '%user'))).toEqual([
    [at, 55.95],
    [at + 1, 55.95],
  ]);
});
