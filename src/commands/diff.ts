import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { percent } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import type { Comparison, ToldFunction } from '../datasets/comparison.ts';
import type { Finding } from '../datasets/finding.ts';
import { type FindingChange, findingChanges, TO_LOOK_AT } from '../datasets/finding-changes.ts';
import { groupsOf } from '../datasets/groups.ts';
import { UserError } from '../errors.ts';
import { comparisonJson, differential } from '../exports/comparison.ts';
import { assess } from '../findings/index.ts';
import { CHANGE_WORDS } from '../render/report/diff/change-text.ts';
import { type Compared, compared } from '../render/report/diff/compared.ts';
import { comparisonMarkdown } from '../render/report/diff/markdown.ts';
import { diffPage } from '../render/report/diff/page.ts';
import { sideText } from '../render/report/diff/sides-text.ts';
import { toldFunctions } from '../render/report/diff/told-functions.ts';
import { COMPARED_LADDER } from '../render/report/fit/cuts.ts';
import { fitted, type Page, type PageWish } from '../render/report/fit/fit.ts';
import { shownOnLine } from '../render/shown.ts';
import { pathOf, SYMBOLS } from './files.ts';
import { inputsAt } from './inputs.ts';
import { OPEN, openReport } from './open.ts';
import { MODE, modeOf, type Output, outputAt, printData, tell } from './output.ts';
import { PRIVACY, privacyOf } from './privacy.ts';
import { readShown } from './progress.ts';
import { pathBeside, reportLines, sizeLimit } from './report-file.ts';
import { printable, say } from './terminal.ts';

const FORMATS = ['json', 'markdown', 'folded'] as const;
const FAIL_ON = ['worse', 'changed'] as const;
/** What --fail-on ends with, as that of analyze. */
const CHANGED_EXIT = 3;

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    describe: 'report to write (default: next to AFTER; - is standard output)',
  },
  'max-size': { type: 'string', value: 'SIZE', describe: 'largest report, such as 8M; the report lists what was cut' },
  format: {
    alias: 'f',
    type: 'string',
    value: 'FORMAT',
    choices: FORMATS,
    describe:
      'print json, markdown or folded (stacks with both weights), not the summary; writes a report only with -o',
  },
  mode: MODE,
  open: OPEN,
} as const satisfies OptionTable;

const CHECK = {
  'fail-on': {
    type: 'string',
    value: 'CHANGE',
    choices: FAIL_ON,
    describe:
      "exit with 3 if a finding is new or worse (worse), or a function's share changed beyond chance too (changed)",
  },
} as const satisfies OptionTable;

const NEEDED = 'two captures: BEFORE (the earlier or healthy one) and AFTER';

export const verb = {
  operands: [
    { name: 'BEFORE', needed: NEEDED },
    { name: 'AFTER', needed: NEEDED },
  ],
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Check', options: CHECK },
    { title: 'Symbols', options: SYMBOLS },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    ['coldflame diff monday.tar friday.tar', 'prints what changed, writes friday-diff.html'],
    ['coldflame diff healthy-host.tar sick-host.tar -o hosts.html', 'two hosts at the same time'],
    ['coldflame diff main.data branch.data -f markdown --fail-on changed', 'a check for continuous integration'],
  ],
  run: (values: Options, { operands }: Given) => {
    const [before, after] = operands.map(pathOf) as [string, string];
    return run(before, after, values);
  },
} satisfies VerbTable;

type Options = ValuesOf<typeof OUTPUT & typeof CHECK & typeof SYMBOLS & typeof PRIVACY>;

async function run(
  before: string,
  after: string,
  { output, maxSize, format, failOn, mode, open, symbols, ...options }: Options,
): Promise<void> {
  if (format !== undefined && output === '-')
    throw new UserError('--format and -o - both write to standard output; name a file with -o', 2);
  const limit = sizeLimit(maxSize);
  const path = output ?? (format === undefined ? pathBeside(after, '-diff.html') : null);
  const privacy = await privacyOf(options, path, inputsAt([before, after]));
  const result = { inputs: privacy.inputs, mode: modeOf(mode), isDefault: output === undefined };
  const place = path === null ? null : outputAt(path, result);
  const [earlier, later] = [
    await readShown([before], { samples: true, symbols, ...privacy.reading }),
    await readShown([after], { samples: true, symbols, ...privacy.reading }),
  ];
  await compare(earlier, later, { place, limit, maxSize, open, format, failOn });
  const lines = (await privacy.done([earlier, later])).map(([head, text]) => `${head.padEnd(14)}${text}\n`);
  if (format === undefined) await tell(printable(lines.join('')), path);
}

interface CompareOptions {
  /** Where the report goes; null for none. */
  place: Output | null;
  /** Bytes. */
  limit: number;
  maxSize: string | undefined;
  open: boolean;
  /** What is printed in place of the summary. */
  format?: (typeof FORMATS)[number] | undefined;
  failOn?: (typeof FAIL_ON)[number] | undefined;
}

/** Writes the report of two captures and says what changed. */
export async function compare(
  earlier: Capture,
  later: Capture,
  { place, limit, maxSize, open, format, failOn }: CompareOptions,
): Promise<void> {
  const [findingsBefore, findingsAfter] = [assess(earlier).findings, assess(later).findings];
  const changes = findingChanges(findingsBefore, findingsAfter);
  const comparison = { before: earlier, after: later, changes, functions: toldFunctions(earlier, later) };
  const all = compared({ before: earlier, after: later, findingsBefore, findingsAfter });
  const report = place === null ? null : await written(all, limit, place);
  if (format !== undefined) await printData(printed(format, comparison));
  else {
    const lines = [...summaryOf(comparison), ...(report === null ? [] : reportLines(report, place, maxSize, 14))];
    await tell(`${printable(lines.join('\n'))}\n`, place?.path ?? null);
  }
  if (open) await openReport(place?.path ?? null);
  const damage = [...earlier.damage, ...later.damage];
  for (const fault of damage) say(fault);
  if (damage.length > 0 || report?.fits === false) process.exitCode = 1;
  else if (failOn !== undefined && isWorse(comparison, failOn)) process.exitCode = CHANGED_EXIT;
}

async function written(all: Compared, limit: number, place: Output) {
  const page = ({ capture, cuts }: PageWish): Page => diffPage({ ...all, capture }, cuts);
  const report = await fitted(all.capture, limit, page, COMPARED_LADDER);
  await place.write([report.report]);
  return report;
}

function printed(format: (typeof FORMATS)[number], comparison: Comparison): Iterable<string> {
  if (format === 'json') return [comparisonJson(comparison)];
  return format === 'markdown' ? [comparisonMarkdown(comparison)] : differential(comparison);
}

function isWorse({ changes, functions }: Comparison, failOn: (typeof FAIL_ON)[number]): boolean {
  return changes.some(isBad) || (failOn === 'changed' && functions.length > 0);
}

function isBad({ kind }: FindingChange): boolean {
  return kind === 'new' || kind === 'worse';
}

function summaryOf({ before, after, changes, functions }: Comparison): string[] {
  return [
    `${'before'.padEnd(WORDS_WIDTH)} ${shownOnLine(sideText(before, true))}`,
    `${'after'.padEnd(WORDS_WIDTH)} ${shownOnLine(sideText(after, true))}`,
    '',
    ...findingLines(changes),
    ...functionLines(functions),
  ];
}

/** What changed, in the order and the words of the report. */
function findingLines(changes: readonly FindingChange[]): string[] {
  const lines = changes.map(({ kind, before, after, note }) => {
    const { severity, title } = (after ?? before) as Finding;
    const words = kind === 'gone' ? 'gone' : `${CHANGE_WORDS[kind]} ${severity}`;
    return `${words.padEnd(WORDS_WIDTH)} ${title}${note === '' ? '' : ` (${note})`}`;
  });
  return changes.some(({ kind }) => TO_LOOK_AT.includes(kind)) ? lines : ['no finding is new or worse', ...lines];
}

/** `by another critical`. */
const WORDS_WIDTH = 19;
/** Functions told of each profile. */
const TOLD = 5;

function functionLines(functions: readonly ToldFunction[]): string[] {
  return [...groupsOf(functions, ({ dataset }) => dataset).values()].flatMap((ofOne) =>
    ofOne.slice(0, TOLD).map(({ tool, name, before, after }) => {
      const [was, is] = [before, after].map((share) => percent(share, 1, 1));
      return `${tool.padEnd(13)} ${was} before, ${is} after: ${shownOnLine(name).slice(0, 160)}`;
    }),
  );
}
