/** What holds of the verdicts of all rules, whatever the tools printed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/datasets/finding.ts';
import {
  buckets,
  clock,
  dmesg,
  type Files,
  type HostFacts,
  inBuckets,
  iostat,
  judge,
  mpstat,
  pidstat,
  pidstatSwitches,
  runs,
  SECONDS,
  sar,
  vmstat,
} from './host.ts';

const RUNS = runs(20, 4711);

/** Half of the time near nothing, else anything up to a bad time. */
const amount = (most: number) =>
  fc.oneof(fc.integer({ min: 0, max: Math.ceil(most / 50) }), fc.integer({ min: 0, max: most }));
const share = fc.integer({ min: 0, max: 100 });

/** What a tool prints of a first and a second half that may differ as a quiet time and an incident do. */
function halves<T>(row: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc
    .tuple(row, row)
    .map(([first, second]) => Array.from({ length: SECONDS }, (_, i) => (i < SECONDS / 2 ? first : second)));
}

const cpuTimes = fc.tuple(share, share, share).map(([usr, sys, iowait]) => {
  const scale = Math.min(1, 100 / Math.max(1, usr + sys + iowait));
  return { usr: usr * scale, sys: sys * scale, iowait: iowait * scale };
});
const disk = fc.record({
  w: amount(2000),
  wkB: amount(500_000),
  wAwait: amount(200),
  queue: amount(100),
  util: share,
});

function pressureText(totals: readonly number[]): string {
  let total = 1_000_000;
  return totals
    .map((stalled, i) => {
      total += stalled * 10_000;
      const line = `avg10=${stalled}.00 avg60=0.00 avg300=0.00 total=${total}`;
      return `${(1000 + i).toFixed(2)} 500.00\n/proc/pressure/io:some ${line}\n/proc/pressure/io:full ${line}\n`;
    })
    .join('');
}

/** A control group by its cpu.stat and memory.events: percent of its periods throttled, times above memory.high. */
function groupText(rows: readonly { throttled: number; high: number; current: number }[]): string {
  let [periods, throttled, high] = [1000, 10, 5];
  const path = '/sys/fs/cgroup/shop.slice';
  return rows
    .map((row, i) => {
      periods += 100;
      throttled += row.throttled;
      high += row.high;
      return `${(1000 + i).toFixed(2)} 500.00
${path}/cpu.stat:nr_periods ${periods}
${path}/cpu.stat:nr_throttled ${throttled}
${path}/memory.events:high ${high}
${path}/memory.current:${row.current * 1_000_000}
${path}/memory.max:100000000
`;
    })
    .join('');
}

function meminfoText(percents: readonly number[]): string {
  return percents
    .map(
      (percent, i) =>
        `${(1000 + i).toFixed(2)} 500.00\nMemTotal:        8388608 kB\nMemFree:          100000 kB\nMemAvailable:    ${83886 * percent} kB\n`,
    )
    .join('');
}

const KERNEL_LINES = [
  'usb 1-1: new high-speed USB device number 2 using xhci_hcd',
  'I/O error, dev vda, sector 1234 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 2',
  'INFO: task orderdb:4242 blocked for more than 120 seconds.',
  'something[33]: segfault at 0 ip 0000000000401136 sp 00007ffd3 error 4 in something[401000+1000]',
];

/** Each tool by its file, with what it may print. */
const TOOLS = {
  'vmstat.txt': halves(
    fc.record({ r: amount(60), b: amount(20), si: amount(9000), so: amount(9000), cs: amount(900_000) }),
  ).map(vmstat),
  'mpstat.txt': halves(fc.record({ all: cpuTimes, 0: cpuTimes, 1: cpuTimes })).map(mpstat),
  'iostat.txt': halves(fc.record({ vda: disk, vdb: disk })).map(iostat),
  'pidstat.txt': halves(share).map((percents) =>
    pidstat(
      percents.map((usr) => [
        { pid: 4242, name: 'orderdb', usr },
        { pid: 77, name: 'cron', usr: 1 },
      ]),
    ),
  ),
  'sar-tcp.txt': halves(fc.tuple(amount(2000), amount(2000))).map((rows) =>
    sar(
      'active/s  passive/s    iseg/s    oseg/s',
      rows.map(([a, b]) => [[a, b, 5000, 5000]]),
    ),
  ),
  'runqlat.txt': fc
    .tuple(fc.integer({ min: 1, max: 16 }), amount(5000))
    .map(
      ([power, count]) =>
        `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 2: 1000, [power]: count }))}`,
    ),
  'pressure.txt': halves(share).map(pressureText),
  'meminfo.txt': halves(share).map(meminfoText),
  'throttled.txt': halves(fc.record({ throttled: share, high: amount(50), current: share })).map(groupText),
  'sar-dev.txt': halves(fc.tuple(amount(200_000), amount(200_000), share)).map((rows) =>
    sar(
      '   IFACE   rxpck/s   txpck/s    rxkB/s    txkB/s   rxcmp/s   txcmp/s  rxmcst/s   %ifutil',
      rows.map(([rx, tx, used]) => [['eth0', 100, 100, rx, tx, 0, 0, 0, used]]),
    ),
  ),
  'dmesg.txt': fc
    .array(fc.tuple(fc.integer({ min: 0, max: SECONDS }), fc.constantFrom(...KERNEL_LINES)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((lines) => dmesg(...lines)),
} satisfies Record<string, fc.Arbitrary<string>>;
type File = keyof typeof TOOLS;
const NAMES = Object.keys(TOOLS) as File[];

const host = fc.record(TOOLS, { requiredKeys: [] }).map((files): Files => files);

/** Every rule with its verdicts, those that are told together too. */
function verdictsOf(findings: readonly Finding[]): Map<string, Set<string>> {
  const verdicts = new Map<string, Set<string>>();
  for (const { rule, also = [], verdict } of findings)
    for (const name of [rule, ...also]) verdicts.set(name, (verdicts.get(name) ?? new Set()).add(verdict));
  return verdicts;
}

function having(findings: readonly Finding[], verdict: string): string[] {
  return [...verdictsOf(findings)].flatMap(([rule, verdicts]) => (verdicts.has(verdict) ? [rule] : []));
}

test('a file more never rules out what was found without it', async () => {
  await fc.assert(
    fc.asyncProperty(host, fc.constantFrom(...NAMES), async (files, name) => {
      const { [name]: _, ...without } = files;
      const ruledOut = new Set(having(await judge(files), 'ruled-out'));
      expect(having(await judge(without), 'found').filter((rule) => ruledOut.has(rule))).toEqual([]);
    }),
    RUNS,
  );
});

test('a second table of a tool that saw less takes away nothing of what is found', async () => {
  await fc.assert(
    fc.asyncProperty(host, host, async (bad, other) => {
      const second = Object.fromEntries(
        Object.entries(other).map(([name, text]) => [name.replace('.txt', '-2.txt'), text]),
      );
      const found = having(await judge(bad), 'found');
      const ruledOut = new Set(having(await judge({ ...second, ...bad }), 'ruled-out'));
      expect(found.filter((rule) => ruledOut.has(rule))).toEqual([]);
    }),
    RUNS,
  );
});

test('the order of files means nothing', async () => {
  await fc.assert(
    fc.asyncProperty(host, fc.array(fc.nat()), async (files, keys) => {
      const order = (Object.entries(files) as [string, string][])
        .map((entry, i) => ({ entry, key: keys[i] ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ entry }) => entry);
      const words = async (given: Files) =>
        (await judge(given, { isLoose: true })).map(({ evidence: _, ...finding }) => finding);
      expect(await words(Object.fromEntries(order))).toEqual(await words(files));
    }),
    RUNS,
  );
});

test('the first half of a file rules out nothing that the whole does not', async () => {
  await fc.assert(
    fc.asyncProperty(host, fc.constantFrom(...NAMES), async (files, name) => {
      const text = files[name];
      if (text === undefined) return;
      const lines = text.split('\n');
      const half = `${lines.slice(0, lines.length / 2).join('\n')}\n`;
      // The manifest still says how much was written.
      const runs = { [name.replace('.txt', '')]: { bytes: Buffer.byteLength(text) } };
      const findings = await judge(files, { runs });
      // What was looked at beside a finding is ruled out by whole sources of its own, and stands under the finding: a queue that
      // vmstat saw empty is no longer in doubt because the file is cut that had found something else on the CPUs.
      const beside = findings
        .filter((each) => each.beside !== null && each.verdict === 'not-known')
        .map(({ rule }) => rule);
      const whole = new Set<string>([...having(findings, 'ruled-out'), ...beside]);
      const cut = having(await judge({ ...files, [name]: half }, { runs }), 'ruled-out');
      expect(cut.filter((rule) => !whole.has(rule))).toEqual([]);
    }),
    RUNS,
  );
});

test('what is an average since boot is not judged', async () => {
  await fc.assert(
    fc.asyncProperty(host, share, async (files, util) => {
      const row = `vda 1.00 1.00 0.00 0.00 0.00 4.00 1.00 1.00 0.00 0.00 ${util}.00 4.00 ${util}.00 ${util}.00\n`;
      const heading = /^(Device .*\n)vda .*\n/m;
      const other = {
        ...files,
        ...(files['iostat.txt'] === undefined
          ? {}
          : { 'iostat.txt': files['iostat.txt'].replace(heading, `$1${row}`) }),
        ...(files['vmstat.txt'] === undefined
          ? {}
          : {
              'vmstat.txt': files['vmstat.txt'].replace(
                /^ 40 .*\n/m,
                ` ${util}  0 0 1 1 1 0 ${util} 0 0 100 ${util} 1 1 98 0 0\n`,
              ),
            }),
      };
      expect(await judge(other)).toEqual(await judge(files));
    }),
    RUNS,
  );
});

test('one reading may find and never clears', async () => {
  const reading: fc.Arbitrary<Files> = fc.record(
    {
      'vmstat.txt': fc.record({ r: amount(60), si: amount(9000) }).map((row) => vmstat([row])),
      'mpstat.txt': cpuTimes.map((all) => mpstat([{ all }])),
      'iostat.txt': disk.map((vda) => iostat([{ vda }])),
      'pidstat.txt': share.map((usr) => pidstat([[{ pid: 7, name: 'orderdb', usr }]])),
      'pressure.txt': share.map((stalled) => pressureText([stalled])),
      'meminfo.txt': share.map((percent) => meminfoText([percent])),
      'throttled.txt': amount(90_000).map(
        (throttled) =>
          `${clock(1)}\n/sys/fs/cgroup/shop.slice/cpu.stat:nr_periods 100000\n/sys/fs/cgroup/shop.slice/cpu.stat:nr_throttled ${throttled}\n`,
      ),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(reading, async (files) => {
      expect(having(await judge(files), 'ruled-out')).toEqual([]);
    }),
    RUNS,
  );
});

test('no word of the input is a word of a command, and no number is none', async () => {
  const name = fc.string({
    minLength: 1,
    maxLength: 15,
    unit: fc.constantFrom('$', '(', '`', ';', '|', '&', "'", '"', 'Q'),
  });
  await fc.assert(
    fc.asyncProperty(host, name, fc.constantFrom('nan', '-nan', 'inf'), async (files, word, none) => {
      const comm = `Q${word}`;
      const facts: HostFacts = { absent: { [comm]: { outcome: 'failed', reason: comm } } };
      const findings = await judge(
        {
          ...files,
          'pidstat.txt': pidstat(Array.from({ length: SECONDS }, () => [{ pid: 7, name: comm, usr: 399 }])),
          'pidstat-2.txt': pidstatSwitches(
            Array.from({ length: SECONDS }, () => [{ pid: 7, name: comm, voluntary: 200_000 }]),
          ),
          ...(files['iostat.txt'] === undefined
            ? {}
            : { 'iostat.txt': files['iostat.txt'].replace(/\d+\.00\n$/, `${none}\n`) }),
        },
        facts,
      );
      const commands = findings.flatMap(({ next }) =>
        next.flatMap((step) => ('collect' in step ? [step.command] : 'run' in step ? [step.run] : [])),
      );
      for (const text of commands) expect(text).toMatch(/^[a-zA-Z0-9 .,_/=:{}%<>-]+$/);
      for (const text of commands) expect(text).not.toContain('Q');
      for (const { title, detail, measures } of findings) {
        expect(`${title} ${detail}`).not.toMatch(/\bNaN\b|\bInfinity\b|undefined/);
        for (const { value } of measures) expect(value).toBeTypeOf('number');
        expect(measures.every(({ value }) => Number.isFinite(value))).toBe(true);
      }
    }),
    RUNS,
  );
});
