import type { Argv } from 'yargs';
import { chooseTools } from '../collectors/choose.ts';
import { runHere, runOverSsh } from '../collectors/run.ts';
import { collectScript, type Scope } from '../collectors/script.ts';
import { UserError } from '../errors.ts';
import { tools } from '../tools/index.ts';
import { sets } from '../tools/tool.ts';
import { writeOutput } from './output.ts';

export const command = 'collect';
export const describe = 'run the tools on this host, or over ssh, and write capture.tar';

const WINDOW_SECONDS = 30;
/** How long a command may run that is collected from start to end. */
const COMMAND_SECONDS = 3600;

export function builder(yargs: Argv) {
  return yargs
    .usage('$0 collect [options] [-- command…]')
    .parserConfiguration({ 'populate--': true })
    .option('set', {
      type: 'string',
      array: true,
      describe: `what to collect: ${sets.join(', ')}, all (default: 60s,cpu)`,
    })
    .option('tool', { type: 'string', array: true, describe: 'these tools, by name: a,b' })
    .option('skip', { type: 'string', array: true, describe: 'not these tools' })
    .option('for', {
      type: 'number',
      describe: `how many seconds (default: ${WINDOW_SECONDS}, or as long as the command runs)`,
    })
    .option('F', { type: 'number', default: 99, describe: 'samples per second' })
    .option('o', { alias: 'output', type: 'string', describe: 'the archive (default: capture.tar); - is stdout' })
    .option('plan', { type: 'boolean', default: false, describe: 'say what would run on this host, and run nothing' })
    .option('script', { type: 'boolean', default: false, describe: 'print the POSIX sh script that collects' })
    .option('ssh', { type: 'string', describe: 'run it on user@host and bring the archive here' })
    .option('pid', { type: 'string', describe: 'one process, where a tool can be narrowed' })
    .option('cgroup', { type: 'string', describe: 'one control group, by its path' })
    .option('container', { type: 'string', describe: 'one container, by name or id' })
    .option('max-load', { type: 'number', default: 0, describe: 'stop early above this load average' })
    .option('min-free', { type: 'string', default: '512M', describe: 'disk space that stays free' })
    .option('keep-perf-data', { type: 'boolean', default: false, describe: 'put perf.data into the archive too' })
    .option('quiet', { type: 'boolean', default: false, describe: 'say nothing but errors' })
    .example('$0 collect -o incident.tar', 'the 60-second checklist and a CPU profile, 30 s')
    .example('$0 collect --script | ssh db1 sudo sh -s -- -o - > db1.tar', 'where only sudo may trace');
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler(options: Options): Promise<void> {
  const { ssh, plan, quiet, o = '' } = options;
  const chosen = chooseTools(tools, choiceOf(options));
  const scope = scopeOf(options);
  if (ssh !== undefined) checkHost(ssh);
  if (o === '-' && !plan && !options.script && process.stdout.isTTY)
    throw new UserError('standard output is a terminal: name a file with -o, or pipe it on', 2);
  if (scope.target === 'command') checkIsRun(chosen);
  const text = collectScript(chosen, {
    seconds: secondsOf(options.for, scope),
    hz: whole('-F', options.F, 1, 10_000),
    output: ssh === undefined ? o : '-',
    gzip: /\.t?gz$/.test(o),
    scope,
    maxLoad: whole('--max-load', options.maxLoad, 0, 100_000),
    minFree: megabytes('--min-free', options.minFree),
    keepPerfData: options.keepPerfData,
    progress: quiet ? 'quiet' : ssh === undefined ? 'auto' : process.stderr.isTTY ? 'tty' : 'plain',
    plan,
    lifeline: !options.script,
  });
  if (options.script) await writeOutput('-', [text]);
  else if (ssh === undefined) process.exitCode = await runHere(text);
  else await fetchOverSsh(ssh, text, plan ? '-' : o, quiet);
}

async function fetchOverSsh(host: string, script: string, output: string, quiet: boolean): Promise<void> {
  const path = await runOverSsh(host, script, output);
  if (path !== null && !quiet) process.stderr.write(`${path}: from ${host}. Next: coldflame analyze ${path}\n`);
}

function choiceOf({ set, tool, skip }: Options) {
  const named = { sets: list(set), tools: list(tool), skip: list(skip) };
  if (named.sets.length === 0 && named.tools.length === 0) named.sets = ['60s', 'cpu'];
  return named;
}

/** `--tool a,b --tool c` as three. */
function list(words: readonly string[] = []): string[] {
  return words.flatMap((word) => word.split(',')).filter((word) => word !== '');
}

/** @throws UserError when the capture is narrowed in two ways, or to what cannot be a process. */
function scopeOf(options: Options): Scope {
  const words = options['--'] as string[] | undefined;
  const { pid, cgroup, container } = options;
  const scopes: Scope[] = [];
  if (pid !== undefined) scopes.push({ target: 'pid', pid: String(whole('--pid', Number(pid), 1, 2 ** 31)) });
  if (cgroup !== undefined) scopes.push({ target: 'cgroup', cgroup });
  if (container !== undefined) scopes.push({ target: 'container', container });
  if (words !== undefined && words.length > 0) scopes.push({ target: 'command', command: words.map(String) });
  if (scopes.length > 1) throw new UserError('narrow to one: --pid, --cgroup, --container, or a command after --', 2);
  return scopes[0] ?? { target: 'host' };
}

function checkIsRun(chosen: ReturnType<typeof chooseTools>): void {
  if (chosen.some(({ capture }) => capture.some(({ target }) => target === 'command'))) return;
  throw new UserError('a command is run by perf: leave perf in, with --set cpu or --tool perf', 2);
}

function secondsOf(given: number | undefined, { target }: Scope): number {
  return whole('--for', given ?? (target === 'command' ? COMMAND_SECONDS : WINDOW_SECONDS), 1, 86_400);
}

/** ssh would take a host that begins with a dash for an option. */
function checkHost(host: string): void {
  if (host === '' || host.startsWith('-')) throw new UserError(`--ssh ${JSON.stringify(host)}: not user@host`, 2);
}

function whole(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${option}: a whole number from ${least} to ${most} is needed`, 2);
}

/** 512, 512M and 2G as megabytes. */
function megabytes(option: string, text: string): number {
  const [, number, unit] = /^([0-9]{1,9})([MG]?)$/.exec(text) ?? [];
  if (number === undefined) throw new UserError(`${option} ${text}: a size such as 512M or 2G is needed`, 2);
  return Number(number) * (unit === 'G' ? 1024 : 1);
}
