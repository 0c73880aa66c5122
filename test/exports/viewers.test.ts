/** What other programs open, as their readers read it: the Firefox Profiler, Perfetto, OpenTelemetry's own messages. */
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { foldedStacks } from '../../src/datasets/fold.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { toFirefox } from '../../src/exports/firefox.ts';
import { toOtlp } from '../../src/exports/otlp.ts';
import { offAxis } from '../../src/exports/spans.ts';
import { leftOutOfTrace, toTrace } from '../../src/exports/trace.ts';
import { allTracks } from '../../src/signals/index.ts';
import { eventsOf } from '../plain.ts';

const DEMO = resolve(import.meta.dirname, '../../samples/sick/build-and-backup.tar.gz');
const capture: Capture = await readCapture([DEMO], { samples: true });
const stacks = capture.datasets.filter((dataset): dataset is Stacks => dataset.shape === 'stacks');
const foldedOf = ({ profile }: Stacks) => foldedStacks(profile, () => false).map(([stack, weight]) => [stack, weight]);

type Table = Record<string, (number | null)[]> & { length: number };

interface FirefoxThread {
  name: string;
  pid: string;
  samples: Table & { weightType: string };
  stackTable: Table;
  frameTable: Table;
  funcTable: Table;
  resourceTable: Table;
  markers: { length: number; name: number[]; startTime: number[]; endTime: (number | null)[]; data: object[] };
  stringArray: string[];
}

/** Stacks and weights as the Firefox Profiler finds them: from a sample by its tables to strings. */
function foldedIn(threads: readonly FirefoxThread[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { samples, stackTable, frameTable, funcTable, stringArray } of threads) {
    for (let i = 0; i < samples.length; i++) {
      const names: string[] = [];
      for (let at = samples.stack?.[i] ?? null; at !== null; at = stackTable.prefix?.[at] ?? null) {
        const func = frameTable.func?.[stackTable.frame?.[at] as number] as number;
        names.unshift(stringArray[funcTable.name?.[func] as number] as string);
      }
      const stack = names.join(';');
      sums.set(stack, (sums.get(stack) ?? 0) + (samples.weight?.[i] as number));
    }
  }
  return sums;
}

describe('firefox', () => {
  const made = JSON.parse([...toFirefox(capture, stacks)].join(''));
  const threads: FirefoxThread[] = made.threads;

  test('the columns of a table are as long as it says', () => {
    for (const thread of threads)
      for (const [name, table] of Object.entries(thread))
        if (typeof table === 'object' && table !== null && 'length' in table && !Array.isArray(table))
          for (const [column, values] of Object.entries(table))
            if (Array.isArray(values)) expect([name, column, values.length]).toEqual([name, column, table.length]);
  });

  test('stacks of all threads together are those of the profile, with its weights', () => {
    const [cpu] = stacks as [Stacks];
    const found = foldedIn(threads.filter(({ samples }) => samples.weightType === 'samples'));
    expect([...found].sort()).toEqual(foldedOf(cpu).sort());
    // grep -c cpu-clock: perf.txt
    expect([...found.values()].reduce((sum, weight) => sum + weight, 0)).toBe(5420);
  });

  test('time off CPU is milliseconds', () => {
    const found = foldedIn(threads.filter(({ samples }) => samples.weightType === 'tracing-ms'));
    // awk 'NF == 1 { sum += $1 }' offcputime.txt: microseconds
    expect([...found.values()].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1_254_814.279, 3);
  });

  test('a thread has its process, its own samples and these in the order of time', () => {
    const one = threads.find(({ name, samples }) => /^cc1plus|^cc1/.test(name) && samples.length > 10);
    expect(Number(one?.pid)).toBeGreaterThan(1);
    const times = one?.samples.time as number[];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('events are markers: what took time ends when it was printed', () => {
    const { markers } = threads.find(({ pid }) => pid === 'biosnoop') as FirefoxThread;
    // tail -n +3 biosnoop.txt | grep -c .
    expect(markers.length).toBe(48117);
    const { startTime, endTime, data } = markers;
    const schema = made.meta.markerSchema.find(({ name }: { name: string }) => name.startsWith('biosnoop'));
    const key = schema.data.find(({ label }: { label: string }) => label.startsWith('LAT')).key;
    const i = endTime.findIndex((end) => end !== null);
    expect((endTime[i] as number) - (startTime[i] as number)).toBeCloseTo(Number((data[i] as never)[key]), 6);
  });

  test('names are text, whatever they are called', () => {
    const columns = [{ name: '__proto__', type: 'text', unit: '', role: 'process' } as const];
    const shape = { shape: 'events', source: 0, tool: 'x', title: 'x', clock: 'capture', columns } as const;
    const events = eventsOf({ ...shape, columns: [...columns] }, [['constructor']]);
    events.at[0] = 1;
    const { threads: own } = JSON.parse([...toFirefox({ ...capture, datasets: [events] }, [])].join(''));
    expect(own[0].stringArray).toEqual(['constructor']);
  });
});

describe('perfetto', () => {
  const text = [...toTrace(capture, stacks, allTracks(capture))].join('');
  const events: Record<string, never>[] = JSON.parse(text).traceEvents;
  const of = (ph: string) => events.filter((event) => event.ph === ph);

  test('signals are counters, from the beginning of what each value is a mean of', () => {
    const disk = of('C').filter(({ name }) => name === 'system.disk.io_time vda (%)') as never as {
      args: { value: number };
    }[];
    // awk '$1 == "vda" && n++ { sum += $NF } END { print sum }' iostat.txt
    expect(disk.reduce((sum, { args }) => sum + args.value, 0)).toBeCloseTo(800.59, 6);
  });

  test('a value whose time is unknown is no counter, and one whose interval is unknown stands at its end', () => {
    const head = {
      signal: 'system.disk.io_time',
      unit: '%',
      subject: { kind: 'disk', name: 'vda' },
      dataset: 0,
    } as const;
    const row = (at: number, seconds: number) => ({
      ...head,
      values: Float64Array.of(40),
      at: Float64Array.of(at),
      seconds: Float64Array.of(seconds),
    });
    const countersOf = (...rows: ReturnType<typeof row>[]) =>
      JSON.parse([...toTrace({ ...capture, manifest: null, datasets: [] }, [], rows)].join('')).traceEvents.filter(
        ({ name }: { name: string }) => name !== 'process_name',
      );
    expect(countersOf(row(Number.NaN, 1), row(3, Number.NaN), row(3, 1))).toMatchObject([
      { ts: 3_000_000, args: { value: 40 } },
      { ts: 2_000_000, args: { value: 40 } },
    ]);
    expect(countersOf(row(Number.NaN, 1))).toEqual([]);
  });

  test('a thread that runs another program goes on in its profile: readers keep one of each', () => {
    const builder = new ProfileBuilder({ samples: true });
    for (const [at, comm] of [
      [1, 'sh'],
      [3, 'sh'],
      [2, 'ls'],
    ] as const)
      builder.add(builder.child(0, builder.frame(comm)), 1, { at, thread: { comm, pid: 7, tid: 7 }, cpu: 0 });
    const own = { ...(stacks[0] as Stacks), profile: builder.build() };
    const { traceEvents } = JSON.parse([...toTrace({ ...capture, datasets: [] }, [own], [])].join(''));
    const named = (name: string) => traceEvents.filter((event: { name: string }) => event.name === name);
    expect(named('Profile')).toHaveLength(1);
    const [{ args }] = named('ProfileChunk');
    expect(args.data.timeDeltas).toEqual([0, 1_000_000, 1_000_000]);
    expect(new Set(args.data.cpuProfile.samples).size).toBe(2);
  });

  test('biosnoop -Q: a slice is what the device took, and none begins before time itself', async () => {
    const queued = await readCapture([resolve(import.meta.dirname, '../../samples/biosnoop/bcc-odd.txt')], {
      samples: true,
    });
    const [first] = JSON.parse([...toTrace(queued, [], [])].join('')).traceEvents.filter(
      ({ ph }: { ph: string }) => ph === 'X',
    );
    // 0.000004 supervise … QUE(ms) 0.02, LAT(ms) 0.74
    expect(first).toMatchObject({ ts: 0, dur: 740, args: { 'LAT(ms)': 0.74 } });
  });

  test('no two slices of a lane overlap', () => {
    const slices = of('X') as never as { pid: number; tid: number; ts: number; dur: number }[];
    expect(slices.length).toBeGreaterThan(100);
    const ends = new Map<string, number>();
    const overlapping = slices.filter(({ pid, tid, ts, dur }) => {
      const end = ends.get(`${pid} ${tid}`) ?? 0;
      ends.set(`${pid} ${tid}`, ts + dur);
      return ts < end;
    });
    expect(overlapping).toEqual([]);
  });

  test('each sample is in a chunk of its thread, at its time', () => {
    const chunks = of('P').filter(({ name }) => name === 'ProfileChunk') as never as {
      pid: number;
      args: {
        data: { cpuProfile: { nodes: { id: number; parent?: number }[]; samples: number[] }; timeDeltas: number[] };
      };
    }[];
    expect(chunks.reduce((sum, { args }) => sum + args.data.cpuProfile.samples.length, 0)).toBe(5420);
    for (const { args } of chunks) {
      const known = new Set(args.data.cpuProfile.nodes.map(({ id }) => id));
      expect(args.data.cpuProfile.samples.every((id) => known.has(id))).toBe(true);
      expect(args.data.cpuProfile.nodes.every(({ parent }) => parent === undefined || known.has(parent))).toBe(true);
      expect(args.data.timeDeltas.every((delta) => delta >= 0)).toBe(true);
    }
  });

  test('a thread begins with when its first sample was, in Unix time', () => {
    const [first] = of('P').filter(({ name }) => name === 'Profile') as never as {
      ts: number;
      args: { data: { startTime: number } };
    }[];
    expect(first?.args.data.startTime).toBe(first?.ts);
    // grep started manifest.json: 2026-11-20T20:00:05Z
    expect(Math.abs((first?.ts as number) / 1e6 - Date.UTC(2026, 10, 20, 20, 0, 5) / 1000)).toBeLessThan(40);
  });

  test('what it has no place for is told', () => {
    expect(leftOutOfTrace(stacks)).toEqual([expect.objectContaining({ why: expect.stringContaining('weight') })]);
  });
});

test('what counts its time from elsewhere has no place on the axis', () => {
  const [cpu] = stacks as [Stacks];
  const other: Stacks = { ...cpu, clock: 'perf' };
  expect(offAxis([cpu, other])).toEqual([other]);
  expect(offAxis([other])).toEqual([]);
});

interface Sample {
  stackIndex: number;
  attributeIndices: number[];
  values: string[];
  timestampsUnixNano: string[];
}

describe('otlp', () => {
  const text = [...toOtlp(capture, stacks)].join('');
  const { resourceProfiles, dictionary } = JSON.parse(text);
  const [{ profiles }] = resourceProfiles[0].scopeProfiles;
  const nameOf = (location: number) => {
    const [{ functionIndex }] = dictionary.locationTable[location].lines;
    return dictionary.stringTable[dictionary.functionTable[functionIndex].nameStrindex];
  };
  const folded = (samples: Sample[]) => {
    const sums = new Map<string, number>();
    for (const { stackIndex, values } of samples) {
      const stack = dictionary.stackTable[stackIndex].locationIndices.map(nameOf).reverse().join(';');
      sums.set(stack, (sums.get(stack) ?? 0) + values.reduce((sum, value) => sum + Number(value), 0));
    }
    return [...sums].sort();
  };

  test('stacks and weights are those of the profiles', () => {
    expect(profiles).toHaveLength(stacks.length);
    for (const [i, { profile }] of stacks.entries())
      expect(folded(profiles[i].samples)).toEqual(
        foldedStacks(profile, () => false)
          .map(([a, b]) => [a, b])
          .sort(),
      );
    // grep -c cpu-clock: perf.txt
    const samples: Sample[] = profiles[0].samples;
    expect(samples.reduce((sum, { timestampsUnixNano }) => sum + timestampsUnixNano.length, 0)).toBe(5420);
    expect(samples.every(({ values, timestampsUnixNano }) => values.length === timestampsUnixNano.length)).toBe(true);
  });

  test('nothing is at the first place of a table', () => {
    for (const [name, [first]] of Object.entries(dictionary) as [string, unknown[]][])
      expect([name, first]).toEqual([name, name === 'stringTable' ? '' : {}]);
  });
});
