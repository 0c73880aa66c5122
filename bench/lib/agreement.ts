/** Whether two folded outputs agree, and what explains it where they do not. */
import { readFileSync } from 'node:fs';

/** A fault of the other program: how the right stack looks there; null where the sample is lost. */
interface Fault {
  name: string;
  change(frames: string[]): string[] | null;
}

const faults: readonly Fault[] = [
  { name: 'samples without a stack are lost', change: (frames) => (frames.length === 1 ? null : frames) },
  { name: 'samples of tasks that have exited are lost', change: (frames) => (frames[0] === ':-1' ? null : frames) },
  {
    name: 'frames in an anonymous namespace are lost',
    change: (frames) => frames.filter((frame) => !frame.startsWith('(anonymous namespace)')),
  },
  {
    name: 'names are cut inside template arguments and at operator()',
    change: (frames) =>
      frames.map((frame) => (/\.\(/.test(frame) ? frame : frame.replace(/\((?!anonymous namespace\)).*/, ''))),
  },
  {
    name: 'deleted modules become `[unknown] `',
    change: (frames) => frames.map((frame) => (/^\[(?!unknown\]$).*\]$|^\[unknown\] $/.test(frame) ? '[?]' : frame)),
  },
];

/** @returns lines of Markdown: how many stacks agree, and for each fault how many it explains. */
export function agreement(ourPath: string, theirPath: string): string {
  let [ours, theirs] = [weightsIn(ourPath), weightsIn(theirPath)];
  const total = sumOf(ours);
  const lines = [`${ours.size} stacks and ${total} of weight against ${theirs.size} and ${sumOf(theirs)}`];
  let apart = difference(ours, theirs);
  lines.push(`${ours.size - apart} stacks are the same`);
  for (const { name, change } of faults) {
    [ours, theirs] = [changed(ours, change), changed(theirs, (frames) => change(frames) ?? frames)];
    const left = difference(ours, theirs);
    if (left !== apart) lines.push(`${apart - left} differ because ${name}`);
    apart = left;
  }
  return [...lines, `${apart} differ for no known reason`].map((line) => `- ${line}`).join('\n');
}

function weightsIn(path: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const space = line.lastIndexOf(' ');
    if (space > 0)
      weights.set(line.slice(0, space), (weights.get(line.slice(0, space)) ?? 0) + Number(line.slice(space + 1)));
  }
  return weights;
}

function changed(weights: Map<string, number>, change: Fault['change']): Map<string, number> {
  const result = new Map<string, number>();
  for (const [stack, weight] of weights) {
    const frames = change(stack.split(';'));
    if (frames === null) continue;
    const text = frames.join(';');
    result.set(text, (result.get(text) ?? 0) + weight);
  }
  return result;
}

/** Stacks that only one side has, or with another weight. */
function difference(ours: Map<string, number>, theirs: Map<string, number>): number {
  const apart = new Set<string>();
  for (const [stack, weight] of ours) if (theirs.get(stack) !== weight) apart.add(stack);
  for (const [stack, weight] of theirs) if (ours.get(stack) !== weight) apart.add(stack);
  return apart.size;
}

function sumOf(weights: Map<string, number>): number {
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}
