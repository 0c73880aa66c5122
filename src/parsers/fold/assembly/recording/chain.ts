/**
 * Call chains, leaf first, to nodes of the trie. Words that are no address say whose the addresses behind them are:
 * PERF_CONTEXT_* in include/uapi/linux/perf_event.h.
 */
import { maxDepth, STACK } from '../layout';
import { NO_FRAME, over } from '../sample';
import { fits, forget, keepMeaning, keepWord, meaningOf, nodeBefore, resize, sameWords, turnTo } from './recent';
import { frameOf } from './symbols';

const HYPERVISOR: u64 = <u64>-32;
const KERNEL: u64 = <u64>-128;
const USER: u64 = <u64>-512;
const GUEST: u64 = <u64>-2048;
const GUEST_KERNEL: u64 = <u64>-2176;
const GUEST_USER: u64 = <u64>-2560;
/** Words from here on are no addresses. */
const FIRST_CONTEXT: u64 = <u64>-4095;

/** Whose an address is. */
const IN_USER: u32 = 0;
const IN_KERNEL: u32 = 1;
const ELSEWHERE: u32 = 2;
const BROKEN: u32 = 3;
/** Of a meaning: the address is that of an instruction, not where a call returns to. */
const EXACT: u32 = 4;
/** The meaning of a word that stands for itself. */
const CONTEXT: u32 = 8;

/** Looks addresses up and discards broken chains as perf does. */
let asPerf: bool = false;
/** Chains that end early, at a word that is neither an address nor a context. */
let broken: u32 = 0;
/** Chains that were deeper than is taken. */
let cut: u32 = 0;
/** Set where the addresses are those of calls, as a branch stack has them. */
let allExact: bool = false;

export function emptyBroken(likePerf: bool): void {
  asPerf = likePerf;
  broken = 0;
  cut = 0;
}

export function brokenChains(): u32 {
  return broken;
}

export function cutChains(): u32 {
  return cut;
}

/** How many words there are up to so many frames. */
export function withinDepth(words: usize, length: u32, depth: u32): u32 {
  if (length <= depth) return length;
  let frames: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    if (isContext(load<u64>(words + (<usize>i << 3)))) continue;
    if (frames === depth) {
      cut++;
      return i;
    }
    frames++;
  }
  return length;
}

export function setAllExact(exact: bool): void {
  allExact = exact;
}

@inline
function contextOf(word: u64): u32 {
  if (word === USER) return IN_USER;
  if (word === KERNEL) return IN_KERNEL;
  if (word === HYPERVISOR) return ELSEWHERE;
  if (word === GUEST || word === GUEST_KERNEL || word === GUEST_USER) return asPerf ? BROKEN : ELSEWHERE;
  return BROKEN;
}

/** The frame of a word, given whose it is. */
@inline
function valueOf(word: u64, meaning: u32, java: u32, maps: u32, kernel: u32): u32 {
  const inKernel = (meaning & 3) === IN_KERNEL;
  const root = inKernel ? kernel : (meaning & 3) === IN_USER ? maps : 0;
  return frameOf(root, word, asPerf || (meaning & EXACT) !== 0 ? 0 : 1, java, inKernel);
}

/**
 * The node of a chain over `base`. Leaves what each word stands for on the stack, NO_FRAME for a context; of words that are
 * the thread's last ones again nothing is left, unless `whole`.
 * @returns the node; `chainDepth` is how many words there are on the stack
 */
export function chainOver(
  base: u32,
  task: u32,
  java: u32,
  maps: u32,
  kernel: u32,
  words: usize,
  length: u32,
  whole: bool,
): u32 {
  if (length > maxDepth) length = maxDepth;
  turnTo(task, base, maps, kernel);
  let same = whole ? 0 : sameWords(words, length);
  let meaning: u32 = IN_USER | EXACT;
  let i: u32 = 0;
  for (; i < length; i++) {
    // What the thread's last chain took this word and those behind it for holds here too, if this one is taken for the same.
    if (i === length - same) {
      const now = isContext(load<u64>(words + (<usize>i << 3))) ? CONTEXT : meaning;
      if (now === meaningOf(same)) break;
      same = 0;
    }
    const word = load<u64>(words + (<usize>i << 3));
    if (isContext(word)) {
      const context = contextOf(word);
      if (context === BROKEN) return brokenOver(base, i);
      store<u32>(STACK + (<usize>i << 2), NO_FRAME);
      meaning = context | EXACT;
    } else {
      store<u32>(STACK + (<usize>i << 2), valueOf(word, meaning, java, maps, kernel));
      if (!allExact) meaning &= ~EXACT;
    }
  }
  depth = i;
  let node = same === 0 ? base : nodeBefore(same);
  if (!fits(length)) {
    forget();
    return stackOver(node, i);
  }
  resize(length, same);
  return keptOver(node, words, i);
}

let depth: u32 = 0;

export function chainDepth(): u32 {
  return depth;
}

@inline
function isContext(word: u64): bool {
  return word >= FIRST_CONTEXT;
}

/** A chain that breaks off: perf drops all of it; what is before the break is right. */
function brokenOver(base: u32, length: u32): u32 {
  broken++;
  forget();
  depth = asPerf ? 0 : length;
  return stackOver(base, depth);
}

function stackOver(base: u32, length: u32): u32 {
  let node = base;
  for (let i = length; i > 0; i--) {
    node = over(node, load<u32>(STACK + (<usize>(i - 1) << 2)));
  }
  return node;
}

/** The same, and keeps the words, for the thread's next chain. */
function keptOver(base: u32, words: usize, length: u32): u32 {
  let node = base;
  for (let i = length; i > 0; i--) {
    node = over(node, load<u32>(STACK + (<usize>(i - 1) << 2)));
    keepWord(i - 1, load<u64>(words + (<usize>(i - 1) << 3)), node);
  }
  let meaning: u32 = IN_USER | EXACT;
  for (let i: u32 = 0; i < length; i++) {
    const word = load<u64>(words + (<usize>i << 3));
    if (isContext(word)) {
      keepMeaning(i, CONTEXT);
      meaning = contextOf(word) | EXACT;
    } else {
      keepMeaning(i, meaning);
      if (!allExact) meaning &= ~EXACT;
    }
  }
  return node;
}
