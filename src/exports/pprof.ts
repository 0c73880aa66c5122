/**
 * A profile as pprof's profile.proto, not compressed, for `pprof`, Pyroscope, Grafana and whatever else reads it.
 * https://github.com/google/pprof/blob/main/proto/profile.proto
 */
import {
  Line,
  Location,
  Mapping,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { stackFrames } from '../datasets/fold.ts';
import type { Stacks } from '../datasets/shapes.ts';

/** @returns the encoded message; pprof wants it gzipped in a file. */
export function toPprof({ profile, unit }: Stacks): Uint8Array {
  const stringTable = new StringTable();
  const { names, modules } = profile.frames;
  const mappings = mappingsOf(modules, stringTable);
  const functions = names.map(
    (name, i) => new PprofFunction({ id: i + 1, name: stringTable.dedup(name), systemName: stringTable.dedup(name) }),
  );
  // No addresses are left after folding: a location is a function in a module.
  const locations = names.map(
    (_, i) =>
      new Location({
        id: i + 1,
        mappingId: mappings.get(modules[i] as string)?.id ?? 0,
        line: [new Line({ functionId: i + 1 })],
      }),
  );
  const sample: Sample[] = [];
  for (let node = 0; node < profile.self.length; node++) {
    const weight = profile.self[node] as number;
    if (weight === 0) continue;
    // pprof lists a stack leaf first.
    const locationId = stackFrames(profile, node)
      .reverse()
      .map((frame) => frame + 1);
    sample.push(new Sample({ locationId, value: [Math.round(weight)] }));
  }
  const type = stringTable.dedup(unit);
  return new Profile({
    sampleType: [new ValueType({ type, unit: stringTable.dedup(pprofUnit(unit)) })],
    sample,
    mapping: [...mappings.values()],
    location: locations,
    function: functions,
    stringTable,
  }).encode();
}

function mappingsOf(modules: readonly string[], strings: StringTable): Map<string, Mapping> {
  const distinct = [...new Set(modules)].filter((module) => module !== '');
  return new Map(
    distinct.map((module, i) => [
      module,
      new Mapping({ id: i + 1, filename: strings.dedup(module), hasFunctions: true }),
    ]),
  );
}

const UNITS = new Map([
  ['usecs', 'microseconds'],
  ['nsecs', 'nanoseconds'],
  ['msecs', 'milliseconds'],
  ['bytes', 'bytes'],
]);

/** pprof scales these by name; everything else is a count. */
function pprofUnit(unit: string): string {
  return UNITS.get(unit) ?? 'count';
}
