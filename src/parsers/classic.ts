/** The grammars of the classic tools: sysstat, procps and what the kernel prints. */
import type { Grammar } from './grammar.ts';
import { iostat } from './iostat.ts';
import { sysstat } from './sysstat.ts';

export const classic: readonly Grammar[] = [iostat, sysstat];
