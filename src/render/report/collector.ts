/** What of a capture is the collector's own: the tools that it ran, what these started, and their frames on others' stacks. */
import type { Manifest } from '../../datasets/capture.ts';
import type { Thread } from '../../datasets/profile.ts';
import { withoutTracer } from '../../datasets/profile-map.ts';
import { programOf } from '../../datasets/program.ts';
import { isOfWaits, type Stacks } from '../../datasets/shapes.ts';

/** What tools start to do their work: sar's collector, and what bounds a tool in time. */
const HELPERS = ['sadc', 'timeout', 'bpftrace'];

/**
 * By their numbers where the manifest tells them. Before version 2 it does not: then by the names of the tools that ran,
 * which a host's own processes seldom have; `sh` and `sleep` they may have, so those are kept.
 * @returns null where no manifest tells what ran
 */
export function collectorsThreads(manifest: Manifest | null): ((thread: Thread) => boolean) | null {
  if (manifest === null) return null;
  const pids = new Set([...manifest.collector.pids, ...manifest.runs.flatMap((run) => run.pids)]);
  const names = new Set([...HELPERS, ...manifest.runs.flatMap(({ tool, command }) => [tool, programOf(command)])]);
  if (pids.size === 0) return ({ comm }) => names.has(comm);
  // A tool's own children are not listed: of those the name tells.
  return ({ comm, pid }) => (pid !== null && pids.has(pid)) || HELPERS.includes(comm);
}

/** Stacks as a flame graph of the report opens on them. */
export interface Opened {
  stacks: Stacks;
  /** Frames of the tracer are part of what they traced. */
  isTracerFolded: boolean;
  /** Which threads are left out until they are asked for; null where none are. */
  isCollectors: ((thread: Thread) => boolean) | null;
}

/** Whatever collects waits most of its time: in pictures of waits it would stand before what the host waits for. */
export function opened(stacks: Stacks, manifest: Manifest | null): Opened {
  if (!isOfWaits(stacks.kind)) return { stacks, isTracerFolded: false, isCollectors: null };
  const profile = withoutTracer(stacks.profile);
  return {
    stacks: { ...stacks, profile },
    isTracerFolded: profile !== stacks.profile,
    isCollectors: collectorsThreads(manifest),
  };
}
