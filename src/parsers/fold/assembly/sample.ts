/** The sample that is being read: opened by its event line, closed by a blank line, the next event or the end. */
import { EVENTS, LISTS, maxDepth, maxListWords, STACK } from './layout';
import { addSample } from './samples';
import { addWeight, child } from './trie';

/** Whether each sample is kept. */
let keepsSamples: bool = false;

let open: bool = false;
let who: u32 = 0;
/** The frame of its process, and whether that is a JVM. */
let process: u32 = 0;
export let isJava: u32 = 0;
let event: u32 = 0;
let time: f64 = 0;
let weight: f64 = 1;
let cpu: i32 = -1;
let depth: u32 = 0;
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

/** Opens a sample. `period` and `at` are NaN where they were not printed, `onCpu` -1. */
export function openSample(whoId: u32, frame: u32, java: u32, eventId: u32, period: f64, at: f64, onCpu: i32): void {
  closeSample();
  open = true;
  depth = 0;
  who = whoId;
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
  if (depth >= maxDepth) {
    cut++;
    return;
  }
  store<u32>(STACK + (<usize>depth << 2), value);
  depth++;
}

export function closeSample(): void {
  if (!open) return;
  open = false;
  const node = stackUnder(event);
  addWeight(node, weight);
  const entry = EVENTS + (<usize>event << 4);
  store<f64>(entry, load<f64>(entry) + 1);
  if (keepsSamples && !addSample(time, weight, node, who, cpu)) cut++;
  if (hasFlag(event, WATCHED)) tellClosed();
}

/** The node of the sample's stack under an event; the events are what stands on the empty stack. */
export function stackUnder(eventId: u32): u32 {
  let node = child(child(0, eventId), process);
  for (let i = depth; i > 0; i--) {
    const value = load<u32>(STACK + (<usize>(i - 1) << 2));
    if ((value & IS_LIST) === 0) node = child(node, value);
    else if (value !== NO_FRAME) node = addList(node, value & ~IS_LIST);
  }
  return node;
}

function addList(from: u32, list: u32): u32 {
  const length = load<u32>(LISTS + (<usize>list << 2));
  let node = from;
  for (let i: u32 = 1; i <= length; i++) node = child(node, load<u32>(LISTS + (<usize>(list + i) << 2)));
  return node;
}

/** Who runs in the sample that was opened last. */
export function currentWho(): u32 {
  return who;
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
