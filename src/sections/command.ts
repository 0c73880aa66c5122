/** What a command line that stands in a text tells of the output below it. */
import { toolNamed } from '../tools/index.ts';

export interface Command {
  /** As typed, without the prompt and what only runs it (`sudo`, `time`). */
  text: string;
  /** The tool of the catalogue that it is called after; null for any other command. */
  tool: string | null;
  /** Seconds between two reports; null where it does not tell. */
  interval: number | null;
  /** Where it was run, if elsewhere than where it was typed: `ssh web1 vmstat`, `kubectl exec web-0 -- free`. */
  host: string | null;
  /** A shell elsewhere: what is typed below is of that host. */
  isShell: boolean;
}

/** What stands before a command and is not the command. */
const RUNNERS = new Set(
  'sudo doas time command exec nohup stdbuf nice ionice chrt taskset timeout unbuffer busybox'.split(' '),
);
// LC_ALL=C   S_TIME_FORMAT=ISO
const ASSIGNMENT = /^[A-Za-z_]\w*=\S*$/;
/** Commands of no tool of the catalogue that people paste beside them. */
const OTHERS = new Set(
  (
    'arp asprof atop awk bash bpftool cat cd chronyc cpupower crictl curl date df dig dmidecode docker dstat du ' +
    'echo egrep env ethtool eu-stack exit find for gdb getconf grep hdparm head hostname hostnamectl id ifconfig ' +
    'ifstat iotop ip ipcs iptables jcmd jmap journalctl jstack jstat kubectl last logout ls lsblk lscpu lsmod ' +
    'lsof lspci lvs mount multipath mysql nethogs netstat nfsiostat nfsstat nmon nproc nstat numactl numastat ' +
    'nvme pcp perf pgrep pidof pmap pmrep pmstat podman printenv psql pstack pstree pvs py-spy redis-cli rpm sadf ' +
    'sed service sh slabtop sleep smartctl ss stat strace swapon sysctl systemctl systemd-cgtop tail tc tcpdump ' +
    'timedatectl tuned-adm turbostat ulimit uname vgs virsh w watch while who xargs xfs_info yum zcat zfs zpool'
  ).split(' '),
);
const SHELLS = new Set('sh bash ash dash zsh ksh fish'.split(' '));
/** They count seconds from one report to the next in their last words: `vmstat -S M 1 3`, `pidstat -p 812 1`. */
const COUNTING = new Set('vmstat iostat mpstat pidstat sar nfsiostat ifstat'.split(' '));
/** Flags whose value may be a number and stands in a word of its own: `-p 812`. */
const VALUED = /^-[a-zA-Z]*[pPtTGISnCod]$|^--\w[\w-]*$/;
// free -s 1   top -b -d 5   iotop -d 2
const DELAY = /(?:^|\s)(?:-[a-zA-Z]*[sd]|--delay|--seconds)[ =]?(\d{1,6}(?:\.\d{1,3})?)(?=\s|$)/;
const MAX_COMMAND = 4096;

// vmstat 1 3     free -m:     /usr/bin/iostat -x 1
const ALONE = /^((?:[\w.-]{0,40}\/){0,8}[\w.-]{2,40})(?: [\w./=,:-]{1,200}){0,20}:?$/;

/** Whether the line is words of which the first is a command's name: a row of a table may begin so, too. */
export function mayBeCommand(line: string): boolean {
  const word = /^[\w./-]{2,200}/.exec(line)?.[0] ?? '';
  const name = nameOf(word);
  return (OTHERS.has(name) || RUNNERS.has(name) || toolNamed(name) !== undefined) && ALONE.test(line);
}

/** The command that the text is; null where it is none that is known. */
export function commandIn(text: string): Command | null {
  if (text.length > MAX_COMMAND) return null;
  const words = withoutRunners(text.trim().split(/\s+/));
  const remote = remoteIn(words);
  if (remote === null) return commandOf(words, null);
  const ran = withoutRunners(remote.words);
  const isShell = ran.length === 0 || SHELLS.has(nameOf(ran[0] as string));
  const any = { text: words.join(' '), tool: null, interval: null, host: remote.host, isShell };
  return (isShell ? null : commandOf(ran, remote.host)) ?? any;
}

function withoutRunners(typed: readonly string[]): string[] {
  const words = [...typed];
  while (words.length > 1 && (RUNNERS.has(nameOf(words[0] as string)) || ASSIGNMENT.test(words[0] as string))) {
    const runner = nameOf(words.shift() as string);
    // nice -n 5 vmstat   timeout 10 vmstat   taskset -c 0 vmstat   sudo -u postgres vmstat
    if (RUNNERS.has(runner))
      while (words.length > 1 && /^(?:-\S*|\d+[smh]?|0x[\da-f]+)$/.test(words[0] as string))
        words.splice(0, words.length > 2 && /^-[ug]$/.test(words[0] as string) ? 2 : 1);
  }
  return words;
}

function commandOf(words: readonly string[], host: string | null): Command | null {
  const [first = ''] = words;
  const name = nameOf(first);
  const tool = toolNamed(name) === undefined ? null : name;
  // `# hostname : db1` is perf's, and `free:` a word of somebody's.
  if ((tool === null && !OTHERS.has(name)) || words[1] === ':' || words[1] === '=') return null;
  const own = untilPipe(words);
  return { text: words.join(' '), tool, interval: intervalOf(name, own), host, isShell: false };
}

/** Flags of ssh that have a value, of kubectl and of docker: `-i key`, `-n prod`, `-u root`. */
const REMOTE_VALUED = /^(?:-[bcDEeFIiJLlmOoPpQRSWwnu]|--(?:namespace|container|context|user|env|workdir|kubeconfig))$/;
const CONTAINER_TOOLS = new Set('kubectl oc k docker podman nerdctl crictl lxc incus'.split(' '));
/** Their containers share the kernel of the host that they are run on: what /proc tells there is of it. */
const LOCAL_TOOLS = new Set('docker podman nerdctl crictl'.split(' '));

/** What runs in a container or on another host, and there what; null where nothing does. */
function remoteIn(words: readonly string[]): { host: string | null; words: string[] } | null {
  const name = nameOf(words[0] ?? '');
  if (name === 'ssh') {
    const [to, ...rest] = withoutFlags(words.slice(1));
    const host = to?.replace(/^(?:ssh:\/\/)?(?:[^@]*@)?/, '').replace(/:\d+$/, '');
    return host === undefined || !/^[\w.-]{1,253}$/.test(host) ? null : { host, words: unquoted(rest) };
  }
  const exec = CONTAINER_TOOLS.has(name) ? words.findIndex((word) => word === 'exec' || word === 'rsh') : -1;
  if (exec < 0) return null;
  const [inside, ...rest] = withoutFlags(words.slice(exec + 1));
  const ran = withoutFlags(rest);
  if (inside === undefined) return null;
  return { host: LOCAL_TOOLS.has(name) ? null : (inside.split('/').at(-1) as string), words: unquoted(ran) };
}

/** The words from the first that is no flag and no value of one. */
function withoutFlags(words: readonly string[]): string[] {
  let at = 0;
  while (words[at]?.startsWith('-')) at += REMOTE_VALUED.test(words[at] as string) ? 2 : 1;
  return words.slice(at);
}

/** `'vmstat 1 3; free'` as the shell there has it. */
function unquoted(words: readonly string[]): string[] {
  const text = words.join(' ').replace(/^(['"])(.*)\1$/, '$2');
  return text === '' ? [] : text.split(' ');
}

/** `/usr/share/bcc/tools/runqlat`, `runqlat-bpfcc` and `runqlat.bt` are runqlat. */
function nameOf(word: string): string {
  return (word.split('/').at(-1) as string).replace(/(?:-bpfcc|\.bt|\.py)$/, '');
}

function untilPipe(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => /^(?:\||\|\||&&|;|>|>>|2>|&)/.test(word));
  return (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/;$/, ''));
}

function intervalOf(name: string, words: readonly string[]): number | null {
  const delay = DELAY.exec(words.join(' '));
  if (name === 'free' || name === 'top' || name === 'iotop')
    return delay === null ? null : positive(delay[1] as string);
  if (!COUNTING.has(name) && toolNamed(name) === undefined) return null;
  let start = words.length;
  while (start > 1 && /^\d{1,6}(?:\.\d{1,3})?$/.test(words[start - 1] as string)) start--;
  // The first number may be the value of the flag before it.
  const isValue = VALUED.test(words[start - 1] ?? '') && start - 1 > 0;
  const numbers = words.slice(isValue ? start + 1 : start);
  return numbers.length === 0 || numbers.length > 2 ? null : positive(numbers[0] as string);
}

function positive(text: string): number | null {
  const number = Number(text);
  return number > 0 ? number : null;
}
