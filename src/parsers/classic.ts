/** The grammars of the classic tools: sysstat, procps and what the kernel prints. */
import { bpftool } from './bpftool.ts';
import { dmesg } from './dmesg.ts';
import { free } from './free.ts';
import type { Grammar } from './grammar.ts';
import { iostat } from './iostat.ts';
import { proc } from './proc.ts';
import { ps } from './ps.ts';
import { sysstat } from './sysstat.ts';
import { sysstatJson } from './sysstat-json.ts';
import { top } from './top.ts';
import { uptime } from './uptime.ts';
import { vmstat } from './vmstat.ts';
import { vmstatLists } from './vmstat-lists.ts';

export const classic: readonly Grammar[] = [
  bpftool,
  dmesg,
  free,
  iostat,
  proc,
  ps,
  sysstat,
  sysstatJson,
  top,
  uptime,
  vmstat,
  vmstatLists,
];
