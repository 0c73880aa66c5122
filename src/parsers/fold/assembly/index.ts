/** What the host calls. Everything is empty after `start`. */
import { emptyAccount } from './account';
import { emptyCache } from './cache';
import { emptyFolded } from './folded';
import { emptyFrames } from './frame';
import { emptyBroken } from './recording/chain';
import { emptyMaps } from './recording/maps';
import { emptyChains } from './recording/recent';
import { emptyTypes } from './recording/records';
import { emptyRecording } from './recording/sample';
import { emptySymbols } from './recording/symbols';
import { setBigEndian } from './recording/words';
import { layOut, MAX_EVENTS, maxTask } from './layout';
import { emptyRecent } from './recent';
import { emptySample } from './sample';
import { emptySamples } from './samples';
import { emptyTrie } from './trie';

export { EVENTS, INPUT, INPUT_BYTES, NODES, WEIGHTS } from './layout';
export { addLines, lineCount, noiseCount } from './account';
export { addStack, notDifferential, pairCount, pairsAt, readFolded, readFoldedRest } from './folded';
export { readPerf, readPerfRest, setTask } from './perf';
export {
  addFacts,
  addFrame,
  addWait,
  closeSample,
  currentTask,
  cutSamples,
  flagEvent,
  isOpen,
  markTail,
  newList,
  openSample,
  setInList,
  stackUnder,
} from './sample';
export { addSample, sampleColumn, sampleCount } from './samples';
export { emptyCache } from './cache';
export { brokenChains, cutChains } from './recording/chain';
export { ATTRS, mapsAt, symbolsAt, timelinesAt } from './recording/layout';
export { mapped, mapsFull, unmapped } from './recording/maps';
export {
  beginRecords,
  bytesBehind,
  isDamaged,
  readRecords,
  readUnpacked,
  recordCount,
  typesAt,
  wantType,
} from './recording/records';
export { badSamples, setBase, setId } from './recording/sample';
export { addModule, newSymbols, setKernel, setModule } from './recording/symbols';
export { layTimelines } from './recording/timelines';
export { addWeight, child, isFull, JOIN_NODES, joinAt, joinLimit, joinNodes, nodeCount, placesAt } from './trie';

export function start(bytes: u32, keepsSamples: bool, remembersSymbols: bool): void {
  layOut(<usize>bytes);
  emptyAccount();
  emptyCache();
  emptyFolded();
  emptyRecent();
  emptyTrie();
  emptySamples();
  emptySample(keepsSamples);
  emptyFrames(remembersSymbols);
}

export function taskLimit(): u32 {
  return maxTask;
}

export function eventLimit(): u32 {
  return MAX_EVENTS;
}

/** After `start`: for the records of a recording. */
export function startRecording(big: bool): void {
  setBigEndian(big);
  emptyTypes();
}

/**
 * After the first pass over it: for the samples. Which event one is of is told at `idPlace` in it, 0 where there is one event;
 * of identifiers there are `ids` at most.
 */
export function startSamples(idPlace: u32, ids: u32, addresses: bool, asPerf: bool): void {
  emptyTypes();
  emptyBroken(asPerf);
  emptyMaps();
  emptyChains();
  emptyRecording(idPlace, ids);
  emptySymbols(addresses);
}
