/** Where a host gets a tool from, in the names of its package managers. */
import type { Recipe } from './tool.ts';

const PACKAGES: Record<string, string> = {
  perf: 'linux-perf',
  bcc: 'bpfcc-tools',
  'libbpf-tools': 'libbpf-tools',
  bpftrace: 'bpftrace',
};
/** The classic tools by the package that brings them; the others come in one of their own name. */
const CLASSIC: Record<string, string> = {
  ...Object.fromEntries(
    ['uptime', 'vmstat', 'free', 'top', 'ps', 'slabtop', 'pmap', 'w'].map((name) => [name, 'procps']),
  ),
  ...Object.fromEntries(['mpstat', 'pidstat', 'iostat', 'sar', 'cifsiostat'].map((name) => [name, 'sysstat'])),
  ...Object.fromEntries(['dmesg', 'lscpu', 'lsblk'].map((name) => [name, 'util-linux'])),
  ...Object.fromEntries(['ss', 'ip', 'nstat', 'tc'].map((name) => [name, 'iproute2'])),
};

/** The Debian package of a recipe's command. */
export function packageOf({ via, command: [name = ''] }: Recipe): string {
  return PACKAGES[via] ?? CLASSIC[name] ?? name;
}
