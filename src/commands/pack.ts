/** The ticket pack: the report, a summary to paste, and the pictures that matter, in one folder under a size. */
import { join } from 'node:path';
import type { Capture } from '../datasets/capture.ts';
import { type Finding, foundOf } from '../datasets/finding.ts';
import type { Dataset } from '../datasets/shapes.ts';
import { UserError } from '../errors.ts';
import type { Assessment } from '../findings/index.ts';
import { flamegraphSvg } from '../render/flame/svg.ts';
import { pngOf } from '../render/png.ts';
import { axisOf } from '../render/report/axis.ts';
import { summaryMarkdown } from '../render/report/markdown.ts';
import { alongAxis, type Drawn, sumPicture, timePicture } from '../render/report/pictures.ts';
import { makeFolder, type OutputOptions, outputAt } from './output.ts';

/** Pictures in a pack: what the findings rest on first. */
const MAX_PICTURES = 8;
/** Narrower frames are not in a picture that cannot be zoomed. */
const MIN_WIDTH = { value: 0.3, unit: '%' } as const;

export interface Pack {
  /** Names of the files that were written. */
  written: string[];
  /** Pictures that no longer fitted. */
  left: string[];
  /** Why there are no PNGs, where there are none. */
  noPng: string | null;
}

/**
 * Writes `report.html`, `summary.md` and the pictures into the folder, which is made where it is not there.
 *
 * @param mark the incident, in seconds since the capture started
 * @param room how many bytes the pictures may take; those that no longer fit are left out and named
 * @param options of every file
 * @throws UserError where the folder cannot be written
 */
export async function writePack(
  folder: string,
  report: string,
  capture: Capture,
  assessment: Assessment,
  mark: number | null,
  room: number,
  options: OutputOptions,
): Promise<Pack> {
  const pack: Pack = { written: [], left: [], noPng: null };
  const put = async (name: string, content: string | Uint8Array): Promise<void> => {
    await outputAt(join(folder, name), { ...options, option: '--pack' }).write([content]);
    pack.written.push(name);
  };
  await makeFolder(folder).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new UserError(`${folder}: the pack cannot be written (${code ?? message}); name another folder with --pack`);
  });
  await put('report.html', report);
  let used = 0;
  for (const { name, svg } of picturesOf(capture, assessment.findings)) {
    const png = await pngOf(svg).catch((error: Error) => {
      if (!(error instanceof RangeError)) pack.noPng = error.message;
      return null;
    });
    const size = (png?.length ?? 0) + svg.length;
    if (used + size > room) pack.left.push(name);
    else {
      used += size;
      if (png !== null) await put(`${name}.png`, png);
      await put(`${name}.svg`, svg);
    }
  }
  await put('summary.md', summaryMarkdown(capture, assessment, [...pack.written], mark));
  return pack;
}

function picturesOf(capture: Capture, findings: readonly Finding[]): { name: string; svg: string }[] {
  const axis = axisOf(capture);
  const cited = foundOf(findings).flatMap(({ evidence }) => evidence.map(({ source }) => source));
  const rank = ({ source, shape }: Dataset): number => {
    const place = cited.indexOf(source);
    return shape === 'stacks' ? -1 : place < 0 ? cited.length : place;
  };
  return capture.datasets
    .filter(({ shape }) => shape !== 'text')
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MAX_PICTURES)
    .flatMap((dataset) => pictureOf(dataset, slugOf(dataset, capture), alongAxis(capture, axis, dataset)))
    .map(({ name, svg }, i) => ({ name: `${String(i + 1).padStart(2, '0')}-${name}`, svg }));
}

function pictureOf(dataset: Dataset, slug: string, along: Partial<Drawn>): { name: string; svg: string }[] {
  if (dataset.shape === 'stacks')
    return [{ name: `${slug}-flamegraph`, svg: [...flamegraphSvg(dataset, { minWidth: MIN_WIDTH })].join('') }];
  const options: Drawn = { theme: 'light', ...along };
  const drawn = sumPicture(dataset, options) ?? timePicture(dataset, options);
  return drawn === null ? [] : [{ name: slug, svg: drawn.text }];
}

/** `biolatency`; `iostat-disks` and `iostat-cpu-use`, where a tool has a picture of each of its tables. */
function slugOf({ tool, title, shape }: Dataset, { datasets }: Capture): string {
  const isAlone = datasets.filter((each) => each.tool === tool && each.shape === shape).length === 1;
  return (isAlone ? tool : `${tool} ${title}`)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
}
