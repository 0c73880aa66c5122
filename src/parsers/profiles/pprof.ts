/**
 * pprof's profile.proto, as Go, gperftools, async-profiler, Pyroscope, Parca, py-spy and coldflame write it.
 *
 * https://github.com/google/pprof/blob/main/proto/profile.proto
 */
import { type Location, Profile as Message, type Sample } from 'pprof-format';
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import type { ParseContext, Reader } from '../grammar.ts';
import { BadDocument, documentReader } from './document.ts';
import { kindOfFile, kindOfMeasure, unitOf } from './frames.ts';

export function pprofReader(context: ParseContext): Reader {
  return documentReader(context, (bytes) => readPprof(bytes, context), 'pprof');
}

function readPprof(bytes: Uint8Array, context: ParseContext): Stacks[] {
  const message = decoded(bytes);
  const { strings } = message.stringTable;
  const text = (index: unknown) => strings[Number(index)] ?? '';
  const frames = new Frames(message, text);
  const types = message.sampleType.map(({ type, unit }) => ({ type: text(type), unit: text(unit) }));
  if (types.length === 0) throw new BadDocument('it does not say what its values are');
  const chosen = text(message.defaultSampleType);
  // pprof shows the one that is named, else the last.
  const first = Math.max(chosen === '' ? types.length - 1 : types.findIndex(({ type }) => type === chosen), 0);
  const order = [first, ...Array.from(types.keys()).filter((i) => i !== first)];
  const started = Number(message.timeNanos) / 1e9;
  return order.map((i) =>
    stacksOf(message, i, types[i] as { type: string; unit: string }, frames, { context, text, started }),
  );
}

function decoded(bytes: Uint8Array): Message {
  try {
    return Message.decode(bytes);
  } catch (error) {
    throw new BadDocument(`damaged or cut short: ${(error as Error).message}`);
  }
}

interface Around {
  context: ParseContext;
  text(index: unknown): string;
  /** Unix seconds; 0 where not told. */
  started: number;
}

function stacksOf(
  message: Message,
  value: number,
  { type, unit: told }: { type: string; unit: string },
  frames: Frames,
  { context, text }: Around,
): Stacks {
  const { unit, factor } = unitOf(told);
  const builder = new ProfileBuilder({ samples: context.samples });
  for (const sample of message.sample) {
    const weight = Number(sample.value[value] ?? 0) * factor;
    if (weight === 0) continue;
    const labels = labelsOf(sample, text);
    const stack = withCommand(frames.stackOf(sample), labels.comm);
    const node = stack.reduce(
      (above, { name, kind, module }) => builder.child(above, builder.frame(name, kind, module)),
      0,
    );
    builder.add(
      node,
      weight,
      labels.thread === null ? undefined : { at: null, thread: labels.thread, cpu: labels.cpu },
    );
  }
  const isCount = unit === 'samples' && type !== 'samples' && type !== 'count';
  return {
    shape: 'stacks',
    kind: kindOfMeasure(type, unit),
    source: 0,
    tool: context.tool ?? 'pprof',
    title: type || context.name,
    clock: null,
    unit: isCount ? type : unit,
    ...(type === '' ? {} : { event: type }),
    profile: builder.build(),
  };
}

/** The stack below the command that ran it; in ours the command is there. */
function withCommand(stack: NamedFrame[], comm: string): NamedFrame[] {
  if (comm === '') return stack;
  const process: NamedFrame = { name: comm, kind: FrameKind.process, module: '' };
  return [process, ...(stack[0]?.name === comm && stack[0].module === '' ? stack.slice(1) : stack)];
}

interface Labels {
  /** What the stacks begin with: ours have their command. */
  comm: string;
  thread: Thread | null;
  cpu: number | null;
}

function labelsOf({ label }: Sample, text: Around['text']): Labels {
  const of = new Map(label.map(({ key, str, num }) => [text(key), Number(str) !== 0 ? text(str) : Number(num)]));
  const name = of.get('comm') ?? of.get('thread') ?? of.get('thread_name') ?? of.get('thread name');
  const numbered = (key: string) => {
    const found = of.get(key);
    return found === undefined || found === '' || Number.isNaN(Number(found)) ? null : Number(found);
  };
  const [pid, tid] = [numbered('pid'), numbered('tid') ?? numbered('thread id') ?? numbered('thread_id')];
  const comm = of.get('comm');
  const hasThread = name !== undefined || pid !== null || tid !== null;
  return {
    comm: typeof comm === 'string' ? comm : '',
    thread: hasThread ? { comm: String(name ?? ''), pid, tid } : null,
    cpu: numbered('cpu'),
  };
}

interface NamedFrame {
  name: string;
  kind: FrameKind;
  module: string;
}

class Frames {
  private readonly functions: Map<number, { name: string; file: string }>;
  private readonly mappings: Map<number, string>;
  private readonly locations: Map<number, NamedFrame[]>;

  constructor({ function: functions, mapping, location }: Message, text: Around['text']) {
    this.functions = new Map(
      functions.map(({ id, name, systemName, filename }) => [
        Number(id),
        { name: text(name) || text(systemName), file: text(filename) },
      ]),
    );
    this.mappings = new Map(mapping.map(({ id, filename }) => [Number(id), text(filename)]));
    this.locations = new Map(location.map((each) => [Number(each.id), this.framesOf(each)]));
  }

  /** Root first. */
  stackOf({ locationId }: Sample): NamedFrame[] {
    return locationId.toReversed().flatMap((id) => this.locations.get(Number(id)) ?? []);
  }

  /** Of a location the last line is the function itself, and those before it were inlined into it. */
  private framesOf({ line, mappingId, address }: Location): NamedFrame[] {
    const module = this.mappings.get(Number(mappingId)) ?? '';
    const kind = kindOfFile(module);
    if (line.length === 0) {
      const base = module.slice(module.lastIndexOf('/') + 1);
      return [{ name: base === '' ? `0x${BigInt(address).toString(16)}` : `[${base}]`, kind, module }];
    }
    return line.toReversed().map(({ functionId }, i) => {
      const { name, file } = this.functions.get(Number(functionId)) ?? { name: '[unknown]', file: '' };
      return { name: name || '[unknown]', kind: i > 0 ? FrameKind.inlined : kind, module: module || file };
    });
  }
}
