/**
 * What of a person, a secret or a place the columns hold that tools print, by their names: names of columns are shared by the
 * tools of this field. What is not listed holds numbers, names of functions, programs and devices.
 */
import type { Tool } from './tool.ts';

export const holdings = {
  argument: 'command lines of processes',
  path: 'paths of files',
  address: 'network addresses',
  host: 'names of hosts',
  user: 'names of users',
  query: 'database queries',
  container: 'control groups, containers and pods',
  message: 'messages of the kernel and of daemons',
} as const;

export type Holding = keyof typeof holdings;

const COLUMNS: Readonly<Record<Holding, readonly string[]>> = {
  argument: ['ARGS', 'ARGs', 'CMDLINE', 'COMMAND', 'Command', 'CMD', 'args', 'cmd', 'command'],
  path: [
    'PATH',
    'FILE',
    'FILENAME',
    'FILESYSTEM',
    'MOUNTPOINT',
    'Filesystem',
    'Mounted on',
    'path',
    'file',
    'filename',
  ],
  address: [
    ...[
      'SADDR',
      'DADDR',
      'LADDR',
      'RADDR',
      'LADDR6',
      'RADDR6',
      'LADDR:LPORT',
      'RADDR:RPORT',
      'C-ADDR',
      'BOUND',
      'SADDR:SPORT',
      'DADDR:DPORT',
    ],
    ...['Local Address:Port', 'Peer Address:Port', 'local', 'peer', 'address'],
  ],
  host: ['HOST', 'host', 'hostname'],
  user: ['USER', 'User', 'user', 'euser', 'ruser'],
  query: ['QUERY', 'query'],
  container: ['CGROUP', 'cgroup', 'CONTAINER', 'container', 'POD', 'pod', 'slice'],
  message: ['message', 'MESSAGE'],
};

const byColumn = new Map(
  Object.entries(COLUMNS).flatMap(([holding, names]) => names.map((name) => [name, holding as Holding] as const)),
);

/** What the column or label of this name holds; undefined for what identifies nobody. */
export function holdingOf(column: string, tool: string): Holding | undefined {
  // What a process asked the resolver for.
  if (column === 'QUERY' && tool === 'tcpconnect') return 'host';
  // Time in programs, and no name of anybody.
  if (column === 'user' && tool === 'proc-stat') return undefined;
  return byColumn.get(column);
}

/** Whether its output has command lines of processes. */
export function printsArguments({ name, output }: Pick<Tool, 'name' | 'output'>): boolean {
  return (
    'columns' in output && Object.keys(output.columns ?? {}).some((column) => holdingOf(column, name) === 'argument')
  );
}
