/**
 * Short forms for writing recipes. Where a tool is looked for depends on its `via` alone: see `placesOf`.
 */
import type { Recipe } from './tool.ts';

type Traits = Partial<Omit<Recipe, 'via' | 'command'>>;

/** bcc's Python tools. */
export const bcc = (command: string, traits: Traits = {}): Recipe => recipe('bcc', command, { root: true, ...traits });

/** bcc's tools in C, one static program each. */
export const libbpf = (command: string, traits: Traits = {}): Recipe =>
  recipe('libbpf-tools', command, { root: true, ...traits });

/** The tools that bpftrace brings along. */
export const bpftrace = (command: string, traits: Traits = {}): Recipe =>
  recipe('bpftrace', command, { root: true, ends: false, ...traits });

/** A bpftrace program of our own, for hosts that have bpftrace and no tool. */
export const ownProgram = (program: string, traits: Traits = {}): Recipe =>
  recipe('bpftrace', 'bpftrace', { root: true, ends: false, program, ...traits });

/** procps, sysstat and their like. */
export const classic = (command: string, traits: Traits = {}): Recipe =>
  recipe('classic', command, { overhead: 'none', ...traits });

export const perf = (command: string, traits: Traits = {}): Recipe =>
  recipe('perf', command, { root: true, ...traits });

/** A POSIX sh program of our own that reads /proc and prints what the tool would; it takes the number of reports. */
export const fromProc = (program: string, traits: Traits = {}): Recipe => ({
  ...recipe('proc', 'sh', { ends: true, ...traits }),
  command: program.includes('$1') ? ['sh', '-c', program, 'sh', '{count}'] : program.split(' '),
});

function recipe(via: Recipe['via'], command: string, traits: Traits): Recipe {
  // A tool that is told how long to run ends by itself; the others wait to be interrupted.
  const ends = /\{(seconds|count)\}/.test(command);
  return { via, command: command.split(' '), ends, root: false, overhead: 'low', ...traits };
}

/**
 * bcc's tools are compiled on the host each time they start, against the kernel's headers: without one of these they
 * cannot run, installed or not. `{kernel}` is what uname -r prints.
 */
export const KERNEL_HEADERS: readonly string[] = ['/lib/modules/{kernel}/build', '/sys/kernel/kheaders.tar.xz'];

/** A file that a recipe's tool may be: a path, or a name to be looked up on the PATH. */
export interface Place {
  path: string;
  /** The same name is bcc's script on one host and libbpf-tools' binary on another: what the file must be. */
  kind: 'script' | 'binary' | 'any';
}

/**
 * Where a host may have the recipe's tool, in order. bcc: /usr/share/bcc/tools upstream and on Fedora, NAME-bpfcc on
 * Debian and Ubuntu. libbpf-tools: the plain name, NAME-libbpf since Debian 13, or bpf-NAME on openSUSE. bpftrace's own: NAME.bt.
 */
export function placesOf({ via, command, program }: Recipe): readonly Place[] {
  const name = command[0] as string;
  if (via === 'bcc')
    return [
      { path: `/usr/share/bcc/tools/${name}`, kind: 'script' },
      { path: `${name}-bpfcc`, kind: 'script' },
      { path: `${name}.py`, kind: 'script' },
      { path: name, kind: 'script' },
    ];
  if (via === 'libbpf-tools')
    return [
      { path: name, kind: 'binary' },
      { path: `${name}-libbpf`, kind: 'binary' },
      { path: `bpf-${name}`, kind: 'binary' },
    ];
  if (via === 'bpftrace' && program === undefined)
    return [
      { path: name, kind: 'any' },
      { path: `/usr/share/bpftrace/tools/${name}`, kind: 'any' },
    ];
  return [{ path: name, kind: 'any' }];
}
