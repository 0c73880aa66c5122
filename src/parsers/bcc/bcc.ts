/**
 * What bcc, libbpf-tools and bpftrace's own tools print: tables, counts and histograms. One reader takes them all, because
 * argdist prints two of them at once and people join files; three grammars name what a file begins with.
 *
 * https://github.com/iovisor/bcc (tools/, libbpf-tools/), https://github.com/bpftrace/bpftrace (tools/)
 */

import { type Grammar, type Head, NO_CONTEXT, type ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { printsHistograms } from '../measure.ts';
import { Words } from '../rows/words.ts';
import { DayClock } from '../stamps.ts';
import { withoutTerminal } from '../terminal.ts';
import { ColumnsSection } from './columns-section.ts';
import { histogramUnit } from './histogram.ts';
import { HistogramSection } from './histogram-section.ts';
import { isNoise, isRemark, stampOf } from './lines.ts';
import { MapsSection } from './maps-section.ts';
import { OccupancySection, OomKillSection } from './oddities.ts';
import type { BccKind, Section, Surroundings } from './section.ts';
import { toolsOfBanner, toolsOfHeader } from './signatures.ts';
import { commaColumns, headerColumns } from './table-header.ts';

const [CARET, DASH] = [94, 45];
/** Some versions of these print no header (nfsslower of bcc 0.6). */
const FS_SLOWER = new Set(['ext4slower', 'xfsslower', 'btrfsslower', 'zfsslower', 'nfsslower', 'f2fsslower']);
const FS_SLOWER_HEADER = 'TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME';

/** These print their stamps in brackets: below the banner of any other tool such a stamp begins another output. */
const STAMPS_IN_BRACKETS = new Set(['argdist', 'syscount', 'dbslower']);

export const bccColumns = bccGrammar('bcc-columns');
export const bccCounts = bccGrammar('bcc-counts');
export const bccHistogram = bccGrammar('bcc-histogram');

function bccGrammar(name: BccKind): Grammar {
  return {
    name,
    family: 'bcc',
    claims: (head) => (kindOf(head) ?? kindOfSilence(head)) === name,
    begins: {
      like: /^(?:[\s%#]{0,20}[A-Z][\w%/():>#<.,-]*(?:\s|$)|\s{1,40}\S.{0,60}: count)/,
      sure: (lines) => beginsTool(lines) && kindOf({ lines, complete: false }) === name,
    },
    reader: (context) => {
      const ledger = new LineLedger();
      return lineReader(new BccParser(context, ledger), ledger);
    },
  };
}

/** A tool's banner, or a header that is some tool's. */
function beginsTool([first = '']: readonly string[]): boolean {
  if (!/^[\s%#]{0,20}[A-Z]/.test(first)) return histogramUnit(first) !== null;
  // Tracing... Output every 1 secs. Hit Ctrl-C to end
  if (toolsOfBanner(first).length > 0 || /Ctrl-C to end/.test(first)) return true;
  const columns = headerColumns(first) ?? commaColumns(first);
  return columns !== null && toolsOfHeader(columns).length > 0;
}

/** What the file's first data is; null where something else comes before it. */
function kindOf(head: Head): BccKind | null {
  const parser = new BccParser(NO_CONTEXT, new LineLedger());
  for (const [i, line] of head.lines.entries()) {
    const verdict = parser.line(line, i + 1);
    if (parser.kind !== null) return parser.kind;
    if (typeof verdict === 'object') return null;
  }
  return null;
}

// Attaching 4 probes...
const OF_BPFTRACE = /^Attach(?:ing|ed) \d+ probe/;

/** A whole file with nothing but a tool's banner is an empty histogram, or a table without rows. */
function kindOfSilence({ lines, complete }: Head): BccKind | null {
  if (!complete || lines.some((line) => OF_BPFTRACE.test(line))) return null;
  const parser = new BccParser(NO_CONTEXT, new LineLedger());
  const isQuiet = lines.every((line, i) => parser.line(line, i + 1) === 'noise');
  return isQuiet ? parser.silence : null;
}

class BccParser implements LineParser {
  private readonly around: Surroundings;
  private readonly ledger: LineLedger;
  private readonly days = new DayClock();
  private readonly words = new Words();
  /** The line before was a stamp of argdist's kind. */
  private labelIsDue = false;
  private readonly columns: ColumnsSection;
  private readonly histograms: HistogramSection;
  private readonly sections: readonly Section[];

  constructor(context: ParseContext, ledger: LineLedger) {
    this.around = { context, banner: [], stamp: null, probe: null };
    this.ledger = ledger;
    this.columns = new ColumnsSection(this.around);
    this.histograms = new HistogramSection(this.around);
    const oddities = [new OccupancySection(this.around), new OomKillSection(this.around)];
    const maps = new MapsSection(this.around, ledger, () => this.columns.kind !== null);
    this.sections = [this.columns, this.histograms, ...oddities, maps];
  }

  get kind(): BccKind | null {
    return this.sections.find(({ kind }) => kind !== null)?.kind ?? null;
  }

  line(raw: string, number: number): LineVerdict {
    const text = withoutTerminal(raw);
    const afterStamp = this.labelIsDue;
    this.labelIsDue = false;
    const row = this.columns.row(text, number);
    if (row !== null) return row;
    const between = this.between(text);
    if (between !== null) this.columns.interrupt(text);
    return between ?? this.data(text, number) ?? this.columns.below(text) ?? this.other(text, afterStamp);
  }

  row(bytes: Uint8Array, from: number, to: number, number: number): boolean {
    const { words } = this;
    // `^C` before or behind a row, and the line of dashes around what was sent, are read as text.
    const isTyped = bytes[from] === CARET || bytes[to - 2] === CARET;
    if (isTyped || bytes[from] === DASH || !words.split(bytes, from, to)) return false;
    if (!this.columns.rowOfWords(words, from, number)) return false;
    this.labelIsDue = false;
    return true;
  }

  /** What nothing is that came after the banner of a tool. */
  get silence(): BccKind | null {
    const { banner } = this.around;
    if (this.kind !== null || banner.length === 0) return null;
    if (banner.every(printsHistograms)) return 'bcc-histogram';
    return banner.length === 1 ? 'bcc-columns' : null;
  }

  end() {
    if (this.silence === 'bcc-histogram') this.histograms.beginNone();
    return { datasets: this.sections.flatMap((section) => section.datasets()) };
  }

  /** Stamps, banners and remarks. */
  private between(text: string): LineVerdict | null {
    const stamp = stampOf(text);
    if (stamp !== null) {
      if (stamp.bracketed && !this.around.banner.some((tool) => STAMPS_IN_BRACKETS.has(tool))) this.beginTool([]);
      this.around.stamp = { ...stamp, at: this.days.at({ ...stamp, clock: 'day', end: 0 }) };
      this.around.probe = null;
      this.labelIsDue = stamp.bracketed;
      this.histograms.close();
      return 'read';
    }
    const banner = toolsOfBanner(text);
    if (banner.length > 0) this.beginTool(banner);
    if (banner.length > 0 || isNoise(text)) return 'noise';
    if (!isRemark(text)) return null;
    this.ledger.note(text.trim());
    return 'read';
  }

  /** Another tool's output begins: nothing of what came before is said of it. */
  private beginTool(banner: readonly string[]): void {
    Object.assign(this.around, { banner, stamp: null, probe: null });
    this.columns.close();
    this.histograms.close();
    if (FS_SLOWER.has(banner[0] ?? '')) this.columns.assume(FS_SLOWER_HEADER);
  }

  private data(text: string, number: number): LineVerdict | null {
    for (const section of this.sections) {
      const verdict = section.line(text, number);
      if (verdict === null) continue;
      // What follows is of this section: no row of the table before, no bucket of the histogram before.
      if (section === this.columns) this.histograms.close();
      else this.columns.close();
      return verdict;
    }
    return null;
  }

  /** argdist prints its probe, or the label it was given, under its stamp. */
  private other(text: string, afterStamp: boolean): LineVerdict {
    if (PROBE.test(text) || (afterStamp && /^\S/.test(text))) {
      this.around.probe = text.trim();
      return 'read';
    }
    return { unread: this.columns.why === '' ? 'is of none of the forms these tools print' : this.columns.why };
  }
}

// p:c:malloc(size_t size):size_t:size
const PROBE = /^[prtu]:[^:\s]*:[^(\s]*\(/;
