/**
 * The POSIX sh script that collects: the parameters of this run, the parts that are always the same (script/*.sh), and
 * one paragraph for each tool. It needs sh, tar and the tools, and is written to be read before it is run.
 */
import { scriptParts } from '../generated/collect-script.ts';
import { version } from '../generated/version.ts';
import { packageOf } from '../tools/packages.ts';
import { printsArguments } from '../tools/private.ts';
import { placesOf } from '../tools/recipe.ts';
import type { Recipe, Tool } from '../tools/tool.ts';
import { shellWord, shellWords, type Values } from './words.ts';

/** What a capture is narrowed to. */
export type Scope =
  | { target: 'host' }
  | { target: 'pid'; pid: string }
  | { target: 'cgroup'; cgroup: string }
  /** By name or id; the host finds its control group. */
  | { target: 'container'; container: string }
  | { target: 'command'; command: readonly string[] };

/** By frame pointers, by copies of the stack that perf script unwinds, or by the branches that the CPU recorded. */
export const callGraphs = ['fp', 'dwarf', 'lbr'] as const;
export type CallGraph = (typeof callGraphs)[number];

export interface ScriptOptions {
  /** Length of the window. */
  seconds: number;
  /** How long the window waits for tools to attach, in seconds. */
  attachWait: number;
  /** The tools that were asked for by name: they run where sets would leave them out. */
  named: readonly string[];
  /** Whether marks are left for the clocks of tools to be told by. */
  marks: boolean;
  /** Samples a second, for the tools that sample. */
  hz: number;
  /** How perf finds the callers of what it samples. */
  callGraph: CallGraph;
  /** Path of the archive on the host, `-` for standard output, empty for the first free capture.tar. */
  output: string;
  /** Whether the archive replaces a file that `output` names. */
  force: boolean;
  /** Whether the archive is gzipped. */
  gzip: boolean;
  scope: Scope;
  /** Stop early when the load average goes above; 0 for never. */
  maxLoad: number;
  /** Megabytes of disk that stay free. */
  minFree: number;
  /** perf.data goes into the archive even where its text does. */
  keepPerfData: boolean;
  /** perf script is not run on the host: perf.data goes into the archive with the symbols that name its addresses. */
  deferSymbols: boolean;
  /** Megabytes of programs and libraries that may go with perf.data. */
  symbolsSize: number;
  /** Values of secrets are masked in what tools print of other people's command lines. */
  mask: boolean;
  progress: 'auto' | 'tty' | 'plain' | 'quiet';
  plan: boolean;
  /** End when standard input closes: it is held by whoever waits for the archive. */
  lifeline: boolean;
}

/** The script for these tools. */
export function collectScript(tools: readonly Tool[], options: ScriptOptions): string {
  return [preamble(tools, options), ...scriptParts.slice(0, -1), recipes(tools, options), scriptParts.at(-1)].join(
    '\n',
  );
}

function preamble(tools: readonly Tool[], options: ScriptOptions): string {
  const flag = (value: boolean) => (value ? '1' : '0');
  const { scope } = options;
  return `#!/bin/sh
# Made by coldflame ${version}. Collects what this host is doing into one archive, for \`coldflame analyze\` to read elsewhere.
#
# It runs the tools listed under "What to collect" below, all in the same window of time, each with its output to a
# file in a private folder under \${TMPDIR:-/tmp}; writes manifest.json (what ran, when, how it ended); packs both with
# tar; and removes the folder. It changes nothing else on this host, sends nothing anywhere, and installs nothing.
# Everything is bounded by the numbers here. Ctrl-C ends it early and keeps what there is; twice keeps nothing.
#
# Not every script has the tools that need all of this, traps call what nothing else does, and programs for bpftrace
# have dollars of their own:
# shellcheck disable=SC2016,SC2034,SC2317

# length of the window in seconds, and samples a second
seconds=${options.seconds} hz=${options.hz}
# the window begins when the tools are attached, and after so many seconds in any case
attach_wait=${options.attachWait}
# 1: leave marks, which tell what the clocks of tools are worth: a process, a file and a connection of this script's own
marks=${flag(options.marks)}
# the archive: a path, - for standard output, or nothing for the first free name of capture.tar, capture-2.tar, …
output=${shellWord(options.output)}
# 1: it replaces a file of that name
force=${flag(options.force)}
# 1: gzipped
gzip=${flag(options.gzip)}
# stop early when the load average goes above (0: never), or less than so many megabytes of disk stay free
max_load=${options.maxLoad} min_free=${options.minFree}
# megabytes of output: of one tool, of perf record, of perf script, of all together
max_tool=64 max_data=512 max_after=1024 max_total=2048
# seconds that a tool may take to end once it is interrupted; to print its stacks, and perf script to print those it recorded
patience=30 after_seconds=120
# 1: perf.data goes into the archive too
keep_data=${flag(options.keepPerfData)}
# 1: perf.data goes there in place of what perf script would print; megabytes of programs and libraries that name its addresses
defer_symbols=${flag(options.deferSymbols)} symbols_size=${options.symbolsSize}
# narrowed to a process, a control group, a container
only_pid=${scope.target === 'pid' ? shellWord(scope.pid) : "''"}
only_cgroup=${scope.target === 'cgroup' ? shellWord(scope.cgroup) : "''"}
only_container=${scope.target === 'container' ? shellWord(scope.container) : "''"}
# tools that print arguments of processes: what tells by its name or shape to be a secret is masked in their output
prints_arguments=${shellWord((options.mask ? tools.filter(printsArguments) : []).map(({ name }) => name).join(' '))}
# tty, plain, quiet, or auto
progress=${options.progress}
# 1: only say what would run
plan=${flag(options.plan)}
# 1: end when standard input closes, because whoever waits for the archive is gone
lifeline=${flag(options.lifeline)}
`;
}

function recipes(tools: readonly Tool[], options: ScriptOptions): string {
  const paragraphs = tools.map((tool) => paragraph(tool, options));
  return `# ---------------------------------------------------------------------------------------------------------------------
# What to collect.

${placesFunction(tools)}
${paragraphs.map(({ after }) => after).join('')}recipes() {
${paragraphs.map(({ ways }) => ways).join('\n')}}
`;
}

/** Where a host may have a tool, by the way it has it: the name on the PATH or a path, and what kind of file that is. */
function placesFunction(tools: readonly Tool[]): string {
  const ways = new Set(tools.flatMap(({ capture }) => capture.map(({ via }) => via)));
  const cases = [...ways].map((via) => {
    const places = placesOf({ via, command: ['$2'], ends: true, root: false, overhead: 'none' });
    return `    ${via}) places="${places.map(({ kind, path }) => `${kind}:${path}`).join(' ')}" ;;\n`;
  });
  return `# places_of WAY NAME\nplaces_of() {\n  case $1 in\n${cases.join('')}  esac\n}\n`;
}

/** The ways to run one tool, and the functions that turn what they leave into text. */
function paragraph(tool: Tool, options: ScriptOptions): { ways: string; after: string } {
  const target = options.scope.target === 'container' ? 'cgroup' : options.scope.target;
  const fitting = tool.capture.filter((recipe) => recipe.target === undefined || recipe.target === target);
  const ways = fitting.flatMap((recipe) =>
    graphsFor(recipe, options).map((callGraph) =>
      `  way ${wayWords(tool, recipe, options, callGraph).join(' ')}\n`.repeat(recipe.tries ?? 1),
    ),
  );
  const after = fitting.find((recipe) => recipe.after !== undefined);
  return {
    ways: `  # ${tool.asks}\n  tool ${tool.name}${options.named.includes(tool.name) ? ' named' : ''}\n${ways.join('')}`,
    after: after?.after === undefined ? '' : afterFunction(tool, after.after, valuesOf(tool, after, options)),
  };
}

/** Frame pointers are tried where what was asked for cannot be had: few machines have LBR. */
function graphsFor({ command }: Recipe, { callGraph }: ScriptOptions): CallGraph[] {
  return command.includes('{callgraph}') && callGraph !== 'fp' ? [callGraph, 'fp'] : [callGraph];
}

/** perf script and its like, as a function that hands the command's words to whatever it is given. */
function afterFunction(tool: Tool, words: readonly string[], values: Values): string {
  return `${afterName(tool)}() {\n  "$@" ${shellWords(words, values).join(' ')}\n}\n\n`;
}

function afterName(tool: Tool): string {
  return `after_${tool.name.replaceAll(/[^a-z0-9]/g, '_')}`;
}

function wayWords(tool: Tool, recipe: Recipe, options: ScriptOptions, callGraph: CallGraph): string[] {
  const program = recipe.program === undefined ? [] : ['-e', shellWord(recipe.program)];
  const words = shellWords(recipe.command, valuesOf(tool, recipe, { ...options, callGraph }));
  const told = [...properties(tool, recipe, options), ...(callGraph === options.callGraph ? [] : ['pointers'])];
  return [recipe.via, shellWord(told.join(' ')), ...words, ...program];
}

/** How the placeholders begin that narrow a recipe to the scope. */
const NARROWS = { pid: 'pid', cgroup: 'cgroup', container: 'cgroup', command: 'command' } as const;

/** What the script's `way` has to know of a recipe. */
function properties(tool: Tool, recipe: Recipe, { scope }: ScriptOptions): string[] {
  const mentions = (name: string) => recipe.command.some((word) => word.includes(`{${name}`));
  return [
    recipe.root ? 'root' : '',
    recipe.paranoid === undefined ? '' : `paranoid=${recipe.paranoid}`,
    recipe.ends ? 'ends' : '',
    recipe.interval === undefined ? '' : `interval=${recipe.interval}`,
    ...(recipe.needs ?? []).map((path) => `needs=${path}`),
    recipe.after === undefined ? '' : `after=${afterName(tool)}`,
    mentions('output') ? 'output' : '',
    mentions('command') ? 'leads' : '',
    mentions('user') ? 'own' : '',
    scope.target === 'host' || mentions(NARROWS[scope.target]) ? '' : 'whole',
    recipe.without === undefined ? '' : `without=${recipe.without}`,
    `overhead=${recipe.overhead}`,
    `install=${packageOf(recipe)}`,
  ].filter((property) => property !== '');
}

/** The command to run beside the tools gets the terminal, its own environment, and the low priority of none of them. */
const RUN_COMMAND = `sh -c '. "$0"; exec "$@" >&4 2>&5' "$folder/surroundings"`;

function valuesOf(tool: Tool, { interval = 1 }: Recipe, { hz, callGraph, scope }: ScriptOptions): Values {
  const narrowed: Values =
    scope.target === 'pid'
      ? { pid: [scope.pid] }
      : scope.target === 'command'
        ? { command: { expression: [RUN_COMMAND, ...scope.command.map(shellWord)].join(' ') } }
        : scope.target === 'host'
          ? {}
          : { cgroup: { expression: '"$cgroup"' }, cgroupname: { expression: '"$cgroup_name"' } };
  return {
    // Known when the tool is started: what is left of the attaching and of the window.
    seconds: { expression: '"$span"' },
    count: { expression: interval === 1 ? '"$span"' : `"$(((span + ${interval - 1}) / ${interval}))"` },
    hz: [String(hz)],
    callgraph: [callGraph],
    user: { expression: '"$user"' },
    data: { expression: `"$folder/${tool.name}.data"` },
    output: { expression: `"$folder/out/${tool.name}.txt"` },
    ...narrowed,
  };
}
