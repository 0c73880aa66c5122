/** What differs between two captures, as facts: for whoever prints it. */
import type { Capture } from './capture.ts';
import type { FindingChange } from './finding-changes.ts';

/** A function whose share of a profile changed by more than chance makes. */
export interface ToldFunction {
  /** The dataset of the later capture that it is in. */
  dataset: number;
  tool: string;
  event: string;
  name: string;
  module: string;
  /** What the shares are of: samples in the function itself, or in it and all it calls. */
  of: 'self' | 'total';
  /** From 0 to 1. */
  before: number;
  after: number;
}

export interface Comparison {
  before: Capture;
  after: Capture;
  changes: readonly FindingChange[];
  /** Those of each profile by the size of their change. */
  functions: readonly ToldFunction[];
}
