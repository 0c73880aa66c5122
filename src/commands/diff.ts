import type { Given, OptionTable, ValuesOf, VerbTable } from '../cli/verb.ts';
import { percent } from '../datasets/amounts.ts';
import type { Capture } from '../datasets/capture.ts';
import type { Finding } from '../datasets/finding.ts';
import type { FindingChange } from '../datasets/finding-changes.ts';
import { pairs } from '../datasets/pairs.ts';
import { assess } from '../findings/index.ts';
import { PLAIN_FLAME } from '../render/flame/view.ts';
import { CHANGE_WORDS } from '../render/report/diff/change-text.ts';
import { compared } from '../render/report/diff/compared.ts';
import { changeToldOf, comparedFlame, functionChanges, overOneTrie } from '../render/report/diff/flame.ts';
import { diffPage } from '../render/report/diff/page.ts';
import { sideText } from '../render/report/diff/sides-text.ts';
import { COMPARED_LADDER } from '../render/report/fit/cuts.ts';
import { fitted, type Page, type PageWish } from '../render/report/fit/fit.ts';
import { shownOnLine } from '../render/shown.ts';
import { pathOf, SYMBOLS } from './files.ts';
import { inputsAt } from './inputs.ts';
import { OPEN, openReport } from './open.ts';
import { MODE, modeOf, type Output, outputAt, tell } from './output.ts';
import { PRIVACY, privacyOf } from './privacy.ts';
import { readShown } from './progress.ts';
import { pathBeside, reportLines, sizeLimit } from './report-file.ts';
import { printable, say } from './terminal.ts';

const OUTPUT = {
  output: {
    alias: 'o',
    type: 'string',
    value: 'FILE',
    describe: 'report to write (default: next to AFTER; - is standard output)',
  },
  'max-size': { type: 'string', value: 'SIZE', describe: 'largest report, such as 8M; the report lists what was cut' },
  mode: MODE,
  open: OPEN,
} as const satisfies OptionTable;

const NEEDED = 'two captures: BEFORE (the earlier or healthy one) and AFTER';

export const verb = {
  operands: [
    { name: 'BEFORE', needed: NEEDED },
    { name: 'AFTER', needed: NEEDED },
  ],
  groups: [
    { title: 'Output', options: OUTPUT },
    { title: 'Symbols', options: SYMBOLS },
    { title: 'Privacy', options: PRIVACY },
  ],
  examples: [
    ['coldflame diff monday.tar friday.tar', 'prints what changed, writes friday-diff.html'],
    ['coldflame diff healthy-host.tar sick-host.tar -o hosts.html', 'two hosts at the same time'],
  ],
  run: (values: Options, { operands }: Given) => {
    const [before, after] = operands.map(pathOf) as [string, string];
    return run(before, after, values);
  },
} satisfies VerbTable;

type Options = ValuesOf<typeof OUTPUT & typeof SYMBOLS & typeof PRIVACY>;

async function run(
  before: string,
  after: string,
  { output, maxSize, mode, open, symbols, ...options }: Options,
): Promise<void> {
  const limit = sizeLimit(maxSize);
  const path = output ?? pathBeside(after, '-diff.html');
  const privacy = await privacyOf(options, path, inputsAt([before, after]));
  const place = outputAt(path, {
    inputs: privacy.inputs,
    mode: modeOf(mode),
    isDefault: output === undefined,
  });
  const [earlier, later] = [
    await readShown([before], { samples: true, symbols, ...privacy.reading }),
    await readShown([after], { samples: true, symbols, ...privacy.reading }),
  ];
  await compare(earlier, later, { place, limit, maxSize, open });
  const lines = (await privacy.done([earlier, later])).map(([head, text]) => `${head.padEnd(14)}${text}\n`);
  await tell(printable(lines.join('')), place.path);
}

interface Comparison {
  /** Where the report goes. */
  place: Output;
  /** Bytes. */
  limit: number;
  maxSize: string | undefined;
  open: boolean;
}

/** Writes the report of two captures and says what changed. */
export async function compare(
  earlier: Capture,
  later: Capture,
  { place, limit, maxSize, open }: Comparison,
): Promise<void> {
  const [findingsBefore, findingsAfter] = [assess(earlier).findings, assess(later).findings];
  const all = compared({ before: earlier, after: later, findingsBefore, findingsAfter });
  const page = ({ capture, cuts }: PageWish): Page => diffPage({ ...all, capture }, cuts);
  const result = await fitted(all.capture, limit, page, COMPARED_LADDER);
  await place.write([result.report]);
  const lines = [
    `${'before'.padEnd(WORDS_WIDTH)} ${shownOnLine(sideText(earlier, true))}`,
    `${'after'.padEnd(WORDS_WIDTH)} ${shownOnLine(sideText(later, true))}`,
    '',
    ...findingLines(all.changes),
    ...functionLines(earlier, later),
    ...reportLines(result, place, maxSize, 14),
  ];
  await tell(`${printable(lines.join('\n'))}\n`, place.path);
  if (open) await openReport(place.path);
  const damage = [...earlier.damage, ...later.damage];
  for (const fault of damage) say(fault);
  if (damage.length > 0 || !result.fits) process.exitCode = 1;
}

/** What changed, in the order and the words of the report. */
function findingLines(changes: readonly FindingChange[]): string[] {
  const lines = changes.map(({ kind, before, after, note }) => {
    const { severity, title } = (after ?? before) as Finding;
    const words = kind === 'gone' ? 'gone' : `${CHANGE_WORDS[kind]} ${severity}`;
    return `${words.padEnd(WORDS_WIDTH)} ${title}${note === '' ? '' : ` (${note})`}`;
  });
  const isBad = changes.some(({ kind }) => kind === 'new' || kind === 'worse');
  return isBad ? lines : ['no finding is new or worse', ...lines];
}

/** `unchanged critical`. */
const WORDS_WIDTH = 18;
/** Functions told of each profile. */
const TOLD = 5;

function functionLines(before: Capture, after: Capture): string[] {
  return pairs(before, after).flatMap(([earlier, later]) => {
    if (earlier.shape !== 'stacks' || later.shape !== 'stacks') return [];
    const of = changeToldOf(later);
    const flame = comparedFlame(overOneTrie(earlier, later), PLAIN_FLAME, [null, null]);
    return functionChanges(flame, of)
      .filter(({ told }) => told)
      .slice(0, TOLD)
      .map((change) => {
        const [was, is] = change[of].map((share) => percent(share, 1, 1));
        return `${later.tool.padEnd(13)} ${was} before, ${is} after: ${shownOnLine(change.name).slice(0, 160)}`;
      });
  });
}
