/** A report of our own, read again: the ticket it is attached to may be all that is left. */
import { inflateSync } from 'node:zlib';
import type { Capture } from '../datasets/capture.ts';
import { flawIn } from '../datasets/sound.ts';
import { UserError } from '../errors.ts';
import { ReportData } from '../render/report/wire/report-data.ts';

/** What the data of a page may unpack to: a report of 23 MB holds some 300. */
const MAX_BYTES = 2 ** 30;
/** And how many numbers: 1 GiB of them. */
const MAX_NUMBERS = 2 ** 27;
const GENERATOR = /<meta name="generator" content="coldflame ([\w.+-]{1,40})">/;
const DATA = '<script type="application/octet-stream" id="data">';
const DATA_END = '</script>';

/**
 * The capture that the page was made of: its sources, their text as far as it was kept, and their datasets.
 * @param page all of the file
 * @throws UserError where the page is cut, damaged, no report of ours, or of a version that kept its data in another way
 */
export function captureInReport(name: string, page: Uint8Array): Capture {
  const text = new TextDecoder('latin1').decode(page);
  const start = text.lastIndexOf(DATA);
  const end = text.indexOf(DATA_END, start);
  if (start < 0 || end < 0) throw new UserError(`${name}: a report of coldflame without its data: it was cut short`);
  const version = GENERATOR.exec(text)?.[1] ?? '';
  try {
    return captureIn(name, Buffer.from(text.slice(start + DATA.length, end), 'base64'));
  } catch (error) {
    throw new UserError(
      `${name}: the data of a report of coldflame ${version} cannot be read (${(error as Error).message})`,
    );
  }
}

/** @throws Error of any kind where it is not what `writeData` wrote */
function captureIn(name: string, packed: Uint8Array): Capture {
  const data = new ReportData(inflateSync(packed, { maxOutputLength: MAX_BYTES }), MAX_NUMBERS);
  if (data.sources.length === 0) throw new RangeError('no sources in it');
  const capture: Capture = {
    ...data.capture,
    name,
    sources: data.sources.map((source, i) => ({ ...source, raw: data.raw(i) })),
    datasets: Array.from({ length: data.datasetCount }, (_, i) => data.dataset(i)),
  };
  const flaw = flawIn(capture);
  if (flaw !== null) throw new RangeError(flaw);
  return capture;
}
