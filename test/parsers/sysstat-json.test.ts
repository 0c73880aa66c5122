import { describe, expect, test } from 'vitest';
import { plain } from '../plain.ts';
import { read } from '../reading.ts';
import { metric, seriesOf } from './read.ts';

test('mpstat: records below their parents, with the time above them', async () => {
  const parsed = await read(`{"sysstat": {
	"hosts": [
		{
			"nodename": "db1",
			"number-of-cpus": 2,
			"statistics": [
				{
					"timestamp": "07:38:51 PM",
					"cpu-load": [
						{"cpu": "all", "usr": 1.01, "idle": 94.97},
						{"cpu": "0", "usr": 0.00, "idle": 94.95}
					],
					"individual-interrupts": [
						{"cpu": "0", "intr": [
							{"name": "LOC", "value": 64.00}
`);
  expect(parsed.unread).toEqual([]);
  expect(parsed.tool).toBe('mpstat');
  const at = 19 * 3600 + 38 * 60 + 51;
  expect(plain(metric(parsed, 'usr', 'all'))).toMatchObject({ unit: '%', points: [[at, 1.01]], lines: [10] });
  expect(plain(metric(parsed, 'value'))).toMatchObject({ labels: { cpu: '0', name: 'LOC' }, points: [[at, 64]] });
});

test('iostat: the first report is since boot; a record cut short is unread', async () => {
  const report = (user: number, reads: number) => `				{
					"avg-cpu":  {"user": ${user}, "idle": 90.18},
					"disk": [
						{"disk_device": "vda", "r/s": ${reads}, "util": 0.74}
					]
				},
`;
  const text = `{"sysstat": {\n${report(6.93, 61.08)}${report(0.5, 25)}						{"disk_device": "vdb", "r/s"`;
  const parsed = await read(text, { interval: 1 });
  expect(plain(metric(parsed, 'r/s', 'vda'))).toMatchObject({
    points: [
      [0, 61.08],
      [1, 25],
    ],
    sinceBoot: 1,
  });
  expect(metric(parsed, 'util').unit).toBe('%');
  expect(seriesOf(parsed.datasets).map(({ title, tool }) => [title, tool])).toEqual([
    ['avg-cpu', 'iostat'],
    ['disk', 'iostat'],
  ]);
  expect(plain(parsed.unread)).toMatchObject([{ why: 'not a whole record' }]);
});

test('sadf: dates in UTC, records in records', async () => {
  const parsed = await read(`{"sysstat": {
			"file-date": "2026-11-20",
					"timestamp": {"date": "2026-11-20", "time": "15:28:48", "utc": 1, "interval": 1},
					"io": {"tps": 88.12, "io-reads": {"rtps": 7.92, "bread": 63.37}},
					"disk": [
						{"disk-device": "vda", "tps": 88.12}
`);
  expect(parsed.tool).toBe('sar');
  expect(plain(metric(parsed, 'rtps'))).toMatchObject({ points: [[Date.UTC(2026, 10, 20, 15, 28, 48) / 1000, 7.92]] });
  expect(metric(parsed, 'tps', 'vda').sinceBoot).toBe(0);
});

describe('sadf -d', () => {
  const HEADING = '# hostname;interval;timestamp;INTR;CPU*\n';

  test('interrupts of each CPU stand behind their sum', async () => {
    const row = (cells: string) => `vm;1;2026-12-01 02:31:03 UTC;${cells}\n`;
    const parsed = await read(`${HEADING}${row('sum;881.55;507.77;373.79')}${row('24;7.00;0.00;7.00')}`);
    expect(parsed.unread).toEqual([]);
    const metrics = seriesOf(parsed.datasets).flatMap(({ metrics }) => metrics.map(plain)) as {
      labels: object;
      points: number[][];
    }[];
    expect(metrics.map(({ labels, points }) => [labels, points[0]?.[1]])).toEqual([
      [{ INTR: 'sum', CPU: 'all' }, 881.55],
      [{ INTR: 'sum', CPU: '0' }, 507.77],
      [{ INTR: 'sum', CPU: '1' }, 373.79],
      [{ INTR: '24', CPU: 'all' }, 7],
      [{ INTR: '24', CPU: '0' }, 0],
      [{ INTR: '24', CPU: '1' }, 7],
    ]);
    // sar -P 1,3: of which CPUs they are stands nowhere.
    expect(plain((await read(`${HEADING}${row('sum;507.77;373.79')}`)).unread)).toMatchObject([{ line: 2 }]);
  });

  test('rows of two hosts in one file are not one host', async () => {
    const row = (host: string, tps: number) => `${host};600;2023-10-09 00:10:01 UTC;${tps}.00\n`;
    const parsed = await read(`# hostname;interval;timestamp;tps\n${row('db1', 1)}${row('web2', 2)}${row('db1', 3)}`);
    expect(metric(parsed, 'tps').values).toEqual(Float64Array.of(1, 3));
    expect(parsed.host).toEqual({ hostname: 'db1' });
    expect(plain(parsed.unread)).toMatchObject([{ line: 3, why: 'of another host than the rows above' }]);
  });
});
