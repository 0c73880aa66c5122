/**
 * Bundles that support asks for: sosreport, supportconfig, must-gather. They hold thousands of files, of which few are what a
 * tool of ours printed; where those stand, and what tells whose it is, is known.
 *
 * https://github.com/sosreport/sos, https://github.com/openSUSE/supportutils, https://docs.openshift.com (must-gather)
 */
import type { Host } from '../datasets/capture.ts';

// sosreport-db1-2023-10-09-abcdef/   sos_commands/   scc_db1_231009_1403/   supportconfig's basic-environment.txt   must-gather
const OF_BUNDLE = /(?:^|\/)(?:sosreport-[^/]+|sos_commands|sos_reports|scc_[^/]+|nts_[^/]+|must-gather[^/]*)\//;
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
  return WANTED.test(name) && !PRIVATE.test(name);
}

/** What a small file of a bundle tells of the host: hostname, uname. */
export function hostFactsIn(name: string, text: string): Partial<Host> {
  const line = text.trim();
  if (line.includes('\n') || line.length > 1000) return {};
  if (/(?:^|\/)hostname(?:_-f)?$/.test(name) && /^[\w.-]{1,253}$/.test(line)) return { hostname: line };
  // Linux db1 5.14.0-70.el9.x86_64 #1 SMP … x86_64 GNU/Linux
  const uname = /(?:^|\/)uname(?:_-a)?$/.test(name) ? /^Linux (\S+) (\S+) .*?(\S+) GNU\/Linux$/.exec(line) : null;
  return uname === null ? {} : { hostname: uname[1] as string, kernel: uname[2] as string, arch: uname[3] as string };
}
