/** What of a profile has no names, and why: no symbols, a runtime that compiles as it goes, callers that were lost. */
import { once } from '../../datasets/once.ts';
import { FrameKind, type Profile } from '../../datasets/profile.ts';
import { processOfNodes } from '../../signals/profiles.ts';
import { NO_SYMBOL } from './functions.ts';

/** The weight of samples whose innermost frame has no symbol: in all, by module, and by process of those in no module. */
export const unknownLeaves = once((profile: Profile): UnknownLeaves => {
  const { frames, frame, self } = profile;
  const processes = processOfNodes(profile);
  const unknown = frames.names.map((name, i) => NO_SYMBOL.test(name) && frames.kinds[i] !== FrameKind.process);
  const [modules, anonymous] = [new Map<string, number>(), new Map<string, number>()];
  let [weight, total] = [0, 0];
  for (let node = 1; node < self.length; node++) {
    const own = self[node] as number;
    const at = frame[node] as number;
    total += own;
    if (own === 0 || !unknown[at]) continue;
    weight += own;
    const module = frames.modules[at] || (frames.names[at] as string);
    // Nothing tells the module of an address alone, as bpftrace prints it, nor whether code was compiled there.
    const place = ADDRESS.test(module) ? '[unknown]' : module;
    modules.set(place, (modules.get(place) ?? 0) + own);
    if (!isAnonymous(module)) continue;
    const process = frames.names[processes[node] as number] ?? '';
    anonymous.set(process, (anonymous.get(process) ?? 0) + own);
  }
  return { weight, total, modules, anonymous };
});

interface UnknownLeaves {
  weight: number;
  total: number;
  modules: Map<string, number>;
  anonymous: Map<string, number>;
}

const ADDRESS = /^0x[0-9a-f]+$/;

// [unknown], //anon, /tmp/perf-1234.map, /memfd:doublemapper (deleted), [anon:v8]
const ANONYMOUS = /^\[unknown\]$|^\/\/anon|perf-\d+\.map|memfd:|^\[anon|^anon_inode|^\[JIT\]|^$/;

/** Code in no file: compiled while the program runs. */
function isAnonymous(module: string): boolean {
  return ANONYMOUS.test(module);
}

/**
 * The weight of stacks whose callers are lost: a frame of the program with nothing named between it and the thread's
 * beginning, as without frame pointers; and the functions they end in.
 */
export function lostCallers({ frames, frame, parent, self }: Profile): {
  weight: number;
  total: number;
  modules: Map<string, number>;
} {
  const isUser = frames.kinds.map((kind) => kind === FrameKind.user);
  const isUnknown = frames.names.map((name, i) => isUser[i] === true && NO_SYMBOL.test(name));
  const isBase = frames.names.map((name) => THREAD_BEGINS.test(name));
  // By node: how many named frames of the program there are, whether one that begins a thread, whether an unknown one.
  const named = new Uint16Array(self.length);
  const hasBase = new Uint8Array(self.length);
  const hasUnknown = new Uint8Array(self.length);
  const last = new Int32Array(self.length).fill(-1);
  const modules = new Map<string, number>();
  let [weight, total] = [0, 0];
  for (let node = 1; node < self.length; node++) {
    const [above, id] = [parent[node] as number, frame[node] as number];
    const counts = isUser[id] === true && !isUnknown[id];
    named[node] = (named[above] as number) + (counts ? 1 : 0);
    hasBase[node] = hasBase[above] || isBase[id] ? 1 : 0;
    hasUnknown[node] = hasUnknown[above] || isUnknown[id] ? 1 : 0;
    last[node] = counts ? id : (last[above] as number);
    const own = self[node] as number;
    if (own === 0 || (named[node] === 0 && !hasUnknown[node])) continue;
    total += own;
    if (hasBase[node] || !hasUnknown[node] || (named[node] as number) === 0 || (named[node] as number) > 2) continue;
    weight += own;
    const module = frames.modules[last[node] as number] ?? '';
    modules.set(module, (modules.get(module) ?? 0) + own);
  }
  return { weight, total, modules };
}

// main, _start, __libc_start_main, __libc_start_call_main, start_thread, clone3, __clone, runtime.goexit, Thread::run
const THREAD_BEGINS =
  /^main$|^_start$|^__libc_start|^start_thread$|^_?_?clone3?$|^runtime\.(?:goexit|mstart)|^thread_start$|^_?PyMain|^Py_RunMain$|^java_start|^thread_native_entry/;

// GC Thread#0, G1 Conc#1, G1 Main Marker, G1 Refine#0, G1 Young RemSet, ParGC Thread#3, ZWorker#1, Shenandoah GC Th, V8 DefaultWorke, .NET BGC, .NET Server GC
const COLLECTOR =
  /^(?:GC Thread|G1 |ParGC|Concurrent Mark|ZWorker|ZDirector|ZDriver|Shenandoah|\.NET (?:BGC|Server GC)|Gang worker)/;

/** Whether a thread's name is that of a garbage collector. */
export function isGarbageCollector(name: string): boolean {
  return COLLECTOR.test(name);
}

export type Runtime = 'node' | 'java' | 'python' | 'dotnet';

const RUNTIMES: readonly (readonly [RegExp, Runtime])[] = [
  [/^(?:node|nodejs|MainThread|V8 |electron|bun|deno)/, 'node'],
  [/^(?:java|VM Thread|C[12] Compiler|GC Thread|G1 )/, 'java'],
  [/^python[\d.]*$|^uwsgi$|^gunicorn/, 'python'],
  [/^dotnet$|^\.NET /, 'dotnet'],
];
/** What of a runtime's own code shows in a profile of it. */
const OWN_CODE: readonly (readonly [RegExp, Runtime])[] = [
  [/v8::internal::|^node::|^Builtins_/, 'node'],
  [/^(?:JavaThread|Interpreter|StubRoutines|InstanceKlass)\b/, 'java'],
  [/^_?PyEval_/, 'python'],
  [/^(?:coreclr|JIT_|MethodDesc)/, 'dotnet'],
];

/** The runtime of a process, by its name or by what else it ran; null for none that is known. */
export function runtimeOf(process: string, profile: Profile): Runtime | null {
  const named = RUNTIMES.find(([pattern]) => pattern.test(process))?.[1];
  if (named !== undefined) return named;
  const { frames, frame } = profile;
  const processes = processOfNodes(profile);
  for (let node = 1; node < frame.length; node++) {
    if (frames.names[processes[node] as number] !== process) continue;
    const name = frames.names[frame[node] as number] as string;
    const own = OWN_CODE.find(([pattern]) => pattern.test(name))?.[1];
    if (own !== undefined) return own;
  }
  return null;
}
