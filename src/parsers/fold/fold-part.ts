/** What one thread hands to another of a file that several read. */
import type { Source } from '../../datasets/capture.ts';
import type { FrameKind, Thread } from '../../datasets/profile.ts';
import type { SampleColumns } from './engine.ts';

export interface FoldPart {
  /** Parent and frame of each node, in turn. */
  nodes: Uint32Array;
  weights: Float64Array;
  samples: SampleColumns | null;
  names: string[];
  kinds: FrameKind[];
  modules: string[];
  threads: Thread[];
  threadOfTask: number[];
  events: { name: string; count: number; flags: number }[];
  /** Folded stacks: frames were printed with `_[k]` and the like. */
  annotated?: boolean;
  ledger: Pick<Source, 'lines' | 'noise' | 'unreadCount' | 'unread' | 'notes'> & { lost: number };
}
