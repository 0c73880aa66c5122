/** perf stat: the examples of its manual, of kernel 5.x with hardware counters, and our own samples. Numbers are read off the text. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Counts, Dataset } from '../../src/datasets/shapes.ts';
import { chartSvg } from '../../src/render/picture.ts';
import { sumPicture } from '../../src/render/report/pictures.ts';
import { itemsOf, pointsOf } from '../plain.ts';
import { claimants, read } from '../reading.ts';
import { metric, rowsOf, seriesOf, valuesOf } from './read.ts';

const sample = (name: string) => readFileSync(resolve(import.meta.dirname, '../../samples/perf-stat', name), 'utf8');
const counts = (datasets: readonly Dataset[]) =>
  datasets
    .filter((dataset): dataset is Counts => dataset.shape === 'counts')
    .map((each) => [each.unit, itemsOf(each).map(({ key, value }) => [...key, value])]);

const MANUAL = `
 Performance counter stats for 'make':

        83723.452481      task-clock:u (msec)       #    1.004 CPUs utilized
                   0      context-switches:u        #    0.000 K/sec
           3,228,188      page-faults:u             #    0.039 M/sec
     229,570,665,834      cycles:u                  #    2.742 GHz
     313,163,853,778      instructions:u            #    1.36  insn per cycle
                                                    #    0.43  stalled cycles per insn
       2,078,861,393      branch-misses:u           #    2.98% of all branches          (83.33%)

        83.409183620 seconds time elapsed

        74.684747000 seconds user
         8.739217000 seconds sys
`;

test('the manual’s example: counts by unit, times, and a table of all that is said', async () => {
  const parsed = await read(MANUAL);
  expect([claimants(MANUAL), parsed.unread, parsed.notes]).toEqual([['perf stat'], [], []]);
  expect(counts(parsed.datasets)).toEqual([
    [
      '',
      [
        ['context-switches:u', 0],
        ['page-faults:u', 3_228_188],
        ['cycles:u', 229_570_665_834],
        ['instructions:u', 313_163_853_778],
        ['branch-misses:u', 2_078_861_393],
      ],
    ],
    ['msec', [['task-clock:u', 83_723.452481]]],
    [
      's',
      [
        ['elapsed', 83.40918362],
        ['user', 74.684747],
        ['sys', 8.739217],
      ],
    ],
  ]);
  expect(rowsOf(parsed)).toMatchObject([
    { event: 'task-clock:u', derived: 1.004, 'derived unit': 'CPUs utilized', counted: null },
    { event: 'context-switches:u', value: 0, derived: 0 },
    { event: 'page-faults:u', derived: 39_000, 'derived unit': '/s' },
    { event: 'cycles:u', derived: 2.742, 'derived unit': 'GHz' },
    { event: 'instructions:u', derived: 1.36, 'derived unit': 'insn per cycle' },
    { event: 'instructions:u', value: null, derived: 0.43, 'derived unit': 'stalled cycles per insn' },
    { event: 'branch-misses:u', derived: 2.98, 'derived unit': '% of all branches', counted: 83.33 },
    { event: 'elapsed', value: 83.40918362, unit: 's' },
    { event: 'user' },
    { event: 'sys' },
  ]);
});

test('counters that took turns, on a hybrid CPU', async () => {
  const text = ` Performance counter stats for 'taskset -c 16 ./triad_loop':

       233,066,666      cpu_core/cycles/                                              (0.43%)
       604,097,080      cpu_atom/cycles/                                              (99.57%)
     <not counted>      branches                                                      (0.00%)
`;
  const parsed = await read(text);
  expect(parsed.notes).toEqual(['<not counted>: branches']);
  expect(rowsOf(parsed)).toMatchObject([
    { event: 'cpu_core/cycles/', value: 233_066_666, counted: 0.43 },
    { event: 'cpu_atom/cycles/', value: 604_097_080, counted: 99.57 },
    { event: 'branches', value: null, missing: '<not counted>', counted: 0 },
  ]);
});

test('runs one by one (--table), and their spread', async () => {
  const text = ` Performance counter stats for 'perf bench sched pipe' (5 runs):

           # Table of individual measurements:
           5.189 (-0.293) #
           6.186 (+0.703) ####

           # Final result:
           5.483 +- 0.198 seconds time elapsed  ( +-  3.62% )
`;
  const parsed = await read(text);
  expect(parsed.unread).toEqual([]);
  expect(rowsOf(parsed)).toMatchObject([
    { event: 'run 1', value: 5.189 },
    { event: 'run 2', value: 6.186 },
    { event: 'elapsed', value: 5.483, '+-': 3.62 },
  ]);
});

describe('the locale’s numbers', () => {
  test('German: 2.192 faults are two thousand, 128,72 a fraction', async () => {
    const text = ` Performance counter stats for 'sh' (2 runs):

            128,72 msec task-clock                       #    0,996 CPUs utilized            ( +-  0,54% )
             2.192      page-faults                      #   16,937 K/sec                    ( +-  0,07% )
         1.002.192      cycles                           #    1,500 GHz                      ( +- 12,50% )

          0,129250 +- 0,000409 seconds time elapsed  ( +-  0,32% )
`;
    expect(rowsOf(await read(text))).toMatchObject([
      { event: 'task-clock', value: 128.72, derived: 0.996, '+-': 0.54 },
      { event: 'page-faults', value: 2192, derived: 16_937, '+-': 0.07 },
      { event: 'cycles', value: 1_002_192, derived: 1.5, '+-': 12.5 },
      { event: 'elapsed', value: 0.12925, '+-': 0.32 },
    ]);
  });

  test('French: thousands stand apart by a narrow blank', async () => {
    const text = " Performance counter stats for 'sh':\n\n     2\u202f190      page-faults       #   16,779 K/sec\n";
    expect(rowsOf(await read(text))).toMatchObject([{ value: 2190, derived: 16_779 }]);
  });

  test('CSV with decimal commas: perf itself cuts what it derives, so that is left out and said', async () => {
    const parsed = await read(
      '0,42;msec;task-clock;417122;100,00;0;CPUs utilized\n49;;page-faults;417122;100,00;117;K/sec\n',
    );
    expect(rowsOf(parsed)).toEqual([
      { event: 'task-clock', value: 0.42, unit: 'msec' },
      { event: 'page-faults', value: 49, unit: '' },
    ]);
    expect(parsed.notes).toEqual(['perf cuts what it derives at the decimal comma in CSV: left out']);
  });
});

describe('by interval', () => {
  test('series on the time since perf started, of our own sample', async () => {
    const parsed = await read(sample('interval.txt'));
    expect(parsed.notes).toEqual(['<not supported>: cycles']);
    expect(seriesOf(parsed.datasets).map(({ clock }) => clock)).toEqual(['elapsed', 'elapsed']);
    expect(valuesOf(parsed, 'context-switches')).toEqual([232, 151, 193, 133, 292, 764]);
    // Printed as 1.171 K/sec, 771.799 /sec and so on: one scale.
    expect(valuesOf(parsed, 'context-switches/s')).toEqual([1171, 771.799, 977.848, 685.148, 1483, 8606]);
    expect(pointsOf(metric(parsed, 'task-clock'))[1]).toEqual([0.400654692, 195.65]);
    expect(metric(parsed, 'duration_time').unit).toBe('ns');
  });

  test('each CPU, as CSV: six intervals of two CPUs', async () => {
    const parsed = await read(sample('interval-cpu.csv'));
    expect(claimants(sample('interval-cpu.csv'))).toEqual(['perf stat']);
    expect(valuesOf(parsed, 'context-switches', '1')).toEqual([314, 102, 631, 766, 771, 297]);
    expect(pointsOf(metric(parsed, 'CPUs utilized', '0'))[0]).toEqual([0.200234377, 1.011]);
  });

  test('each socket: the number of its CPUs is no counter', async () => {
    const parsed = await read(sample('per-socket-interval.txt'));
    expect(valuesOf(parsed, 'page-faults', 'S0')).toEqual([1765, 250, 33, 10, 207, 5]);
  });
});

test('what was counted alone: cores, threads, control groups', async () => {
  expect(rowsOf(await read(sample('per-core.txt')))[1]).toMatchObject({
    core: 'S0-D0-C0',
    event: 'page-faults',
    value: 17_051,
  });
  const threads = ` Performance counter stats for process id '4242':

          Web Content-4243              12      page-faults
                 node-4242       1,234.56 msec task-clock

`;
  expect(rowsOf(await read(threads))).toMatchObject([
    { thread: 'Web Content-4243', event: 'page-faults', value: 12 },
    { thread: 'node-4242', value: 1234.56, unit: 'msec' },
  ]);
  const groups =
    '102.27,msec,task-clock,shop,140692413,100.00,2.045,CPUs utilized\n7578,,page-faults,/,102272393,50.00,74.095,K/sec\n';
  expect(rowsOf(await read(groups))).toMatchObject([
    { cgroup: 'shop', event: 'task-clock', derived: 2.045 },
    { cgroup: '/', event: 'page-faults', value: 7578, counted: 50 },
  ]);
});

test('what the command printed is no counter, before the header and behind the times', async () => {
  const parsed = await read(`12 apples\n${MANUAL}12 apples\n`);
  expect(parsed.unread.map(({ line }) => line)).toEqual([1, MANUAL.split('\n').length + 1]);
  expect(counts(parsed.datasets)).toEqual(counts((await read(MANUAL)).datasets));
});

test.each(['a,b,c\n1,2,3\n', '1,msec,task-clock\n', '8,,x,1\n', '12 apples\n 3 pears\n'])(
  '%j is not of perf stat',
  (text) => {
    expect(claimants(text)).not.toContain('perf stat');
  },
);

test('of a command that was run by collect the command alone is the title', async () => {
  const wrapped =
    'sh -c . "$0"; exec "$@" >&4 2>&5 /tmp/coldflame.4026531836.24089.1875099.OsCxDM/surroundings make -j 2';
  const { datasets } = await read(` Performance counter stats for '${wrapped}':\n\n     12      page-faults\n`);
  expect(datasets[0]?.title).toBe('make -j 2');
});

test('events of different kinds are drawn without a sum and shares of it', async () => {
  const [dataset] = (await read(MANUAL)).datasets;
  const svg = chartSvg(dataset as Dataset, 'bars', {}).text;
  expect(svg).toContain('3,228,188<');
  expect(svg).toContain('5 keys');
  expect(svg).not.toMatch(/in all|%\)/);
});

test('the report draws no bars of how often each event has a row', async () => {
  const table = (await read(MANUAL.replace(/.*stalled.*\n/, ''))).datasets.find(({ shape }) => shape === 'events');
  expect(sumPicture(table as Dataset)).toBeNull();
  const twice = (await read(MANUAL)).datasets.find(({ shape }) => shape === 'events');
  expect(sumPicture(twice as Dataset)?.text).toContain('rows by event');
});

describe('-j', () => {
  test('intervals: what was counted, and that cycles could not be', async () => {
    const parsed = await read(sample('interval.json'));
    expect([parsed.grammar, parsed.unread, parsed.notes]).toEqual(['perf stat', [], ['<not supported>: cycles']]);
    expect(pointsOf(metric(parsed, 'page-faults'))).toEqual([
      [0.400465329, 135],
      [0.663989686, 0],
    ]);
    expect(valuesOf(parsed, 'CPUs utilized')).toEqual([0.597428, 0.00031]);
  });

  test('several runs: the spread, and K/sec for what it is', async () => {
    const rows = rowsOf(await read(sample('repeated.json')));
    expect(rows.map((row) => [row.event, row.value, row['+-'], row.derived, row['derived unit']])).toEqual([
      ['task-clock', 24.200328, 0.59, 0.98817, 'CPUs utilized'],
      ['context-switches', 6, 11.11, 250.875601, '/s'],
      ['page-faults', 63, 1.4, 2634.194, '/s'],
    ]);
  });

  // In the form of tools/perf/util/stat-display.c, as of a machine with hardware counters.
  test('places, control groups, counters that took turns, and a further derived value', async () => {
    const parsed =
      await read(`{"cpu" : "3", "counter-value" : "12.000000", "unit" : "", "event" : "cycles", "cgroup" : "/web", "event-runtime" : 5, "pcnt-running" : 75.00, "metric-value" : 2.500000, "metric-unit" : "GHz"}
{"cpu" : "3", "metric-value" : 0.430000, "metric-unit" : "stalled cycles per insn"}
`);
    expect(parsed.unread).toEqual([]);
    expect(rowsOf(parsed)).toMatchObject([
      { event: 'cycles', CPU: '3', cgroup: '/web', value: 12, counted: 75, derived: 2.5, 'derived unit': 'GHz' },
      { event: 'cycles', CPU: '3', value: null, derived: 0.43, 'derived unit': 'stalled cycles per insn' },
    ]);
  });

  test.each(['{"a" : 1}', '{"counter-value" : "x", "event" : "cycles"}', '{"event" : "cycles", "metric-unit" : "}'])(
    '%s is none',
    (line) => expect(claimants(`${line}\n`)).toEqual([]),
  );
});

describe('--metric-only', () => {
  // As print_metric_headers and print_metric_only of perf 6.1 print them: names to the right of 20 characters, or as wide as they are.
  const NAMES = [
    'Ghz',
    'insn per cycle',
    'branch-misses of all branches',
    'L1-dcache-load-misses of all L1-dcache accesses',
  ];
  const WIDTHS = [20, 20, 33, 51];
  const heading = NAMES.map((name) => `${name.padStart(20)} `).join('');
  const row = (values: string[]) => values.map((value, i) => `${value.padStart(WIDTHS[i] as number)} `).join('');
  const FIRST = row(['   3.792', '    0.61', '   3.24%', '   2.07%']);
  const SECOND = row(['   2.011', '    1.10', '   0.37%', '  11.90%']);
  const NONE = row(['', '', '', '']);
  const expected = [
    ['Ghz', 'GHz', [3.792, 2.011]],
    ['insn per cycle', '', [0.61, 1.1]],
    ['branch-misses of all branches', '%', [3.24, 0.37]],
    ['L1-dcache-load-misses of all L1-dcache accesses', '%', [2.07, 11.9]],
  ];
  const told = (datasets: readonly Dataset[]) =>
    datasets.flatMap((dataset) =>
      dataset.shape === 'series'
        ? dataset.metrics.map(({ name, unit, values, labels }) => [name, unit, [...values], ...Object.values(labels)])
        : [],
    );

  test.each([
    ['a table', `#           time ${heading}\n     1.000746267 ${FIRST}\n     2.001573113 ${SECOND}\n`],
    [
      'CSV',
      ` time,${NAMES.join(',')},\n     1.000746267,3.792,0.61,3.24,2.07,\n     2.001573113,2.011,1.10,0.37,11.90,\n`,
    ],
    [
      'CSV with semicolons',
      `time;${NAMES.join(';')};\n     1.000746267;3.792;0.61;3.24;2.07;\n     2.001573113;2.011;1.10;0.37;11.90;\n`,
    ],
    [
      'JSON',
      `{"unit" : "sec"}${NAMES.map((name) => `{"unit" : "${name}"}`).join('')}\n{"interval" : 1.000746267}${['3.792', '0.61', '3.24', '2.07'].map((value) => `{"metric-value" : "${value}"}`).join('')}\n{"interval" : 2.001573113}${['2.011', '1.10', '0.37', '11.90'].map((value) => `{"metric-value" : "${value}"}`).join('')}\n`,
    ],
    [
      'JSON of perf 6.8',
      `{"interval" : 1.000746267, ${['3.792', '0.61', '3.24', '2.07'].map((value, i) => `"${NAMES[i]}" : "${value}"`).join(', ')}}\n{"interval" : 2.001573113, ${['2.011', '1.10', '0.37', '11.90'].map((value, i) => `"${NAMES[i]}" : "${value}"`).join(', ')}}\n`,
    ],
  ])('by interval as %s', async (_, text) => {
    const parsed = await read(text);
    expect([claimants(text), parsed.unread]).toEqual([['perf stat'], []]);
    expect(told(parsed.datasets)).toEqual(expected);
    expect(parsed.lines).toBe(parsed.read + parsed.noise + parsed.unreadCount);
  });

  test('of each CPU, with the blanks of perf 6.1.192', async () => {
    const text = `#           time CPU     ${heading}\n     1.000746267 CPU0   ${FIRST}\n     1.000746267 CPU1   ${SECOND}\n     2.001573113 CPU0   ${NONE}\n`;
    const parsed = await read(text);
    expect([claimants(text), parsed.unread, parsed.notes]).toEqual([
      ['perf stat'],
      [],
      ['perf counted nothing that its metrics need'],
    ]);
    expect(told(parsed.datasets)).toEqual(
      ['0', '1'].flatMap((cpu, i) =>
        expected.map(([name, unit, values]) => [name, unit, [(values as number[])[i]], cpu]),
      ),
    );
  });

  test('of a command, a CPU or a control group, below the first line', async () => {
    const around = (lines: string) =>
      `\n Performance counter stats for 'system wide':\n\n${lines}\n       1.000470616 seconds time elapsed\n\n`;
    const globally = await read(around(` ${heading}\n ${FIRST}\n`));
    expect([globally.unread, counts(globally.datasets)]).toEqual([
      [],
      [
        ['', [['insn per cycle', 0.61]]],
        ['GHz', [['Ghz', 3.792]]],
        [
          '%',
          [
            ['branch-misses of all branches', 3.24],
            ['L1-dcache-load-misses of all L1-dcache accesses', 2.07],
          ],
        ],
        ['s', [['elapsed', 1.000470616]]],
      ],
    ]);
    // frontend cycles idle is as wide as its column: a single blank is before it.
    const glued = `${'GHz'.padStart(20)} frontend cycles idle ${'insn per cycle'.padStart(20)} `;
    const idle = `${'3.792'.padStart(20)} ${'41.20%'.padStart(23)} ${'0.61'.padStart(20)} `;
    const apart = await read(around(`       ${glued}\nCPU0   ${idle}\nCPU1   ${idle}\n`));
    expect(apart.unread).toEqual([]);
    expect(counts(apart.datasets)).toContainEqual([
      '%',
      [
        ['frontend cycles idle', '0', 41.2],
        ['frontend cycles idle', '1', 41.2],
      ],
    ]);
    const slice = await read(
      around(`${' '.repeat(18)}${heading}\n system.slice     ${FIRST}\n user.slice       ${SECOND}\n`),
    );
    expect(slice.unread).toEqual([]);
    expect(counts(slice.datasets)).toContainEqual([
      'GHz',
      [
        ['Ghz', 'system.slice', 3.792],
        ['Ghz', 'user.slice', 2.011],
      ],
    ]);
  });

  test.each([
    [
      'a table',
      `#           time ${heading}\n     1.000746267 ${FIRST}\n     2.001573113 ${row(['   3.792', '', '   3.24%', '   2.07%'])}\n`,
    ],
    ['CSV', `time,${NAMES.join(',')},\n1.000746267,3.792,0.61,3.24,2.07,\n2.001573113,3.792,,3.24,2.07,\n`],
  ])('a row of %s that lacks a value is unread: nobody knows which', async (_, text) => {
    const parsed = await read(text);
    expect(parsed.unread).toMatchObject([{ line: 3, why: expect.stringMatching(/3 values below 4 metrics/) }]);
    expect(told(parsed.datasets)).toHaveLength(4);
  });

  test('a heading that comes again, and a table with decimal commas', async () => {
    const rows = `time,${NAMES.join(',')},\n1.000746267,3.792,0.61,3.24,2.07,\ntime,${NAMES.join(',')},\n2.001573113,2.011,1.10,0.37,11.90,\n`;
    const german = `#           time ${heading}\n     1.000746267 ${FIRST.replaceAll('.', ',')}\n     2.001573113 ${SECOND.replaceAll('.', ',')}\n`;
    for (const parsed of [await read(rows), await read(german)]) {
      expect(parsed.unread).toEqual([]);
      expect(told(parsed.datasets)).toEqual(expected);
    }
  });

  test.each([
    ['CSV', 'time;Ghz;insn per cycle;\n1.000746267;3;0;\n'],
    ['JSON', '{"interval" : 1.000746267, "Ghz" : "3", "insn per cycle" : "0"}\n'],
  ])('%s that perf cut at the decimal comma is unread', async (_, text) => {
    const parsed = await read(`${text}${text}`);
    expect(told(parsed.datasets)).toEqual([]);
    expect(parsed.unread.map(({ why }) => why)).toEqual(Array(2).fill(expect.stringMatching(/decimal comma/)));
  });

  test('a metric that perf 6.8 could not tell is noted by its name', async () => {
    const row = (at: number, cycles: string) =>
      `{"interval" : ${at}.000746267, "GHz" : "3.792", "insn per cycle" : "${cycles}"}\n`;
    const parsed = await read(row(1, '0.61') + row(2, 'none'));
    expect([parsed.unread, parsed.notes]).toEqual([[], ['<not counted>: insn per cycle']]);
    expect(told(parsed.datasets)).toEqual([
      ['GHz', 'GHz', [3.792, 3.792]],
      ['insn per cycle', '', [0.61]],
    ]);
  });

  test('a socket, whose heading lacks a comma in perf 6.1', async () => {
    const parsed = await read('time,socket,cpusGhz,insn per cycle,\n1.000746267,S0,4,3.792,0.61,\n');
    expect([parsed.unread, told(parsed.datasets)]).toEqual([
      [],
      [
        ['Ghz', 'GHz', [3.792], 'S0'],
        ['insn per cycle', '', [0.61], 'S0'],
      ],
    ]);
  });

  test.each(['host,latency,\n1,4,\n', 'hello,\n', '{"a" : "1"}\n{"a" : "2"}\n', '#           time went\nby\n'])(
    '%j is none of perf',
    (text) => {
      expect(claimants(text)).not.toContain('perf stat');
    },
  );
});
