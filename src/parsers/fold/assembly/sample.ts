/** The sample that is being read: opened by its event line, closed by a blank line, the next event or the end. */
import { EVENTS, LINE_STARTS, LISTS, maxDepth, maxListWords, STACK } from './layout';
import { fits, forget, keep, nodeOf, offsetOf, setLine, turnTo } from './recent';
import { addSample } from './samples';
import { addWeight, child } from './trie';

/** Whether each sample is kept. */
let keepsSamples: bool = false;

let open: bool = false;
/** How many were opened. */
let serial: u32 = 0;
let task: u32 = 0;
/** The frame of its process, and whether that is a JVM. */
let process: u32 = 0;
export let isJava: u32 = 0;
let event: u32 = 0;
let time: f64 = 0;
let weight: f64 = 1;
let cpu: i32 = -1;
let depth: u32 = 0;
/** The only frame so far stood on the event line: an address that was sampled, where a call chain follows. */
let isTail: bool = false;
/** The node of its stack, where that is known already. */
let ended: u32 = 0;
let listWords: u32 = 0;
/** Samples whose stack did not fit. */
let cut: u32 = 0;

/** A value that stands for several frames: where their list is. */
export const IS_LIST: u32 = 0x80000000;
/** A value that stands for no frame at all. */
export const NO_FRAME: u32 = 0xffffffff;
/** What an event's flags say. */
export const WEIGHTED: u32 = 1;
export const TIMED: u32 = 2;
/** The host wants to see what stands behind the event, and where its stack ends. */
export const WATCHED: u32 = 4;

@external('host', 'closed')
declare function tellClosed(): void;

export function emptySample(keeps: bool): void {
  keepsSamples = keeps;
  open = false;
  listWords = 0;
  cut = 0;
  memory.fill(EVENTS, 0, <usize>1 << 18);
}

@inline
export function isOpen(): bool {
  return open;
}

export function cutSamples(): u32 {
  return cut;
}

/** Room for a list of frames, callers first; what it returns is the value that stands for it. */
export function newList(length: u32): u32 {
  if (listWords + length + 1 > maxListWords) return NO_FRAME;
  const at = listWords;
  store<u32>(LISTS + (<usize>at << 2), length);
  listWords += length + 1;
  return at | IS_LIST;
}

export function setInList(list: u32, i: u32, frame: u32): void {
  store<u32>(LISTS + (<usize>((list & ~IS_LIST) + 1 + i) << 2), frame);
}

/** Sets a flag of an event. */
export function flagEvent(id: u32, flag: u32): void {
  const at = EVENTS + (<usize>id << 4);
  store<u32>(at, load<u32>(at, 8) | flag, 8);
}

@inline
export function hasFlag(id: u32, flag: u32): bool {
  return (load<u32>(EVENTS + (<usize>id << 4), 8) & flag) !== 0;
}

/** Whether anybody asks for the time of an event's samples; that it has one is known without. */
@inline
export function wantsTime(id: u32): bool {
  return keepsSamples || hasFlag(id, WATCHED);
}

/** Opens a sample. `period` and `at` are NaN where they were not printed, `onCpu` -1. */
export function openSample(taskId: u32, frame: u32, java: u32, eventId: u32, period: f64, at: f64, onCpu: i32): void {
  closeSample();
  open = true;
  serial++;
  depth = 0;
  isTail = false;
  ended = 0;
  task = taskId;
  process = frame;
  isJava = java;
  event = eventId;
  time = at;
  cpu = onCpu;
  weight = period === period ? period : 1;
  let flags: u32 = 0;
  if (period === period) flags |= WEIGHTED;
  if (at === at) flags |= TIMED;
  const entry = EVENTS + (<usize>eventId << 4);
  store<u32>(entry, load<u32>(entry, 8) | flags, 8);
}

/** Adds what a frame line stands for: one frame, a list, or none. */
@inline
export function addFrame(value: u32): void {
  if (isTail) dropTail();
  if (depth >= maxDepth) {
    cut++;
    return;
  }
  store<u32>(STACK + (<usize>depth << 2), value);
  depth++;
}

/** Says that the frame which was added stood on the event line. */
export function markTail(): void {
  isTail = depth > 0;
}

/** Takes back what stood on the event line: perf prints the only frame there, or the data's address over a call chain. */
export function dropTail(): void {
  isTail = false;
  depth = 0;
}

/** Says where the line of the frame that was added last begins. */
@inline
export function setLineStart(at: usize): void {
  store<u32>(STACK + (<usize>(depth - 1) << 2) + LINE_STARTS, <u32>at);
}

export function closeSample(): void {
  if (!open) return;
  open = false;
  const node = ended !== 0 ? ended : stackUnder(event);
  addWeight(node, weight);
  const entry = EVENTS + (<usize>event << 4);
  store<f64>(entry, load<f64>(entry) + 1);
  if (keepsSamples && !addSample(time, weight, node, task, cpu)) cut++;
  if (hasFlag(event, WATCHED)) tellClosed();
}

/** The node over which the sample's stacks stand: its process, under an event, which stands on the empty stack. */
export function baseUnder(eventId: u32): u32 {
  return child(child(0, eventId), process);
}

/** The node of the sample's stack under an event. */
export function stackUnder(eventId: u32): u32 {
  let node = baseUnder(eventId);
  for (let i = depth; i > 0; i--) node = over(node, load<u32>(STACK + (<usize>(i - 1) << 2)));
  return node;
}

/** The node of the stack that is `node`'s with what a frame line stands for called from it. */
@inline
export function over(node: u32, value: u32): u32 {
  if ((value & IS_LIST) === 0) return child(node, value);
  return value === NO_FRAME ? node : addList(node, value & ~IS_LIST);
}

/**
 * Turns to what is known of the sample's thread, for a stack that is read as a block. Not for watched events: their host
 * asks for the stack frame by frame.
 */
export function turnToThread(): bool {
  if (hasFlag(event, WATCHED)) return false;
  turnTo(task, baseUnder(event));
  return true;
}

/** Tells one sample from the next. */
@inline
export function currentSample(): u32 {
  return serial;
}

/** The place for the next frame. */
@inline
export function currentDepth(): u32 {
  return depth;
}

/**
 * Ends the sample's stack where the block from `start` to `end` does: the last `same` lines are the thread's last ones, what
 * is before them was added as frames.
 */
export function endBlock(start: usize, end: usize, same: u32): void {
  let node = same === 0 ? baseUnder(event) : nodeOf(same);
  const sameBytes = same === 0 ? 0 : offsetOf(same);
  const isKept = fits(same + depth, end - start);
  let line = same;
  for (let i = depth; i > 0; i--) {
    const at = STACK + (<usize>(i - 1) << 2);
    node = over(node, load<u32>(at));
    line++;
    if (isKept) setLine(line, end - <usize>load<u32>(at + LINE_STARTS), node);
  }
  if (isKept) keep(line, start, end, sameBytes);
  else forget();
  ended = node;
}

/** Ends the sample's stack at a node; `length` values of it are on the stack, for whoever asks for it frame by frame. */
export function endChain(node: u32, length: u32): void {
  ended = node;
  depth = length;
}

function addList(from: u32, list: u32): u32 {
  const length = load<u32>(LISTS + (<usize>list << 2));
  let node = from;
  for (let i: u32 = 1; i <= length; i++) node = child(node, load<u32>(LISTS + (<usize>(list + i) << 2)));
  return node;
}

/** The task of the sample that was opened last. */
export function currentTask(): u32 {
  return task;
}

/** Adds to what is known of an event. */
export function addFacts(eventId: u32, count: f64, flags: u32): void {
  const entry = EVENTS + (<usize>eventId << 4);
  store<f64>(entry, load<f64>(entry) + count);
  store<u32>(entry, load<u32>(entry, 8) | flags, 8);
}

/** Adds a sample that the host has measured itself: a wait that began at `at`. */
export function addWait(eventId: u32, node: u32, waiter: u32, length: f64, at: f64): void {
  addWeight(node, length);
  addFacts(eventId, 1, WEIGHTED | TIMED);
  if (keepsSamples && !addSample(at, length, node, waiter, -1)) cut++;
}
