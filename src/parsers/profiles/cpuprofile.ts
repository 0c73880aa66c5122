/**
 * .cpuprofile of Chrome, Node (--cpu-prof) and Deno: a tree of calls, and which node was seen when.
 *
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
import { FrameKind } from '../../datasets/profile.ts';
import { ProfileBuilder } from '../../datasets/profile-builder.ts';
import type { Stacks } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import type { LineLedger } from '../lines.ts';
import { BadDocument, fieldsOf, jsonHead, jsonReader, listOf, numberOf, textOf } from './document.ts';

const NODES = /^\{\s*"(?:nodes"\s*:\s*\[\s*\{|head"\s*:\s*\{|startTime"|endTime"|samples"|timeDeltas"|title"|typeId")/;
const CALL_FRAME = /"(?:callFrame"\s*:\s*\{|functionName"\s*:)/;

export const cpuprofile: Grammar = {
  name: 'cpuprofile',
  claims(head) {
    const text = jsonHead(head);
    return NODES.test(text) && CALL_FRAME.test(text);
  },
  begins: { like: /^\{"nodes":\[/ },
  reader: (context) => jsonReader(context, readCpuprofile, 'cpuprofile'),
};

interface Node {
  frame: { name: string; url: string } | null;
  hits: number;
  children: number[];
}

/** What V8 does itself, as its profiler calls it. */
const OF_V8 = /^\((?:program|idle|garbage collector|root)\)$/;

function readCpuprofile(json: unknown, ledger: LineLedger, context: ParseContext): Stacks[] {
  const document = fieldsOf(json);
  const nodes = document.nodes === undefined ? nodesUnder(document.head) : nodesIn(document.nodes);
  if (nodes.size === 0) throw new BadDocument('no nodes in it');
  const builder = new ProfileBuilder({ samples: context.samples });
  const places = placesOf(nodes, builder);
  const samples = listOf(document.samples);
  const deltas = listOf(document.timeDeltas);
  const isTimed = samples.length > 0 && deltas.length === samples.length;
  if (isTimed) addSamples(builder, places, samples, deltas, numberOf(document.startTime) ?? 0, ledger);
  else for (const [id, { hits }] of nodes) if (hits > 0) builder.add(places.get(id) ?? 0, hits);
  return [
    {
      shape: 'stacks',
      kind: 'on-cpu',
      source: 0,
      tool: context.tool ?? 'cpuprofile',
      title: context.name,
      clock: isTimed ? 'perf' : null,
      unit: isTimed ? 'usecs' : 'samples',
      profile: builder.build(),
    },
  ];
}

function nodesIn(list: unknown): Map<number, Node> {
  const nodes = new Map<number, Node>();
  for (const each of listOf(list)) {
    const { id, callFrame, hitCount, children } = fieldsOf(each);
    const number = numberOf(id);
    if (number === null) continue;
    nodes.set(number, {
      frame: frameOf(callFrame),
      hits: numberOf(hitCount) ?? 0,
      children: listOf(children).filter((child) => typeof child === 'number'),
    });
  }
  return nodes;
}

/** The form before 2016: a tree, the call in the node itself. */
function nodesUnder(head: unknown): Map<number, Node> {
  const nodes = new Map<number, Node>();
  const open = [head];
  while (open.length > 0) {
    const fields = fieldsOf(open.pop());
    const id = numberOf(fields.id);
    if (id === null || nodes.has(id)) continue;
    const children = listOf(fields.children);
    nodes.set(id, {
      frame: frameOf(fields),
      hits: numberOf(fields.hitCount) ?? 0,
      children: children.map((child) => numberOf(fieldsOf(child).id) ?? -1),
    });
    open.push(...children);
  }
  return nodes;
}

/** Named as `node --perf-basic-prof` names it, which perf prints: `handler /srv/app.js:12`. */
function frameOf(callFrame: unknown): Node['frame'] {
  const { functionName, url, lineNumber } = fieldsOf(callFrame);
  const name = textOf(functionName) || '(anonymous)';
  if (name === '(root)') return null;
  const file = textOf(url);
  const line = numberOf(lineNumber);
  const place = file === '' ? '' : ` ${file}${line === null || line < 0 ? '' : `:${line + 1}`}`;
  return { name: name + place, url: file };
}

/** The node of the profile's trie for each of the file's, parents first, whatever order they are in. */
function placesOf(nodes: Map<number, Node>, builder: ProfileBuilder): Map<number, number> {
  const isChild = new Set([...nodes.values()].flatMap(({ children }) => children));
  const places = new Map<number, number>();
  const open: [id: number, above: number][] = [...nodes.keys()].filter((id) => !isChild.has(id)).map((id) => [id, 0]);
  while (open.length > 0) {
    const [id, above] = open.pop() as [number, number];
    const node = nodes.get(id);
    if (node === undefined || places.has(id)) continue;
    const { frame, children } = node;
    const place = frame === null ? above : builder.child(above, builder.frame(frame.name, kindOf(frame), frame.url));
    places.set(id, place);
    for (const child of children) open.push([child, place]);
  }
  return places;
}

function kindOf({ name, url }: { name: string; url: string }): FrameKind {
  return url === '' || OF_V8.test(name) ? FrameKind.user : FrameKind.jit;
}

/** Each sample weighs the time up to the next one. */
function addSamples(
  builder: ProfileBuilder,
  places: ReadonlyMap<number, number>,
  samples: readonly unknown[],
  deltas: readonly unknown[],
  start: number,
  ledger: LineLedger,
): void {
  const thread = { comm: 'node', pid: null, tid: null };
  let at = start;
  for (const [i, id] of samples.entries()) {
    at += numberOf(deltas[i]) ?? 0;
    const node = places.get(numberOf(id) ?? -1);
    if (node === undefined) ledger.noteOnce('samples of nodes that the file does not have are left out');
    else builder.add(node, Math.max(numberOf(deltas[i + 1]) ?? 0, 0), { at: at / 1e6, thread, cpu: null });
  }
}
