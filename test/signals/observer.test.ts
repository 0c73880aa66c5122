/** Which processes are the capture's own. */
import { expect, test } from 'vitest';
import type { Manifest } from '../../src/datasets/capture.ts';
import { observerOf } from '../../src/signals/observer.ts';

const manifest: Manifest = {
  ...{ coldflame: 2, versions: {}, started: 0, ended: 30, windowBegan: 0, monotonic: 0, utcOffset: 0, zone: 'UTC' },
  ...{ notes: [], collector: { pids: [11], cpu: null }, runs: [] },
  host: { hostname: 'db1', kernel: '6.1', arch: 'x86_64', os: 'Debian', cpus: 2, memoryBytes: null },
  marks: [{ kind: 'fsync', at: 1, until: 1.02, word: 'coldflame-mark-1', pid: 101 }],
} as Manifest;

test('what leaves the marks is the collector, and so is no finding', () => {
  const { isOwn } = observerOf(manifest, 2);
  expect([isOwn('dd', 101), isOwn('sh', 11), isOwn('dd', 102)]).toEqual([true, true, false]);
});
