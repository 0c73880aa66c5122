/** What people are told to run is ours: whatever the host's names are, no word of them is in a command but digits and addresses. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCommand, stepText } from '../../src/datasets/finding.ts';
import { address, digits } from '../../src/findings/command.ts';
import { toolNamed } from '../../src/tools/index.ts';
import {
  buckets,
  dmesg,
  type Files,
  folded,
  inBuckets,
  iostat,
  judge,
  mpstat,
  pidstat,
  runs,
  SYSCALL,
  steady,
} from './host.ts';

const RUNS = runs(8, 17);

/** What a shell, a terminal or a flag would make something of; no blank, which would end a cell. */
const name = fc
  .array(
    fc.constantFrom(
      '$(id)',
      '`id`',
      ';',
      '|',
      '&',
      '>',
      '\\',
      '"',
      "'",
      '--output',
      '-o',
      '\u001b[2J',
      '../',
      '*',
      'é',
      '{}',
      'zq',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => `zq${parts.join('')}`);

/** A host in trouble of every kind, whose processes, disks, files and peers are called so. */
function hostCalled(word: string): Files {
  const times = Array.from({ length: 10 }, (_, i) => `14:00:0${i}`);
  const rows = (head: string, row: (time: string, i: number) => string, count = 40) =>
    `${head}\n${Array.from({ length: count }, (_, i) => row(times[i % 10] as string, i)).join('\n')}\n`;
  return {
    'pidstat.txt': pidstat(steady([{ pid: 4242, name: word, usr: 190 }])),
    'mpstat.txt': mpstat(steady({ all: { usr: 99 }, 0: { usr: 99 }, 1: { usr: 99 } })),
    'iostat.txt': iostat(
      steady({ [word.replace(/[^\w-]/g, '') || 'zq']: { w: 900, wkB: 300_000, wAwait: 90, queue: 80, util: 100 } }),
    ),
    'execsnoop.txt': rows(
      'TIME     PCOMM            PID    PPID   RET ARGS',
      (time, i) => `${time} ${word.slice(0, 14)} ${9000 + i} 4242 0 /bin/${word} ${word}`,
      900,
    ),
    'opensnoop.txt': rows(
      'TIME     PID    COMM               FD ERR PATH',
      (time, i) => `${time} ${100 + i} ${word.slice(0, 14)} -1 2 /etc/${word}`,
      900,
    ),
    'tcpretrans.txt': rows(
      'TIME     PID    IP LADDR:LPORT          T> RADDR:RPORT          STATE',
      (time) => `${time} 0      4  10.0.0.5:443         R> 10.0.0.9:${word.length + 1000}           ESTABLISHED`,
      400,
    ),
    'gethostlatency.txt': rows(
      'TIME      PID    COMM                  LATms HOST',
      (time, i) => `${time}  ${100 + i} ${word.slice(0, 14)} 5000.00 ${word}`,
    ),
    'ext4slower.txt': rows(
      'TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME',
      (time, i) => `${time} ${word.slice(0, 14)} ${100 + i} W 4096 0 900.00 ${word}`,
    ),
    'runqlat.txt': `Tracing run queue latency... Hit Ctrl-C to end.\n\n${buckets(inBuckets({ 15: 9000 }))}`,
    'offcputime.txt': folded({ [`${word};${SYSCALL};do_futex;futex_wait;schedule`]: 90_000_000 }),
    'dmesg.txt': dmesg(
      [1, `Out of memory: Killed process 4242 (${word}) total-vm:1kB, anon-rss:1kB`],
      [2, `INFO: task ${word}:4242 blocked for more than 120 seconds.`],
    ),
  };
}

/** A word of a command of `coldflame collect`, or of one of ours with numbers and addresses between its words. */
function isOurs(word: string): boolean {
  const tools = word.split(',');
  return (
    digits(word) !== null ||
    address(word) !== null ||
    tools.every((tool) => toolNamed(tool) !== undefined) ||
    /^-{0,2}[A-Za-z][\w:,-]*$|^-[A-Z]$|^\/sys\/fs\/cgroup$|^--$/.test(word)
  );
}

test('no word of the input is in a command that is told', async () => {
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(name, async (word) => {
      const findings = await judge(hostCalled(word));
      expect(findings.filter(({ verdict }) => verdict === 'found').length).toBeGreaterThan(3);
      for (const step of findings.flatMap(({ next }) => next)) {
        const text = stepText(step);
        expect(text).not.toContain('zq');
        if (!isCommand(step)) continue;
        commands++;
        expect([text, text.split(' ').filter((each) => !isOurs(each))]).toEqual([text, []]);
      }
    }),
    RUNS,
  );
  expect(commands).toBeGreaterThan(RUNS.numRuns * 5);
});

test('a checked word is one word for any shell, or none', () => {
  fc.assert(
    fc.property(fc.oneof(name, fc.string(), fc.ipV4(), fc.ipV6(), fc.nat().map(String)), (text) => {
      for (const checked of [digits(text), address(text)])
        if (checked !== null) expect(checked.word).toMatch(/^[0-9a-f:.]+$/i);
    }),
    { numRuns: 500, seed: 17 },
  );
});
