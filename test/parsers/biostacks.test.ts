import { expect, test } from 'vitest';
import { groupsOf } from '../plain.ts';
import { read } from '../reading.ts';
import { sample, titled } from './bpf-read.ts';

test('libbpf-tools: each stack has its histogram', async () => {
  const reading = await read(sample('biostacks/libbpf.txt'));
  expect([reading.grammar, reading.tool, reading.unreadCount]).toEqual(['biostacks', 'biostacks', 0]);
  const histogram = titled(reading, 'test', 'histogram');
  const [unit, groups] = [histogram.unit, groupsOf(histogram)];
  expect(unit).toBe('usecs');
  expect(groups.map(({ labels }) => labels)).toEqual([
    {
      comm: 'kworker/u8:1-e',
      pid: '3456',
      disk: 'nvme0n1',
      stack: 'ret_from_fork;kthread;ext4_writepages;ext4_io_submit;blk_mq_submit_bio;blk_account_io_start',
    },
    { comm: 'fsync tester', pid: '77', disk: 'Unknown', stack: 'Unknown;submit_bio;blk_account_io_start' },
  ]);
  expect(groups.map(({ buckets }) => buckets)).toEqual([
    [
      [0, 2, 0],
      [2, 4, 0],
      [64, 128, 12],
      [128, 256, 3],
    ],
    [[1024, 2048, 5]],
  ]);
});

test('a stack cut before its histogram is unread', async () => {
  const cut = sample('biostacks/libbpf.txt').split('\n').slice(0, 16).join('\n');
  const reading = await read(cut);
  expect(titled(reading, 'test', 'histogram').labels).toHaveLength(1);
  expect(reading.unread.map(({ line }) => line)).toEqual([15, 16]);
  expect(reading.read + reading.noise + reading.unreadCount).toBe(reading.lines);
});
