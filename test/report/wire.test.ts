/** The report's data, there and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Dataset } from '../../src/datasets/shapes.ts';
import { reportData } from '../../src/render/report/report.ts';
import { ByteReader, ByteWriter, readColumn, writeColumn } from '../../src/render/report/wire/columns.ts';
import { ReportData } from '../../src/render/report/wire/report-data.ts';
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
