/**
 * The POSIX sh script that collects: the parameters of this run, the parts that are always the same (script/*.sh), and
 * one paragraph for each tool. It needs sh, tar and the tools, and is written to be read before it is run.
 */
import { scriptParts } from '../generated/collect-script.ts';
import { version } from '../generated/version.ts';
import { placesOf } from '../tools/recipe.ts';
import type { Recipe, Tool } from '../tools/tool.ts';
import { packageOf } from './packages.ts';
import { shellWord, shellWords, type Values } from './words.ts';

/** What a capture is narrowed to. */
export type Scope =
  | { target: 'host' }
  | { target: 'pid'; pid: string }
  | { target: 'cgroup'; cgroup: string }
  | { target: 'command'; command: readonly string[] };

export interface ScriptOptions {
  /** Length of the window. */
  seconds: number;
  /** Samples a second, for the tools that sample. */
  hz: number;
  /** Path of the archive on the host, or `-`. */
  output: string;
  scope: Scope;
  /** Stop early when the load average goes above; 0 for never. */
  maxLoad: number;
  /** Megabytes of disk that stay free. */
  minFree: number;
  keepPerfData: boolean;
  progress: 'auto' | 'tty' | 'plain' | 'quiet';
  plan: boolean;
  /** End when standard input closes: it is held by whoever waits for the archive. */
  lifeline: boolean;
}

/** The script for these tools. */
export function collectScript(tools: readonly Tool[], options: ScriptOptions): string {
  return [preamble(options), ...scriptParts.slice(0, -1), recipes(tools, options), scriptParts.at(-1)].join('\n');
}

function preamble(options: ScriptOptions): string {
  const flag = (value: boolean) => (value ? '1' : '0');
  return `#!/bin/sh
# Made by coldflame ${version}. Collects what this host is doing into one archive, for \`coldflame analyze\` to read elsewhere.
#
# It runs the tools listed under "What to collect" below, all in the same window of time, each with its output to a
# file in a private folder under \${TMPDIR:-/tmp}; writes manifest.json (what ran, when, how it ended); packs both with
# tar; and removes the folder. It changes nothing else on this host, sends nothing anywhere, and installs nothing.
# Everything is bounded by the numbers here. Ctrl-C ends it early and keeps what there is; twice keeps nothing.
# shellcheck disable=SC2034,SC2317 # not every script has the tools that need all of this; traps call what nothing else does

seconds=${options.seconds}          # length of the window
output=${shellWord(options.output)} # the archive; - is standard output
max_load=${options.maxLoad}          # stop early when the load average goes above; 0 is never
min_free=${options.minFree}        # megabytes of disk that stay free
max_tool=64         # megabytes of output a tool may print
max_data=512        # megabytes perf record may write
max_script=1024     # megabytes perf script may print
max_total=2048      # megabytes altogether
after_seconds=120   # what perf script may take
keep_data=${flag(options.keepPerfData)}         # whether perf.data goes into the archive too
progress=${options.progress}       # tty, plain, quiet, or auto
plan=${flag(options.plan)}              # 1: only say what would run
lifeline=${flag(options.lifeline)}          # 1: end when standard input closes
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
  const values = valuesOf(tool, options);
  const fitting = tool.capture.filter(({ target }) => target === undefined || target === options.scope.target);
  const ways = fitting.map((recipe) => `  way ${wayWords(tool, recipe, values).join(' ')}\n`);
  const then = fitting.find((recipe) => recipe.after !== undefined)?.after;
  return {
    ways: `  # ${tool.asks}\n  tool ${tool.name}\n${ways.join('')}`,
    after: then === undefined ? '' : `${afterName(tool)}() {\n  "$@" ${shellWords(then, values).join(' ')}\n}\n\n`,
  };
}

function wayWords(tool: Tool, recipe: Recipe, values: Values): string[] {
  const command = recipe.program === undefined ? recipe.command : [...recipe.command, '-e', recipe.program];
  const mentions = (name: string) => command.some((word) => word.includes(`{${name}}`));
  const properties = [
    recipe.root ? 'root' : '',
    recipe.paranoid === undefined ? '' : `paranoid=${recipe.paranoid}`,
    recipe.ends ? 'ends' : '',
    recipe.interval === undefined ? '' : `interval=${recipe.interval}`,
    ...(recipe.needs ?? []).map((path) => `needs=${path}`),
    recipe.after === undefined ? '' : `data then=${afterName(tool)}`,
    mentions('output') ? 'output' : '',
    mentions('command') ? 'leads' : '',
    `overhead=${recipe.overhead}`,
    `install=${packageOf(recipe)}`,
  ];
  const words =
    recipe.program === undefined
      ? shellWords(command, values)
      : [...shellWords(recipe.command, values), '-e', shellWord(recipe.program)];
  return [recipe.via, `'${properties.filter(Boolean).join(' ')}'`, ...words];
}

function afterName(tool: Tool): string {
  return `after_${tool.name.replaceAll(/[^a-z0-9]/g, '_')}`;
}

function valuesOf(tool: Tool, { seconds, hz, scope }: ScriptOptions): Values {
  const interval = tool.capture.find((recipe) => recipe.interval !== undefined)?.interval ?? 1;
  return {
    seconds: [String(seconds)],
    count: [String(Math.max(1, Math.floor(seconds / interval)))],
    hz: [String(hz)],
    data: { expression: `"$folder/${tool.name}.data"` },
    output: { expression: `"$folder/out/${tool.name}.txt"` },
    user: { expression: '"$user"' },
    ...(scope.target === 'pid' ? { pid: [scope.pid] } : {}),
    ...(scope.target === 'cgroup'
      ? { cgroup: { expression: '"$cgroup"' }, cgroupname: { expression: '"$cgroup_name"' } }
      : {}),
    ...(scope.target === 'command' ? { command: scope.command } : {}),
  };
}
