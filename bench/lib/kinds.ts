/** Outputs of the tools, of any length: what each prints for hour upon hour on a busy host, the same bytes in every run. */
import { closeSync, openSync, writeSync } from 'node:fs';

/** A linear congruential generator (Numerical Recipes): the same numbers in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What a tool prints: a beginning, and then a text for each second or event, by its number. */
interface Kind {
  head: string;
  /** @param random from 0 to 1, a new one with each call */
  part(i: number, random: () => number): string;
}

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (i: number): string => `${two(Math.floor(i / 3600) % 24)}:${two(Math.floor(i / 60) % 60)}:${two(i % 60)}`;
const right = (value: number | string, width: number): string => String(value).padStart(width);
const fixed = (value: number, width: number, digits = 2): string => value.toFixed(digits).padStart(width);
const BANNER = 'Linux 6.1.0-18-amd64 (db1) \t03/09/2026 \t_x86_64_\t(64 CPU)\n';
const NAMES = ['mysqld', 'nginx', 'java', 'postgres', 'redis-server', 'kworker/u8:1', 'sshd', 'node', 'python3', 'dd'];
const nameOf = (random: () => number): string => NAMES[Math.floor(random() * NAMES.length)] as string;

function sarColumns(i: number, heading: string, rows: readonly string[]): string {
  const [before, at] = [clock(i), clock(i + 1)];
  return `\n${before}${heading}\n${rows.map((row) => `${at}${row}\n`).join('')}`;
}

export const kinds: Readonly<Record<string, Kind>> = {
  vmstat: {
    head: '',
    part: (i, random) =>
      `${i % 22 === 0 ? 'procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n' : ''}${right(Math.floor(random() * 20), 2)} ${right(Math.floor(random() * 3), 2)}      0 ${right(200000 + Math.floor(random() * 99999), 6)}  15656 ${right(1670000 + Math.floor(random() * 9999), 7)}    0    0 ${right(Math.floor(random() * 3000), 5)} ${right(Math.floor(random() * 9000), 5)} ${right(Math.floor(random() * 9000), 4)} ${right(Math.floor(random() * 90000), 4)} ${right(Math.floor(random() * 60), 2)} ${right(Math.floor(random() * 20), 2)} ${right(Math.floor(random() * 20), 2)}  0  0\n`,
  },
  mpstat: {
    head: BANNER,
    part: (i, random) => {
      const row = (cpu: string): string => {
        const [usr, sys, wait] = [random() * 50, random() * 20, random() * 5];
        return `  ${right(cpu, 6)} ${fixed(usr, 7)} ${fixed(0, 7)} ${fixed(sys, 7)} ${fixed(wait, 7)} ${fixed(0, 7)} ${fixed(random(), 7)} ${fixed(0, 7)} ${fixed(0, 7)} ${fixed(0, 7)} ${fixed(100 - usr - sys - wait, 7)}`;
      };
      const cpus = ['all', ...Array.from({ length: 64 }, (_, cpu) => String(cpu))];
      return sarColumns(
        i,
        '     CPU    %usr   %nice    %sys %iowait    %irq   %soft  %steal  %guest  %gnice   %idle',
        cpus.map(row),
      );
    },
  },
  sar: {
    head: BANNER,
    part: (i, random) => {
      const numbers = (count: number): string =>
        Array.from({ length: count }, () => ` ${fixed(random() * 900, 9)}`).join('');
      const table = (heading: string, columns: number, names: readonly string[] = ['']): string =>
        sarColumns(
          i,
          heading,
          names.map((name) => (name === '' ? '' : ` ${right(name, 9)}`) + numbers(columns)),
        );
      const cpus = ['all', ...Array.from({ length: 8 }, (_, cpu) => String(cpu))];
      return [
        table('       CPU     %user     %nice   %system   %iowait    %steal     %idle', 6, cpus),
        table('    proc/s   cswch/s', 2),
        table('   pswpin/s pswpout/s', 2),
        table('   pgpgin/s pgpgout/s   fault/s  majflt/s  pgfree/s pgscank/s pgscand/s pgsteal/s    %vmeff', 9),
        table('        tps      rtps      wtps      dtps   bread/s   bwrtn/s   bdscd/s', 7),
        table(
          '   kbmemfree   kbavail kbmemused  %memused kbbuffers  kbcached  kbcommit   %commit  kbactive   kbinact   kbdirty',
          11,
        ),
        table('   runq-sz  plist-sz   ldavg-1   ldavg-5  ldavg-15   blocked', 6),
        table('       DEV       tps     rkB/s     wkB/s     dkB/s   areq-sz    aqu-sz     await     %util', 8, [
          'vda',
          'vdb',
          'nvme0n1',
          'nvme1n1',
        ]),
        table('     IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil', 8, [
          'lo',
          'eth0',
          'eth1',
        ]),
        table(
          '     IFACE   rxerr/s   txerr/s    coll/s  rxdrop/s  txdrop/s  txcarr/s  rxfram/s  rxfifo/s  txfifo/s',
          9,
          ['lo', 'eth0', 'eth1'],
        ),
        table('     totsck    tcpsck    udpsck    rawsck   ip-frag    tcp-tw', 6),
        table('   active/s passive/s    iseg/s    oseg/s', 4),
        table('   atmptf/s  estres/s retrans/s isegerr/s   orsts/s', 5),
      ].join('');
    },
  },
  iostat: {
    head: BANNER,
    part: (i, random) => {
      const row = (name: string): string =>
        `${name.padEnd(12)}${Array.from({ length: 22 }, () => ` ${fixed(random() * 99, 8)}`).join('')}\n`;
      return `03/09/2026 ${clock(i)}\navg-cpu:  %user   %nice %system %iowait  %steal   %idle\n        ${Array.from({ length: 6 }, () => ` ${fixed(random() * 20, 7)}`).join('')}\n\nDevice            r/s     rkB/s   rrqm/s  %rrqm r_await rareq-sz     w/s     wkB/s   wrqm/s  %wrqm w_await wareq-sz     d/s     dkB/s   drqm/s  %drqm d_await dareq-sz     f/s f_await  aqu-sz  %util\n${['vda', 'vdb', 'nvme0n1', 'nvme1n1', 'dm-0', 'dm-1'].map(row).join('')}\n\n`;
    },
  },
  pidstat: {
    head: BANNER,
    part: (i, random) =>
      `\n${clock(i)}      UID       PID    %usr %system  %guest   %wait    %CPU   CPU  Command\n${Array.from(
        { length: 20 },
        (_, k) =>
          `${clock(i + 1)}     1000 ${right(1200 + k * 37, 9)} ${fixed(random() * 99, 7)} ${fixed(random() * 9, 7)} ${fixed(0, 7)} ${fixed(random(), 7)} ${fixed(random() * 99, 7)} ${right(Math.floor(random() * 64), 5)}  ${NAMES[k % NAMES.length]}\n`,
      ).join('')}`,
  },
  biosnoop: {
    head: 'TIME(s)     COMM           PID     DISK      T SECTOR     BYTES   LAT(ms)\n',
    part: (i, random) =>
      `${(i / 900).toFixed(6).padEnd(11)} ${nameOf(random).padEnd(14)} ${String(1000 + Math.floor(random() * 400)).padEnd(7)} ${(random() < 0.8 ? 'vda' : 'nvme0n1').padEnd(9)} ${random() < 0.5 ? 'R' : 'W'} ${String(Math.floor(random() * 9e7)).padEnd(10)} ${String(4096 * Math.ceil(random() * 32)).padEnd(7)} ${fixed(10 ** (random() * 4 - 2), 7)}\n`,
  },
  opensnoop: {
    head: 'TIME(s)       PID    COMM               FD ERR PATH\n',
    part: (i, random) =>
      `${(i / 900).toFixed(9).padEnd(13)} ${String(1000 + Math.floor(random() * 400)).padEnd(6)} ${nameOf(random).padEnd(16)} ${right(Math.floor(random() * 300), 4)} ${right(random() < 0.1 ? 2 : 0, 3)} /var/lib/app/${Math.floor(random() * 5000)}/data-${Math.floor(random() * 40)}.log\n`,
  },
  dmesg: {
    head: '',
    part: (i, random) =>
      `[${right((i / 3).toFixed(6), 12)}] ${['eth0: link is up', 'blk_update_request: I/O error, dev sdb, sector', 'EXT4-fs (vda1): mounted filesystem with ordered data mode, opts', 'audit: type=1400 apparmor="ALLOWED" operation="open" pid'][Math.floor(random() * 4)]} ${Math.floor(random() * 99999)}\n`,
  },
  'bpftrace counts': {
    head: 'Attaching 3 probes...\n',
    part: (i, random) =>
      `${clock(i)}\n${Array.from({ length: 40 }, (_, k) => `@reads[${NAMES[k % NAMES.length]}, ${1000 + k}]: ${Math.floor(random() * 90000)}\n`).join('')}`,
  },
  'bpftrace histograms': {
    head: 'Attaching 3 probes...\n',
    part: (i, random) =>
      `${clock(i)}\n@usecs[vda]: \n${Array.from({ length: 14 }, (_, k) => `${`[${2 ** k}, ${2 ** (k + 1)})`.padEnd(20)} ${right(Math.floor(random() * 900), 8)} |@@@@@@@@@@@@@@@@@@@@                                |\n`).join('')}\n`,
  },
  csv: {
    head: 'timestamp,host,service,latency_ms,bytes,status\n',
    part: (i, random) =>
      `${1_700_000_000 + i / 100},web${Math.floor(random() * 9)},${nameOf(random)},${(random() * 900).toFixed(3)},${Math.floor(random() * 1e6)},${random() < 0.97 ? 200 : 500}\n`,
  },
};

/** Writes so many bytes, or a little more, of one kind. */
export function writeKind(name: string, path: string, bytes: number): void {
  const { head, part } = kinds[name] as Kind;
  const random = randomFrom(7);
  const file = openSync(path, 'w');
  let [written, text] = [0, head];
  for (let i = 0; written < bytes; i++) {
    text += part(i, random);
    if (text.length < 1 << 20 && written + text.length < bytes) continue;
    written += writeSync(file, text);
    text = '';
  }
  closeSync(file);
}
