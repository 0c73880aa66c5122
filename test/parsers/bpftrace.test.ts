import { describe, expect, test } from 'vitest';
import { groupsOf, itemsOf, plain, rowsOf } from '../plain.ts';
import { read } from '../reading.ts';
import { folded, sample, titled, weightOf } from './bpf-read.ts';

describe('a map becomes the shape that its values are', () => {
  test('of many maps in one output, each is a dataset', async () => {
    const reading = await read(sample('bpftrace/many-maps.txt'));
    expect(reading.grammar).toBe('bpftrace');
    expect(reading.unreadCount).toBe(0);
    expect(reading.datasets.map(({ shape, title }) => [shape, title])).toEqual([
      ['counts', '@average_us'],
      ['counts', '@by count'],
      ['counts', '@by average'],
      ['counts', '@by total'],
      ['counts', '@calls'],
      ['events', '@last'],
      ['histogram', '@linear'],
      ['counts', '@slowest_us'],
      ['counts', '@total_us'],
      ['histogram', '@usecs'],
      ['events', '@who'],
      ['text', 'test: printed'],
      ['text', 'test: left in maps, no results'],
    ]);
    expect(itemsOf(titled(reading, '@calls', 'counts'))).toContainEqual({
      key: ['worker', '230'],
      value: 98,
      at: null,
      line: 9,
    });
    expect(itemsOf(titled(reading, '@by average', 'counts'))).toEqual([
      { key: ['worker'], value: 4610, at: null, line: 7 },
    ]);
    expect(rowsOf(titled(reading, '@last', 'events'))).toEqual([['worker', '(3, 75000)']]);
    expect(plain(titled(reading, 'test: printed', 'text').lines)).toEqual(['one second of syscalls']);
    expect(plain(titled(reading, 'test: left in maps, no results', 'text').lines)).toEqual([
      '@start[14355]: 2626450565940',
    ]);
  });

  test('-f json of the same program gives the same datasets', async () => {
    const [text, json] = [
      await read(sample('bpftrace/many-maps.txt')),
      await read(sample('bpftrace/many-maps-json.txt')),
    ];
    const names = (reading: typeof text) => reading.datasets.map(({ shape, title }) => `${shape} ${title}`);
    expect(names(json)).toEqual(names(text));
    // jq -c '.data["@calls"]["worker,8"], .data["@by"].worker.total, (.data["@linear"] | map(.count) | add)'
    expect(itemsOf(titled(json, '@calls', 'counts'))).toContainEqual({
      key: ['worker', '8'],
      value: 294,
      at: 55381,
      line: 9,
    });
    expect(itemsOf(titled(json, '@by total', 'counts'))[0]?.value).toBe(8457956);
    expect(plain(titled(json, 'test: printed', 'text').lines)).toEqual([
      '15:23:01',
      'one second of syscalls',
      '[1,"x"]',
    ]);
  });

  test('histograms: all that was counted, in buckets that end where the next begins', async () => {
    const reading = await read(sample('bpftrace/many-maps.txt'));
    const histograms = reading.datasets.filter((dataset) => dataset.shape === 'histogram');
    const buckets = histograms.flatMap((each) => groupsOf(each).flatMap((group) => group.buckets));
    // awk '/\|$/{n++; s+=substr($0,17,8)}'
    expect([buckets.length, buckets.reduce((sum, [, , count]) => sum + count, 0)]).toEqual([119, 2364]);
    expect(groupsOf(titled(reading, '@linear', 'histogram'))[0]?.buckets).toEqual([
      [0, 10, 532],
      [10, 20, 114],
      [20, 30, 137],
      [30, 40, 59],
      [40, 50, 35],
      [50, null, 305],
    ]);
    expect(titled(reading, '@usecs', 'histogram').unit).toBe('usecs');
  });

  test('intervals: each printing has its time', async () => {
    const { datasets } = await read(sample('bpftrace/intervals.txt'));
    const [counts] = datasets;
    if (counts?.shape !== 'counts') throw new Error('no counts');
    // awk -F'\\]: ' '/\]: [0-9]+$/{n++; s+=$NF}'
    expect(itemsOf(counts)).toHaveLength(32);
    expect(itemsOf(counts).reduce((sum, { value }) => sum + value, 0)).toBe(7265);
    expect(new Set(itemsOf(counts).map(({ at }) => at))).toEqual(new Set([55382, 55383, 55384, 55385]));
    expect([counts.clock, counts.cumulative, datasets.length]).toEqual(['day', false, 1]);
  });
});

describe('stacks as keys', () => {
  // awk -F'\\]: ' '/\]: [0-9]+$/{s+=$NF}', and for JSON python's json
  test.each([
    ['bpftrace/stacks-by-command.txt', 34],
    ['bpftrace/stacks-perf.txt', 32],
    ['bpftrace/stacks-json.txt', 22],
  ])('%s weighs what was counted', async (path, weight) => {
    const reading = await read(sample(path));
    expect(reading.datasets.map(({ shape }) => shape)).toEqual(['stacks']);
    expect(weightOf(reading)).toBe(weight);
    expect(reading.unreadCount).toBe(0);
    expect(folded(reading).every(([stack]) => stack.startsWith('worker'))).toBe(true);
  });

  test('the command is the root, then the user’s frames, then the kernel’s', async () => {
    expect(folded(await read(sample('bpftrace/stacks-by-command.txt')))).toContainEqual([
      'worker;clock_nanosleep;entry_SYSCALL_64_after_hwframe_[k];do_syscall_64_[k];__x64_sys_clock_nanosleep_[k];common_nsleep_timens_[k]',
      1,
    ]);
  });

  test('keys in any order, unindented frames, no stack at all', async () => {
    const text = '@[bash, \n    read+12\n    main+3\n, 7]: 4\n@[bash, , 7]: 2\n@[bash, \nread+99\nmain+1\n, 7]: 1\n';
    const reading = await read(text);
    expect(folded(reading)).toEqual([
      ['bash;7', 2],
      ['bash;7;main;read', 5],
    ]);
    expect(reading.notes).toEqual([]);
  });

  test('of a waker and the woken, the woken stands on top', async () => {
    const text = 'Attaching 3 probes...\n@[\n    wake_up+1\n    sys_exit+2\n, sleep, bash]: 1001347\n';
    const reading = await read(text, { tool: 'wakeuptime' });
    expect(plain(reading.datasets)).toMatchObject([{ kind: 'wakeup', unit: 'usecs' }]);
    expect(folded(reading)).toEqual([['sleep;sys_exit;wake_up;bash', 1001347]]);
  });

  test('a histogram of each stack has the stack as its label', async () => {
    const groups = groupsOf(titled(await read(sample('biostacks/bpftrace.txt')), '@usecs', 'histogram'));
    expect(groups.map(({ labels }) => labels)).toEqual([
      { stack: 'page_fault;ext4_mpage_readpages;blk_mq_make_request;blk_account_io_start' },
      {
        stack:
          'ret_from_fork;kthread;journal_submit_commit_record.isra.17.constprop.18;blk_mq_make_request;blk_account_io_start',
      },
    ]);
    expect(groups[0]?.buckets).toEqual([
      [4, 8, 1],
      [8, 16, 5],
    ]);
  });

  test('of a stack map that is printed as it grows the last state counts', async () => {
    const printing = (n: number) =>
      Array.from({ length: 5 }, (_, i) => `@[\n    f${i}+1\n    main+3\n]: ${n * (i + 1)}\n`).join('');
    const reading = await read(`Attaching 2 probes...\n${[1, 2, 3].map(printing).join('\n')}`);
    expect(weightOf(reading)).toBe(3 * (1 + 2 + 3 + 4 + 5));
  });

  test('a map that the program prints, and bpftrace again at exit, counts once', async () => {
    const printing = Array.from({ length: 9 }, (_, i) => `@[\n    f${i}+1\n    main+3\n]: ${i + 1}\n`).join('');
    expect(weightOf(await read(`Attaching 2 probes...\n${printing}\n${printing}`))).toBe(45);
    const two = '@[\n    f+1\n]: 3\n';
    const intervals = await read(`Attaching 2 probes...\n${two}\n${two}`);
    expect([weightOf(intervals), intervals.notes]).toEqual([
      6,
      ['@ was printed 2 times: taken as intervals and summed'],
    ]);
  });

  test('stacks that could not be looked up look alike, and are no second printing', async () => {
    const text = '@[\n    f+1\n, node]: 3\n@[, node]: 1\n@[, node]: 1\n';
    const reading = await read(`Attaching 1 probe...\nWARNING: failed to look up stack id 7\n${text}`);
    expect([weightOf(reading), reading.notes]).toEqual([5, ['WARNING: failed to look up stack id 7']]);
  });

  test('a key that never ends is unread, line by line', async () => {
    const reading = await read('@[\n    a+1\n]: 3\n@[\n    b+1\n    c+2\n@x: 5\n');
    expect(reading.unread.map(({ line, why }) => [line, why])).toEqual([
      [4, 'a key without its end'],
      [5, 'a key without its end'],
      [6, 'a key without its end'],
    ]);
    expect(itemsOf(titled(reading, '@x', 'counts')).map(({ value }) => value)).toEqual([5]);
  });
});

describe('spellings of ten years', () => {
  test('buckets', async () => {
    const reading = await read(sample('bpftrace/old-spellings.txt'));
    expect(plain(titled(reading, '@latency_us', 'histogram'))).toMatchObject({
      unit: 'usecs',
      clock: 'day',
      groups: [
        {
          labels: { time: '07:11:03' },
          at: 25863,
          // `(...,0]` gives way to `[0, 1]`, which is closed.
          buckets: [
            [null, 0, 2],
            [0, 2, 3],
            [2, 4, 0],
            [4, 8, 40],
            [2048, 4096, 1],
          ],
        },
      ],
    });
    expect(plain(groupsOf(titled(reading, '@bytes', 'histogram')))).toMatchObject([
      {
        labels: { 'key 1': 'tmux: server', 'key 2': 'sda,1' },
        buckets: [
          [1000, 2000, 7],
          [2000, null, 1],
        ],
      },
    ]);
  });

  test('keys alike and two stacks have a label each', async () => {
    const text = 'Attaching 1 probe...\n@h[7, \n    a+1\n, \n    b+1\n    main+2\n, 7]:\n[1]     5 |@@@|\n';
    const groups = groupsOf(titled(await read(text), '@h', 'histogram'));
    expect(plain(groups)).toMatchObject([
      { labels: { 'key 1': '7', 'stack 1': 'a', 'stack 2': 'main;b', 'key 2': '7' }, buckets: [[1, 2, 5]] },
    ]);
  });

  test('finer buckets', async () => {
    expect(groupsOf(titled(await read(sample('bpftrace/fine-buckets.txt')), '@us', 'histogram'))[0]?.buckets).toEqual([
      [2048, 2560, 1],
      [2560, 3072, 0],
      [3072, 3584, 3],
      [3584, 4096, 2],
    ]);
  });

  test('keys with commas, colons, brackets and braces; negative values', async () => {
    const reading = await read(sample('bpftrace/old-spellings.txt'));
    const items = (title: string) => itemsOf(titled(reading, title, 'counts')).map(({ key, value }) => [key, value]);
    expect(items('@stat average')).toEqual([
      [['SSL_read'], 2],
      [['SSL_write'], -2],
    ]);
    expect(items('@drift')).toEqual([[['-1', '{ .m = 2, .n = 3 }'], -77]]);
    expect(items('@mac')).toEqual([[['05:04:03:02:01:02'], 4]]);
    expect(items('@ids')).toEqual([[['[1,2,3,4]'], 9]]);
    expect(items('@none')).toEqual([[[''], 5]]);
  });

  test('what is no number is a table; what a number cannot hold stays as printed', async () => {
    const reading = await read(sample('bpftrace/old-spellings.txt'));
    expect(rowsOf(titled(reading, '@pair', 'events'))).toEqual([['4', '(1, 2, hello, world)']]);
    expect(rowsOf(titled(reading, '@state', 'events'))).toEqual([['bash', 'TASK_RUNNING']]);
    expect(rowsOf(titled(reading, '@big', 'events'))).toEqual([['18446744073709551615']]);
    expect(reading.notes).toEqual(['Lost 12 events']);
  });

  test('a time before a map on its line', async () => {
    const reading = await read('Attaching 4 probes...\n22:19:21 PIDs/sec: @: 12\n22:19:22 PIDs/sec: @: 9\n');
    expect(itemsOf(titled(reading, 'test', 'counts')).map(({ value, at }) => [value, at])).toEqual([
      [12, 80361],
      [9, 80362],
    ]);
  });

  test.each([
    ['text', '22:19:21\n@[cron]: 12\n\n@[cron]: 3\n@[sshd]: 1\n'],
    [
      'JSON',
      '{"type": "time", "data": "22:19:21\\n"}\n{"type": "map", "data": {"@": {"cron": 12}}}\n{"type": "map", "data": {"@": {"cron": 3, "sshd": 1}}}\n',
    ],
  ])('what comes a second time after one stamp was printed at exit: %s', async (_, text) => {
    const reading = await read(text);
    expect(itemsOf(titled(reading, 'test', 'counts')).map(({ key, value, at }) => [...key, value, at])).toEqual([
      ['cron', 12, 80361],
      ['cron', 3, null],
      ['sshd', 1, null],
    ]);
  });

  test('what is printed when the program is stopped is of no interval', async () => {
    const reading = await read('Attaching 2 probes...\n22:19:21\n@[cron]: 12\n^C\n\n@[cron]: 3\n');
    expect(itemsOf(titled(reading, 'test', 'counts')).map(({ value, at }) => [value, at])).toEqual([
      [12, 80361],
      [3, null],
    ]);
  });

  test('a time series', async () => {
    const row = (at: string, column: number, value: string) =>
      `${at} |${' '.repeat(column)}*${' '.repeat(50 - column)}| ${value}\n`;
    const text = `@a[one]:\n             3${' '.repeat(51)}5\nhh:mm:ss.ms  |${'_'.repeat(51)}|\n${row('11:40:00.100', 25, '4')}${row('11:40:00.200', 3, '-')}             v${'_'.repeat(51)}v\n             3${' '.repeat(51)}5\n`;
    const reading = await read(text);
    expect(plain(titled(reading, '@a', 'series').metrics)).toMatchObject([
      { labels: { key: 'one' }, points: [[42000.1, 4]] },
    ]);
    expect(reading.unreadCount).toBe(0);
  });
});

describe('-f json', () => {
  test('bounds are inclusive there; an overflow bucket has no end; an emptied histogram no bucket', async () => {
    const text = `{"type": "hist", "data": {"@l": [{"max": 9, "count": 1}, {"min": 10, "max": 19, "count": 0}, {"min": 20, "count": 2}]}}
{"type": "hist", "data": {"@z": []}}
`;
    const reading = await read(text);
    expect(groupsOf(titled(reading, '@l', 'histogram'))[0]?.buckets).toEqual([
      [null, 10, 1],
      [10, 20, 0],
      [20, null, 2],
    ]);
    expect(groupsOf(titled(reading, '@z', 'histogram'))[0]?.buckets).toEqual([]);
  });

  test('records over several lines', async () => {
    const text =
      '{\n\t"type": "hist",\n\t"data": {\n\t  "@": {\n\t\t"curl,3": [\n\t\t  {"min": 256, "max": 511, "count": 7}\n]}}}\n';
    const groups = groupsOf(titled(await read(text), 'test', 'histogram'));
    expect(plain(groups)).toMatchObject([{ labels: { 'key 1': 'curl', 'key 2': '3' }, buckets: [[256, 512, 7]] }]);
  });

  test('losses are notes, times date what follows, unknown records are said', async () => {
    const text = `{"type": "attached_probes", "data": {"probes": 2}}
{"type": "time", "data": "07:00:01\\n"}
{"type": "map", "data": {"@a": {"x": -3, "y": "text"}}}
{"type": "lost_events", "data": {"events": 12}}
{"type": "lost_events", "count": 9}
{"type": "news", "data": 1}
`;
    const reading = await read(text);
    expect(itemsOf(titled(reading, '@a', 'counts'))).toEqual([{ key: ['x'], value: -3, at: 25201, line: 3 }]);
    expect(reading.notes).toEqual(['lost_events events 12', 'lost_events count 9']);
    expect(reading.unread.map(({ line }) => line)).toEqual([6]);
  });

  test('a record cut short is unread', async () => {
    const reading = await read('{"type": "map", "data": {"@a": 1}}\n{"type": "map", "data": {"@b"');
    expect(itemsOf(titled(reading, '@a', 'counts'))).toHaveLength(1);
    expect(plain(reading.unread)).toMatchObject([{ line: 2, why: 'a JSON record without its end' }]);
  });
});

describe('what else a program prints', () => {
  test('lines and nothing else are text, whole', async () => {
    const reading = await read(sample('bpftrace/printed-only.txt'));
    expect(plain(reading.datasets)).toMatchObject([
      { shape: 'text', lines: sample('bpftrace/printed-only.txt').trimEnd().split('\n') },
    ]);
  });

  test('timestamps left in a map are no result, not even alone', async () => {
    const text = 'Attaching 2 probes...\nat 437 ms: sleep\n^C\n\n@start: 4064438886907216\n';
    expect(plain((await read(text)).datasets)).toMatchObject([{ shape: 'text', lines: text.trimEnd().split('\n') }]);
  });

  test('prose that looks like a map is prose', async () => {
    const text =
      'Attached 4 probes\n@backlog[backlog limit]: histogram of backlog size\n\n@backlog[500]:\n[0]                 2266 |@@@|\n';
    const reading = await read(text);
    expect(groupsOf(titled(reading, '@backlog', 'histogram')).map(({ labels }) => labels)).toEqual([{ key: '500' }]);
    expect(plain(titled(reading, 'test: printed', 'text').lines)).toEqual([
      '@backlog[backlog limit]: histogram of backlog size',
    ]);
  });

  test('the command that was typed is not of its output', async () => {
    const reading = await read(
      "root@db1:~# bpftrace -e 'kprobe:vfs_read { @[comm] = count(); }'\nAttaching 1 probe... ^C\n\n@[sshd]: 16\n",
    );
    expect(plain(reading.datasets)).toMatchObject([{ shape: 'counts', items: [{ key: ['sshd'], value: 16 }] }]);
    expect([reading.read, reading.noise]).toEqual([1, 3]);
  });

  test('bitesize of bpftrace counts bytes', async () => {
    const text =
      'Attaching 2 probes...\nTracing block device I/O... Hit Ctrl-C to end.\n^C\nI/O size (bytes) histograms by process name:\n\n@[tar]:\n[4K, 8K)              42 |@@@|\n';
    const reading = await read(text);
    expect(plain(titled(reading, 'test', 'histogram'))).toMatchObject({ tool: 'bitesize', unit: 'bytes' });
  });

  test('the greeting names the tool', async () => {
    const reading = await read(sample('runqlat/bpftrace.txt'));
    expect(reading.tool).toBe('runqlat');
    const [histogram] = reading.datasets;
    if (histogram?.shape !== 'histogram') throw new Error('no histogram');
    // awk '/\|$/{s+=substr($0,17,8)}'
    expect(groupsOf(histogram)[0]?.buckets.reduce((sum, [, , count]) => sum + count, 0)).toBe(12158);
  });
});

test.each([
  ['a chat', '@alice: lunch?\n@bob: at 12\n@alice: 12 is fine\n'],
  ['style sheets', '@media (min-width: 100px) {\n  a { color: red }\n}\n@import: none\n'],
  ['a report that mentions a map', `${'Latency was high on the host.\n'.repeat(9)}@usecs: 12\n`],
  ['JSON of another program', '{"type": "map", "name": 1}\n{"kind": "x"}\n'.replace('"type"', '"sort"')],
])('%s is not of bpftrace', async (_, text) => {
  expect((await read(text)).grammar).not.toBe('bpftrace');
});

test('maps of any values are maps without a banner, a mention of somebody is not', async () => {
  const maps = '@comm: bash\n@n: 5\n@t: (1, 2, hello)\n@s[1]: { .a = 1, .b = 2 }\n';
  expect((await read(maps)).grammar).toBe('bpftrace');
  expect((await read('@anna: could you look at this?\n@n: 5\n@carl: no, that is not how it works\n')).grammar).toBe(
    'text',
  );
});

test('our own programs stamp each second with the monotonic clock', async () => {
  const second = (at: string, count: number) => `${at} ns\n@usecs: \n[4, 8)  ${count} |@@@|\n\n`;
  const text = `Attaching 5 probes...\n${second('8824534348094', 12)}${second('8825534351273', 7)}\n`;
  const { datasets, unread } = await read(text, { tool: 'runqlat' });
  expect(unread).toEqual([]);
  const [histogram] = datasets;
  expect(histogram).toMatchObject({ shape: 'histogram', clock: 'monotonic', unit: 'usecs' });
  if (histogram?.shape !== 'histogram') throw new Error('no histogram');
  expect(groupsOf(histogram).map(({ at, buckets }) => [at, buckets])).toEqual([
    [8824.534348094, [[4, 8, 12]]],
    [8825.534351273, [[4, 8, 7]]],
  ]);
});

// As bpftrace 0.23 prints it on Debian 13.
test('updates of a full map are lost events, and the program that a warning quotes is no output', async () => {
  const full = `stdin:5:33-72: WARNING: Map full; can't update element. Try increasing max_map_keys config
Additional Info - helper: map_update_elem, retcode: -7
  @[kstack, comm, args->comm] = sum((nsecs - @start[args->pid]) / 1000);
                                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
`;
  const gone = `stdin:8:5-35: WARNING: Can't delete map element because it does not exist.
Additional Info - helper: map_delete_elem, retcode: -2
    delete(@start[args->next_pid]);
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
`;
  const reading = await read(`Attaching 3 probes...\n${full}${gone}${full}\n@usecs[sshd]: 12\n`);
  expect(reading.notes).toEqual(['lost 2 updates of maps that were full (max_map_keys)']);
  expect(reading.unreadCount).toBe(0);
  expect(reading.datasets.map(({ shape, title }) => [shape, title])).toEqual([['counts', '@usecs']]);
});
