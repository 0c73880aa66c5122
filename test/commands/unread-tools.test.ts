/** Output that is known and not read says so; what looks like it at first sight is left alone. */
import { expect, test } from 'vitest';
import { unreadToolText } from '../../src/commands/unread-tools.ts';

test.each([
  // As dstat 0.7.4, numastat 2.0.16, nfs-utils 2.6.2 and procps-ng 4.0.4 print them.
  ['dstat', 'You did not select any stats, using -cdngy by default.\n--total-cpu-usage-- -dsk/total- -net/total-\n'],
  ['dstat', '----system---- ----total-usage---- -dsk/total-\n     time     |usr sys idl wai stl| read  writ\n'],
  ['numastat', '                           node0           node1\nnuma_hit              8123412345      1234567890\n'],
  ['nfsiostat', '\nfiler-2:/export/home mounted on /home:\n\n           ops/s       rpc bklog\n'],
  ['slabtop', ' Active / Total Objects (% used)    : 9612345 / 9712345 (99.0%)\n'],
  [null, '--total-- of all\n/dev/sda1 mounted on / type ext4\nnuma_hit: many\n'],
])('%s', (tool, raw) => {
  const said = unreadToolText({ raw });
  expect(said?.split(':')[0] ?? null).toBe(tool === null ? null : `output of ${tool}, which is not read`);
});
