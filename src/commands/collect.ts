import { bytes, seconds, whole } from '../cli/values.ts';
import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { chooseTools } from '../collectors/choose.ts';
import { nameOf, runHere, startThere, supervised, type Way } from '../collectors/run.ts';
import { callGraphs, collectScript, type Scope } from '../collectors/script.ts';
import { UserError } from '../errors.ts';
import { tools } from '../tools/index.ts';
import { sets } from '../tools/tool.ts';
import { fetchArchive } from './fetch.ts';
import { print } from './output.ts';
import { isQuiet, note } from './terminal.ts';

const WINDOW_SECONDS = 30;
/** How long a command may run that is collected from start to end. */
const COMMAND_SECONDS = 3600;
/** How long the window waits for tools to attach. */
const ATTACH_WAIT_SECONDS = 15;
const DAY_SECONDS = 86_400;
const DEFAULT_SETS = ['60s', 'cpu'];
const TOOLS = tools.map(({ name }) => name);

const WHAT = {
  set: {
    alias: 's',
    type: 'string',
    value: 'SET',
    array: true,
    words: [...sets, 'all'],
    describe: `sets of tools: ${sets.join(', ')}, all (default: ${DEFAULT_SETS.join(',')})`,
  },
  tool: {
    alias: 't',
    type: 'string',
    value: 'NAME',
    array: true,
    words: TOOLS,
    describe: 'tools to run, by name: perf,runqlat',
  },
  skip: { type: 'string', value: 'NAME', array: true, words: TOOLS, describe: 'tools to exclude' },
  for: {
    type: 'string',
    value: 'TIME',
    describe: `length of the window: 30s, 2m (default: ${WINDOW_SECONDS}s, or until the command ends)`,
  },
  freq: { alias: 'F', type: 'number', value: 'HZ', default: 99, describe: 'samples per second (default: 99)' },
  'call-graph': {
    type: 'string',
    value: 'METHOD',
    choices: callGraphs,
    default: 'fp',
    describe: 'how perf finds callers: frame pointers (fp, default), dwarf, lbr',
  },
  g: { type: 'boolean', describe: 'record call graphs (always on; accepted as perf record has it)' },
} as const satisfies OptionTable;

const SCOPE = {
  pid: {
    alias: 'p',
    type: 'number',
    value: 'PID',
    conflicts: ['cgroup', 'container'],
    describe: 'process to observe, for tools that can',
  },
  cgroup: { alias: 'G', type: 'string', value: 'PATH', conflicts: ['container'], describe: 'control group to observe' },
  container: { type: 'string', value: 'NAME', describe: 'container to observe, by name or ID' },
} as const satisfies OptionTable;

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    describe: 'archive to write: x.tar, x.tar.gz or - (default: capture.tar, or the next free name)',
  },
  plan: {
    type: 'boolean',
    default: false,
    conflicts: ['script'],
    describe: 'show what would run, its privileges and its overhead; run nothing',
  },
  script: {
    type: 'boolean',
    default: false,
    conflicts: ['ssh', 'via'],
    describe: 'print the POSIX sh script that collects',
  },
  ssh: {
    type: 'string',
    value: 'HOST',
    conflicts: ['via'],
    describe: 'host to run on, as user@host; the archive comes back here',
  },
  via: {
    type: 'string',
    value: 'COMMAND',
    describe: "command that gives a shell there: 'docker exec -i web sh', 'kubectl debug node/n1 … --'",
  },
  force: { type: 'boolean', default: false, describe: 'replace the archive that -o names if it exists' },
  'keep-perf-data': { type: 'boolean', default: false, describe: 'include perf.data in the archive' },
  'defer-symbols': {
    type: 'boolean',
    default: false,
    describe: 'include perf.data and symbols instead of running perf script on the host',
  },
  mask: {
    type: 'boolean',
    default: true,
    describe: 'mask passwords and tokens in command lines (default; --no-mask keeps them)',
  },
  'symbols-size': {
    type: 'string',
    value: 'SIZE',
    default: '64M',
    describe: 'programs and libraries that may go with perf.data (default: 64M)',
  },
} as const satisfies OptionTable;

const LIMITS = {
  'max-load': {
    type: 'number',
    value: 'LOAD',
    default: 0,
    describe: 'load average above which to stop early (default: none)',
  },
  'min-free': { type: 'string', value: 'SIZE', default: '512M', describe: 'disk space to keep free (default: 512M)' },
  'attach-wait': {
    type: 'string',
    value: 'TIME',
    describe: `longest wait for tools to attach before the window begins (default: ${ATTACH_WAIT_SECONDS}s)`,
  },
  marks: {
    type: 'boolean',
    default: true,
    describe: "leave marks that calibrate the tools' clocks (default; --no-marks leaves none)",
  },
} as const satisfies OptionTable;

export const verb = {
  operands: [],
  command: 'COMMAND…',
  groups: [
    { title: 'What', options: WHAT },
    { title: 'Scope', options: SCOPE },
    { title: 'Where', options: OUTPUT },
    { title: 'Limits', options: LIMITS },
  ],
  notes: [
    'With a command after --, perf records that command, the capture ends with it, and its exit status is passed on ' +
      '(125 if coldflame itself fails).',
  ],
  examples: [
    ['sudo coldflame collect', 'the 60-second checklist and a CPU profile: 30 seconds, capture.tar'],
    ['sudo coldflame collect -s all --for 60s -o incident.tar', 'every tool that this host has'],
    ['coldflame collect --ssh root@db1 -o db1.tar', 'over ssh; nothing is installed there'],
    ["coldflame collect --via 'docker exec -i web sh' -o web.tar", 'what a container sees'],
    ['coldflame collect --script | ssh db1 sudo sh -s -- -o - > db1.tar', 'over ssh if only sudo may trace'],
    ['coldflame collect -- make -j8', 'one command, from start to end'],
  ],
  run,
} satisfies VerbTable;

type Options = ValuesOf<typeof WHAT & typeof SCOPE & typeof OUTPUT & typeof LIMITS>;

async function run(options: Options, { command }: Given): Promise<void> {
  const { plan, output = '', force } = options;
  const way = wayOf(options);
  const chosen = chooseTools(tools, choiceOf(options));
  const scope = scopeOf(options, command);
  if (output === '-' && !plan && !options.script && process.stdout.isTTY)
    throw new UserError('standard output is a terminal; name a file with -o, or redirect it', 2);
  if (scope.target === 'command') checkIsRun(chosen);
  const quiet = isQuiet();
  const minFree = bytes('--min-free', options.minFree);
  const text = collectScript(chosen, {
    seconds: secondsOf(options.for, scope),
    attachWait:
      options.attachWait === undefined ? ATTACH_WAIT_SECONDS : seconds('--attach-wait', options.attachWait, 0, 3600),
    named: list(options.tool),
    marks: options.marks,
    hz: whole('--freq', options.freq, 1, 10_000),
    callGraph: options.callGraph,
    output: way === null ? output : '-',
    force,
    gzip: /\.t?gz$/.test(output),
    scope,
    maxLoad: whole('--max-load', options.maxLoad, 0, 100_000),
    minFree: Math.ceil(minFree / 2 ** 20),
    keepPerfData: options.keepPerfData,
    deferSymbols: options.deferSymbols,
    symbolsSize: Math.floor(bytes('--symbols-size', options.symbolsSize) / 2 ** 20),
    mask: options.mask,
    progress: quiet ? 'quiet' : way === null ? 'auto' : process.stderr.isTTY ? 'tty' : 'plain',
    plan,
    lifeline: !options.script,
  });
  if (options.script) await print([text]);
  else if (way === null) process.exitCode = await runHere(text);
  else if (plan) process.exitCode = await planThere(way, text);
  else {
    const { path, status } = await fetchArchive(way, text, { output, force, minFree });
    if (path !== null) note(`${path}: from ${nameOf(way)}. Next: coldflame analyze ${path}`);
    process.exitCode = status;
  }
}

/** @returns the exit status there; @throws UserError where no shell there ran the script */
async function planThere(way: Way, text: string): Promise<number> {
  const child = startThere(way, 'pipe');
  let length = 0;
  child.stdout?.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
  });
  child.stdout?.pipe(process.stdout, { end: false });
  const status = await supervised(child, text);
  if (status !== 0 && length === 0)
    throw new UserError(`${nameOf(way)}: no plan came back (exit status ${status}); see what it said above`);
  return status;
}

function choiceOf({ set, tool, skip }: Options) {
  const named = { sets: list(set), tools: list(tool), skip: list(skip) };
  if (named.sets.length === 0 && named.tools.length === 0) named.sets = DEFAULT_SETS;
  return named;
}

/** `--tool a,b --tool c` as three. */
function list(words: readonly string[] = []): string[] {
  return words.flatMap((word) => word.split(',')).filter((word) => word !== '');
}

/** @throws UserError when the capture is narrowed in two ways, or to what cannot be a process. */
function scopeOf({ pid, cgroup, container }: Options, command: readonly string[]): Scope {
  const scopes: Scope[] = [];
  if (pid !== undefined) scopes.push({ target: 'pid', pid: String(whole('--pid', pid, 1, 2 ** 31)) });
  if (cgroup !== undefined) scopes.push({ target: 'cgroup', cgroup });
  if (container !== undefined) scopes.push({ target: 'container', container });
  if (command.length > 0) scopes.push({ target: 'command', command });
  if (scopes.length > 1)
    throw new UserError('--pid, --cgroup, --container and a command after -- exclude one another', 2);
  return scopes[0] ?? { target: 'host' };
}

function checkIsRun(chosen: ReturnType<typeof chooseTools>): void {
  if (chosen.some(({ capture }) => capture.some(({ target }) => target === 'command'))) return;
  throw new UserError('a command after -- is run by perf; include it: --set cpu or --tool perf', 2);
}

function secondsOf(given: string | undefined, { target }: Scope): number {
  if (given !== undefined) return seconds('--for', given, 1, DAY_SECONDS);
  return target === 'command' ? COMMAND_SECONDS : WINDOW_SECONDS;
}

/** How the host is reached; null for this one. ssh would take a name that begins with a dash for an option. */
function wayOf({ ssh, via }: Options): Way | null {
  if (ssh?.startsWith('-')) throw new UserError(`--ssh must be user@host (got ${ssh})`, 2);
  return ssh !== undefined ? { ssh } : via !== undefined ? { via } : null;
}
