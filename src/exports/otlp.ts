/**
 * Profiles as OpenTelemetry's protocol has them, in its JSON encoding: a line for the collector's file receiver, or the body of a
 * request to `/v1development/profiles`. Its signal of profiles is in development; these are the messages of opentelemetry-proto 1.9.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/profiles/v1development/profiles.proto
 */
import { createHash } from 'node:crypto';
import type { Capture } from '../datasets/capture.ts';
import { stackFrames, weightedNodes } from '../datasets/fold.ts';
import { Numbered } from '../datasets/numbered.ts';
import { FrameKind, type Profile, type Thread } from '../datasets/profile.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { version } from '../generated/version.ts';

/** Units of weights by their codes in UCUM, as the semantic conventions have them; anything else is a count. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['nsecs', 'ns'],
  ['usecs', 'us'],
  ['msecs', 'ms'],
  ['bytes', 'By'],
]);

/** @returns one JSON document on one line, in chunks of text; each event is a profile */
export function* toOtlp(capture: Capture, stacks: readonly Stacks[]): Generator<string> {
  const dictionary = new Dictionary();
  const { manifest } = capture;
  const resource = {
    attributes: [
      ...(manifest?.host.hostname ? [plainAttribute('host.name', manifest.host.hostname)] : []),
      ...(manifest?.host.kernel ? [plainAttribute('os.version', manifest.host.kernel)] : []),
      plainAttribute('os.type', 'linux'),
    ],
  };
  const scope = { name: 'coldflame', version };
  yield `{"resourceProfiles":[{"resource":${JSON.stringify(resource)},"scopeProfiles":[{"scope":${JSON.stringify(scope)},"profiles":[`;
  for (const [i, dataset] of stacks.entries())
    yield `${i === 0 ? '' : ','}${JSON.stringify(profileOf(capture, dataset, dictionary))}`;
  yield `]}]}],"dictionary":${JSON.stringify(dictionary.tables())}}\n`;
}

function plainAttribute(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

interface Sample {
  stackIndex: number;
  attributeIndices: number[];
  values: string[];
  timestampsUnixNano: string[];
}

function profileOf(capture: Capture, dataset: Stacks, dictionary: Dictionary): object {
  const { event, tool, unit, profile } = dataset;
  const { manifest, name } = capture;
  const zero = zeroOf(capture, dataset);
  const id = createHash('sha256')
    .update(JSON.stringify([name, manifest?.started ?? null, tool, event ?? '']))
    .digest();
  return {
    sampleType: {
      typeStrindex: dictionary.string(event ?? tool),
      unitStrindex: dictionary.string(UNITS.get(unit) ?? '{count}'),
    },
    samples: samplesOf(profile, zero, dictionary),
    ...(manifest === null
      ? {}
      : {
          timeUnixNano: nanos(manifest.started),
          durationNano: nanos(Math.max(0, manifest.ended - manifest.started)),
        }),
    profileId: id.subarray(0, 16).toString('base64'),
  };
}

/** What is added to times for Unix seconds; null where that is not known. */
function zeroOf({ manifest }: Capture, { clock }: Stacks): number | null {
  if (clock === 'epoch') return 0;
  return clock === 'capture' ? (manifest?.started ?? null) : null;
}

/** To the microsecond, as which doubles hold times since 1970. */
function nanos(seconds: number): string {
  return String(BigInt(Math.round(seconds * 1e6)) * 1000n);
}

/** One for each stack of each thread and CPU, with the times and weights of all its samples. */
function samplesOf(profile: Profile, zero: number | null, dictionary: Dictionary): Sample[] {
  const { samples, self, threads } = profile;
  const stackOf = dictionary.stacksOf(profile);
  if (samples === null)
    return weightedNodes(profile).map((node) => ({
      stackIndex: stackOf(node),
      attributeIndices: [],
      values: [String(Math.round(self[node] as number))],
      timestampsUnixNano: [],
    }));
  const found = new Map<string, Sample>();
  for (let i = 0; i < samples.stack.length; i++) {
    const [node, thread, cpu] = [samples.stack[i] as number, samples.thread[i] as number, samples.cpu[i] as number];
    const at = samples.at[i] as number;
    const isTimed = zero !== null && !Number.isNaN(at);
    const key = `${node} ${thread} ${cpu} ${isTimed}`;
    let own = found.get(key);
    if (own === undefined) {
      const attributeIndices = dictionary.attributesOf(threads[thread], cpu);
      own = { stackIndex: stackOf(node), attributeIndices, values: [], timestampsUnixNano: [] };
      found.set(key, own);
    }
    const weight = Math.round(samples.weight?.[i] ?? 1);
    // Without times a sample has one value: their sum.
    if (isTimed) {
      own.values.push(String(weight));
      own.timestampsUnixNano.push(nanos(zero + at));
    } else own.values[0] = String(Number(own.values[0] ?? 0) + weight);
  }
  return [...found.values()];
}

/** Tables that all profiles share. The first of each is nothing: an index of 0 is one that is not set. */
class Dictionary {
  private readonly strings = new Numbered('');
  private readonly mappings = new Numbered<object>({});
  private readonly functions = new Numbered<object>({});
  private readonly locations = new Numbered<object>({});
  private readonly stacks = new Numbered<object>({});
  private readonly attributes = new Numbered<object>({});

  string(text: string): number {
    return text === '' ? 0 : this.strings.id(text, () => text);
  }

  /** The index of a node's stack, the leaf first. */
  stacksOf(profile: Profile): (node: number) => number {
    const locations = profile.frames.names.map((_, frame) => this.locationOf(profile, frame));
    const known = new Map<number, number>();
    return (node) => {
      let index = known.get(node);
      if (index === undefined) {
        const locationIndices = stackFrames(profile, node).map((frame) => locations[frame] as number);
        locationIndices.reverse();
        index = locationIndices.length === 0 ? 0 : this.stacks.id(locationIndices.join(), () => ({ locationIndices }));
        known.set(node, index);
      }
      return index;
    };
  }

  attributesOf(thread: Thread | undefined, cpu: number): number[] {
    return [
      ...(thread === undefined ? [] : [this.attribute('thread.name', { stringValue: thread.comm })]),
      ...(thread?.pid == null ? [] : [this.attribute('process.pid', { intValue: String(thread.pid) })]),
      ...(thread?.tid == null ? [] : [this.attribute('thread.id', { intValue: String(thread.tid) })]),
      ...(cpu < 0 ? [] : [this.attribute('cpu.logical_number', { intValue: String(cpu) })]),
    ];
  }

  tables(): object {
    return {
      mappingTable: this.mappings.values,
      locationTable: this.locations.values,
      functionTable: this.functions.values,
      linkTable: [{}],
      stringTable: this.strings.values,
      attributeTable: this.attributes.values,
      stackTable: this.stacks.values,
    };
  }

  private locationOf({ frames }: Profile, frame: number): number {
    const [name, module, kind] = [frames.names[frame] as string, frames.modules[frame] as string, frames.kinds[frame]];
    const functionIndex = this.functions.id(name, () => ({ nameStrindex: this.string(name) }));
    const mappingIndex =
      module === '' ? 0 : this.mappings.id(module, () => ({ filenameStrindex: this.string(module) }));
    const isKernel = kind === FrameKind.kernel;
    const type = this.attribute('profile.frame.type', { stringValue: isKernel ? 'kernel' : 'native' });
    return this.locations.id(`${functionIndex} ${mappingIndex} ${isKernel}`, () => ({
      mappingIndex,
      lines: [{ functionIndex }],
      attributeIndices: [type],
    }));
  }

  private attribute(key: string, value: object): number {
    return this.attributes.id(`${key} ${JSON.stringify(value)}`, () => ({ keyStrindex: this.string(key), value }));
  }
}
