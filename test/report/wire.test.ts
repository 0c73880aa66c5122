/** The report's data, there and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { reportData } from '../../src/render/report/report.ts';
import { ByteReader, ByteWriter, readColumn, writeColumn } from '../../src/render/report/wire/columns.ts';
import { BlobReader, BlobWriter } from '../../src/render/report/wire/container.ts';
import { ReportData } from '../../src/render/report/wire/report-data.ts';
import { readText, type WireText, writeText } from '../../src/render/report/wire/text.ts';
import { writeCapture } from './fixture.ts';

function thereAndBack(values: number[]): number[] {
  const writer = new ByteWriter();
  writeColumn(writer, values);
  return Array.from(readColumn(new ByteReader(writer.view())));
}

describe('a column comes back as it was', () => {
  test('whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        expect(thereAndBack(values)).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger()), (values) => {
        expect(thereAndBack(values)).toEqual(values);
      }),
    );
  });

  test('decimals, with gaps', () => {
    const values = [0.25, 1234567.891234, Number.NaN, -0.000001, 12];
    expect(thereAndBack(values)).toEqual(values);
  });

  test('and costs a byte or two a number where numbers are near one another', () => {
    const writer = new ByteWriter();
    writeColumn(
      writer,
      Float64Array.from({ length: 1000 }, (_, i) => Math.round(i * 10101 + (i % 7)) / 1e6),
    );
    expect(writer.length).toBeLessThan(3100);
  });
});

function textThereAndBack(text: string): { text: string; bytes: number } {
  const blobs = new BlobWriter();
  const wire = writeText(blobs, text);
  const bytes = blobs.finish(wire);
  const reader = new BlobReader(bytes);
  return { text: readText(reader, reader.json as WireText), bytes: bytes.length };
}

describe('a text comes back as it was', () => {
  const rows = Array.from(
    { length: 2000 },
    (_, i) => `${(i / 1000).toFixed(3).padEnd(9)} orderdb  ${String(i * 7).padStart(6)}`,
  );

  test('a table goes by its columns, with its headings and what stands between', () => {
    const text = ['TIME(s)   COMM     BYTES', ...rows, 'TIME(s)   COMM     BYTES', '', ...rows, '^C', ''].join('\n');
    const back = textThereAndBack(text);
    expect(back.text).toBe(text);
    // Of a row two bytes of time, a letter run and two bytes of size are left; printed it has 25 characters.
    expect(back.bytes).toBeLessThan(0.7 * text.length);
  });

  test('numbers that are not printed as most are', () => {
    const odd = [
      '-0.000    orderdb  1',
      '0.1       orderdb  2',
      '1e3       orderdb  3',
      'nan       orderdb  4',
      '01.000    orderdb  05',
    ];
    for (const line of odd)
      expect(textThereAndBack([...rows, line, ...rows].join('\n')).text).toBe([...rows, line, ...rows].join('\n'));
  });

  test('whatever stands in it', () => {
    const line = fc.oneof(
      { arbitrary: fc.string({ unit: 'binary', maxLength: 30 }), weight: 1 },
      { arbitrary: fc.constantFrom(' a  1', ' a  2\r', '\tb 3 ', ''), weight: 2 },
      { arbitrary: fc.integer({ min: -5, max: 9999 }).map((n) => ` x ${(n / 100).toFixed(2)} `), weight: 20 },
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const text = Array.from({ length: 60 }, () => lines)
          .flat()
          .join('\n')
          .padEnd(20_001, '\n');
        expect(textThereAndBack(text).text).toBe(text);
      }),
      { numRuns: 12 },
    );
  });
});

/** Samples are written CPU by CPU: order is not part of what is told. */
function sorted(dataset: Dataset): unknown {
  if (dataset.shape !== 'stacks') return dataset;
  const { frames, samples, ...profile } = dataset.profile;
  const { names, kinds, modules } = frames;
  const list = Array.from(samples?.at ?? [], (time, i) =>
    [time.toFixed(6), samples?.stack[i], samples?.thread[i], samples?.cpu[i]].join(),
  );
  return { ...dataset, profile, names, kinds: [...kinds], modules: [...modules], samples: list.sort() };
}

test('a capture comes back as it was', async () => {
  const capture = await readCapture([writeCapture()], { samples: true });
  const data = new ReportData(reportData(capture, []));
  capture.datasets.forEach((dataset, i) => {
    expect(sorted(data.dataset(i))).toEqual(sorted(dataset));
  });
  capture.sources.forEach(({ raw }, i) => {
    expect(data.raw(i)).toBe(raw);
  });
});

test('a column that is longer than what there is takes no time', () => {
  const writer = new ByteWriter();
  writeColumn(writer, [1, 2, 300]);
  const whole = writer.view();
  expect([...readColumn(new ByteReader(whole))]).toEqual([1, 2, 300]);
  expect(() => readColumn(new ByteReader(whole.subarray(0, whole.length - 1)))).toThrow('it ends within a column');
});
