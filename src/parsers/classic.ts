/** The grammars of the classic tools: sysstat, procps and what the kernel prints. */
import { free } from './free.ts';
import type { Grammar } from './grammar.ts';
import { iostat } from './iostat.ts';
import { sysstat } from './sysstat.ts';
import { uptime } from './uptime.ts';

export const classic: readonly Grammar[] = [free, iostat, sysstat, uptime];
