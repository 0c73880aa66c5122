/** Profiles with other stacks: each operation takes a profile and returns a new one, weights conserved but where said. */
import { FrameKind, type Frames, type Profile, type Samples } from './profile.ts';
import { StackTrie } from './stack-trie.ts';

/**
 * A profile whose stacks are rebuilt from the root: `place` tells for each node where it goes, given where its parent
 * went; what goes to the same place is added up.
 */
export function rebuilt(
  profile: Profile,
  place: (trie: StackTrie, above: number, node: number) => number,
  frames: Frames = profile.frames,
): Profile {
  const trie = new StackTrie();
  const moved = new Uint32Array(profile.parent.length);
  for (let node = 1; node < moved.length; node++) {
    moved[node] = place(trie, moved[profile.parent[node] as number] as number, node);
  }
  for (let node = 0; node < moved.length; node++) {
    trie.add(moved[node] as number, profile.self[node] as number);
  }
  const samples = profile.samples && {
    ...profile.samples,
    stack: profile.samples.stack.map((node) => moved[node] as number),
  };
  return { ...profile, frames, ...trie.columns(), samples };
}

/** Direct recursion as one frame: `a;b;b;b;c` becomes `a;b;c`. */
export function mergeRecursion(profile: Profile): Profile {
  const { names } = profile.frames;
  return rebuilt(profile, (trie, above, node) => {
    const frame = profile.frame[node] as number;
    const same = above !== 0 && names[trie.frameOf(above)] === names[frame];
    return same ? above : trie.child(above, frame);
  });
}

/**
 * Without what called the named functions: a stack that holds one starts there, under its comm. Where it holds
 * several, the innermost counts, as in inferno's --skip-after.
 */
export function skipAfter(profile: Profile, functions: readonly string[]): Profile {
  const { names, kinds } = profile.frames;
  const wanted = new Set(functions);
  const matches = names.map((name) => wanted.has(name));
  const root = new Uint32Array(profile.parent.length);
  return rebuilt(profile, (trie, above, node) => {
    const frame = profile.frame[node] as number;
    const isRoot = profile.parent[node] === 0 && kinds[frame] === FrameKind.process;
    const placed = trie.child(
      matches[frame] && !isRoot ? (root[profile.parent[node] as number] as number) : above,
      frame,
    );
    root[node] = isRoot ? placed : (root[profile.parent[node] as number] as number);
    return placed;
  });
}

/** The trie of a profile's stacks turned around. It depends on which stacks there are, not on what they weigh. */
export interface Reversal {
  parent: Uint32Array;
  frame: Uint32Array;
  /** By node of the profile: where its stack ends when turned; 0 for nodes at which none ends. */
  moved: Uint32Array;
}

/** Leaf first: what is at the root was running, what stands above it called it. */
export function reversed(profile: Profile): Profile {
  return turned(profile, reversalOf(profile));
}

/** The profile leaf first, by the reversal of one with the same stacks, whatever they weighed there. */
export function turned(profile: Profile, { parent, frame, moved }: Reversal): Profile {
  const self = new Float64Array(parent.length);
  for (let node = 0; node < moved.length; node++) {
    const to = moved[node] as number;
    self[to] = (self[to] as number) + (profile.self[node] as number);
  }
  const { samples } = profile;
  return {
    ...profile,
    parent,
    frame,
    self,
    samples: samples && { ...samples, stack: samples.stack.map((node) => moved[node] as number) },
  };
}

export function reversalOf({ parent, frame, self, samples }: Profile): Reversal {
  const trie = new StackTrie(parent.length);
  const moved = new Uint32Array(parent.length);
  const isEnd = new Uint8Array(parent.length);
  for (let node = 1; node < parent.length; node++) isEnd[node] = self[node] === 0 ? 0 : 1;
  if (samples !== null) for (const node of samples.stack) isEnd[node] = 1;
  for (let node = 1; node < parent.length; node++) {
    if (isEnd[node] === 0) continue;
    let to = 0;
    for (let at = node; at !== 0; at = parent[at] as number) to = trie.child(to, frame[at] as number);
    moved[node] = to;
  }
  const { parent: turnedParent, frame: turnedFrame } = trie.columns();
  return { parent: turnedParent, frame: turnedFrame, moved };
}

/** What an idle CPU runs, on the kernels and hypervisors that are about. */
const IDLE =
  /^(?:(?:pv_)?native_safe_halt|(?:xen_)?safe_halt|xen_hypercall_sched_op|default_idle(?:_call)?|(?:arch_)?cpu_idle(?:_loop|_poll)?|mwait_idle(?:_with_hints)?(?:\.\w+)*|intel_idle(?:_irq|_ibrs|_xstate)?|amd_e400_idle|acpi_(?:idle_(?:do_entry|enter|enter_bm|enter_simple)|processor_ffh_cstate_enter|safe_halt)|poll_idle|haltpoll_enter_idle|default_enter_idle|cpuidle_(?:enter(?:_state)?|idle_call)|call_cpuidle|cpu_startup_entry|do_idle|cpu_do_idle|psci_(?:enter_idle_state|cpu_suspend_enter)|tdx_(?:safe_)?halt|snooze_loop|stop_loop|io_idle|acpi_idle)$/;

/**
 * Without the samples of idle CPUs: those whose leaf is what an idle CPU runs. Work that interrupts an idle CPU has
 * another leaf, and stays. Samples are dropped with their stacks; `sampleCount` tells only what is left where each
 * sample is known.
 */
export function withoutIdle(profile: Profile): Profile {
  const { frames, frame, self } = profile;
  const idleFrame = frames.names.map((name, id) => frames.kinds[id] !== FrameKind.process && IDLE.test(name));
  const isIdle = (node: number) => node !== 0 && idleFrame[frame[node] as number] === true;
  const left = self.map((weight, node) => (isIdle(node) ? 0 : weight));
  if (profile.samples === null) return { ...profile, self: left };
  const samples = keptSamples(profile.samples, (i, { stack }) => !isIdle(stack[i] as number));
  return { ...profile, self: left, samples, sampleCount: samples.at.length };
}

// bpf_prog_6896e0c2a1d5d7a4_sched_switch, bpf_trace_run4, __traceiter_sched_switch, perf_trace_sched_switch
const TRACER = /^(?:bpf_prog_[0-9a-f]{6,}|bpf_trace_run\d|__traceiter_|perf_trace_|trace_call_bpf$|bpf_dispatcher_)/;

/**
 * The tracer's own frames on top of what it traced, as part of that: a stack of `schedule` that a BPF program took ends
 * in the program. Stacks keep their numbers.
 */
export function withoutTracer(profile: Profile): Profile {
  const { frames, frame, parent, samples } = profile;
  const isTracer = frames.names.map((name, id) => frames.kinds[id] !== FrameKind.process && TRACER.test(name));
  if (!isTracer.includes(true)) return profile;
  const home = new Uint32Array(parent.length);
  const self = new Float64Array(parent.length);
  for (let node = 0; node < parent.length; node++) {
    // A stack of nothing but the tracer is its own.
    const isFolded = node !== 0 && parent[node] !== 0 && isTracer[frame[node] as number] === true;
    const at = isFolded ? (home[parent[node] as number] as number) : node;
    home[node] = at;
    self[at] = (self[at] as number) + (profile.self[node] as number);
  }
  return {
    ...profile,
    self,
    samples: samples && { ...samples, stack: samples.stack.map((node) => home[node] as number) },
  };
}

/** The samples that `keep` says yes to. */
export function keptSamples(samples: Samples, keep: (i: number, samples: Samples) => boolean): Samples {
  const { at, stack, weight, thread, cpu } = samples;
  const kept = new Uint32Array(at.length);
  let count = 0;
  for (let i = 0; i < at.length; i++) if (keep(i, samples)) kept[count++] = i;
  const chosen = kept.subarray(0, count);
  return {
    at: picked(at, chosen, new Float64Array(count)),
    stack: picked(stack, chosen, new Uint32Array(count)),
    weight: weight && picked(weight, chosen, new Float64Array(count)),
    thread: picked(thread, chosen, new Uint32Array(count)),
    cpu: picked(cpu, chosen, new Int16Array(count)),
  };
}

function picked<Column extends Float64Array | Uint32Array | Int16Array>(
  from: Column,
  chosen: Uint32Array,
  to: Column,
): Column {
  for (let i = 0; i < chosen.length; i++) to[i] = from[chosen[i] as number] as number;
  return to;
}
