import { describe, expect, test } from 'vitest';
import { totalWeight } from '../../src/datasets/fold.ts';
import { read } from '../reading.ts';
import { lines, only, sample } from '../stacks.ts';

describe('dumps of threads', () => {
  test('jstack: as many threads as grep counts, their states before their stacks', async () => {
    const { datasets } = await read(sample('jstack/jdk17.txt').toString());
    expect(totalWeight(only(datasets).profile)).toBe(24);
    expect(lines(only(datasets))).toEqual(expect.arrayContaining(['main;[runnable];Shop.main;Shop.total 1']));
    expect(lines(only(datasets)).join('\n')).toMatch(/^till;\[blocked\];.*Shop\.queue 1$/m);
  });

  test('what deadlocked threads do is told twice and counts once', async () => {
    const text = sample('jstack/jdk17.txt').toString();
    const dead = `${text}\nFound one Java-level deadlock:\n=============================\n"main":\n  waiting to lock monitor 0x1 (object 0x2, a X),\n\nJava stack information for the threads listed above:\n"main":\n\tat A.b(A.java:1)\n`;
    const { datasets, notes, unread } = await read(dead);
    expect(totalWeight(only(datasets).profile)).toBe(24);
    expect([notes, unread]).toEqual([['Found one Java-level deadlock:'], []]);
  });

  test('gdb: each thread once, arguments left out', async () => {
    const { datasets } = await read(sample('gdb/threads.txt').toString());
    expect(lines(only(datasets))).toEqual([
      'queue;clone3;start_thread;blocked;___pthread_mutex_lock;lll_mutex_lock_optimized;__GI___lll_lock_wait;futex_wait 1',
      'shopd;main;__sleep;__GI___nanosleep;__GI___clock_nanosleep 1',
      'worker;clone3;start_thread;worker;__GI___poll 2',
    ]);
  });

  test('eu-stack, lldb and a backtrace alone', async () => {
    const eu =
      'PID 12 - process\nTID 12:\n#0  0x00007f01 poll - /usr/lib/libc.so.6\n#1  0x00005571 - 1 run(int) - /bin/a\n#2  0x00005572 - 1 main - /bin/a\nTID 13:\n#0  0x00007f01 futex_wait - /usr/lib/libc.so.6\n';
    expect(lines(only((await read(eu)).datasets))).toEqual([':12;main;run;poll 1', ':13;futex_wait 1']);
    const lldb =
      "* thread #1, name = 'work', stop reason = signal SIGSTOP\n  * frame #0: 0x00007f libc.so.6`poll + 15\n    frame #1: 0x0000556 work`main at a.c:3\n";
    expect(lines(only((await read(lldb)).datasets))).toEqual(['work;main;poll 1']);
    const bt =
      '#0  0x00007f in poll () from /usr/lib/libc.so.6\n#1  0x0000556 in run (x=1) at a.c:2\n#2  main () at a.c:3\n';
    expect(lines(only((await read(bt)).datasets))).toEqual([':?;main;run;poll 1']);
  });

  test('/proc/PID/stack: each with whose it is', async () => {
    const text = sample('proc-stack/threads.txt').toString();
    const { datasets } = await read(text);
    expect(totalWeight(only(datasets).profile)).toBe([...text.matchAll(/==>/g)].length);
    const grep = text.split(/^==> (.*) <==\n/m).slice(1);
    const prefixed = Array.from({ length: grep.length / 2 }, (_, i) =>
      (grep[i * 2 + 1] as string).replace(/^(?=\[)/gm, `${grep[i * 2]}:`),
    ).join('');
    expect(lines(only((await read(prefixed)).datasets))).toEqual(lines(only(datasets)));
  });
});
