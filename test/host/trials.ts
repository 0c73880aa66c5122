/** What is tried on the virtual host: each tool by each way that a host may have it, and what must happen there for it to print. */
import type { Recipe, Tool } from '../../src/tools/tool.ts';

/** The ways as the table of docs/tools.md has them; `own` is a bpftrace program of ours. */
export const flavours = ['perf', 'bcc', 'libbpf-tools', 'bpftrace', 'own', 'classic', 'proc'] as const;
export type Flavour = (typeof flavours)[number];

export interface Trial {
  tool: Tool;
  flavour: Flavour;
  recipe: Recipe;
  /** Functions of guest/scenes.sh, started beside `everyday`. */
  scenes: readonly string[];
}

/** What a tool needs beside everyday business. */
const SCENES: Readonly<Record<string, readonly string[]>> = {
  ...each(
    ['runqlat', 'runqlen', 'runqslower', 'cpudist', 'profile', 'perf-sched', 'offcputime', 'pressure'],
    'pricing',
  ),
  ...each(['xfsslower', 'xfsdist'], 'on_xfs'),
  ...each(['btrfsslower', 'btrfsdist'], 'on_btrfs'),
  ...each(['nfsslower', 'nfsdist'], 'on_nfs'),
  ...each(['zfsslower', 'zfsdist'], 'on_zfs'),
  ...each(['tcpretrans', 'tcpdrop', 'tcprtt', 'tcpconnlat', 'softirqs'], 'lossy'),
  ...each(['klockstat'], 'contention'),
  ...each(['swapin'], 'swapping'),
  ...each(['oomkill', 'dmesg'], 'out_of_memory'),
  ...each(['drsnoop'], 'reclaim'),
  ...each(['memleak'], 'leak'),
  ...each(['mysqld_qslower'], 'mysqld'),
  ...each(['throttled', 'cgroup-limits'], 'throttled'),
  ...each(['blkthrot', 'blocked'], 'io_limit'),
};

/** What these kernels cannot run, and why: found by trying, told in the table, and no reason for a run to fail. */
const CANNOT: Readonly<Record<string, string>> = {
  zfsslower: "no ZFS in Debian's kernel",
  zfsdist: "no ZFS in Debian's kernel",
  'slabratetop libbpf-tools trixie': 'its probe, kmem_cache_alloc, has another name since Linux 6.10',
  xenhyper: 'no Xen under this kernel',
  'runqlen own': 'needs nr_queued of newer kernels (6.18 has it); runqlen.bt reads nr_running here',
};

/** Why the trial cannot work on the suite's kernel; null where it should. */
export function cannot({ tool, flavour }: Trial, suite: string): string | null {
  const keys = [tool.name, `${tool.name} ${flavour}`, `${tool.name} ${flavour} ${suite}`];
  return keys.map((key) => CANNOT[key]).find((why) => why !== undefined) ?? null;
}

function each(names: readonly string[], ...scenes: string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, scenes]));
}

/** A trial for each flavour that the catalogue has of the tools, on the whole host where that is possible. */
export function trialsOf(tools: readonly Tool[]): Trial[] {
  return tools.flatMap((tool) => {
    const ways = new Map<Flavour, Recipe>();
    for (const recipe of tool.capture) {
      if (recipe.target === 'command' || recipe.target === 'cgroup') continue;
      // The first of its kind, as `collect` takes them; a process only where the tool has no other way.
      if (!ways.has(flavourOf(recipe))) ways.set(flavourOf(recipe), recipe);
    }
    return [...ways].map(([flavour, recipe]) => ({ tool, flavour, recipe, scenes: SCENES[tool.name] ?? [] }));
  });
}

function flavourOf({ via, program }: Recipe): Flavour {
  return via === 'bpftrace' && program !== undefined ? 'own' : via;
}

/** CPU seconds that a trial takes on the virtual host before it prints, roughly: what is dear shares a capture with few. */
const PRICE: Readonly<Record<Flavour, number>> = {
  bcc: 4,
  own: 2,
  bpftrace: 2,
  'libbpf-tools': 1,
  perf: 1,
  classic: 1,
  proc: 1,
};
const MOST = 30;

/** Scenes that would spoil what others measure, or stand for the process that a tool is narrowed to. */
const ALONE: ReadonlySet<string> = new Set(['reclaim', 'leak', 'mysqld', 'lossy']);

/** Trials that can share a capture: the same process to look at or none, no tool twice, not too many, scenes that bear each other. */
export function batchesOf(trials: readonly Trial[]): Trial[][] {
  const batches: Trial[][] = [];
  // What needs no scene fills up what is there.
  for (const trial of [...trials].sort((a, b) => b.scenes.length - a.scenes.length)) {
    const fitting = batches.find(
      (batch) =>
        bear(scenesOf(batch), trial.scenes) &&
        targetOf(batch[0]) === targetOf(trial) &&
        !batch.some(({ tool }) => tool.name === trial.tool.name) &&
        batch.reduce((sum, { flavour }) => sum + PRICE[flavour], PRICE[trial.flavour]) <= MOST,
    );
    if (fitting === undefined) batches.push([trial]);
    else fitting.push(trial);
  }
  return batches;
}

function targetOf(trial: Trial | undefined): string {
  return trial?.recipe.target ?? 'host';
}

/** All that must happen for the tools of a batch. */
export function scenesOf(batch: readonly Trial[]): string[] {
  return [...new Set(batch.flatMap(({ scenes }) => scenes))];
}

function bear(these: readonly string[], those: readonly string[]): boolean {
  if (those.length === 0) return !these.some((scene) => scene !== 'lossy' && ALONE.has(scene));
  return (
    these.join() === those.join() ||
    (!these.some((scene) => ALONE.has(scene)) && !those.some((scene) => ALONE.has(scene)))
  );
}
