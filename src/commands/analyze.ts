import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import type { Capture } from '../datasets/capture.ts';
import { type Finding, foundOf, type Severity, severities } from '../datasets/finding.ts';
import { cutCapture, type Range } from '../datasets/narrow.ts';
import { UserError, unreadable } from '../errors.ts';
import { analysesJson, analysisJson } from '../exports/analysis.ts';
import { type Assessment, assess } from '../findings/index.ts';
import { parseThresholds } from '../findings/thresholds.ts';
import { axisOf, isOnAxis } from '../render/report/axis.ts';
import { fitted } from '../render/report/fit/fit.ts';
import { reportPage } from '../render/report/report.ts';
import { compare } from './diff.ts';
import { FILES, pathOf, READING, SYMBOLS } from './files.ts';
import { inputsAt } from './inputs.ts';
import { OPEN, openReport } from './open.ts';
import { MODE, modeOf, type Output, type OutputOptions, outputAt, printData, tell } from './output.ts';
import { writePack } from './pack.ts';
import { PRIVACY, privacyOf } from './privacy.ts';
import { type Progress, startProgress, tellSources } from './progress.ts';
import { readCaptures } from './read.ts';
import { isFolder, pathBeside, reportLines, reportPaths, sizeLimit } from './report-file.ts';
import { capturedText, summaryLines } from './summary.ts';
import { printable, say, widthOf } from './terminal.ts';
import { unreadToolText } from './unread-tools.ts';
import { parseWhen } from './when.ts';

/** What the pictures of a pack may take together: tickets refuse large attachments. */
const PACK_PICTURE_BYTES = 4 * 2 ** 20;

/** What a report may take unless told: GitHub refuses files of more than 25 MB, which are fewer bytes than 24M. */
const TICKET_SIZE = '23M';

const FAIL_ON = ['critical', 'warning'] as const;
/** What --fail-on ends with: neither a fault of the input (1) nor of the command line (2). */
const FOUND_EXIT = 3;

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    describe:
      'report to write (default: next to the first file; - is standard output); DIR/ for a report of each capture',
  },
  pack: { type: 'string', value: 'DIR', describe: 'folder to write for the ticket: report, summary.md, pictures' },
  'max-size': {
    type: 'string',
    value: 'SIZE',
    describe: `largest report, such as 8M; the report lists what was cut (default: ${TICKET_SIZE})`,
  },
  json: {
    type: 'boolean',
    default: false,
    describe: 'print JSON instead of the summary (docs/analysis.schema.json); writes a report only with -o or --pack',
  },
  mode: MODE,
  open: OPEN,
} as const satisfies OptionTable;

const TIME = {
  at: {
    type: 'string',
    value: 'TIME',
    describe: 'incident to mark: 14:03:20 on the host, 13:03:20Z, or seconds from the start',
  },
  from: { type: 'string', value: 'TIME', describe: 'start of the range' },
  to: { type: 'string', value: 'TIME', describe: 'end of the range (exclusive)' },
} as const satisfies OptionTable;

const FINDINGS = {
  thresholds: { type: 'string', value: 'FILE', describe: 'JSON file of thresholds (docs/findings.md)' },
  'fail-on': {
    type: 'string',
    value: 'SEVERITY',
    choices: FAIL_ON,
    describe: 'exit with 3 if a finding is this severe or worse: critical or warning',
  },
} as const satisfies OptionTable;

export const verb = {
  operands: FILES,
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Time', options: TIME },
    { title: 'Findings', options: FINDINGS },
    { title: 'Reading', options: READING },
    { title: 'Symbols', options: SYMBOLS },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    ['coldflame analyze capture.tar', 'prints the summary, writes capture.html'],
    ['coldflame analyze capture.tar --at 14:03:20 --pack ticket', 'marks the incident; folder to attach to the ticket'],
    ['coldflame analyze perf.txt vmstat.txt', 'the output of any known tool will do'],
    ['ssh db1 vmstat 1 10 | coldflame analyze - -o db1.html', 'standard input'],
  ],
  run: (values: Options, { operands }: Given) => run(operands.map(pathOf), values),
} satisfies VerbTable;

type Options = ValuesOf<
  typeof OUTPUT & typeof TIME & typeof FINDINGS & typeof SYMBOLS & typeof PRIVACY & typeof READING
>;

async function run(files: readonly string[], options: Options): Promise<void> {
  const { json, output } = options;
  if (json && output === '-')
    throw new UserError('--json and -o - both write to standard output; name a file with -o', 2);
  if (options.pack !== undefined && statSync(options.pack, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new UserError(`${options.pack} is a file; name a folder with --pack`, 2);
  const limit = sizeLimit(options.maxSize ?? TICKET_SIZE);
  const folder = output !== undefined && isFolder(output) ? output : null;
  const path = reportPath(files, options);
  const privacy = await privacyOf(options, path ?? options.pack ?? null, inputsAt(files));
  const result: OutputOptions = { inputs: privacy.inputs, mode: modeOf(options.mode) };
  const place =
    path === null || folder !== null ? null : outputAt(path, { ...result, isDefault: output === undefined });
  const limits =
    options.thresholds === undefined ? {} : parseThresholds(options.thresholds, await readText(options.thresholds));
  const { symbols, as } = options;
  const progress = await startProgress([...files, ...(symbols ?? [])]);
  const reading = { ...privacy.reading, samples: true, symbols, as, onRead: progress.read };
  const captures = await readCaptures(files, reading).finally(progress.done);
  for (const capture of captures) tellSources(capture);
  expectKnown(captures);
  const judged: Judged = { files, options, limits, limit, result, progress };
  const [only] = captures;
  if (folder !== null) await analyzeEach(captures, folder, judged);
  else if (only !== undefined && captures.length === 1) await analyze(only, place, judged);
  else await analyzeSeveral(captures, judged);
  const lines = (await privacy.done(captures)).map(([head, text]) => `${head.padEnd(12)}${text}`);
  if (!json) await tellLines(lines, options);
}

/** @throws UserError where nothing was read that any tool printed: a report of it would say nothing */
function expectKnown(captures: readonly Capture[]): void {
  const isKnown = ({ manifest, sources }: Capture) =>
    manifest !== null || sources.some(({ grammar }) => grammar !== 'text');
  if (captures.some(isKnown)) return;
  const [first] = captures;
  const faults = captures.flatMap(({ damage }) => damage);
  if (faults.length > 0 && captures.every(({ sources }) => sources.length === 0))
    throw new UserError(faults[0] as string);
  for (const { name, ...source } of captures.flatMap(({ sources }) => sources)) {
    const text = unreadToolText(source);
    if (text !== null) throw new UserError(`${name}: ${text}`);
  }
  throw new UserError(
    `${first?.name}: format not recognized: no output of a known tool is in it. coldflame tools lists the known ones; export --format json shows the text`,
  );
}

interface Judged {
  files: readonly string[];
  options: Options;
  limits: Parameters<typeof assess>[1];
  /** Bytes. */
  limit: number;
  result: OutputOptions;
  progress: Progress;
}

/** Captures are never merged: two are compared, more need a folder for a report of each. */
async function analyzeSeveral(captures: readonly Capture[], judged: Judged): Promise<void> {
  const { files, limits, limit, result } = judged;
  const { json, output, pack, maxSize, open } = judged.options;
  sayCaptures(captures, json ? 'each for itself' : 'compared; a report each with -o DIR/');
  if (pack !== undefined) throw new UserError('--pack is for one capture', 2);
  if (json) {
    await printData([analysesJson(captures.map((capture) => ({ capture, ...assess(capture, limits) })))]);
    if (captures.some(({ damage }) => damage.length > 0)) process.exitCode = 1;
    return;
  }
  if (captures.length > 2)
    throw new UserError(`-o DIR/ is needed for ${captures.length} captures: a report of each goes there`, 2);
  const path = output ?? pathBeside(files.at(-1) as string, '-diff.html');
  const place = outputAt(path, { ...result, isDefault: output === undefined });
  const [before, after] = captures as [Capture, Capture];
  await compare(before, after, { place, limit, maxSize, open });
}

/** A report of each capture in the folder. */
async function analyzeEach(captures: readonly Capture[], folder: string, judged: Judged): Promise<void> {
  if (captures.length > 1) sayCaptures(captures, 'each for itself');
  for (const [i, path] of reportPaths(folder, captures).entries())
    await analyze(captures[i] as Capture, outputAt(path, judged.result), judged);
}

function sayCaptures(captures: readonly Capture[], how: string): void {
  say(`${captures.length} captures, not merged (${how}): ${captures.map(capturedText).join('; ')}`);
}

/** Judges one capture, says what was found and writes its report. */
async function analyze(whole: Capture, place: Output | null, judged: Judged): Promise<void> {
  const { options, limits, limit, result, progress } = judged;
  const { json, pack, failOn } = options;
  const axis = axisOf(whole);
  const range = rangeOf(options, whole, axis);
  const mark = options.at === undefined ? null : parseWhen('--at', options.at, whole);
  const capture =
    range === null || axis === null ? whole : cutCapture(whole, range, (dataset) => isOnAxis(dataset, axis));
  progress.doing('judging');
  const assessment = assess(capture, limits);
  progress.done();
  // What was found is said before the report is made, which takes longer.
  if (json) {
    for (const fault of capture.damage) say(fault);
    await printData([analysisJson(capture, assessment)]);
  } else await tellLines(summaryLines(capture, assessment, widthOf('stdout')), options);
  const made: string[] = [];
  if (place !== null || pack !== undefined) {
    progress.doing('making the report');
    made.push(...(await report(options, { capture, assessment, axis, range, mark, limit, place, result })));
    progress.done();
  }
  if (!json) await tellLines(made, options);
  if (capture.damage.length > 0) process.exitCode = 1;
  if (process.exitCode !== 1 && failOn !== undefined && isAtLeast(assessment.findings, failOn))
    process.exitCode = FOUND_EXIT;
}

async function tellLines(lines: readonly string[], { output }: Options): Promise<void> {
  await tell(lines.map((line) => `${printable(line)}\n`).join(''), output ?? null);
}

interface Analyzed {
  capture: Capture;
  assessment: Assessment;
  axis: Range | null;
  range: Range | null;
  mark: number | null;
  /** Bytes. */
  limit: number;
  place: Output | null;
  result: OutputOptions;
}

/** Where the report goes; null where none is written by itself. */
function reportPath(files: readonly string[], { output, pack, json }: Options): string | null {
  if (output !== undefined) return output;
  return json || pack !== undefined ? null : pathBeside(files[0] as string, '.html');
}

/** Writes the report and the pack, whichever are asked for; returns what is to be said of them. */
async function report(
  { pack, maxSize, at, open }: Options,
  { capture, assessment, axis, range, mark, limit, place, result }: Analyzed,
): Promise<string[]> {
  const made = await fitted(capture, limit, (wish) => reportPage({ capture, ...assessment, mark, range }, wish));
  await place?.write([made.report]);
  const lines: string[] = [];
  if (mark !== null && !isWithin(mark, axis)) lines.push(`--at        ${at} is outside the capture; nothing is marked`);
  lines.push(...reportLines(made, place, maxSize ?? TICKET_SIZE));
  if (pack !== undefined) {
    const parts = await writePack(pack, made.report, capture, assessment, mark, PACK_PICTURE_BYTES, result);
    lines.push(`pack        ${pack}: ${parts.written.join(', ')}`);
    if (parts.left.length > 0) lines.push(`            excluded for their size: ${parts.left.join(', ')}`);
    if (parts.noPng !== null) lines.push(`            no PNGs: ${parts.noPng}`);
  }
  if (open) await openReport(place?.path ?? null);
  if (!made.fits && maxSize !== undefined) process.exitCode = 1;
  return lines;
}

function isAtLeast(findings: readonly Finding[], least: Severity): boolean {
  return foundOf(findings).some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(least));
}

function isWithin(at: number, axis: Range | null): boolean {
  return axis !== null && at >= axis.from && at <= axis.to;
}

/** The range of --from and --to, each the axis's own end where it is not given; null where neither is. */
function rangeOf({ from, to }: Options, capture: Capture, axis: Range | null): Range | null {
  if (from === undefined && to === undefined) return null;
  if (axis === null) throw new UserError('--from and --to need times, and nothing in these files has one', 1);
  const start = from === undefined ? axis.from : parseWhen('--from', from, capture);
  const end = to === undefined ? axis.to : parseWhen('--to', to, capture);
  if (start >= end)
    throw new UserError(`--to must be later than --from (got --from ${from ?? start} --to ${to ?? end})`, 2);
  return { from: start, to: end };
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path}: ${unreadable(error)}`, 2);
  });
}
