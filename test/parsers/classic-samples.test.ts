/** What holds for every capture of the classic tools, whole, cut short and damaged. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/datasets/shapes.ts';
import type { Parsed } from '../../src/parsers/grammar.ts';
import { claimants, read } from '../reading.ts';

const SAMPLES = resolve(import.meta.dirname, '../../samples');
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

const samples = Object.keys(GRAMMAR_OF).flatMap((tool) => {
  const files = readdirSync(join(SAMPLES, tool)).filter((file) => !file.endsWith('.golden.json'));
  return files.map((file) => ({
    tool,
    name: `${tool}/${file}`,
    text: readFileSync(join(SAMPLES, tool, file), 'utf8'),
  }));
});

function grammarOf({ tool, name }: { tool: string; name: string }): string {
  if (/^vmstat\/(?:sums|disk-sums|slabs)/.test(name)) return 'vmstat lists';
  return name.endsWith('.json') ? 'sysstat json' : (GRAMMAR_OF[tool] as string);
}

/** The lines that a dataset's records are from. */
function linesOf(dataset: Dataset): number[] {
  if (dataset.shape === 'events') return dataset.lines;
  return dataset.shape === 'series' ? dataset.metrics.flatMap(({ lines }) => lines) : [];
}

/** Every line has one verdict, and every record a line that was read. */
function checkAccount({ lines, read, noise, unreadCount, unread, datasets }: Parsed, text: string): void {
  const printed = text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  expect(lines).toBe(printed);
  expect(read + noise + unreadCount).toBe(lines);
  const refused = new Set(unread.map(({ line }) => line));
  for (const dataset of datasets) {
    for (const line of linesOf(dataset)) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(lines);
      expect(refused.has(line)).toBe(false);
    }
  }
}

/** Rows of events and points of one metric come from lines of their own. */
function checkNothingInvented({ datasets }: Parsed): void {
  for (const dataset of datasets) {
    if (dataset.shape === 'events' && dataset.tool !== 'bpftool-prog') {
      expect(new Set(dataset.lines).size).toBe(dataset.rows.length);
    }
    if (dataset.shape !== 'series') continue;
    for (const { points, lines, sinceBoot } of dataset.metrics) {
      expect(lines.length).toBe(points.length);
      expect(new Set(lines).size).toBe(points.length);
      expect(sinceBoot).toBeLessThanOrEqual(points.length);
      expect(points.every(([, value]) => Number.isFinite(value))).toBe(true);
    }
  }
}

describe.each(samples)('$name', (sample) => {
  const { tool, text } = sample;
  test('is claimed by its grammar alone and read to the last line', async () => {
    expect(claimants(text)).toEqual([grammarOf(sample)]);
    const parsed = await read(text);
    expect(parsed.unread).toEqual([]);
    checkAccount(parsed, text);
    checkNothingInvented(parsed);
    expect(parsed.tool ?? parsed.datasets[0]?.tool).toBe(tool);
  });

  test('cut after any line, it gives the same beginning', async () => {
    const lines = text.split('\n');
    for (let end = 0; end < lines.length; end += Math.ceil(lines.length / 40)) {
      const cut = lines.slice(0, end).join('\n');
      const parsed = await read(cut);
      checkAccount(parsed, cut);
      checkNothingInvented(parsed);
      // Two lines may be too few to tell whose they are.
      if (claimants(cut)[0] === grammarOf(sample)) expect(parsed.unreadCount).toBe(0);
    }
  });

  test('damaged anywhere, it neither fails nor invents', async () => {
    const whole = text.split('\n');
    const damage = fc.record({
      at: fc.nat(text.length),
      drop: fc.nat(40),
      put: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('\n', '%', ':', '-', '9'.repeat(30), '\u0000', '…')),
      swap: fc.tuple(fc.nat(whole.length - 1), fc.nat(whole.length - 1)),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ at, drop, put, swap: [a, b] }) => {
        const swapped = whole
          .with(a, whole[b] as string)
          .with(b, whole[a] as string)
          .join('\n');
        const damaged = swapped.slice(0, at) + put + swapped.slice(at + drop);
        const parsed = await read(damaged);
        checkAccount(parsed, damaged);
        checkNothingInvented(parsed);
      }),
      { numRuns: 40, seed: 20261120 },
    );
  });
});

const firsts = [...new Map(samples.map((sample) => [grammarOf(sample), sample])).values()];

test.each(firsts)('lines of a megabyte do not stall $name', async ({ text }) => {
  const second = text.indexOf('\n', text.length / 3) + 1;
  for (const long of ['9', ') ', ': ', '- ', 'CPU ', '%a/s ', '$:', '1:']) {
    const line = `${long.repeat(2 ** 20 / long.length - 1)}\n`;
    checkNothingInvented(await read(text.slice(0, second) + line + text.slice(second)));
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
