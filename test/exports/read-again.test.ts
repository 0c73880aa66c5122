/** What we export is read again as what it was. */
import { describe, expect, test } from 'vitest';
import { FrameKind, type Samples } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { toJson } from '../../src/exports/json.ts';
import { toPprof } from '../../src/exports/pprof.ts';
import { toSpeedscope } from '../../src/exports/speedscope.ts';
import { read } from '../reading.ts';
import { lines, only, readBinary } from '../stacks.ts';

describe('our own exports', () => {
  const profile = () => {
    const builder = new ProfileBuilder({ samples: true });
    const path = (...frames: [string, FrameKind, string][]) =>
      frames.reduce((node, [name, kind, module]) => builder.child(node, builder.frame(name, kind, module)), 0);
    const { process, user, kernel, inlined } = FrameKind;
    const java = { comm: 'java', pid: 1, tid: 2 };
    builder.add(path(['java', process, ''], ['main', user, '/bin/a'], ['vfs_read', kernel, '[kernel.kallsyms]']), 3, {
      at: 1,
      thread: java,
      cpu: 0,
    });
    builder.add(path(['java', process, ''], ['main', user, '/bin/a'], ['inner', inlined, '/bin/a']), 5, {
      at: 2,
      thread: { ...java, tid: 3 },
      cpu: 1,
    });
    return builder.build();
  };
  const stacks = (): Stacks => ({
    shape: 'stacks',
    kind: 'on-cpu',
    source: 0,
    tool: 'perf',
    title: 'cycles',
    clock: null,
    unit: 'cycles',
    event: 'cycles',
    profile: profile(),
  });
  const wanted = ['java;main;inner 5', 'java;main;vfs_read 3'];

  test('speedscope', async () => {
    const { datasets } = await read([...toSpeedscope('x', [stacks()])].join(''));
    expect(lines(only(datasets))).toEqual(wanted);
    expect(only(datasets)).toMatchObject({ event: 'cycles', unit: 'cycles', kind: 'on-cpu' });
    const { stack, thread } = only(datasets).profile.samples as Samples;
    expect([stack.length, thread.length, only(datasets).profile.threads.length]).toEqual([2, 2, 2]);
  });

  test.each(['off-cpu', 'memory', 'events', 'wakeup'] as const)('%s stays what it is', async (kind) => {
    const other = { ...stacks(), kind, event: 'cpu-clock', title: 'cpu-clock' };
    const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [other] };
    for (const text of [[...toSpeedscope('x', [other])], [...toJson(capture, { samples: false })]])
      expect(only((await read(text.join(''))).datasets).kind).toBe(kind);
  });

  test('pprof', async () => {
    expect(lines(only(await readBinary(toPprof({ manifest: null, sources: [] }, [stacks()]))))).toEqual(wanted);
  });

  test('json, with every sample', async () => {
    const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [stacks()] };
    const { datasets } = await read([...toJson(capture, { samples: true })].join(''));
    expect(lines(only(datasets))).toEqual(wanted);
    expect(only(datasets).profile.threads).toEqual([
      { comm: 'java', pid: 1, tid: 2 },
      { comm: 'java', pid: 1, tid: 3 },
    ]);
  });
});
