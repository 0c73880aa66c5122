/** What counts since boot tells by its growth: /proc files, ip -s link and netstat -s, two readings of ten seconds between. */
import { expect, test } from 'vitest';
import type { SubjectKind } from '../../src/datasets/finding.ts';
import type { SignalName } from '../../src/datasets/signals.ts';
import { signalsOf } from '../../src/signals/index.ts';
import { captureOf } from '../findings/host.ts';

/** `sda 51.2`: what each track is of, and its values. */
async function told(file: string, readings: readonly string[], signal: SignalName, kind?: SubjectKind) {
  const text = readings.map((reading, i) => `${(1000 + 10 * i).toFixed(2)} 500.00\n${reading}`).join('');
  const [signals] = signalsOf(await captureOf({ [file]: text }));
  return (signals?.tracks(signal, kind) ?? []).map(({ subject, values }) =>
    `${subject.name} ${values.map((value) => Math.round(value * 100) / 100).join(' ')}`.trim(),
  );
}

test('/proc/stat: ticks of a hundredth of a second, the row of all CPUs their sum', async () => {
  const stat = (user: number, idle: number, iowait: number, switches: number) =>
    `cpu  ${2 * user} 0 0 ${2 * idle} ${2 * iowait} 0 0 0 0 0
cpu0 ${user} 0 0 ${idle} ${iowait} 0 0 0 0 0
cpu1 ${user} 0 0 ${idle} ${iowait} 0 0 0 0 0
intr 1000 0 0
ctxt ${switches}
btime 1700000000
processes ${900 + switches / 100}
procs_running 7
procs_blocked 2
softirq 500 0 0
`;
  const readings = [stat(5000, 90_000, 1000, 40_000), stat(5700, 90_200, 1100, 60_000)];
  const of = (signal: SignalName, kind?: SubjectKind) => told('proc-stat.txt', readings, signal, kind);
  // 700 of 1,000 ticks in ten seconds, of each of two CPUs.
  expect(await of('system.cpu.utilization.user')).toEqual(['70']);
  expect(await of('system.cpu.utilization.user', 'cpu')).toEqual(['0 70', '1 70']);
  expect(await of('system.cpu.utilization')).toEqual(['70']);
  expect(await of('system.cpu.utilization.iowait')).toEqual(['10']);
  expect(await of('system.context_switches')).toEqual(['2000']);
  expect(await of('system.process.created')).toEqual(['20']);
  expect(await of('system.cpu.run_queue.length')).toEqual(['7 7']);
});

test('/proc/diskstats: utilization and queue by time, bytes by sectors of 512, partitions not again', async () => {
  const disk = (writes: number, sectors: number, busy: number, weighted: number) =>
    ['sda', 'sda1', 'nvme0n1', 'nvme0n1p2']
      .map((name, i) => ` 8 ${i} ${name} 100 0 800 50 ${writes} 0 ${sectors} 70 0 ${busy} ${weighted} 0 0 0 0\n`)
      .join('');
  const readings = [disk(1000, 80_000, 5000, 9000), disk(3000, 100_480, 14_000, 49_000)];
  const of = (signal: SignalName) => told('proc-diskstats.txt', readings, signal);
  expect(await of('system.disk.io_time')).toEqual(['sda 90', 'nvme0n1 90']);
  // 40 s of waiting in 10 s.
  expect(await of('system.disk.pending_operations')).toEqual(['sda 4', 'nvme0n1 4']);
  expect(await of('system.disk.operations.write')).toEqual(['sda 200', 'nvme0n1 200']);
  expect(await of('system.disk.io.write')).toEqual(['sda 1048576', 'nvme0n1 1048576']);
});

test('/proc/net/dev and ip -s link: bytes, packets, errors and drops of each interface', async () => {
  const dev = (
    bytes: number,
    packets: number,
    drops: number,
  ) => `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: ${bytes} ${packets}    3    ${drops}    0     0          0         0  77 8    0    0    0     0       0          0
`;
  const link = (
    bytes: number,
    packets: number,
    drops: number,
  ) => `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 56:5e:02:47:8a:fb brd ff:ff:ff:ff:ff:ff
    RX:  bytes packets errors dropped  missed   mcast           
       ${bytes}     ${packets}       3       ${drops}       0       0 
    TX:  bytes packets errors dropped carrier collsns           
       77     8       0       0       0       0 
`;
  for (const [file, reading] of [
    ['proc-net-dev.txt', dev],
    ['ip-link.txt', link],
  ] as const) {
    const readings = [reading(5000, 900, 40), reading(25_000, 1900, 240)];
    expect(await told(file, readings, 'system.network.io.receive')).toEqual(['eth0 2000']);
    expect(await told(file, readings, 'system.network.packets.receive')).toEqual(['eth0 100']);
    expect(await told(file, readings, 'system.network.dropped.receive')).toEqual(['eth0 20']);
    expect(await told(file, readings, 'system.network.errors.receive')).toEqual(['eth0 0']);
  }
});

test('netstat -s, in its words', async () => {
  const statistics = (sent: number, resent: number, overflows: number) => `Tcp:
    50 active connection openings
    60 passive connection openings
    2 failed connection attempts
    0 connection resets received
    3 connections established
    9000 segments received
    ${sent} segments sent out
    ${resent} segments retransmitted
    0 bad segments received
    7 resets sent
TcpExt:
    ${overflows} times the listen queue of a socket overflowed
    ${overflows} SYNs to LISTEN sockets dropped
`;
  const readings = [statistics(9000, 100, 20), statistics(19_000, 600, 70)];
  const of = (signal: SignalName) => told('netstat.txt', readings, signal);
  expect(await of('system.network.tcp.segments.sent')).toEqual(['1000']);
  expect(await of('system.network.tcp.retransmissions')).toEqual(['50']);
  expect(await of('system.network.tcp.listen.overflows')).toEqual(['5']);
  expect(await of('system.network.tcp.listen.drops')).toEqual(['5']);
});

test('io.max and io.stat of a control group, by device', async () => {
  const group = (writes: number) =>
    `/sys/fs/cgroup/backup/io.max:254:16 rbps=max wbps=max riops=max wiops=10
/sys/fs/cgroup/backup/io.stat:254:16 rbytes=0 wbytes=${writes * 4096} rios=0 wios=${writes} dbytes=0 dios=0
`;
  const readings = [group(500), group(590)];
  expect(await told('throttled.txt', readings, 'cgroup.disk.operations.write')).toEqual(['backup 9']);
  expect(await told('throttled.txt', readings, 'cgroup.disk.limit.operations.write')).toEqual(['backup 10 10']);
  expect(await told('throttled.txt', readings, 'cgroup.disk.io.write')).toEqual(['backup 36864']);
});

test.each([true, false])('metrics that count since boot are marked, loose %s', async (isLoose) => {
  const pressure = '/proc/pressure/cpu:some avg10=1.00 avg60=0.50 avg300=0.10 total=500\n';
  const free = `              total        used        free      shared  buff/cache   available
Mem:           15884       12778         176          88        2929        2061
`;
  const { datasets } = await captureOf({ 'pressure.txt': pressure, 'free.txt': free }, { isLoose });
  const totals = datasets.flatMap((dataset) =>
    dataset.shape === 'series' ? dataset.metrics.filter(({ name }) => name === 'total') : [],
  );
  // That of free is memory.
  expect(totals).toHaveLength(2);
  expect(totals.flatMap(({ unit, isCounter }) => (isCounter ? unit : []))).toEqual(['us']);
});
