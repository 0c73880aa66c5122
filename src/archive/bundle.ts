/**
 * Bundles that support asks for: sosreport, supportconfig, must-gather. They hold thousands of files, of which few are what a
 * tool of ours printed; where those stand, and what tells whose it is, is known.
 *
 * https://github.com/sosreport/sos, https://github.com/openSUSE/supportutils, https://docs.openshift.com (must-gather)
 */
import type { Host } from '../datasets/capture.ts';

// sosreport-db1-2023-10-09-abcdef/   sos_commands/   scc_db1_231009_1403/   supportconfig's basic-environment.txt   must-gather
const OF_BUNDLE = /(?:^|\/)(?:sosreport-[^/]+|sos_commands|sos_reports|scc_[^/]+|nts_[^/]+|must-gather[^/]*)\//;
/** Whatever is private beside them, these say whose it is. */
const OF_HOST = /(?:^|\/)(?:(?:etc|usr\/lib)\/os-release|etc\/(?:redhat-release|hostname))$/;
/** Below these of a sosreport are outputs of commands, files of the kernel, and logs. */
const WANTED =
  /(?:^|\/)(?:sos_commands\/.+|proc\/.+|sys\/fs\/cgroup\/.+|var\/log\/(?:messages|syslog|kern\.log|dmesg|sa\/sar\d+)[^/]*|[\w-]+\.txt|(?:free|df|uptime|ps|hostname|uname|date|dmesg|netstat|last|mount|vmstat)|nodes\/.+)$/;
/** Never: what nobody asked to have in a report. */
const PRIVATE = /(?:^|\/)(?:etc\/|home\/|root\/|sos_strings\/)/;

export function isOfBundle(name: string): boolean {
  return OF_BUNDLE.test(name);
}

/** Whether a file of a bundle may hold what a tool printed. */
export function isWanted(name: string): boolean {
  return OF_HOST.test(name) || (WANTED.test(name) && !PRIVATE.test(name));
}

// must-gather.local.123/quay-io-…/nodes/worker-1/
const NODE = /^.*?must-gather[^/]*\/.*?nodes\/([\w.-]{1,253})\//;
const ROOT = /^(?:.*\/)?(?:sosreport-[^/]+|scc_[^/]+|nts_[^/]+)\//;

/** The folder of the host that a file of a bundle is of; null for any other file, and where the bundle is the folder that was given. */
export function bundleRoot(name: string): string | null {
  return (NODE.exec(name) ?? ROOT.exec(name))?.[0] ?? null;
}

/** The node that a folder of must-gather is called after. */
export function nodeOf(root: string): string | null {
  return NODE.exec(root)?.[1] ?? null;
}

// Linux db1 5.14.0-70.el9.x86_64 #1 SMP … x86_64 GNU/Linux
const UNAME = /^Linux (\S{1,253}) (\S{1,100}) .{0,400}?(\S{1,20}) GNU\/Linux$/;
/** What tells of the host is small. */
const MAX_FACTS = 200_000;

/**
 * What a file, or the output of a command in one, tells of the host.
 * @param name of the file, as sos has it (`uname_-a`), or the command
 */
export function hostFactsIn(name: string, text: string): Partial<Host> {
  const what = (name.split('/').at(-1) as string)
    .replace(/\.(?:txt|log|out)$/, '')
    .replaceAll('_', ' ')
    .trim();
  // Of a section the command stands above.
  const line = text.slice(text.trimEnd().lastIndexOf('\n') + 1).trim();
  if (text.length > MAX_FACTS) return {};
  if (/^hostname(?: -f)?$/.test(what)) return /^[\w.-]{1,253}$/.test(line) ? { hostname: line } : {};
  if (/^uname(?: -a)?$/.test(what)) {
    const [, hostname, kernel, arch] = UNAME.exec(line) ?? [];
    return hostname === undefined ? {} : { hostname, kernel: kernel as string, arch: arch as string };
  }
  if (/^nproc(?: --all)?$/.test(what)) return /^\d{1,5}$/.test(line) ? { cpus: Number(line) } : {};
  // CPU(s):                  2
  const cpus = /^CPU\(s\): +(\d{1,5})$/m.exec(text)?.[1];
  if (what === 'lscpu' || cpus !== undefined) {
    const arch = /^Architecture: +(\S{1,20})$/m.exec(text)?.[1];
    return { ...(cpus === undefined ? {} : { cpus: Number(cpus) }), ...(arch === undefined ? {} : { arch }) };
  }
  // processor	: 0
  const processors = text.match(/^processor\s*: \d+$/gm)?.length ?? 0;
  if (processors > 0) return { cpus: processors };
  const os =
    what === 'os-release' || what === 'redhat-release'
      ? /^(?:PRETTY_NAME="([^"\n]{1,100})"|[A-Z].{1,100} release .{1,60})$/m.exec(text)
      : null;
  return os === null ? {} : { os: os[1] ?? os[0] };
}

/** The commands and files that a file of supportconfig holds, and what each printed; of any other file its name and all of it. */
export function* partsOf(name: string, text: string): Generator<[what: string, printed: string]> {
  if (!text.includes('#==[ ')) {
    yield [name, text];
    return;
  }
  for (const part of text.split(/^#==\[ .{1,200}$/m).slice(1)) {
    const [, what, printed = ''] = /^\s*# (\S.{0,400})\n([\s\S]*)$/.exec(part) ?? [];
    if (what !== undefined) yield [what, printed.trim()];
  }
}
