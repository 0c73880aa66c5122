/** A finding with nothing in it but what a test is about. */
import type { Finding, Measure } from '../src/datasets/finding.ts';

export function findingOf(facts: Partial<Finding> = {}): Finding {
  return {
    rule: 'run-queue',
    subject: { kind: 'host', name: '' },
    verdict: 'found',
    severity: 'warning',
    subsystem: 'cpu',
    host: null,
    title: 'found',
    detail: '',
    measures: [],
    actors: [],
    since: null,
    until: null,
    isPast: false,
    evidence: [],
    cause: null,
    beside: null,
    confidence: 'high',
    doubts: [],
    reason: '',
    next: [],
    ...facts,
  };
}

export function measureOf(value: number, facts: Partial<Measure> = {}): Measure {
  const signal = 'system.cpu.run_queue.length';
  return {
    signal,
    stat: 'mean',
    value,
    unit: '',
    worse: 'more',
    label: 'runnable threads',
    text: `${value}`,
    ...facts,
  };
}
