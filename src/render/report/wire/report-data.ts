/** The whole capture on the wire: written by `analyze`, read by the report's page. */
import type { Capture, Source } from '../../../datasets/capture.ts';
import type { Finding } from '../../../datasets/finding.ts';
import type { Dataset } from '../../../datasets/shapes.ts';
import type { Axis, Lane } from '../axis.ts';
import type { Mark } from '../marks.ts';
import type { DatasetPair } from '../pair.ts';
import { BlobReader, BlobWriter, type Ref } from './container.ts';
import { readDataset, type WireDataset, writeDataset } from './datasets.ts';
import { readText, type WireText, writeText } from './text.ts';

interface WireReport {
  capture: Omit<Capture, 'sources' | 'datasets'>;
  sources: Omit<Source, 'raw'>[];
  raw: (WireText | null)[];
  datasets: WireDataset[];
  findings: Finding[];
  axis: Axis | null;
  lanes: WireLane[];
  marks: Mark[];
  pairs: DatasetPair[];
}

type WireCourse = { at: Ref; value: Ref };
type WireLane = Omit<Lane, 'at' | 'value' | 'before'> & WireCourse & { before: WireCourse | null };

/** What is drawn along the time, and what is compared with what. */
export interface Beside {
  axis: Axis | null;
  lanes: Lane[];
  marks: Mark[];
  pairs: DatasetPair[];
}

/** The capture and its findings as bytes, before compression. The same capture gives the same bytes. */
export function writeData(capture: Capture, findings: Finding[], { axis, lanes, marks, pairs }: Beside): Uint8Array {
  const blobs = new BlobWriter();
  const { sources, datasets, ...rest } = capture;
  const course = ({ at, value }: Pick<Lane, 'at' | 'value'>): WireCourse => ({
    at: blobs.numbers(at),
    value: blobs.numbers(value),
  });
  const report: WireReport = {
    capture: rest,
    sources: sources.map(({ raw: _, ...source }) => source),
    raw: sources.map(({ raw }) => (raw === null ? null : writeText(blobs, raw))),
    datasets: datasets.map((dataset) => writeDataset(blobs, dataset, sources[dataset.source]?.raw ?? null)),
    findings,
    axis,
    lanes: lanes.map((lane) => ({
      ...lane,
      ...course(lane),
      before: lane.before === undefined ? null : course(lane.before),
    })),
    marks,
    pairs,
  };
  return blobs.finish(report);
}

/** The capture again, each long part decoded when it is first asked for. */
export class ReportData {
  readonly capture: Omit<Capture, 'sources' | 'datasets'>;
  readonly sources: Omit<Source, 'raw'>[];
  readonly findings: Finding[];
  private readonly blobs: BlobReader;
  private readonly wire: WireReport;
  private readonly decoded: Dataset[] = [];

  /** @param room how many numbers may be in it */
  constructor(bytes: Uint8Array, room?: number) {
    this.blobs = new BlobReader(bytes, room);
    this.wire = this.blobs.json as WireReport;
    this.capture = this.wire.capture;
    this.sources = this.wire.sources;
    this.findings = this.wire.findings;
  }

  /** What tells where pictures lie in time. */
  get along(): Pick<Capture, 'manifest' | 'printedClock'> & { sources: Omit<Source, 'raw'>[] } {
    const { manifest, printedClock = null } = this.capture;
    return { manifest, printedClock, sources: this.sources };
  }

  get marks(): Mark[] {
    return this.wire.marks;
  }

  get axis(): Axis | null {
    return this.wire.axis;
  }

  lanes(): Lane[] {
    const numbers = (ref: Ref): number[] => Array.from(this.blobs.numbers(ref));
    const course = ({ at, value }: WireCourse): Pick<Lane, 'at' | 'value'> => ({
      at: numbers(at),
      value: numbers(value),
    });
    return this.wire.lanes.map(({ before, ...lane }) => ({
      ...lane,
      ...course(lane),
      ...(before === null ? {} : { before: course(before) }),
    }));
  }

  /** Whether two captures are compared. */
  get isOfTwo(): boolean {
    return this.wire.pairs.length > 0;
  }

  /** The pair that a dataset is the later one of; null for one that is compared with nothing. */
  pairOf(index: number): DatasetPair | null {
    return this.wire.pairs.find(({ after }) => after === index) ?? null;
  }

  get datasetCount(): number {
    return this.wire.datasets.length;
  }

  /** A dataset without its long parts, which costs nothing. */
  head(index: number): Dataset {
    return (this.wire.datasets[index] as WireDataset).head as Dataset;
  }

  dataset(index: number): Dataset {
    const wire = this.wire.datasets[index] as WireDataset;
    const dataset = this.decoded[index] ?? readDataset(this.blobs, wire, this.raw(this.head(index).source));
    this.decoded[index] = dataset;
    return dataset;
  }

  /** Whether the text of a source is in the report. */
  hasText(source: number): boolean {
    return (this.wire.raw[source] ?? null) !== null;
  }

  /** The text of a source as printed; null where it was not kept. */
  raw(source: number): string | null {
    const wire = this.wire.raw[source] ?? null;
    return wire === null ? null : readText(this.blobs, wire);
  }
}
