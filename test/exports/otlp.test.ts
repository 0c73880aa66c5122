/** Profiles in OpenTelemetry's protocol: what its own messages make of them. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import { foldedStacks } from '../../src/datasets/fold.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { toOtlp } from '../../src/exports/otlp.ts';

const DEMO = resolve(import.meta.dirname, '../../samples/demo/capture.tar.gz');
const capture = await readCapture([DEMO], { samples: true });
const stacks = capture.datasets.filter((dataset): dataset is Stacks => dataset.shape === 'stacks');
const text = [...toOtlp(capture, stacks)].join('');

interface Sample {
  stackIndex: number;
  attributeIndices: number[];
  values: string[];
  timestampsUnixNano: string[];
}

describe('otlp', () => {
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

  // pip install opentelemetry-proto
  const READ = `
import sys
from google.protobuf import json_format
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
data = json_format.Parse(sys.stdin.read(), ProfilesData())
of = lambda p: sum(sum(s.values) for s in p.samples)
print([of(p) for r in data.resource_profiles for s in r.scope_profiles for p in s.profiles])
`;
  const python = process.env.COLDFLAME_PYTHON ?? 'python3';
  const has = spawnSync(python, ['-c', 'import opentelemetry.proto.profiles.v1development.profiles_pb2']).status === 0;

  test.skipIf(!has)('the messages of OpenTelemetry read it, and have its weights', () => {
    const { stdout, stderr } = spawnSync(python, ['-c', READ], { input: text, encoding: 'utf8' });
    expect(stderr).toBe('');
    // awk 'NF == 1 { sum += $1 }' offcputime.txt
    expect(stdout.trim()).toBe('[5420, 1254814279]');
  });
});
