import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import type { Capture } from '../datasets/capture.ts';
import { cutCapture, type Range } from '../datasets/narrow.ts';
import { UserError, unreadable } from '../errors.ts';
import { assess } from '../findings/index.ts';
import { parseThresholds } from '../findings/thresholds.ts';
import { axisOf, isOnAxis } from '../render/report/axis.ts';
import { fitted } from '../render/report/fit.ts';
import { renderReport } from '../render/report/report.ts';
import { FILES } from './files.ts';
import { tell, writeOutput } from './output.ts';
import { writePack } from './pack.ts';
import { readCapture } from './read.ts';
import { pathBeside, reportLines, sizeLimit } from './report-file.ts';
import { summaryLines } from './summary.ts';
import { printable } from './terminal.ts';
import { parseWhen } from './when.ts';

/** What the pictures of a pack may take together: tickets refuse large attachments. */
const PACK_PICTURE_BYTES = 4 * 2 ** 20;

/** What a report may take unless told: GitHub refuses files of more than 25 MB, which are fewer bytes than 24M. */
const TICKET_SIZE = '23M';

export const command = 'analyze <files..>';
export const describe = 'read a capture, print its summary, write the HTML report';

export function builder(yargs: Argv) {
  return yargs
    .positional('files', FILES)
    .option('o', { alias: 'output', type: 'string', describe: 'the report (default: beside the first file)' })
    .option('thresholds', {
      type: 'string',
      describe: 'a JSON file of thresholds for the findings (docs/findings.md)',
    })
    .option('at', { type: 'string', describe: 'mark the incident: 14:03:20 on the host, 13:03:20Z, or seconds' })
    .option('from', { type: 'string', describe: 'leave out what is earlier' })
    .option('to', { type: 'string', describe: 'leave out what is later' })
    .option('max-size', {
      type: 'string',
      describe: `make the report fit, and say what was left out (default: ${TICKET_SIZE})`,
    })
    .option('pack', { type: 'string', describe: 'a folder for the ticket: report, summary.md, pictures' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler(options: Options): Promise<void> {
  const limits =
    options.thresholds === undefined ? {} : parseThresholds(options.thresholds, await readText(options.thresholds));
  const whole = await readCapture(options.files, { samples: true });
  const axis = axisOf(whole);
  const range = rangeOf(options, whole, axis);
  const capture =
    range === null || axis === null ? whole : cutCapture(whole, range, (dataset) => isOnAxis(dataset, axis));
  const { findings } = assess(capture, limits);
  const mark = options.at === undefined ? null : parseWhen('--at', options.at, capture.manifest);
  const size = options.maxSize ?? TICKET_SIZE;
  const result = fitted(capture, sizeLimit(size), (part, left) =>
    renderReport({ capture: part, findings, mark, range, cuts: left }),
  );
  const path = options.o ?? (options.pack === undefined ? pathBeside(options.files[0] as string, '.html') : null);
  if (path !== null) await writeOutput(path, [result.report]);
  const lines = summaryLines(capture, findings);
  if (mark !== null && !isWithin(mark, axis))
    lines.push(`--at        ${options.at} is outside of what was captured: nothing is marked`);
  lines.push(...reportLines(result, path, size));
  if (options.pack !== undefined) {
    const { written, left } = await writePack(options.pack, result.report, capture, findings, PACK_PICTURE_BYTES);
    lines.push(`pack        ${options.pack}: ${written.join(', ')}`);
    if (left.length > 0) lines.push(`            left out for their size: ${left.join(', ')}`);
  }
  await tell(`${printable(lines.join('\n'))}\n`, path);
  if (capture.damage.length > 0 || (!result.fits && options.maxSize !== undefined)) process.exitCode = 1;
}

function isWithin(at: number, axis: Range | null): boolean {
  return axis !== null && at >= axis.from && at <= axis.to;
}

/** The range of --from and --to, each the axis's own end where it is not given; null where neither is. */
function rangeOf({ from, to }: Options, { manifest }: Capture, axis: Range | null): Range | null {
  if (from === undefined && to === undefined) return null;
  if (axis === null) throw new UserError('--from, --to: nothing in these files tells its time', 1);
  const start = from === undefined ? axis.from : parseWhen('--from', from, manifest);
  const end = to === undefined ? axis.to : parseWhen('--to', to, manifest);
  if (start >= end) throw new UserError(`--from ${from ?? ''} --to ${to ?? ''}: the end is not after the start`, 2);
  return { from: start, to: end };
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path}: ${unreadable(error)}`, 2);
  });
}
