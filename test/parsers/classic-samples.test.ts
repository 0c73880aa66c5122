/** What holds for every capture of the classic tools beyond what holds for every sample (samples.test.ts). */
import { describe, expect, test } from 'vitest';
import { claimants, type Reading, read } from '../reading.ts';
import { type Sample, samples } from '../samples.ts';
import { expectSound } from '../sound.ts';

const GRAMMAR_OF: Readonly<Record<string, string>> = {
  'bpftool-perf': 'bpftool',
  'bpftool-prog': 'bpftool',
  dmesg: 'dmesg',
  free: 'free',
  iostat: 'iostat',
  mpstat: 'sysstat',
  pidstat: 'sysstat',
  ps: 'ps',
  sar: 'sysstat',
  'sar-dev': 'sysstat',
  'sar-tcp': 'sysstat',
  top: 'top',
  uptime: 'uptime',
  vmstat: 'vmstat',
};

const classic = samples.filter(({ tool }) => Object.hasOwn(GRAMMAR_OF, tool));

function grammarOf({ tool, name }: Sample): string {
  if (/^vmstat\/(?:sums|disk-sums|slabs)/.test(name)) return 'vmstat lists';
  if (name.startsWith('sar/sadf-')) return 'sysstat sadf';
  if (name.startsWith('top/busybox')) return 'busybox top';
  return name.endsWith('.json') ? 'sysstat json' : (GRAMMAR_OF[tool] as string);
}

/** Rows of events and points of one metric come from lines of their own. */
function expectNothingInvented({ datasets }: Reading): void {
  for (const dataset of datasets) {
    if (dataset.shape === 'events' && dataset.tool !== 'bpftool-prog') {
      expect(new Set(dataset.lines).size).toBe(dataset.lines.length);
    }
    if (dataset.shape !== 'series') continue;
    for (const { values, lines } of dataset.metrics) expect(new Set(lines).size).toBe(values.length);
  }
}

describe.each(classic)('$name', (sample) => {
  const { tool, text } = sample;
  test('is claimed by its grammar alone and read to the last line', async () => {
    expect(claimants(text)).toEqual([grammarOf(sample)]);
    const parsed = await read(text);
    expect(parsed.unread).toEqual([]);
    expectSound(parsed, text);
    expectNothingInvented(parsed);
    expect(parsed.tool ?? parsed.datasets[0]?.tool).toBe(tool);
  });

  test('cut after any line, it gives the same beginning', async () => {
    const lines = text.split('\n');
    for (let end = 0; end < lines.length; end += Math.ceil(lines.length / 40)) {
      const cut = lines.slice(0, end).join('\n');
      const parsed = await read(cut);
      expectSound(parsed, cut);
      expectNothingInvented(parsed);
      // Two lines may be too few to tell whose they are.
      if (claimants(cut)[0] === grammarOf(sample)) expect(parsed.unreadCount).toBe(0);
    }
  });
});

const firsts = [...new Map(classic.map((sample) => [grammarOf(sample), sample])).values()];

test.each(firsts)('lines of a megabyte do not stall $name', async ({ text }) => {
  const second = text.indexOf('\n', text.length / 3) + 1;
  for (const long of ['9', ') ', ': ', '- ', 'CPU ', '%a/s ', '$:', '1:']) {
    const line = `${long.repeat(2 ** 20 / long.length - 1)}\n`;
    expectNothingInvented(await read(text.slice(0, second) + line + text.slice(second)));
  }
});

test('two tools in one file are not silently taken as one', async () => {
  for (const one of firsts) {
    for (const other of firsts) {
      if (one === other) continue;
      const parsed = await read(`${one.text}\n${other.text}`);
      expect(parsed.unreadCount, `${one.name} and ${other.name}`).toBeGreaterThan(0);
    }
  }
});
