import { expect, test } from 'vitest';
import { processName } from '../../src/datasets/program.ts';

test.each([
  // As `pidstat -l`, `top -c` and `ps aux` print them; the kernel's name of each by `ps -o comm`.
  ['/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql', 'postgres'],
  ['node /srv/shop/server.js --port 80', 'node'],
  ['postgres: walwriter process', 'postgres'],
  ['[kworker/u8:3-ext4-rsv-conversion]', 'kworker/u8:3-ex'],
  ['/usr/libexec/gnome-terminal-server', 'gnome-terminal-'],
  // Names that are names.
  ['tmux: server', 'tmux: server'],
  ['CPU 0/KVM', 'CPU 0/KVM'],
  ['kworker/u8:3-ext4-rsv-conversion', 'kworker/u8:3-ext4-rsv-conversion'],
  ['Isolated Web Co', 'Isolated Web Co'],
  ['', ''],
])('%s is %s', (printed, name) => {
  expect(processName(printed)).toBe(name);
});
