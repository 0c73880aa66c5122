/** Runs collecting scripts in folders of their own, as the tests of the collector do. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { collectScript, type ScriptOptions } from '../src/collectors/script.ts';
import type { Manifest, Run } from '../src/datasets/capture.ts';
import type { Recipe, Tool } from '../src/tools/tool.ts';
import { OPTIONS } from './script-options.ts';

const has = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** Where control groups of version 2 are mounted, alone or beside version 1. */
export const CGROUPS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) =>
  existsSync(join(path, 'cgroup.procs')),
);

/** What a test may need of the machine that not every machine has. */
const NEEDS: Record<string, () => boolean> = {
  root: () => process.getuid?.() === 0,
  perf: () => spawnSync('perf', ['record', '-o', '/dev/null', '-e', 'cpu-clock', 'true']).status === 0,
  // A container's root may have neither.
  mount: () => spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
  cgroup: () =>
    CGROUPS !== undefined && spawnSync('sh', ['-c', `d=${CGROUPS}/probe.$$; mkdir $d && rmdir $d`]).status === 0,
  // A container may forbid tracing.
  strace: () => spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0,
  podman: () => has('podman') && has('busybox') && has('ldd'),
  sshd: () => existsSync('/usr/sbin/sshd') && has('ssh-keygen'),
  su: () => has('su'),
  ...Object.fromEntries(
    ['dash', 'busybox', 'bash', 'shellcheck', 'bpftrace', 'runqlat', 'vmstat', 'mpstat', 'objcopy'].map((name) => [
      name,
      () => has(name),
    ]),
  ),
};

/** `describe`, or on a machine without what it needs, a line that says so and a skip. */
export function describeWhere(title: string, needs: readonly string[], body: () => void): void {
  const missing = needs.filter((need) => !NEEDS[need]?.());
  if (missing.length > 0) process.stderr.write(`left out: ${title}: this machine lacks ${missing.join(', ')}\n`);
  describe.skipIf(missing.length > 0)(title, body);
}

/** The shells that the script is for, where they are installed. */
export const SHELLS: readonly string[][] = [['dash'], ['busybox', 'sh'], ['bash', '--posix']].filter(
  ([name]) => name !== undefined && has(name),
);

/** A tool of no catalogue: a line of sh. */
export function fake(name: string, line: string, traits: Partial<Recipe> = {}): Tool {
  const recipe: Recipe = {
    via: 'classic',
    command: ['sh', '-c', line],
    ends: true,
    root: false,
    overhead: 'none',
    ...traits,
  };
  return {
    name,
    subsystem: 'cpu',
    asks: 'Is it so?',
    reading: '',
    output: { shape: 'text' },
    sets: [],
    capture: [recipe],
  };
}

/** A script about to run, in a folder of its own that is also its TMPDIR. */
export interface Trial {
  folder: string;
  child: ChildProcess;
  /** Resolves when the script has ended. */
  ended: Promise<Result>;
}

export interface Result {
  status: number | null;
  stderr: string;
  stdout: Buffer;
  folder: string;
}

export interface TrialOptions {
  shell?: readonly string[];
  env?: Record<string, string>;
  folder?: string;
  /** Files to put into the folder first. */
  files?: Record<string, string>;
  words?: readonly string[];
  /** Gives the script by standard input, which stays open. */
  stdin?: boolean;
}

const folders: string[] = [];

/** A folder that goes when the tests of the file are done. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collecting-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Starts a script of these tools. Each trial's processes carry its folder in their environment. */
export function start(tools: readonly Tool[], options: Partial<ScriptOptions> = {}, trial: TrialOptions = {}): Trial {
  const folder = trial.folder ?? newFolder();
  for (const [name, text] of Object.entries(trial.files ?? {}))
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  // What does not hear is waited for half a minute in earnest.
  const script = collectScript(tools, { ...OPTIONS, ...options }).replace('patience=30', 'patience=2');
  const path = join(folder, 'collect.sh');
  // Another run in the same folder may be reading it.
  if (!existsSync(path)) writeFileSync(path, script);
  const [shell = 'sh', ...flags] = trial.shell ?? ['sh'];
  const words = trial.stdin ? ['-s', ...(trial.words ?? [])] : [path, ...(trial.words ?? [])];
  const child = spawn(shell, [...flags, ...words], {
    cwd: folder,
    env: { ...process.env, TMPDIR: join(folder, 'tmp'), COLDFLAME_TRIAL: folder, ...trial.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  if (trial.stdin) child.stdin?.write(script);
  else child.stdin?.end();
  return { folder, child, ended: resultOf(child, folder) };
}

export function resultOf(child: ChildProcess, folder: string): Promise<Result> {
  let stderr = '';
  const stdout: Buffer[] = [];
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  child.stdout?.on('data', (chunk) => stdout.push(chunk));
  child.stdin?.on('error', () => {});
  return new Promise((done) => {
    child.on('close', (status) => done({ status, stderr, stdout: Buffer.concat(stdout), folder }));
  });
}

export async function collect(
  tools: readonly Tool[],
  options: Partial<ScriptOptions> = {},
  trial: TrialOptions = {},
): Promise<Result> {
  return await start(tools, options, trial).ended;
}

export interface Archive {
  manifest: Manifest;
  /** The entries' names, in order. */
  names: string[];
  text(name: string): string;
  run(tool: string): Run;
}

/** Reads an archive with the system's own tar. */
export function openArchive(path: string): Archive {
  const unpacked = newFolder();
  execFileSync('tar', ['-xf', path, '-C', unpacked]);
  const names = execFileSync('tar', ['-tf', path], { encoding: 'utf8' }).trim().split('\n');
  const text = (name: string) => readFileSync(join(unpacked, name), 'utf8');
  const manifest: Manifest = JSON.parse(text('manifest.json'));
  const run = (tool: string) => {
    const found = manifest.runs.find((one) => one.tool === tool);
    if (found === undefined) throw new Error(`no run of ${tool}`);
    return found;
  };
  return { manifest, names, text, run };
}

/** The processes that a trial started and that still live, as command lines. */
export function survivors(folder: string): string[] {
  const alive: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`COLDFLAME_TRIAL=${folder}\0`)) continue;
      if (/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) continue;
      alive.push(readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '));
    } catch {
      // It has ended meanwhile, or is not ours to look at.
    }
  }
  return alive;
}

/** What a trial left in its temporary folder, and of unfinished archives. */
export function leftOvers(folder: string): string[] {
  return [...readdirSync(join(folder, 'tmp')), ...readdirSync(folder).filter((name) => name.startsWith('.coldflame'))];
}

export const later = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until it is so, for five seconds at most, and tells whether it became so. */
export async function becomes(so: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 5000; waited += 50) {
    if (so()) return true;
    await later(50);
  }
  return so();
}
