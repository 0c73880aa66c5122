/** A sosreport as it is: what it holds of known tools, whose it is, each fact once, and nothing that is private. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCaptures } from '../../src/commands/read.ts';
import { rowCount } from '../../src/datasets/cells.ts';

const OOM = 'Out of memory: Killed process 12345 (java) total-vm:8123904kB, anon-rss:4123904kB, file-rss:0kB';
const FILES: Readonly<Record<string, string>> = {
  'sos_commands/memory/free': `               total        used        free      shared  buff/cache   available
Mem:        24683656     3679224    15086752        9032     5917680    20653820
`,
  'sos_commands/kernel/dmesg': `[    0.000000] Linux version 5.14.0
[12345.678901] ${OOM}
`,
  'sos_commands/kernel/dmesg_-T': `[Mon Oct  9 08:03:20 2023] Linux version 5.14.0
[Mon Oct  9 14:03:20 2023] ${OOM}
`,
  'sos_commands/host/hostname': 'db1.example.com\n',
  'sos_commands/kernel/uname_-a':
    'Linux db1.example.com 5.14.0-70.el9.x86_64 #1 SMP Fri Feb 4 2022 x86_64 x86_64 x86_64 GNU/Linux\n',
  'sos_commands/processor/lscpu':
    'Architecture:        x86_64\nCPU op-mode(s):      32-bit, 64-bit\nCPU(s):              16\nNUMA node(s):        2\n',
  'sos_commands/filesys/mount_-l': '/dev/vda1 on / type xfs (rw)\n',
  'var/log/messages': `Oct  9 14:03:18 db1 sshd[812]: Accepted password for root from 10.0.0.1
Oct  9 14:03:20 db1 kernel: ${OOM}
Dec 31 23:59:58 db1 kernel: md: md0: recovery done.
Jan  1 00:00:03 db1 kernel: md: data-check of RAID array md0
`,
  'proc/vmstat': 'nr_free_pages 5728912\noom_kill 1\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/os-release': 'NAME="Red Hat Enterprise Linux"\nPRETTY_NAME="Red Hat Enterprise Linux 9.2 (Plow)"\n',
  'sos_commands/date/date': 'Mon Jan  1 00:10:00 CET 2024\n',
  'sos_commands/date/hwclock': '2024-01-01 00:10:01.123456+01:00\n',
  'sos_reports/manifest.json': '{"version":"4.6","cmdlineargs":""}\n',
  'etc/fstab': '/dev/vda1 / xfs defaults 0 0\n',
  'version.txt': 'sosreport: 4.2\n',
};

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'coldflame-sos-'));
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(root, 'sosreport-db1-2023-10-09-abcdef', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
});
afterAll(() => rmSync(root, { recursive: true }));

test('an unpacked sosreport', async () => {
  const [capture, ...others] = await readCaptures([root], { samples: false });
  expect(others).toEqual([]);
  expect(capture?.host).toMatchObject({
    hostname: 'db1.example.com',
    kernel: '5.14.0-70.el9.x86_64',
    arch: 'x86_64',
    cpus: 16,
    os: 'Red Hat Enterprise Linux 9.2 (Plow)',
  });
  expect(capture?.damage).toEqual([]);
  const tools = capture?.sources.map(({ name, tool }) => `${name.replace(/^[^/]*\//, '')}: ${tool}`);
  expect(tools).toEqual([
    'proc/vmstat: proc-vmstat',
    'sos_commands/kernel/dmesg: dmesg',
    'sos_commands/kernel/dmesg_-T: dmesg',
    'sos_commands/memory/free: free',
    'var/log/messages: dmesg',
  ]);
  // passwd and fstab are not opened; hostname, uname, mount and version.txt are of no known tool.
  expect(capture?.aside?.map((name) => name.replace(/^[^/]*\//, '')).sort()).toEqual([
    'etc/fstab',
    'etc/os-release',
    'etc/passwd',
    'sos_commands/date/date',
    'sos_commands/date/hwclock',
    'sos_commands/filesys/mount_-l',
    'sos_commands/host/hostname',
    'sos_commands/kernel/uname_-a',
    'sos_commands/processor/lscpu',
    'sos_reports/manifest.json',
    'version.txt',
  ]);
  expect(JSON.stringify(capture?.sources.map(({ raw }) => raw))).not.toContain('root:x:0');
});

test('each kernel message is told once, where it has a time beside the others', async () => {
  const [capture] = await readCaptures([root], { samples: false });
  const logs = capture?.datasets.filter(({ tool }) => tool === 'dmesg') ?? [];
  // dmesg tells seconds since boot, dmesg -T the date, and messages, which has most, the date without a year.
  expect(logs.map((log) => (log.shape === 'events' ? rowCount(log) : -1))).toEqual([0, 1, 3]);
  // What syslog prints without a year is laid near the date of the bundle, over the turn of the year.
  const [, dated, log] = logs;
  const midnight = Date.UTC(2024, 0, 1) / 1000 - (capture?.printedClock?.started ?? 0);
  expect(log?.shape === 'events' && [...log.at].map((at) => at - midnight)).toEqual([
    (Date.UTC(2023, 9, 9, 14, 3, 20) - Date.UTC(2024, 0, 1)) / 1000,
    -2,
    3,
  ]);
  expect(dated?.clock).toBe('capture');
});

test('a folder that is a bundle is read as one in a folder is', async () => {
  const folder = join(root, 'sosreport-db1-2023-10-09-abcdef');
  const [one, other] = await Promise.all([root, folder].map((path) => readCaptures([path], { samples: false })));
  expect(other?.map(({ host, sources, aside }) => [host, sources, aside])).toEqual(
    one?.map(({ host, sources, aside }) => [host, sources, aside]),
  );
});

test('days of sar that are there in its own form alone are said once, with what makes text of them', async () => {
  const place = mkdtempSync(join(tmpdir(), 'coldflame-days-'));
  const log = join(place, 'sosreport-db1-2023-10-09-abcdef', 'var/log/sa');
  mkdirSync(log, { recursive: true });
  for (const day of ['sa08', 'sa09']) writeFileSync(join(log, day), Uint8Array.of(0x96, 0xd5, 0x75, 0x21, 0, 0, 0, 0));
  writeFileSync(join(log, '../messages'), FILES['var/log/messages'] as string);
  const [without] = await readCaptures([place], { samples: false });
  expect(without?.damage).toEqual([expect.stringMatching(/sa08 and 1 more: .*sar -A -f FILE > sar\.txt$/)]);
  writeFileSync(
    join(log, 'sar09'),
    'Linux 5.14.0 (db1) \t10/09/2023 \t_x86_64_\t(4 CPU)\n\n00:00:00 proc/s cswch/s\n00:10:00 1.00 2.00\n',
  );
  const [beside] = await readCaptures([place], { samples: false });
  rmSync(place, { recursive: true });
  expect(beside?.damage).toEqual([]);
});

test('bundles of several hosts are several captures', async () => {
  const place = mkdtempSync(join(tmpdir(), 'coldflame-bundles-'));
  const free = FILES['sos_commands/memory/free'] as string;
  const files: Readonly<Record<string, string>> = {
    'sosreport-db1-2023-10-09-abcdef/sos_commands/memory/free': free,
    'sosreport-db1-2023-10-09-abcdef/sos_commands/host/hostname': 'db1\n',
    'sosreport-db1-2023-10-10-abcdef/sos_commands/memory/free': free,
    'sosreport-db1-2023-10-10-abcdef/sos_commands/host/hostname': 'db1\n',
    'scc_web2_231009_1403/basic-environment.txt': `#==[ Command ]======================================#
# /bin/date
Mon Oct  9 14:03:20 CEST 2023

#==[ Configuration File ]===========================#
# /etc/os-release
PRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"

#==[ Command ]======================================#
# /bin/uname -a
Linux web2 5.14.21-150500.55.7-default #1 SMP PREEMPT_DYNAMIC Mon Jul 10 2023 x86_64 x86_64 x86_64 GNU/Linux

#==[ Command ]======================================#
# /usr/bin/free -k
${free}`,
    'must-gather.local.1/quay-io-x/nodes/worker-1/meminfo': 'MemTotal: 100 kB\nMemFree: 50 kB\nMemAvailable: 60 kB\n',
    'must-gather.local.1/quay-io-x/nodes/worker-2/meminfo': 'MemTotal: 200 kB\nMemFree: 50 kB\nMemAvailable: 60 kB\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  const captures = await readCaptures([place], { samples: false });
  rmSync(place, { recursive: true });
  expect(
    captures.map(({ host, sources }) => [host?.hostname, host?.kernel, sources.map(({ tool }) => tool).join()]),
  ).toEqual([
    ['worker-1', undefined, 'meminfo'],
    ['worker-2', undefined, 'meminfo'],
    ['web2', '5.14.21-150500.55.7-default', 'text,free'],
    ['db1', undefined, 'free'],
    ['db1', undefined, 'free'],
  ]);
  expect(captures[2]).toMatchObject({
    host: { os: 'SUSE Linux Enterprise Server 15 SP5' },
    taken: Date.UTC(2023, 9, 9, 14, 3, 20) / 1000,
  });
});
