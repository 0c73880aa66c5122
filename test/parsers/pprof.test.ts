import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { totalWeight } from '../../src/datasets/fold.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import { kindOfMeasure } from '../../src/parsers/profiles/frames.ts';
import { isPprof } from '../../src/parsers/profiles/pprof-head.ts';
import { binaryReader, lines, only, readBinary, sample } from '../stacks.ts';

describe('pprof', () => {
  test('of Go: what go tool pprof -top says of it', async () => {
    const datasets = await readBinary(gunzipSync(sample('recordings/go.pb.gz')));
    const cpu = only(datasets);
    expect(cpu).toMatchObject({ event: 'cpu', unit: 'nsecs', kind: 'on-cpu' });
    expect(totalWeight(cpu.profile)).toBe(230e6);
    expect(lines(cpu).map((line) => line.split(';').at(-1))).toEqual([
      'main.total 160000000',
      'runtime.asyncPreempt 70000000',
    ]);
    // main.total (inline)
    const { names, kinds } = cpu.profile.frames;
    expect(kinds[names.indexOf('main.total')]).toBe(FrameKind.inlined);
    expect(only(datasets, 1)).toMatchObject({ event: 'samples', unit: 'samples' });
  });

  // By what Go, perf_to_profile, async-profiler and py-spy call them.
  test.each([
    ['cpu', 'on-cpu'],
    ['cpu-clock', 'on-cpu'],
    ['task-clock', 'on-cpu'],
    ['cycles_event', 'on-cpu'],
    ['page-faults', 'events'],
    ['sched:sched_switch', 'events'],
    ['wall', 'events'],
    ['contentions', 'off-cpu'],
    ['delay', 'off-cpu'],
    ['lock', 'off-cpu'],
    ['rwlock_wait', 'off-cpu'],
    ['block', 'off-cpu'],
    ['alloc_objects', 'memory'],
    ['inuse_space', 'memory'],
  ] as const)('%s measures %s', (name, kind) => {
    expect(kindOfMeasure(name, 'samples')).toBe(kind);
  });

  test('other bytes are none', () => {
    const text = new TextEncoder().encode('\n\u0004abcd\n\u0004efgh main;run 12\n');
    for (const other of [text, sample('recordings/cpp/perf/perf.data'), Uint8Array.of(0x0a, 2, 0, 1, 0xff)])
      expect(isPprof(other)).toBe(false);
  });

  test('cut short: it is said', async () => {
    const whole = gunzipSync(sample('recordings/go.pb.gz'));
    const reader = await binaryReader(whole);
    await reader.write(whole.subarray(0, 300));
    const parsed = await reader.end();
    expect(parsed.unreadCount + parsed.datasets.length).toBeGreaterThan(0);
  });
});
