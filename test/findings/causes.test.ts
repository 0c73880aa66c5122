/** Which findings follow from which: of the same disk and host, and at the same time. */
import { describe, expect, test } from 'vitest';
import type { Subject } from '../../src/datasets/finding.ts';
import { follows, underCauses } from '../../src/findings/causes.ts';
import { rules } from '../../src/findings/index.ts';
import { type RuleName, ruleNames } from '../../src/findings/names.ts';
import type { Fact } from '../../src/findings/verdict.ts';

interface Facts {
  subject?: Subject;
  since?: number | null;
  until?: number | null;
  host?: string;
  severity?: Fact['severity'];
  isPast?: boolean;
  measures?: NonNullable<Fact['test']>['measures'];
  cpus?: number;
  who?: readonly string[];
  distance?: number;
}

function fact(name: RuleName, facts: Facts = {}): Fact {
  const { subject = { kind: 'host', name: '' }, since = null, until = null, severity = 'warning', cpus } = facts;
  const rule = rules.find((each) => each.name === name);
  if (rule === undefined) throw new Error(name);
  return {
    rule,
    host: facts.host ?? null,
    verdict: 'found',
    severity,
    subject,
    isPast: facts.isPast ?? false,
    doubts: [],
    reasons: [],
    cause: null,
    beside: null,
    confidence: 'high',
    test: {
      subject,
      distance: facts.distance ?? 1,
      severity,
      measures: facts.measures ?? [],
      basis: [],
      evidence: [],
      since,
      until,
      details: cpus === undefined ? {} : { cpus },
      who: (facts.who ?? []).map((who) => ({ role: 'user', name: who, pid: null, processes: 1 })),
    },
  };
}

const disk = (name: string): Subject => ({ kind: 'disk', name });
/** `disk-saturated sda > disk-latency sda`: what follows from what. */
const chains = (...found: readonly Fact[]) =>
  underCauses(found).map((each) =>
    [each.cause, each]
      .filter((one) => one !== null)
      .map(({ rule, subject }) => `${rule.name} ${subject.name}`.trim())
      .join(' > '),
  );

describe('a disk that was saturated from 20 s to 26 s of the capture', () => {
  const saturated = fact('disk-saturated', { since: 20, until: 26, subject: disk('sda') });
  test.each([
    ['at the same time', { since: 22 }, true],
    ['a report earlier, as tools that report each second differ', { since: 17.5 }, true],
    ['before', { since: 16.5 }, false],
    ['while what waits still drains', { since: 35 }, true],
    ['long after', { since: 37 }, false],
    ['some time', {}, true],
    ['at the same time, of another disk', { since: 22, subject: disk('sdb') }, false],
    ['at the same time, of all disks', { since: 22, subject: disk('') }, true],
    ['at the same time, on another host', { since: 22, host: 'db-2' }, false],
  ])('disk latency %s', (_, facts, isSymptom) => {
    const latency = fact('disk-latency', { subject: disk('sda'), ...facts });
    expect(follows(saturated, latency)).toBe(isSymptom);
    expect(underCauses([saturated, latency])[1]?.cause?.rule.name).toBe(isSymptom ? 'disk-saturated' : undefined);
  });
});

test('a cause takes on the severity of what it explains', () => {
  const [cause] = underCauses([fact('swapping'), fact('memory-available', { severity: 'critical' })]);
  expect(cause).toMatchObject({ severity: 'critical', rule: { name: 'swapping' } });
  // Unless both are of the same root, and it is the milder one.
  const [first] = underCauses([
    fact('failing-opens', { severity: 'notice' }),
    fact('syscalls', { severity: 'warning' }),
  ]);
  expect(first?.severity).toBe('notice');
});

test('a group at its limit makes a host swap that has memory to spare', () => {
  expect(chains(fact('memory-limit'), fact('swapping'))).toEqual(['memory-limit', 'memory-limit > swapping']);
  const short = underCauses([fact('memory-limit'), fact('swapping'), fact('memory-available')]);
  expect(short.find((each) => each.rule.name === 'swapping')?.cause).toBeNull();
});

test('what is laid over a disk stands under the disk, with whoever fills both', () => {
  expect(
    chains(
      fact('disk-saturated', { subject: disk('dm-0') }),
      fact('disk-saturated', { subject: disk('sda') }),
      fact('disk-writer'),
    ),
  ).toEqual(['disk-saturated sda', 'disk-saturated sda > disk-saturated dm-0', 'disk-saturated sda > disk-writer']);
});

test('a process that grows uses up the memory, and is swapped out by a host that swaps', () => {
  expect(chains(fact('memory-available'), fact('process-growth', { severity: 'notice' }))).toEqual([
    'process-growth',
    'process-growth > memory-available',
  ]);
  expect(chains(fact('swapping'), fact('memory-available'), fact('process-growth'))).toEqual([
    'swapping',
    'swapping > memory-available',
    'swapping > process-growth',
  ]);
});

test('connections by the thousand switch between those who make and take them', () => {
  expect(chains(fact('context-switches'), fact('connection-churn'), fact('system-time'))).toEqual([
    'connection-churn',
    'connection-churn > context-switches',
    'connection-churn > system-time',
  ]);
});

test('what is over explains nothing, and stands below everything live', () => {
  expect(
    chains(fact('io-error', { isPast: true, severity: 'notice' }), fact('disk-latency', { severity: 'notice' })),
  ).toEqual(['disk-latency', 'io-error']);
});

test('each of two disks has what follows from it', () => {
  expect(
    chains(
      fact('disk-saturated', { subject: disk('sda') }),
      fact('disk-saturated', { subject: disk('sdb') }),
      fact('disk-latency', { subject: disk('sdb') }),
      fact('disk-latency', { subject: disk('sda') }),
    ),
  ).toEqual([
    'disk-saturated sda',
    'disk-saturated sda > disk-latency sda',
    'disk-saturated sdb',
    'disk-saturated sdb > disk-latency sdb',
  ]);
});

test('the order: severe first, then by what explains most, then by how far', () => {
  expect(
    chains(
      fact('load', { severity: 'notice' }),
      fact('slow-dns', { severity: 'warning' }),
      fact('disk-writer', { severity: 'notice', subject: { kind: 'process', name: 'b' }, distance: 2 }),
      fact('disk-writer', { severity: 'notice', subject: { kind: 'process', name: 'a' }, distance: 2 }),
      fact('disk-writer', { severity: 'notice', subject: { kind: 'process', name: 'c' }, distance: 3 }),
      fact('oom-kill', { severity: 'critical' }),
    ),
  ).toEqual(['oom-kill', 'slow-dns', 'disk-writer c', 'disk-writer a', 'disk-writer b', 'load']);
});

test('none is lost or told twice, whatever explains whatever', () => {
  const all = ruleNames.map((name) => fact(name));
  const told = underCauses(all).map(({ rule }) => rule.name);
  expect([...told].sort()).toEqual([...ruleNames].sort());
  // What explains something is explained by nothing: a reader never has to look two steps up.
  for (const { cause } of underCauses(all)) expect(cause?.cause ?? null).toBeNull();
});

test('few new processes do not fill the CPUs', () => {
  const storm = (value: number) =>
    fact('short-lived-processes', { cpus: 2, measures: [{ signal: 'process.created', stat: 'rate', value }] });
  const rest = [fact('system-time'), fact('run-queue')];
  expect(chains(storm(700), ...rest)).toEqual([
    'short-lived-processes',
    'short-lived-processes > run-queue',
    'short-lived-processes > system-time',
  ]);
  expect(chains(storm(180), ...rest)).toEqual(['short-lived-processes', 'run-queue', 'system-time']);
});

test('a disk holds up the threads of whom its users are', () => {
  const saturated = fact('disk-saturated', { who: ['backup', 'orderdb'] });
  const waits = (who: string) => fact('off-cpu-futex', { who: [who] });
  expect(chains(saturated, waits('orderdb'))).toContain('disk-saturated > off-cpu-futex');
  expect(chains(saturated, waits('nginx'))).not.toContain('disk-saturated > off-cpu-futex');
});

test('threads that wait for their disk make the pressure, where no tool saw the disk', () => {
  expect(chains(fact('off-cpu-fsync'), fact('pressure-io'))).toEqual(['off-cpu-fsync', 'off-cpu-fsync > pressure-io']);
});
