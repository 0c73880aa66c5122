import { describe, expect, test } from 'vitest';
import { read } from '../reading.ts';
import { folded } from './bpf-read.ts';

describe('folded stacks of the BPF tools', () => {
  test('what they print beside the stacks does not matter', async () => {
    const reading = await read(
      '^Cdd;read;vfs_read 12\n\n[...]\nmy tool 9;main 3\ndd 4\nWARNING: 2 stack traces could not be displayed.\nDetaching...\n',
    );
    expect([reading.grammar, reading.read, reading.noise, reading.unreadCount]).toEqual(['folded', 3, 4, 0]);
    expect(reading.notes).toEqual(['WARNING: 2 stack traces could not be displayed.']);
    expect(folded(reading)).toEqual([
      ['dd', 4],
      ['dd;read;vfs_read', 12],
      ['my tool 9;main', 3],
    ]);
  });

  test('what follows the delimiter is of the kernel', async () => {
    expect(folded(await read('dd;main;read;-;entry_SYSCALL_64;vfs_read 19\ndd;main 1\n'))).toEqual([
      ['dd;main', 1],
      ['dd;main;read;-;entry_SYSCALL_64_[k];vfs_read_[k]', 19],
    ]);
  });

  test.each(['-', '--'])('offwaketime: what follows %s is the waker, upside down', async (meeting) => {
    const reading = await read(`cksum;sys_read;schedule;${meeting};hrtimer_wakeup;hrtimer_interrupt;swapper/0 205\n`);
    expect(reading.datasets).toMatchObject([{ tool: 'offwaketime', kind: 'chain', unit: 'usecs' }]);
    expect(folded(reading)).toEqual([
      [`cksum;sys_read;schedule;${meeting};hrtimer_wakeup_[w];hrtimer_interrupt_[w];swapper/0`, 205],
    ]);
  });

  test('the capture names the tool where the stacks do not', async () => {
    const { datasets } = await read('bash;do_wait;schedule 120709\n', { tool: 'offcputime' });
    expect(datasets).toMatchObject([{ tool: 'offcputime', kind: 'off-cpu', unit: 'usecs' }]);
  });
});

test('a line in many may be something else; more, and it is another file', async () => {
  const stacks = Array.from({ length: 40 }, (_, i) => `a;b${i} ${i + 1}\n`).join('');
  const reading = await read(`${stacks}what is this\n`);
  expect([reading.grammar, reading.unread.map(({ line }) => line)]).toEqual(['folded', [41]]);
  expect((await read('a;b 1\nwhat is this\n')).grammar).toBe('text');
  expect((await read('procs 1\n 0  0      0 3210\n')).grammar).not.toBe('folded');
});
