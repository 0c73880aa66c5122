/** Reports of our own, as what was read back from a ticket: their data with bytes changed, or a field of it that is something else. */
import { resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { readCapture } from '../../src/commands/read.ts';
import { assess } from '../../src/findings/index.ts';
import { ByteReader, ByteWriter } from '../../src/render/report/wire/columns.ts';
import { writeData } from '../../src/render/report/wire/report-data.ts';
import { changeSomewhere, mutatedBytes, type Random } from './mutate.ts';

const SAMPLES = resolve(import.meta.dirname, '../../samples');
/** A capture with a manifest, and what has the other shapes. */
const FILES = [
  'sick/slow-dns.tar.gz',
  'funccount/bcc-interval.txt',
  'biolatency/bcc-disks-interval.txt',
  'profile/bcc-folded.txt',
];

let data: Promise<Uint8Array> | null = null;

async function sound(): Promise<Uint8Array> {
  const capture = await readCapture(
    FILES.map((name) => resolve(SAMPLES, name)),
    { samples: true },
  );
  const beside = { axis: null, lanes: [], marks: [], pairs: [] };
  return Uint8Array.from(writeData(capture, assess(capture).findings, beside));
}

/** The data of a report with something wrong. */
export async function reportInput(next: Random): Promise<Uint8Array> {
  data ??= sound();
  return next() < 0.4 ? mutatedBytes(await data, next) : otherwise(await data, next);
}

/** As a page holds it. */
export function pageOf(bytes: Uint8Array): string {
  const packed = Buffer.from(deflateSync(bytes, { level: 1 })).toString('base64');
  return `<!doctype html><meta name="generator" content="coldflame 0.1.0"><script type="application/octet-stream" id="data">${packed}</script></html>`;
}

/** Its JSON with one to three fields that are something else, and the columns as they were. */
function otherwise(bytes: Uint8Array, next: Random): Uint8Array {
  const reader = new ByteReader(bytes);
  const lengths = Array.from({ length: reader.unsigned() + 1 }, () => 0).map(() => reader.unsigned());
  const [json, ...blobs] = lengths.map((length) => reader.take(length)) as [Uint8Array, ...Uint8Array[]];
  const value: unknown = JSON.parse(new TextDecoder().decode(json));
  for (let i = Math.floor(next() * 3); i >= 0; i--) changeSomewhere(value as object, next);
  const changed = new TextEncoder().encode(JSON.stringify(value));
  const writer = new ByteWriter();
  writer.unsigned(blobs.length);
  for (const blob of [changed, ...blobs]) writer.unsigned(blob.length);
  for (const blob of [changed, ...blobs]) writer.append(blob);
  return Uint8Array.from(writer.view());
}
