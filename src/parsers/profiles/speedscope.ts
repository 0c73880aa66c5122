/**
 * speedscope's own files, as speedscope, py-spy, rbspy, dotnet-trace and coldflame write them: frames, and profiles of
 * samples or of calls.
 *
 * https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts
 */
import { FrameKind, type Thread } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import { type Stacks, stacksKindOf } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import type { LineLedger } from '../lines.ts';
import { BadDocument, fieldsOf, jsonHead, jsonReader, listOf, numberOf, textOf } from './document.ts';
import { kindOfFile, kindOfMeasure, unitOf } from './frames.ts';

const SCHEMA = 'speedscope.app/file-format-schema.json';
const SHARED_FRAMES = /"shared"\s*:\s*\{\s*"frames"\s*:/;

export const speedscope: Grammar = {
  name: 'speedscope',
  claims(head) {
    const text = jsonHead(head);
    return text.startsWith('{') && (text.includes(SCHEMA) || SHARED_FRAMES.test(text));
  },
  reader: (context) => jsonReader(context, readSpeedscope, 'speedscope'),
};

interface Frame {
  name: string;
  file: string;
  kind: FrameKind;
}

interface SpeedscopeProfile {
  name: string;
  unit: string;
  /** What stacks weigh, one after another, in the unit. */
  samples(tree: Tree): Iterable<WeighedNode>;
  /** Where they begin, in the unit. */
  start: number;
  /** Of our own files. */
  dataset: { kind: string; event: string; tool: string; unit: string } | null;
  thread: Thread | null;
}

/** The stacks of a profile as nodes of a tree: a stack a thousand calls deep costs a node more than its caller's, not a list. */
interface Tree {
  root: number;
  /** The node of the frame, called from `above`. */
  child(above: number, frame: number): number;
}

interface WeighedNode {
  node: number;
  weight: number;
}

function readSpeedscope(json: unknown, ledger: LineLedger, context: ParseContext): Stacks[] {
  const document = fieldsOf(json);
  const frames = listOf(fieldsOf(document.shared).frames).map(frameOf);
  const profiles = listOf(document.profiles).map((profile) => profileOf(fieldsOf(profile), frames.length, ledger));
  if (profiles.length === 0) throw new BadDocument('no profile in it');
  return grouped(profiles).map((group) => stacksOf(group, frames, context));
}

// Our own mark of what was inlined.
const INLINED = / \[inlined\]$/;

function frameOf(value: unknown): Frame {
  const { name, file } = fieldsOf(value);
  const text = textOf(name);
  const isInlined = INLINED.test(text);
  return {
    name: isInlined ? text.replace(INLINED, '') : text,
    file: textOf(file),
    kind: isInlined ? FrameKind.inlined : kindOfFile(textOf(file)),
  };
}

function profileOf(fields: Readonly<Record<string, unknown>>, frames: number, ledger: LineLedger): SpeedscopeProfile {
  const { coldflame } = fields;
  const own = fieldsOf(coldflame);
  const samples = fields.type === 'evented' ? calls : listed;
  return {
    name: textOf(fields.name),
    unit: textOf(fields.unit),
    samples: (tree) => samples(fields, frames, ledger, tree),
    start: numberOf(fields.startValue) ?? 0,
    dataset:
      coldflame === undefined
        ? null
        : { kind: textOf(own.kind), event: textOf(own.event), tool: textOf(own.tool), unit: textOf(own.unit) },
    thread: own.comm === undefined ? null : { comm: textOf(own.comm), pid: numberOf(own.pid), tid: numberOf(own.tid) },
  };
}

function* listed(
  { samples, weights }: Readonly<Record<string, unknown>>,
  frames: number,
  ledger: LineLedger,
  { root, child }: Tree,
): Generator<WeighedNode> {
  const weight = listOf(weights);
  for (const [i, sample] of listOf(samples).entries()) {
    const stack = listOf(sample).filter((frame): frame is number => isFrame(frame, frames, ledger));
    yield { node: stack.reduce(child, root), weight: numberOf(weight[i]) ?? 1 };
  }
}

function isFrame(frame: unknown, frames: number, ledger: LineLedger): frame is number {
  const isOne = Number.isInteger(frame) && (frame as number) >= 0 && (frame as number) < frames;
  if (!isOne) ledger.noteOnce('frames that the file does not have are left out of their stacks');
  return isOne;
}

/** Calls and returns as stacks: what was open between one of them and the next. */
function* calls(
  { events, startValue }: Readonly<Record<string, unknown>>,
  frames: number,
  ledger: LineLedger,
  { root, child }: Tree,
): Generator<WeighedNode> {
  const open: { frame: number; node: number }[] = [];
  /** How often each frame is open: of one that is not, no return is looked for. */
  const times = new Map<number, number>();
  let last = numberOf(startValue) ?? 0;
  for (const event of listOf(events)) {
    const { type, frame, at } = fieldsOf(event);
    const now = numberOf(at);
    if (now === null || !isFrame(frame, frames, ledger)) continue;
    if (now > last) yield { node: open.at(-1)?.node ?? root, weight: now - last };
    last = Math.max(last, now);
    const count = times.get(frame) ?? 0;
    if (type === 'O') {
      open.push({ frame, node: child(open.at(-1)?.node ?? root, frame) });
      times.set(frame, count + 1);
      continue;
    }
    if (open.at(-1)?.frame !== frame) ledger.noteOnce('calls that do not end in the order of their beginning');
    for (let closed = count === 0; !closed; ) {
      const top = open.pop();
      if (top === undefined) break;
      times.set(top.frame, (times.get(top.frame) ?? 1) - 1);
      closed = top.frame === frame;
    }
  }
}

/** Threads of one recording are one profile; what is measured in another unit, or of another event, is another. */
function grouped(profiles: readonly SpeedscopeProfile[]): SpeedscopeProfile[][] {
  const groups = new Map<string, SpeedscopeProfile[]>();
  for (const profile of profiles) {
    const key = profile.dataset === null ? profile.unit : JSON.stringify(profile.dataset);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [profile]);
    else known.push(profile);
  }
  return [...groups.values()];
}

const SECONDS: Readonly<Record<string, number>> = { nsecs: 1e-9, usecs: 1e-6 };

function stacksOf(group: readonly SpeedscopeProfile[], frames: readonly Frame[], context: ParseContext): Stacks {
  const [first] = group as [SpeedscopeProfile];
  const { unit: told, factor } = unitOf(first.unit);
  const unit = first.dataset?.unit || told;
  const seconds = first.dataset === null ? SECONDS[unit] : undefined;
  const builder = new ProfileBuilder({ samples: context.samples });
  const isOwn = first.dataset !== null;
  for (const { name, samples, start, thread } of group) {
    // Threads are told by the first frame, as commands are; ours begin with it.
    const root = group.length > 1 && !isOwn ? builder.child(0, builder.frame(name, FrameKind.process)) : 0;
    const child = (above: number, i: number) =>
      builder.child(above, idOf(builder, frames[i] as Frame, isOwn && above === 0));
    let at = start * factor;
    for (const { node, weight } of samples({ root, child })) {
      const facts = {
        at: seconds === undefined ? null : at * seconds,
        thread: thread ?? { comm: name, pid: null, tid: null },
        cpu: null,
      };
      builder.add(node, weight * factor, facts);
      at += weight * factor;
    }
  }
  const event = first.dataset?.event || (group.length === 1 ? first.name : '');
  return {
    shape: 'stacks',
    kind: stacksKindOf(first.dataset?.kind ?? '') ?? kindOfMeasure(event, unit),
    source: 0,
    tool: first.dataset?.tool || (context.tool ?? 'speedscope'),
    title: event || context.name,
    clock: seconds === undefined ? null : 'elapsed',
    unit,
    ...(event === '' ? {} : { event }),
    profile: builder.build(),
  };
}

function idOf(builder: ProfileBuilder, { name, file, kind }: Frame, isProcess: boolean): number {
  return builder.frame(name, isProcess ? FrameKind.process : kind, file);
}
