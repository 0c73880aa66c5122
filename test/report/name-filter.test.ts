/** What of each dataset is of a name that a person picked. */
import { expect, test } from 'vitest';
import type { Column, Dataset } from '../../src/datasets/shapes.ts';
import { namedOnly } from '../../src/render/report/name-filter.ts';
import { countsOf, eventsOf, groupsOf, histogramOf, itemsOf, metricOf, rowsOf } from '../plain.ts';

const head = { source: 0, tool: 't', title: 't', clock: null };
const text = (name: string): Column => ({ name, type: 'text', unit: '', role: null });

test('rows that have it in any cell', () => {
  const log = eventsOf({ ...head, shape: 'events', columns: [text('COMM'), text('FILE')] }, [
    ['backup', '/etc/hosts'],
    ['db', 'backup'],
    ['db', 'backup.log'],
  ]);
  expect(rowsOf(namedOnly(log, 'backup') as typeof log)).toEqual([
    ['backup', '/etc/hosts'],
    ['db', 'backup'],
  ]);
});

test('metrics, groups and counts that have it for a label or a key', () => {
  const series = {
    ...head,
    shape: 'series' as const,
    metrics: ['vda', 'vdb'].map((Device) => metricOf({ name: '%util', labels: { Device } }, [[0, 1]])),
  };
  expect(namedOnly(series, 'vdb')?.metrics.map(({ labels }) => labels.Device)).toEqual(['vdb']);
  const histogram = histogramOf({ ...head, shape: 'histogram', unit: 'us', cumulative: false }, [
    { labels: { disk: 'vda' }, buckets: [[0, 1, 5]] },
    { labels: { disk: 'vdb' }, buckets: [[0, 1, 7]] },
  ]);
  expect(groupsOf(namedOnly(histogram, 'vda') as typeof histogram).map(({ buckets }) => buckets[0]?.[2])).toEqual([5]);
  const counts = countsOf({ ...head, shape: 'counts', unit: 'calls', cumulative: false }, [
    { key: ['db', 'read'], value: 3 },
    { key: ['cron', 'read'], value: 4 },
  ]);
  expect(itemsOf(namedOnly(counts, 'cron') as typeof counts).map(({ value }) => value)).toEqual([4]);
});

test('what has the name nowhere is told apart from what has no rows', () => {
  const log: Dataset = eventsOf({ ...head, shape: 'events', columns: [text('COMM')] }, [['db']]);
  expect(namedOnly(log, 'backup')).toBeNull();
});
