import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Profile } from 'pprof-format';
import { afterAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { toPprof } from '../../src/exports/pprof.ts';

const NOWHERE = { manifest: null, sources: [] };

/** `sh;main;grow[inlined]` twice on CPU 1 and once on CPU 0, all in one thread. */
function stacks(event: string): Stacks {
  const builder = new ProfileBuilder({ samples: true });
  const sh = builder.child(0, builder.frame('sh', FrameKind.process));
  const main = builder.child(sh, builder.frame('main', FrameKind.user, '/bin/sh'));
  const grow = builder.child(main, builder.frame('grow', FrameKind.inlined, '/bin/sh'));
  const thread = { comm: 'sh', pid: 7, tid: 8 };
  for (const [at, cpu] of [
    [1, 1],
    [2, 0],
    [4, 1],
  ] as const)
    builder.add(grow, 1, { at, thread, cpu });
  const head = { shape: 'stacks', kind: 'on-cpu', source: 0, tool: 'perf', title: event, clock: 'perf' } as const;
  return { ...head, unit: 'samples', event, profile: builder.build() };
}

const decoded = (...datasets: Stacks[]) => {
  const message = Profile.decode(toPprof(NOWHERE, datasets));
  const text = (index: unknown) => message.stringTable.strings[Number(index)];
  return { message, text };
};

test('samples of a stack are told apart by thread and CPU', () => {
  const { message, text } = decoded(stacks('cycles'));
  const told = message.sample.map(({ value, label }) => [
    value.map(Number),
    label.map(({ key, str }) => `${text(key)}=${text(str)}`).join(' '),
  ]);
  expect(told).toEqual([
    [[2], 'comm=sh pid=7 tid=8 cpu=1'],
    [[1], 'comm=sh pid=7 tid=8 cpu=0'],
  ]);
  expect(message.durationNanos).toBe(3_000_000_000n);
});

test('what is inlined stands in the location of its caller', () => {
  const { message, text } = decoded(stacks('cycles'));
  const nameOf = new Map(message.function.map(({ id, name }) => [id, text(name)]));
  const lines = message.location.map(({ line }) => line.map(({ functionId }) => nameOf.get(functionId)));
  expect(lines).toEqual([['grow', 'main'], ['sh']]);
});

test('each event is a type of value', () => {
  const { message, text } = decoded(stacks('cycles'), stacks('faults'));
  expect(message.sampleType.map(({ type }) => text(type))).toEqual(['cycles', 'faults']);
  expect(text(message.defaultSampleType)).toBe('cycles');
  expect(message.sample.map(({ value }) => value.map(Number))).toEqual([
    [2, 0],
    [1, 0],
    [0, 2],
    [0, 1],
  ]);
  // What is looked at first is what the CPUs did.
  const waits = { ...stacks('off-cpu'), kind: 'off-cpu' } as const;
  const both = decoded(waits, stacks('cycles'));
  expect(both.text(both.message.defaultSampleType)).toBe('cycles');
});

describe.skipIf(spawnSync('go', ['version']).status !== 0)('go tool pprof', () => {
  const place = mkdtempSync(join(tmpdir(), 'coldflame-pprof-'));
  afterAll(() => rmSync(place, { recursive: true }));

  test('reads the demo: its time, duration, period, weights and commands', async () => {
    const capture = await readCapture([resolve(import.meta.dirname, '../../samples/sick/build-and-backup.tar.gz')], {
      samples: true,
    });
    const all = capture.datasets.filter(({ shape }) => shape === 'stacks') as Stacks[];
    const path = join(place, 'demo.pb');
    writeFileSync(path, toPprof(capture, all));
    const pprof = (...args: string[]) => spawnSync('go', ['tool', 'pprof', ...args, path], { encoding: 'utf8' }).stdout;
    expect(pprof('-raw').split('\nSamples:\n')[0]).toMatch(
      /PeriodType: cpu nanoseconds\nPeriod: 10101010\nTime: 2026-11-20 20:00:05\.303\d* \+0000 UTC\nDuration: 30\.1/,
    );
    // 5,420 samples are in perf.txt by `grep -c cpu-clock`.
    expect(pprof('-tags')).toMatch(/ comm: Total 5420 of 5420 [\s\S]* 4649 \(85\.77%\): cc1\n/);
  });
});
