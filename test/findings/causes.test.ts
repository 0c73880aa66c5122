/** Which findings follow from which: of the same disk, and at the same time. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/datasets/finding.ts';
import { underCauses } from '../../src/findings/causes.ts';
import { findingOf, measureOf } from '../finding.ts';

const finding = (rule: string, facts: Partial<Finding> = {}): Finding => findingOf({ rule, ...facts });
const disk = (name: string): Finding['subject'] => ({ kind: 'disk', name });
const groups = (...found: Finding[]) =>
  underCauses(found).map((group) => group.map(({ rule, subject }) => [rule, subject.name].filter(Boolean).join(' ')));

describe('a disk that was saturated from 20 s to 26 s of the capture', () => {
  const saturated = finding('disk-saturated', { since: 20, until: 26, subject: disk('sda') });
  test.each([
    ['at the same time', { since: 22 }, true],
    ['a report earlier, as tools that report each second differ', { since: 18 }, true],
    ['long before', { since: 4 }, false],
    ['while what waits still drains', { since: 35 }, true],
    ['long after', { since: 40 }, false],
    ['some time', { since: null }, true],
    ['at the same time, of another disk', { since: 22, subject: disk('sdb') }, false],
  ])('disk latency %s', (_, facts, isSymptom) => {
    const latency = finding('disk-latency', { subject: disk('sda'), ...facts });
    expect(underCauses([saturated, latency])).toHaveLength(isSymptom ? 1 : 2);
  });
});

test('what the kernel said of a disk long before the capture explains nothing in it', () => {
  const error = finding('io-error', { since: -3000, until: -2900 });
  expect(groups(error, finding('disk-latency'))).toEqual([['io-error'], ['disk-latency']]);
  expect(groups({ ...error, until: 5 }, finding('disk-latency'))).toEqual([['io-error', 'disk-latency']]);
});

test('each of two disks has what follows from it', () => {
  const of = (rule: string, subject: string) => finding(rule, { subject: disk(subject) });
  expect(
    groups(
      of('disk-saturated', 'sda'),
      of('disk-saturated', 'sdb'),
      of('disk-latency', 'sdb'),
      of('disk-latency', 'sda'),
    ),
  ).toEqual([
    ['disk-saturated sda', 'disk-latency sda'],
    ['disk-saturated sdb', 'disk-latency sdb'],
  ]);
});

test('none is lost, whatever explains whatever', () => {
  const rules = [
    'disk-latency',
    'disk-latency',
    'iowait',
    'direct-reclaim',
    'swapping',
    'pressure-memory',
    'load',
    'run-queue',
  ];
  expect(
    groups(...rules.map((rule) => finding(rule)))
      .flat()
      .sort(),
  ).toEqual([...rules].sort());
});

test('few new processes do not fill the CPUs', () => {
  const storm = (value: number) =>
    finding('short-lived-processes', { measures: [measureOf(value, { label: 'new processes for each CPU' })] });
  const rest = [finding('system-time'), finding('run-queue')];
  expect(groups(storm(700), ...rest)).toEqual([['short-lived-processes', 'system-time', 'run-queue']]);
  expect(groups(storm(10), ...rest)).toEqual([['short-lived-processes'], ['system-time'], ['run-queue']]);
});

test('threads that wait for their disk make the pressure, where no tool saw the disk', () => {
  expect(groups(finding('off-cpu-fsync'), finding('pressure-io'))).toEqual([['off-cpu-fsync', 'pressure-io']]);
});
