import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import type { Capture } from '../datasets/capture.ts';
import { type Finding, foundOf, type Severity, severities } from '../datasets/finding.ts';
import { cutCapture, type Range } from '../datasets/narrow.ts';
import { UserError, unreadable } from '../errors.ts';
import { analysisJson } from '../exports/analysis.ts';
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
import { printable, say } from './terminal.ts';
import { parseWhen } from './when.ts';

/** What the pictures of a pack may take together: tickets refuse large attachments. */
const PACK_PICTURE_BYTES = 4 * 2 ** 20;

/** What a report may take unless told: GitHub refuses files of more than 25 MB, which are fewer bytes than 24M. */
const TICKET_SIZE = '23M';

const FAIL_ON = ['critical', 'warning'] as const;
/** What --fail-on ends with: neither a fault of the input (1) nor of the command line (2). */
const FOUND_EXIT = 3;

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
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'print JSON instead of the summary (docs/analysis.schema.json); a report only where -o names one',
    })
    .option('fail-on', {
      choices: FAIL_ON,
      describe: 'exit with 3 if a finding is this severe or worse',
    })
    .option('pack', { type: 'string', describe: 'a folder for the ticket: report, summary.md, pictures' });
}

type Options = Awaited<ReturnType<typeof builder>['argv']>;

export async function handler(options: Options): Promise<void> {
  const { json, pack, o, failOn } = options;
  if (json && o === '-') throw new UserError('--json and -o -: standard output can have one of them', 2);
  const limits =
    options.thresholds === undefined ? {} : parseThresholds(options.thresholds, await readText(options.thresholds));
  const whole = await readCapture(options.files, { samples: true });
  const axis = axisOf(whole);
  const range = rangeOf(options, whole, axis);
  const capture =
    range === null || axis === null ? whole : cutCapture(whole, range, (dataset) => isOnAxis(dataset, axis));
  const assessment = assess(capture, limits);
  const findings = assessment.findings;
  const isReported = !json || o !== undefined || pack !== undefined;
  const lines = isReported ? await report(options, { capture, findings, axis, range }) : [];
  if (json) {
    for (const fault of capture.damage) say(fault);
    await writeOutput('-', [analysisJson(capture, assessment)]);
  } else await tell(`${printable([...summaryLines(capture, findings), ...lines].join('\n'))}\n`, o ?? null);
  if (capture.damage.length > 0) process.exitCode = 1;
  if (process.exitCode !== 1 && failOn !== undefined && isAtLeast(findings, failOn)) process.exitCode = FOUND_EXIT;
}

interface Analyzed {
  capture: Capture;
  findings: Finding[];
  axis: Range | null;
  range: Range | null;
}

/** Writes the report and the pack, whichever are asked for; returns what is to be said of them. */
async function report(options: Options, { capture, findings, axis, range }: Analyzed): Promise<string[]> {
  const { o, pack, maxSize, at, files } = options;
  const mark = at === undefined ? null : parseWhen('--at', at, capture.manifest);
  const size = maxSize ?? TICKET_SIZE;
  const result = fitted(capture, sizeLimit(size), (part, left) =>
    renderReport({ capture: part, findings, mark, range, cuts: left }),
  );
  const path = o ?? (pack === undefined ? pathBeside(files[0] as string, '.html') : null);
  if (path !== null) await writeOutput(path, [result.report]);
  const lines: string[] = [];
  if (mark !== null && !isWithin(mark, axis))
    lines.push(`--at        ${at} is outside of what was captured: nothing is marked`);
  lines.push(...reportLines(result, path, size));
  if (pack !== undefined) {
    const { written, left } = await writePack(pack, result.report, capture, findings, PACK_PICTURE_BYTES);
    lines.push(`pack        ${pack}: ${written.join(', ')}`);
    if (left.length > 0) lines.push(`            left out for their size: ${left.join(', ')}`);
  }
  if (!result.fits && maxSize !== undefined) process.exitCode = 1;
  return lines;
}

function isAtLeast(findings: readonly Finding[], least: Severity): boolean {
  return foundOf(findings).some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(least));
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
