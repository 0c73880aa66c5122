/** perf script in the forms that perf's versions and field sets give it. Expectations are read off the text by eye. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldedStacks, totalWeight } from '../../src/datasets/fold.ts';
import type { Stacks } from '../../src/datasets/shapes.ts';
import { perfScript } from '../../src/parsers/perf/script.ts';
import { nameFrames, parseFrameLine } from '../../src/parsers/perf/script-frame.ts';
import { claimants, read } from '../reading.ts';

const FRAME = '\tffffffff8103ce3b native_safe_halt+0xb ([kernel.kallsyms])\n';

async function stacksIn(text: string): Promise<Stacks[]> {
  return (await read(text)).datasets.filter((dataset) => dataset.shape === 'stacks');
}

async function foldedIn(text: string): Promise<string[]> {
  const [first] = await stacksIn(text);
  return first === undefined
    ? []
    : foldedStacks(first.profile, () => true).map(([stack, weight]) => `${stack} ${weight}`);
}

describe('event lines', () => {
  const who = (comm: string, pid: number | null, tid: number | null, cpu: number | null, at: number | null) => ({
    comm,
    pid,
    tid,
    cpu: cpu ?? -1,
    at: at ?? Number.NaN,
  });
  test.each([
    ['java 25607 4794564.109216: cycles:', who('java', null, 25607, null, 4794564.109216), 1],
    ['java 24636/25607 [000] 4794564.109216: cycles:', who('java', 24636, 25607, 0, 4794564.109216), 1],
    ['swapper     0 [003]  1031.716967:    1001001 cycles: ', who('swapper', null, 0, 3, 1031.716967), 1001001],
    ['Web Content  4242/4243  [001] 12.000001: 7 cycles:', who('Web Content', 4242, 4243, 1, 12.000001), 7],
    ['FS Broker 5906  5906 [001] 12.000001: 7 cycles:', who('FS Broker 5906', null, 5906, 1, 12.000001), 7],
    ['foo 12 4242 1.500000: cycles:', who('foo 12', null, 4242, null, 1.5), 1],
    ['x 1 [000] 1.500000: cycles:', who('x', null, 1, 0, 1.5), 1],
    [':-1    -1 [000] 1.500000: 5 cycles:', who(':-1', null, -1, 0, 1.5), 5],
    ['dd\t29776 666709.771979:   10101010 cycles:', who('dd', null, 29776, null, 666709.771979), 10101010],
    ['            perf 47118 [011] 51499.088689:          1 cycles:', who('perf', null, 47118, 11, 51499.088689), 1],
    ['sh 14098 [001] K      1031.717002: 9 cycles:', who('sh', null, 14098, 1, 1031.717002), 9],
    ['sh 14098 [001]  1031.717002123: 9 cycles:', who('sh', null, 14098, 1, 1031.717002123), 9],
    ['java 19983 cycles:', who('java', null, 19983, null, null), 1],
    ['java 19983 [002]     100003 cycles:', who('java', null, 19983, 2, null), 100003],
    ['a: b 77 1.500000: cycles:', who('a: b', null, 77, null, 1.5), 1],
  ])('%s', async (line, expected, weight) => {
    const [dataset] = await stacksIn(`${line}\n${FRAME}\n`);
    const { samples, threads } = (dataset as Stacks).profile;
    const { comm, pid, tid } = threads[samples?.thread[0] as number] ?? {};
    expect({ comm, pid, tid, cpu: samples?.cpu[0], at: samples?.at[0] }).toEqual(expected);
    expect(dataset?.event).toBe('cycles');
    expect(totalWeight((dataset as Stacks).profile)).toBe(weight);
    expect(claimants(`${line}\n${FRAME}\n`)).toEqual(['perf script']);
  });

  test.each(['cpu-clock:ppp', 'cycles:P', 'sched:sched_switch', 'cpu/event=0x3c,umask=0x0/u', 'probe:tcp_sendmsg'])(
    'the event %s',
    async (event) => {
      const [dataset] = await stacksIn(`sh 1 [000] 1.500000:   ${event}: a=b c: d\n${FRAME}\n`);
      expect(dataset?.event).toBe(event);
    },
  );
});

describe('samples', () => {
  test('the last one counts without a blank line, and so does one without a stack', async () => {
    expect(await foldedIn(`a 1 1.000000: c:\n${FRAME}\nb 2 1.000000: c:\n\na 1 2.000000: c:\n${FRAME}`)).toEqual([
      'a;native_safe_halt_[k] 2',
      'b 1',
    ]);
  });

  test('a stack on the event line, as perf prints it without call chains', async () => {
    const text =
      '              sh 14098  1.717002: cycles:u:      7ff7c26ff645 handle_amd+0x25 (/usr/lib/ld.so)\n' +
      '              dd 14099  1.717003: cycles:u:  ffffffff9b201293 [unknown] ([kernel.kallsyms])\n';
    expect(await foldedIn(text)).toEqual(['dd;[[kernel.kallsyms]]_[k] 1', 'sh;handle_amd 1']);
  });

  test('frames that are not indented', async () => {
    const text = 'java 19983 cycles:\nffffffff8103d0ca rest ([kernel.kallsyms])\n7f724309ebdf JavaMain (/jli.so)\n\n';
    expect(await foldedIn(text)).toEqual(['java;JavaMain;rest_[k] 1']);
  });

  test('each event is a profile, in the order of their first samples, and weighs what was printed', async () => {
    const datasets = await stacksIn(
      `a 1 1.000000: 10 cycles:\n${FRAME}\na 1 1.000000: faults:\n${FRAME}\na 1 1.000001: 30 cycles:\n${FRAME}\n`,
    );
    expect(
      datasets.map(({ event, unit, kind, profile }) => [event, unit, kind, profile.sampleCount, totalWeight(profile)]),
    ).toEqual([
      ['cycles', 'cycles', 'on-cpu', 2, 40],
      ['faults', 'samples', 'events', 1, 1],
    ]);
  });

  test('every line is read, noise or unread, with its number and why', async () => {
    const parsed = await read(
      `# cmdline : perf record\na 1 1.000000: c:\n${FRAME}  foo.c:12\n\n${FRAME}what is this\nb 2 1.000000: c:\n${FRAME}`,
    );
    expect(parsed.unread).toEqual([
      { line: 6, text: FRAME.trimEnd(), why: 'a frame without an event line before it' },
      { line: 7, text: 'what is this', why: 'neither an event nor a frame of perf script' },
    ]);
    expect([parsed.lines, parsed.read, parsed.noise, parsed.unreadCount]).toEqual([9, 4, 3, 2]);
  });

  test('what perf lost is noted, once for all its records', async () => {
    const lost = (events: number) => `perf 2 [001] 1.500000: PERF_RECORD_LOST lost ${events}\n`;
    const { notes, noise } = await read(`a 1 1.000000: c:\n${FRAME}\n${lost(12)}${lost(30)}`);
    expect(notes).toEqual(['perf lost 42 events']);
    expect(noise).toBe(3);
  });

  test('time off CPU goes to the stack that was switched away from', async () => {
    const at = (time: string, off: number, on: number) =>
      `w ${off} [000] ${time}: sched:sched_switch: prev_comm=w prev_pid=${off} prev_prio=120 prev_state=S ==> next_comm=w next_pid=${on} next_prio=120\n\tffffffff821facd8 schedule+0x6 ([kernel.kallsyms])\n\t 55d0 wait${off} (/bin/w)\n\n`;
    const datasets = await stacksIn(at('1.000000', 7, 8) + at('1.250000', 8, 7) + at('3.000000', 7, 8));
    const waits = datasets.find(({ kind }) => kind === 'off-cpu') as Stacks;
    expect(waits.unit).toBe('usecs');
    expect(foldedStacks(waits.profile, () => false)).toEqual([
      ['w;wait7;schedule', 250_000],
      ['w;wait8;schedule', 1_750_000],
    ]);
    expect(Array.from(waits.profile.samples?.at ?? [])).toEqual([1, 1.25]);
  });
});

describe('frames', () => {
  const named = (line: string, options = { java: false, addresses: false }) => {
    const frame = parseFrameLine(line);
    return frame === null ? null : nameFrames(frame, options).map(({ name, kind }) => `${name} ${kind}`);
  };
  test.each([
    ['\tffffffff8103ce3b vfs_write+0x9c ([kernel.kallsyms])', ['vfs_write 1']],
    ['\t 8c3453 tcp_sendmsg (/lib/modules/4.3.0/build/vmlinux)', ['tcp_sendmsg 1']],
    ['\t 8c3453 tcp_sendmsg (/boot/vmlinux-5.4.0-42-generic)', ['tcp_sendmsg 1']],
    ['\t 8c3453 xfs_read ([xfs])', ['xfs_read 1']],
    ['\t 8c3453 xfs_read (/lib/modules/6.1.0/kernel/fs/xfs.ko.xz)', ['xfs_read 1']],
    ['\t 8c3453 bpf_prog_dac57b6d_rq (bpf_prog_dac57b6d_rq)', ['bpf_prog_dac57b6d_rq 1']],
    ['\t 7ffc1 __vdso_gettimeofday ([vdso])', ['__vdso_gettimeofday 0']],
    ['\t 7f72 Lfoo;::bar (/tmp/perf-19982.map)', ['Lfoo:::bar 2']],
    ['\t 7f72 foo (/home/x/jitted-1234-5.so)', ['foo 2']],
    ['\t 7f72 [unknown] (/usr/lib/libc.so.6)', ['[libc.so.6] 0']],
    ['\t 7f72 [unknown] (/memfd:doublemapper (deleted))', ['[memfd:doublemapper] 0']],
    ['\t 7f72 [unknown] ([unknown])', ['[unknown] 0']],
    ['\t 7f72 [unknown] (//anon)', ['[anon] 0']],
    ['\t 55d0 std::function<void (int)>::operator()(int) const (/bin/x)', ['std::function<void (int)>::operator() 0']],
    ['\t 55d0 (anonymous namespace)::run(int) (/bin/x)', ['(anonymous namespace)::run 0']],
    ['\t 55d0 a::(anonymous namespace)::run(int) (/bin/x)', ['a::(anonymous namespace)::run 0']],
    ['\t 55d0 bool operator< <int>(A, B) (/bin/x)', ['bool operator< <int> 0']],
    ['\t 55d0 operator<<(A, B) (/bin/x)', ['operator<< 0']],
    ['\t 55d0 p::operator->() (/bin/x)', ['p::operator-> 0']],
    ['\t 55d0 net/http.(*conn).serve (/bin/x)', ['net/http.(*conn).serve 0']],
    ['\t 55d0 <T as core::fmt::Display>::fmt+0x3 (/bin/x)', ['<T as core::fmt::Display>::fmt 0']],
    ['\t 55d0 a->b->c+0x3 (/tmp/perf-1.map)', ['a 2', 'b 3', 'c 3']],
    ['\t 55d0 foo (inlined)', ['foo 3']],
    ['\t 55d0 (bash) (/bin/bash)', []],
    ['\t 55d0 main', ['main 0']],
    ['\tffffffff8103ce3b vfs_write', ['vfs_write 1']],
    ['\t 55d0 do_filp_open+0xc3 ([kernel.ka', ['do_filp_open 0']],
    ['\t 55d0 RegExp:[&<>\\"\\\'] (/tmp/perf-7539.map)', ['RegExp:[&<>\\"\\\'] 2']],
  ])('%s', (line, expected) => {
    expect(named(line)).toEqual(expected);
  });

  test('Java types without their L, and unknown frames with their address', () => {
    expect(named('\t 7f Lio/netty/Foo;.run(J)V (/tmp/perf-1.map)', { java: true, addresses: false })).toEqual([
      'io/netty/Foo:.run 2',
    ]);
    expect(named('\t 7f3a [unknown] (/lib/libc.so.6)', { java: false, addresses: true })).toEqual([
      '[libc.so.6 <7f3a>] 0',
    ]);
  });

  test('hostile lines are read, and take no time of note: a quadratic reader would not end here', () => {
    const lines = ['.(', '+0x', '((', '<', '->', ' (', ' ([', '\t', ')'].map(
      (unit) => `\t 7f ${unit.repeat(60_000)} (/x)`,
    );
    for (const line of lines) expect(parseFrameLine(line)?.module).toBe('/x');
  });
});

describe('any input', () => {
  test('a stack 100,000 frames deep', async () => {
    const frames = Array.from(
      { length: 100_000 },
      (_, i) => `\t${(i + 4096).toString(16)} f${i % 1000} (/bin/x)\n`,
    ).join('');
    const [dataset] = await stacksIn(`deep 1 1.000000: c:\n${frames}\n`);
    expect(dataset?.profile.parent.length).toBe(100_002);
    const [[stack = ''] = []] = foldedStacks((dataset as Stacks).profile, () => false);
    expect(stack.split(';').length).toBe(100_001);
  });

  test('a line of 64 MB is said, and what stands around it is read', async () => {
    const reader = perfScript.reader({ name: 'x', tool: null, interval: null, samples: false });
    const bytes = (text: string) => new TextEncoder().encode(text);
    await reader.write(bytes(`a 1 1.000000: c:\n${FRAME}\n`));
    const megabyte = new Uint8Array(1 << 20).fill(0x61);
    for (let i = 0; i < 64; i++) await reader.write(megabyte);
    await reader.write(bytes(`\n\nb 1 1.000000: c:\n${FRAME}\n`));
    const { lines, unread, datasets } = await reader.end();
    expect(lines).toBe(8);
    expect(unread.map(({ line, why }) => [line, why])).toEqual([[4, 'longer than 8388608 bytes']]);
    expect((datasets[0] as Stacks).profile.sampleCount).toBe(2);
  });

  test('only headers', async () => {
    const text = '# ========\n# captured on    : Fri Nov 20 14:56:27 2026\n# perf version : 6.1.192\n# ========\n#\n';
    expect(claimants(text)).toEqual(['perf script']);
    expect(await read(text)).toMatchObject({ datasets: [], lines: 5, noise: 5 });
  });

  test.each([
    ['vmstat', ' 1  0      0 21000000 100 200    0    0     5    10  100  200  1  0 99  0\n'.repeat(5)],
    ['dmesg', '[    1.234567] foo: bar\n[    2.345678] usb 1-1: new device\n'],
    ['ftrace', '          <idle>-0     [001] d..2  1234.567890 sched_switch prev=1\n'],
    ['perf stat', '     1.000210312          1,234      cycles\n'],
    ['prose', 'We waited 12 seconds: nothing.\nThen 4 more: nothing.\n'],
  ])('%s is not perf script', (_, text) => {
    expect(claimants(text)).not.toContain('perf script');
  });

  test('wherever the chunks are cut, the samples and stacks are the same', async () => {
    const sample = fc
      .record({
        comm: fc.constantFrom('a', 'java', 'Web Content', 'dd', ':-1'),
        tid: fc.nat(5),
        period: fc.option(fc.integer({ min: 1, max: 9 })),
        frames: fc.array(fc.constantFrom('f', 'g+0x1', 'h(int)', '[unknown]', 'i->j'), { maxLength: 6 }),
        blank: fc.boolean(),
      })
      .map(({ comm, tid, period, frames, blank }) => ({
        weight: period ?? 1,
        depth: frames.length,
        text: `${comm} ${tid} [001] 1.000000: ${period ?? ''} c: \n${frames.map((name, i) => `\t ${i}f00 ${name} (/x)\n`).join('')}${blank || frames.length === 0 ? '\n' : '\n\n'}`,
      }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 90 }),
        async (samples, size) => {
          const bytes = new TextEncoder().encode(samples.map(({ text }) => text).join(''));
          const reader = perfScript.reader({ name: 'x', tool: null, interval: null, samples: true });
          for (let at = 0; at < bytes.length; at += size) await reader.write(bytes.subarray(at, at + size));
          const { datasets, lines, read, noise, unreadCount } = await reader.end();
          const [dataset] = datasets as Stacks[];
          expect(dataset?.profile.sampleCount).toBe(samples.length);
          expect(totalWeight((dataset as Stacks).profile)).toBe(samples.reduce((sum, { weight }) => sum + weight, 0));
          expect(lines).toBe(bytes.filter((byte) => byte === 10).length);
          expect(read).toBe(samples.length + samples.reduce((sum, { depth }) => sum + depth, 0));
          expect([read + noise, unreadCount]).toEqual([lines, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a frame is the same whatever was met before it: symbols and modules of any length, alike at either end', async () => {
    const piece = fc
      .tuple(fc.nat(70), fc.constantFrom('a', 'b', 'c('), fc.nat(70))
      .map(([before, middle, behind]) => `x${'y'.repeat(before)}${middle}${'z'.repeat(behind)}`);
    const line = fc
      .record({
        address: fc.constantFrom('7f00', '           7f0', 'ffffffff8103ce3b', '            beef'),
        symbol: piece,
        offset: fc.constantFrom('', '+0x1', '+0xbeef', '+0xffffffffffffffff1', '+0x', 'f'),
        module: fc.oneof(piece, fc.constantFrom('m', 'n', '[k]', '[kernel.kallsyms]')),
        end: fc.constantFrom(')', '', ') '),
      })
      .map(({ address, symbol, offset, module, end }) => `\t${address} ${symbol}${offset} (${module}${end}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
        const names = lines.map((text) => {
          const frame = parseFrameLine(text);
          return frame === null ? [] : nameFrames(frame, { java: false, addresses: false });
        });
        const expected = ['a', ...names.toReversed().flatMap((own) => own.map(({ name }) => name))].join(';');
        const [dataset] = await stacksIn(`a 1 1.000000: c:\n${lines.join('\n')}\n\n`);
        expect(foldedStacks((dataset as Stacks).profile, () => false)).toEqual([[expected, 1]]);
      }),
      { numRuns: 200 },
    );
  });

  test('bytes that mean nothing are counted, never fatal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const reader = perfScript.reader({ name: 'x', tool: null, interval: null, samples: true });
        await reader.write(bytes);
        const { lines, read, noise, unreadCount } = await reader.end();
        expect(read + noise + unreadCount).toBe(lines);
      }),
      { numRuns: 200 },
    );
  });
});

test('a file read in parts is the file read in one', async () => {
  const text = Array.from(
    { length: 400 },
    (_, i) =>
      `t${i % 7} ${i % 11} [00${i % 4}] ${i}.000000: ${i + 1} ${i % 3 === 0 ? 'a' : 'b'}:\n\t f00 x${i % 13} (/m)\n\t f${i % 5} y (/m)\n\nnoise ${i}\n\nperf 2 [40000] ${i}.000000: PERF_RECORD_LOST lost 2\n\nc 3 [40000] ${i}.000000: a:\n\t f00 x (/m)\n\n`,
  );
  const read = async (from: number, to: number) => {
    const reader = perfScript.reader({ name: 'x', tool: null, interval: null, samples: true });
    await reader.write(new TextEncoder().encode(text.slice(from, to).join('')));
    return reader;
  };
  const [first, second, third] = await Promise.all([read(0, 100), read(100, 250), read(250, 400)]);
  for (const next of [second, third]) {
    const part = next?.part?.();
    if (part) first?.join?.(part);
  }
  const whole = await (await read(0, 400)).end();
  expect(whole.notes.toSorted()).toEqual(['CPU numbers beyond 32,767 are not kept', 'perf lost 800 events']);
  expect(await first?.end()).toEqual(whole);
});

test('a short file with one damaged sample is still perf script', () => {
  const event = 'counter 26037  8801.193547:     250000 cpu-clock:uhH:\n';
  expect(claimants(`${event}\t          401b97 main+0x1f (/bin/counter)\n\n${event}\t          DAMAGED\n`)).toEqual([
    'perf script',
  ]);
});

test('rows of numbers with a command that ends in a colon are not of perf', () => {
  const text = `#      Time   UID       PID    %usr %system  %guest    %CPU   CPU  Command
 1646859134     0         6    0.00    0.00    0.00    0.00     0  ksoftirqd/0
 1646859134     0      1879    0.00    0.00    0.00    0.00     0  sshd: anna [priv]
`;
  expect(claimants(text)).toEqual(['sysstat']);
  expect(claimants('   65  sudo iptables -L\n  101  echo 20 sshd: now\n')).toEqual([]);
});
