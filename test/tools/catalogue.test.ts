/** What the catalogue promises, and the page that is made from it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCounter } from '../../src/tools/counters.ts';
import { type Trial, toolsDocument } from '../../src/tools/document.ts';
import { toolNamed, tools } from '../../src/tools/index.ts';
import { privacyDocument } from '../../src/tools/privacy-document.ts';
import { libbpf, placesOf } from '../../src/tools/recipe.ts';
import { sets } from '../../src/tools/tool.ts';
import { trialsOf } from '../host/trials.ts';

/** How the tools fared on the virtual host: npm run host -- SUITE --write. */
const tried: Trial[] = JSON.parse(readFileSync(join(import.meta.dirname, '../host/tried.json'), 'utf8'));

/** The tools that the project promises to read, as its readme lists them. */
const PROMISED = `
  perf profile runqlat runqlen cpudist execsnoop uptime top mpstat pidstat offcputime wakeuptime offwaketime softirqs
  hardirqs vmstat free ffaults memleak drsnoop oomkill swapin slabratetop biolatency biosnoop biotop bitesize biostacks
  iostat opensnoop ext4slower xfsslower btrfsslower zfsslower nfsslower fileslower ext4dist xfsdist btrfsdist zfsdist
  cachestat vfsstat filelife filetop dcstat statsnoop tcpconnect tcpaccept tcplife tcpretrans tcpsynbl tcptop tcpstates
  tcprtt tcpdrop gethostlatency sar-dev sar-tcp funccount stackcount funclatency argdist trace mysqld_qslower syscount
  workq dmesg bpftool-prog bpftool-perf klockstat capable xenhyper blkthrot bpftrace`
  .trim()
  .split(/\s+/);

test.each(PROMISED)('%s has a row', (name) => {
  expect(toolNamed(name)?.name).toBe(name);
});

test('no name stands twice', () => {
  expect(tools.length).toBe(new Set(tools.map(({ name }) => name)).size);
});

describe.each(tools)('$name', (tool) => {
  test('asks one question and tells how to read the answer', () => {
    expect(tool.asks).toMatch(/^[A-Z][^?]*\?$/);
    expect(tool.reading).toMatch(/^\S.*\.$/);
    expect(tool.reading.length).toBeGreaterThan(80);
  });

  test('every recipe can be run: known placeholders, a report a second where it has an interval', () => {
    const known = /\{(seconds|count|hz|callgraph|pid|user|cgroup|cgroupname|data|output|command)\}/g;
    for (const recipe of tool.capture) {
      // An awk program of our own has braces of its own.
      const words = [...recipe.command, ...(recipe.after ?? [])].filter((word) => !word.includes('\n'));
      for (const word of words) expect(word.replace(known, '')).not.toMatch(/[{}]/);
      if (recipe.command.includes('{count}')) expect(recipe.interval).toBeGreaterThan(0);
      expect(recipe.command.some((word) => word.includes('{data}'))).toBe(recipe.after !== undefined);
    }
  });
});

test('the sixty seconds are the ten commands, and what /proc tells for next to nothing', () => {
  const sixty = tools.filter((tool) => tool.sets.includes('60s'));
  const [ten, more] = [
    ['dmesg', 'free', 'iostat', 'mpstat', 'pidstat', 'sar-dev', 'sar-tcp', 'top', 'uptime', 'vmstat'],
    ['dstate', 'meminfo', 'pressure', 'proc-net', 'proc-vmstat', 'ss', 'throttled'],
  ];
  expect(sixty.map(({ name }) => name).sort()).toEqual([...ten, ...more].sort());
  for (const { name, capture } of sixty)
    if (more.includes(name)) expect(capture.map(({ via, root }) => [via, root])).toEqual([['proc', false]]);
});

test.each(sets)('the set %s has tools', (set) => {
  expect(tools.filter((tool) => tool.sets.includes(set))).not.toEqual([]);
});

test('what perf lets ordinary users do is not said to be for root alone', () => {
  const page = toolsDocument(tools, tried);
  expect(page).toContain('(perf, for one command, root, or perf_event_paranoid at most 2, low overhead)');
  expect(page).toContain(
    '-a --call-graph {callgraph} -k mono --sample-cpu -o {data} -- sleep {seconds}` (perf, root, or perf_event_paranoid at most 0,',
  );
});

test.each([
  ['Debian 12', 'execsnoop'],
  ['Debian 13', 'execsnoop-libbpf'],
  ['openSUSE', 'bpf-execsnoop'],
])('libbpf-tools are found on %s', (_, path) => {
  expect(placesOf(libbpf('execsnoop'))).toContainEqual({ path, kind: 'binary' });
});

test('what was tried on the virtual host is a way that the catalogue still has', () => {
  const wayOf = (tool: string, flavour: string) => `${tool} ${flavour}`;
  const ways = trialsOf(tools).map(({ tool, flavour }) => wayOf(tool.name, flavour));
  expect(ways).toEqual(expect.arrayContaining(tried.map(({ tool, flavour }) => wayOf(tool, flavour))));
});

test('docs/tools.md is as the catalogue says (npx vitest run test/tools -u makes it so)', async () => {
  await expect(toolsDocument(tools, tried)).toMatchFileSnapshot('../../docs/tools.md');
  await expect(privacyDocument(tools)).toMatchFileSnapshot('../../docs/privacy.md');
});

// What the kernel's documents (proc.rst, cgroup-v2.rst) and sources call a counter, and what they call a value of now.
test.each([
  ['proc-net-snmp', ['TcpRetransSegs', 'IpInReceives', 'TcpExtTCPTimeouts'], ['TcpCurrEstab', 'IpDefaultTTL']],
  [
    'netstat',
    ['segments retransmitted', 'packets to unknown port received'],
    ['connections established', 'Forwarding'],
  ],
  ['proc-softnet', ['processed', 'dropped'], ['backlog_len']],
  [
    'proc-vmstat',
    ['pgfault', 'nr_dirtied', 'workingset_refault_file'],
    ['nr_free_pages', 'nr_dirty', 'nr_dirty_threshold'],
  ],
  ['proc-stat', ['user', 'ctxt', 'processes'], ['procs_running', 'btime']],
  ['proc-diskstats', ['sectors read', 'weighted time doing I/O'], ['in flight']],
  [
    'throttled',
    ['nr_throttled', 'memory.events.oom_kill', 'io.stat.rbytes', 'usage_usec'],
    ['quota', 'memory.current', 'memory.stat.file'],
  ],
  ['pressure', ['total'], ['avg10']],
  ['vmstat', [], ['r', 'free']],
])('%s counts since boot in some columns, not in others', (tool, counters, others) => {
  const values = Float64Array.of(1, 2);
  expect(counters.filter((column) => !isCounter(tool, column, values))).toEqual([]);
  expect(others.filter((column) => isCounter(tool, column, values))).toEqual([]);
});

test('nstat without -a prints growth under the names of counters: these never fall', () => {
  const counts = (...values: number[]) => isCounter('nstat', 'TcpInSegs', Float64Array.from(values));
  expect([counts(5, 5, 9), counts(5, 4, 9), counts(5, 9)]).toEqual([true, null, null]);
});
