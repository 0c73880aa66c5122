/**
 * Which grammar reads a file. The content decides, not the name: names are typed by tired people. No two grammars claim
 * the same file (a test says so for every sample), so the order of this list never matters.
 */

import type { Dataset } from '../datasets/shapes.ts';
import { toolNamed } from '../tools/index.ts';
import { bccColumns, bccCounts, bccHistogram } from './bcc/bcc.ts';
import { biostacks } from './bcc/biostacks.ts';
import { memleak } from './bcc/memleak.ts';
import { bccStacks } from './bcc/stacks.ts';
import { bpftrace } from './bpftrace/bpftrace.ts';
import { csv } from './csv/csv.ts';
import { folded } from './folded.ts';
import type { Grammar, Head, ParseContext } from './grammar.ts';
import { bpftool } from './kernel/bpftool.ts';
import { dmesg } from './kernel/dmesg.ts';
import { procDiskstats } from './kernel/proc-diskstats.ts';
import { procInterrupts } from './kernel/proc-interrupts.ts';
import { procNetDev } from './kernel/proc-net-dev.ts';
import { procNetSnmp } from './kernel/proc-net-snmp.ts';
import { procSoftnet } from './kernel/proc-softnet.ts';
import { procStat } from './kernel/proc-stat.ts';
import { procVmstat } from './kernel/proc-vmstat.ts';
import { straceCount } from './kernel/strace-count.ts';
import { sysctl } from './kernel/sysctl.ts';
import { ethtool } from './network/ethtool.ts';
import { ipLink } from './network/ip-link.ts';
import { netstatStatistics } from './network/netstat-statistics.ts';
import { nstat } from './network/nstat.ts';
import { ss } from './network/ss.ts';
import { perfReport } from './perf/report.ts';
import { perfSchedLatency } from './perf/sched-latency.ts';
import { perfScript } from './perf/script.ts';
import { perfScriptBare } from './perf/script-bare.ts';
import { perfStat } from './perf/stat.ts';
import { perfTimehist } from './perf/timehist.ts';
import { busyboxTop } from './procps/busybox-top.ts';
import { cgroup } from './procps/cgroup.ts';
import { df } from './procps/df.ts';
import { free } from './procps/free.ts';
import { iotop } from './procps/iotop.ts';
import { proc } from './procps/proc.ts';
import { ps } from './procps/ps.ts';
import { top } from './procps/top.ts';
import { uptime } from './procps/uptime.ts';
import { vmstat } from './procps/vmstat.ts';
import { vmstatLists } from './procps/vmstat-lists.ts';
import { cpuprofile } from './profiles/cpuprofile.ts';
import { gdb } from './profiles/gdb.ts';
import { jfr } from './profiles/jfr.ts';
import { jstack } from './profiles/jstack.ts';
import { ownJson } from './profiles/own-json.ts';
import { printedStacks } from './profiles/printed-stacks.ts';
import { procStack } from './profiles/proc-stack.ts';
import { speedscope } from './profiles/speedscope.ts';
import { iostat } from './sysstat/iostat.ts';
import { sysstatJson } from './sysstat/json.ts';
import { sadf } from './sysstat/sadf.ts';
import { sysstat } from './sysstat/sysstat.ts';
import { firstLines } from './terminal.ts';
import { text } from './text.ts';

export const grammars: readonly Grammar[] = [
  bccColumns,
  bccCounts,
  bccHistogram,
  bccStacks,
  biostacks,
  bpftool,
  bpftrace,
  cgroup,
  cpuprofile,
  csv,
  dmesg,
  folded,
  free,
  gdb,
  iostat,
  jfr,
  jstack,
  memleak,
  ownJson,
  perfReport,
  perfSchedLatency,
  perfScript,
  perfScriptBare,
  perfStat,
  perfTimehist,
  printedStacks,
  proc,
  procStack,
  ps,
  speedscope,
  sadf,
  sysstat,
  sysstatJson,
  top,
  uptime,
  vmstat,
  vmstatLists,
  busyboxTop,
  df,
  ethtool,
  iotop,
  ipLink,
  netstatStatistics,
  nstat,
  procDiskstats,
  procInterrupts,
  procNetDev,
  procNetSnmp,
  procSoftnet,
  procStat,
  procVmstat,
  ss,
  straceCount,
  sysctl,
];

const LIKE = new RegExp(
  [...new Set(grammars.flatMap(({ begins }) => begins?.like.source ?? []))].map((like) => `(?:${like})`).join('|'),
  'u',
);

/** The grammar that reads most lines of the head as the tool's, whatever else is among them; null where none reads any. */
export async function grammarReading(head: Head, context: ParseContext & { tool: string }): Promise<Grammar | null> {
  const bytes = new TextEncoder().encode(`${head.lines.join('\n')}\n`);
  let best: { grammar: Grammar; read: number } | null = null;
  for (const grammar of grammars) {
    const reader = grammar.reader(context);
    await reader.write(bytes);
    const { read, datasets } = await reader.end();
    const isOfTool =
      datasets.some((dataset) => isAsPrinted(dataset, context.tool)) && !isOfAnother(grammar.name, context.tool);
    if (isOfTool && read > (best?.read ?? 0)) best = { grammar, read };
  }
  return best?.grammar ?? null;
}

/** Stacks are of tools that print stacks, and all else of the others; a series without a value is of nobody. */
function isAsPrinted(dataset: Dataset, tool: string): boolean {
  if (dataset.shape === 'series' && dataset.metrics.length === 0) return false;
  return dataset.tool === tool && (dataset.shape === 'stacks') === (toolNamed(tool)?.output.shape === 'stacks');
}

/** A grammar that is called after a tool reads that tool's output alone. */
function isOfAnother(grammar: string, tool: string): boolean {
  return grammar !== tool && toolNamed(grammar) !== undefined;
}

/** The grammars whose output begins with the first of the lines, as its `begins` tells. */
export function beginningWith(lines: readonly string[]): Grammar[] {
  const [first = ''] = lines;
  return grammars.filter(({ begins }) => begins?.like.test(first) && (begins.sure?.(lines) ?? true));
}

/** Whether the line may be the first of some output: what `beginningWith` would find nothing for is told by one look. */
export function mayBegin(line: string): boolean {
  return LIKE.test(line);
}

/**
 * The grammar that claims a file that begins so; plain text where none does. Where several do, as for two outputs in one file,
 * it is that of the first line, which is asked first: to ask all takes ten times as long.
 */
export function grammarFor(head: Head): Grammar {
  const claims = (grammar: Grammar) => grammar.claims(head);
  return beginningWith(firstLines(head)).find(claims) ?? grammars.find(claims) ?? text;
}
