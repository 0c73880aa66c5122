/**
 * Where everything lies. Each table has a stretch of address space of its own, far larger than it needs, so that it
 * grows in place: memory that was never written costs nothing. The host makes the memory and says how large it is.
 */

/** Below: the module's own data. */
const START: usize = 1 << 16;
/** A chunk of the file, behind what is left of the one before. */
export const INPUT: usize = START;
export const INPUT_BYTES: usize = 16 << 20;
/** The folded stack before this one. */
export const SCRATCH: usize = INPUT + INPUT_BYTES + 64;
/** Counts of each event: samples, then flags. */
export const EVENTS: usize = SCRATCH + INPUT_BYTES + 64;
export const MAX_EVENTS: u32 = 1 << 14;
/** Where the tables begin. */
const BASE: usize = 40 << 20;

/** A sixteenth of what the host gave. */
let part: usize = 0;
export let STACK: usize = 0;
/** How far behind a frame on the stack it says where the frame's line begins. */
export let LINE_STARTS: usize = 0;
export let LISTS: usize = 0;
export let TASK: usize = 0;
export let CACHE_TEXTS: usize = 0;
export let CACHE_SLOTS: usize = 0;
export let NODES: usize = 0;
export let WEIGHTS: usize = 0;
export let NODE_SLOTS: usize = 0;
export let SAMPLES: usize = 0;
/** The last stacks of threads. */
export let RECENT: usize = 0;

/** How many there is room for. */
export let maxDepth: u32 = 0;
export let maxListWords: u32 = 0;
export let maxTask: u32 = 0;
export let maxCacheBytes: usize = 0;
export let maxCacheSlots: u32 = 0;
export let maxNodes: u32 = 0;
export let maxSamples: u32 = 0;

export function layOut(bytes: usize): void {
  part = (bytes - BASE) >> 4;
  part &= ~0xffff;
  STACK = BASE;
  LISTS = BASE + (part >> 1);
  TASK = LISTS + (part >> 2);
  CACHE_TEXTS = BASE + part;
  CACHE_SLOTS = BASE + part * 2;
  NODES = BASE + part * 3;
  WEIGHTS = BASE + part * 6;
  NODE_SLOTS = BASE + part * 9;
  SAMPLES = BASE + part * 12;
  RECENT = BASE + part * 15;
  LINE_STARTS = part >> 2;
  maxDepth = <u32>(part >> 2) / 4 - 16;
  maxListWords = <u32>(part >> 2) / 4 - 16;
  maxTask = <u32>(part >> 2) / 16 - 1;
  maxCacheBytes = part - 256;
  maxCacheSlots = powerOfTwoWithin(<u32>(part / 8));
  const slots = powerOfTwoWithin(<u32>((part * 3) / 4));
  maxNodes = min<u32>(<u32>((part * 3) / 8) - 16, slots / 2 - 1);
  maxSamples = <u32>((part * 3) / 32) - 16;
}

function powerOfTwoWithin(count: u32): u32 {
  return (<u32>1) << (31 - clz(count));
}
