/**
 * perf script by what `-F` was given. The texts are those of perf 6.1 (process_event in tools/perf/builtin-script.c for
 * branch stacks, which need hardware); the stack under them is always the same one, so that the expectation is.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foldedStacks, totalWeight } from '../../src/datasets/fold.ts';
import { perfScript } from '../../src/parsers/perf/script.ts';
import { claimants, read as parse } from '../reading.ts';

const TIMED = 'node  9242 [001] 11507.302165:    2004008 cpu-clock: ';
const INNER = '\t         1499bf1 deflate_slow+0x421 (/usr/bin/node)\n';
const OUTER = '\t          b50bdf main+0x10 (/usr/bin/node)\n';
const CHAIN = `${INNER}${OUTER}`;

async function read(text: string) {
  const parsed = await parse(text);
  const stacks = parsed.datasets.filter((dataset) => dataset.shape === 'stacks');
  return {
    unread: parsed.unread,
    notes: parsed.notes,
    threads: stacks.flatMap(({ profile }) => profile.threads),
    cpus: stacks.flatMap(({ profile }) => Array.from(profile.samples?.cpu ?? [])),
    samples: stacks.map(({ event, profile }) => [event, profile.sampleCount]),
    folded: stacks.flatMap(({ profile }) => foldedStacks(profile, () => false).map(([stack]) => stack)),
    weight: stacks.reduce((sum, { profile }) => sum + totalWeight(profile), 0),
  };
}

describe('fields beside a call chain are no frames and no samples', () => {
  test.each([
    ['addr', `${TIMED}    7f9e956e5408 [unknown] (anon_inode:[perf_event])\n${CHAIN}\n`],
    ['addr without a symbol', `${TIMED}    7f9e956e5408\n${CHAIN}\n`],
    ['weight', `${TIMED}               0\n${CHAIN}\n`],
    ['data_src', `${TIMED}    7f9e956e5408    68100142 |OP LOAD|LVL L1 hit|SNP None|TLB L1 hit|LCK No\n${CHAIN}\n`],
    ['phys_addr', `${TIMED}\n${CHAIN}               0\n`],
    ['phys_addr, page sizes and cgroup', `${TIMED}\n${CHAIN}       10d2f4000 4K 2M /system.slice/db.service\n`],
    ['insn and insnlen', `${TIMED}\n${CHAIN} ilen: 10 insn: 49 bc 00 00 00 00 08 00 00 00\n`],
    ['srcline', `${TIMED}\n${INNER}  deflate.c:0\n${OUTER}  [JIT] tid 9242[7f035388e90d]\n\n`],
    ['srcline of what was deleted', `${TIMED}\n${INNER}  memfd:x (deleted)[534b4]\n${OUTER}  main.c:7\n\n`],
    ['brstack', `${TIMED}\n${CHAIN} 0x1499b/0x1499c/P/-/-/3  0x1499d/0x1499e/M/-/-/1 \n`],
    ['brstacksym', `${TIMED}\n${CHAIN} main+0x10/foo+0x22/P/-/-/3  foo+0x1/bar+0x2/M/-/-/0 \n`],
    ['iregs', `${TIMED}\n${CHAIN} ABI:2    AX:0x0    BX:0x7f03\n\n`],
    [
      'brstackinsn',
      `${TIMED}\n${CHAIN}\tdeflate_slow+22:\n\t0000000001499bf1\tinsn: 48 89 e5                     \t# PRED 3 cycles [3] 1.00 IPC\n\t... not reaching sample ...\n\n`,
    ],
    [
      'namespaces between samples',
      `node 9242 [000] 1.000000: PERF_RECORD_NAMESPACES 1/1 - nr_namespaces: 7\n\t\t[0/net: 0/0, 1/uts: 0/0, 2/ipc: 0/0, 3/pid: 0/0, \n\t\t 4/user: 0/0, 5/mnt: 0/0, 6/cgroup: 0/0]\n${TIMED}\n${CHAIN}\n`,
    ],
  ])('%s', async (_, text) => {
    const twice = await read(`${text}${text}`);
    expect(twice).toMatchObject({ unread: [], samples: [['cpu-clock', 2]], folded: ['node;main;deflate_slow'] });
    expect(claimants(text)).toEqual(['perf script']);
  });

  test('the address of data is no frame wherever the bytes are cut', async () => {
    const text = `${TIMED}    7f9e956e5408 [unknown] (/x)\n${CHAIN}\n${TIMED}  ffffffff8168de77 do_fault ([kernel.kallsyms])\n`;
    expect((await read(text)).folded).toEqual(['node;do_fault', 'node;main;deflate_slow']);
  });

  test.each([' ilen: 3 insn: 48 89 e5', '               0', '       10d2f4000 N/A 4K /user.slice'])(
    'behind the only frame: %j',
    async (trailer) => {
      const { folded } = await read(`${TIMED}         1499bf1 deflate_slow+0x421 (/usr/bin/node)${trailer}\n`);
      expect(folded).toEqual(['node;deflate_slow']);
    },
  );
});

// perf script -F comm,tid,time,event,ip,sym of a recording without -g
test('the only frame of a scheduler event is read like that of any other', async () => {
  const line = 'sh 22275   835.723089: sched:sched_switch:  ffffffff82265908 __schedule\n';
  expect(await read(line.repeat(3))).toMatchObject({ folded: ['sh;__schedule'], weight: 3, unread: [] });
});

// perf script -F comm,tid,time,event,trace,ip,sym of such a recording
test('the only frame of a scheduler event stands behind its fields', async () => {
  const fields = 'prev_comm=sh prev_pid=22275 prev_prio=120 prev_state=S ==> next_comm=a=b next_pid=7 next_prio=120';
  const line = `sh 22275   835.723089: sched:sched_switch: ${fields}`;
  expect(await read(`${line} ffffffff82265908 __schedule\n`)).toMatchObject({ folded: ['sh;__schedule'], unread: [] });
  expect(await read(`${line}     55d3c0ffee10 main+0x8 (/bin/sh)\n`)).toMatchObject({ folded: ['sh;main'] });
  expect(await read(`${line}\n`)).toMatchObject({ folded: ['sh'], unread: [] });
});

test('a branch is of the function that it leaves, also where perf knows none', async () => {
  const text =
    'sh 77 [000] 1.000003:          1 branches:uH:      7f5f2f2f1b4b do_lookup_x+0x2b (/lib64/ld.so) =>     7f5f2f2f1b90 check_match+0x0 (/lib64/ld.so)\n' +
    'sh 77 [000] 1.000004:          1 branches:uH:                 0 [unknown] ([unknown]) =>     7f5f2f2f1b90 check_match+0x0 (/lib64/ld.so)\n';
  expect((await read(text)).folded).toEqual(['sh;[unknown]', 'sh;do_lookup_x']);
});

test('perf mem without call chains: the frame stands behind the data it touched', async () => {
  const source = '    7f9e956e5408    68100142 |OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No';
  const text = [`${source}|BLK  N/A              42`, `${source}            1042               7`]
    .map((data) => `${TIMED}${data}  ffffffff9b201293 do_fault+0x3 ([kernel.kallsyms])\n`)
    .join('');
  expect(await read(text)).toMatchObject({ folded: ['node;do_fault'], samples: [['cpu-clock', 2]], unread: [] });
});

test('the time of day is not part of the name', async () => {
  const { threads, samples } = await read(
    `sh 23260 2026-11-20 18:39:40.437185 14427.529396:   10101010 cpu-clock: \n${CHAIN}\nsh 23260 2026-11-20 18:39:40.447342 14427.539556:   10101010 cpu-clock: \n${CHAIN}\n`,
  );
  expect([threads, samples]).toEqual([[{ comm: 'sh', pid: null, tid: 23260 }], [['cpu-clock', 2]]]);
});

test('the CPU of perf script -L has no brackets', async () => {
  const { threads, cpus } = await read(`    node  9242   3 11507.302165:    2004008 cpu-clock: \n${CHAIN}\n`);
  expect(threads).toEqual([{ comm: 'node', pid: null, tid: 9242 }]);
  expect(cpus).toEqual([3]);
});

test('a CPU beyond what is kept is not printed as another', async () => {
  const { threads, cpus, notes } = await read(
    `node  9242 [32767] 1.000000: x: \n${CHAIN}\nnode  9242 [65537] 1.000000: x: \n${CHAIN}\n`,
  );
  expect(cpus).toEqual([32767, -1]);
  expect(new Set(threads.map(({ tid }) => tid))).toEqual(new Set([9242]));
  expect(notes).toEqual(['CPU numbers beyond 32,767 are not kept']);
});

test('events beyond a thousand are one profile, with all their samples, and it is said', async () => {
  const text = Array.from({ length: 70_000 }, (_, i) => `sh 7 [000] 1.000000: 2 ev${i}: \n${INNER}\n`).join('');
  const { samples, weight, notes } = await read(text);
  expect([samples.length, weight]).toEqual([1000, 140_000]);
  expect(samples.find(([event]) => event === 'other events')).toEqual(['other events', 69_001]);
  expect(notes).toEqual(['more than 999 events: the rest are one profile, other events']);
});

test.each([
  ['data sources', '|OP |LCK No '.repeat(5000)],
  ['branches', ') =>  a'.repeat(9000)],
  ['instructions', ` ilen: 3 insn:${' aa'.repeat(20_000)}`],
  ['numbers', ` ${'1 '.repeat(30_000)}x`],
  ['source lines', ` ${'[1:1'.repeat(15_000)}`],
])('hostile %s take no time of note: a quadratic reader would not end here', async (_, text) => {
  const reader = perfScript.reader({ name: 'x', tool: null, interval: null, samples: true });
  await reader.write(new TextEncoder().encode(`${TIMED}\n\t 7f00${text}\n${text}\n\n`.repeat(50)));
  const { lines, read, noise, unreadCount, datasets } = await reader.end();
  expect([lines, read + noise + unreadCount]).toEqual([200, 200]);
  expect(datasets[0]).toMatchObject({ event: 'cpu-clock', profile: { sampleCount: 50 } });
});

describe('without time or event', () => {
  test.each([
    ['comm', 'node \n', 'node', 2],
    ['comm,tid', 'node  9242 \n', 'node', 2],
    ['comm,pid,tid', 'node  9242/9242  \n', 'node', 2],
    ['comm,cpu', 'node [000] \n', 'node', 2],
    ['comm,period', 'node    2004008 \n', 'node', 4_008_016],
    ['comm,event', 'node cpu-clock: \n', 'node', 2],
    ['tid', ' 9242 \n', ':9242', 2],
    ['cpu', '[000] \n', ':?', 2],
    ['nothing', '\n', ':?', 2],
  ])('-F %s,ip,sym', async (_, header, process, weight) => {
    const text = `${header}${CHAIN}\n`.repeat(2);
    const { folded, weight: sum, unread } = await read(text);
    expect({ folded, sum, unread }).toEqual({ folded: [`${process};main;deflate_slow`], sum: weight, unread: [] });
    expect(claimants(text)).toEqual(['perf script without events']);
  });

  test.each([
    ['comm,ip,sym', '           mkdir  ffffffff8168de77 do_fault\n            node           14360c1 v8::Parse\n'],
    [
      'comm,tid,ip,sym',
      '           mkdir  9582  ffffffff8168de77 do_fault\n            node  9536           14360c1 v8::Parse\n',
    ],
  ])('-F %s of samples without call chains: each line is one', async (_, text) => {
    const { folded, samples } = await read(text);
    expect([folded, samples]).toEqual([['mkdir;do_fault', 'node;v8::Parse'], [['', 2]]]);
    expect(claimants(text)).toEqual(['perf script without events']);
  });

  test('a line that cannot stand before a stack is said', async () => {
    const text = `node \n${CHAIN}\n${'what was this about '.repeat(4)}\n${CHAIN}\n`;
    expect((await parse(`${text}${`node \n${CHAIN}\n`.repeat(3000)}`)).datasets[0]?.shape).toBe('text');
    const { unread } = await parse(`${`node \n${CHAIN}\n`.repeat(3000)}${text}`);
    expect(unread.map(({ line }) => line)).toEqual([12_005]);
  });
});

const hasPerf = spawnSync('perf', ['record', '-q', '-o', '/dev/null', '-e', 'cpu-clock', 'true']).status === 0;

test.skipIf(!hasPerf)(
  'perf of this host: as many samples as perf counts, whatever the fields',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'coldflame-'));
    const perf = (...args: string[]) => spawnSync('perf', args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 });
    const load = 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done';
    perf('record', '-q', '-g', '-d', '-o', 'chain', '-e', 'cpu-clock', '-F', '499', 'sh', '-c', load);
    perf('record', '-q', '-o', 'flat', '-e', 'cpu-clock', '-F', '499', 'sh', '-c', load);
    const sets = ['-F+misc', '-F+insn,+insnlen', '-L', '--ns', '-Fip,sym', '-Fcomm,ip,sym', '-Fcomm,tid,ip,sym,dso'];
    for (const data of ['chain', 'flat']) {
      const counted = Number(/SAMPLE events: +(\d+)/.exec(perf('report', '-i', data, '--stats').stdout)?.[1]);
      expect(counted).toBeGreaterThan(0);
      for (const set of ['--show-mmap-events', ...sets]) {
        const { samples, unread } = await read(perf('script', '-i', data, set).stdout);
        expect([data, set, unread, samples.reduce((sum, [, count]) => sum + Number(count), 0)]).toEqual([
          data,
          set,
          [],
          counted,
        ]);
      }
    }
    rmSync(folder, { recursive: true });
  },
  30_000,
);
