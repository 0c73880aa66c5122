/**
 * perf stat: how often each event happened while a command ran, on the host, or by interval (-I), for people, as CSV or as JSON.
 *
 *      Performance counter stats for 'sh -c make':
 *
 *                  19.87 msec task-clock                       #    1.169 CPUs utilized
 *                    137      context-switches                 #    6.895 K/sec
 *        <not supported>      cycles
 *
 *            0.017002965 seconds time elapsed
 *
 * tools/perf/util/stat-display.c of Linux
 */
import type { Dataset } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { LineLedger, type LineParser, type LineVerdict, lineReader } from '../lines.ts';
import { numberOf } from '../numbers.ts';
import { firstLines, isPreamble, withoutTerminal } from '../terminal.ts';
import { counterOfRow, DELIMITERS } from './stat-csv.ts';
import { type Block, datasetsOf } from './stat-datasets.ts';
import { counterOfJson } from './stat-json.ts';
import { type Counter, counterOf, secondsOf } from './stat-line.ts';
import {
  isPerfsOwn,
  type MetricRow,
  type Metrics,
  metricsOfHeading,
  metricsOfObject,
  metricsOfRow,
  metricsOfTable,
} from './stat-metrics.ts';

//  Performance counter stats for 'true' (3 runs):     Performance counter stats for process id '4242':
const HEADER = /^ {0,16}Performance counter stats for (.{1,4000}?)(?: \((\d{1,9}) runs\))?:$/;
// #           time socket cpus             counts unit events
const HEADING = /^#\s+time\s.*\bcounts\s+unit\s+events\s*$/;
// Some events weren't counted. Try disabling the NMI watchdog:      	echo 0 > /proc/sys/kernel/nmi_watchdog
const ADVICE = /^(?:Some events weren't counted\. |The events in group usually |\t(?:echo [01] >|perf stat ))/;
/** Over what --table prints. */
const TABLE_HEADING = /^\s+# (?:Table of individual measurements|Final result):$/;
// 5.189 (-0.293) ##          a run of --table
const RUN = /^\s+(\d{1,9}[.,]\d{1,9}) \([+-]\d{1,9}[.,]\d{1,9}\)(?: #*)?$/;
// sh -c . "$0"; exec "$@" >&4 2>&5 /tmp/coldflame.4026531836.24089.1875099.OsCxDM/surroundings make: what collect puts around a command
const SURROUNDINGS = /^sh -c \. "\$0"; exec "\$@" [>&\d ]{1,20}\S{1,4000}\/surroundings /;
/** No line is as long: what is longer is printed by the command that was watched. */
const MAX_LINE = 8192;

export const perfStat: Grammar = {
  name: 'perf stat',

  claims(head) {
    if (head.lines.some((line) => HEADER.test(withoutTerminal(line)))) return true;
    const [first = '', ...others] = firstLines(head).map(withoutTerminal);
    if (beginsMetrics([first, ...others])) return true;
    return HEADING.test(first) || (isRow(first) && others.every((line) => isPreamble(line) || isRow(line)));
  },

  begins: {
    like: /^(?: {0,16}Performance counter stats for |#\s+time\s|\{"[a-z-]{1,24}" : )/,
    sure: ([first = '', ...others]) =>
      HEADER.test(first) || HEADING.test(first) || isRow(first) || beginsMetrics([first, ...others]),
  },

  reader(context) {
    const ledger = new LineLedger();
    return lineReader(new StatReader(context, ledger), ledger);
  },
};

function isRow(line: string): boolean {
  return (
    line.length < MAX_LINE &&
    (counterOfJson(line) !== null || DELIMITERS.some((delimiter) => counterOfRow(line, delimiter) !== null))
  );
}

/** Of --metric-only: a heading and a row of its metrics, or a row that names them. */
function beginsMetrics([first = '', second = '']: readonly string[]): boolean {
  if (first.length > MAX_LINE || second.length > MAX_LINE) return false;
  const metrics = metricsOfHeading(first, DELIMITERS);
  const row = metrics === null ? metricsOfObject(first) : metricsOfRow(second, metrics);
  return row !== null && (!('unread' in row) || metrics === null || metrics.names.some(isPerfsOwn));
}

class StatReader implements LineParser {
  private readonly context: ParseContext;
  private readonly ledger: LineLedger;
  private readonly blocks: Block[] = [];
  /** The metrics of --metric-only, once a heading named them. */
  private metrics: Metrics | null = null;
  /** The delimiter of the rows, once there was one. */
  private delimiter: string | null = null;
  /** Rows had decimal commas. */
  private commas = false;
  /** By what perf said of them instead of a number. */
  private readonly missing = new Map<string, Set<string>>();

  constructor(context: ParseContext, ledger: LineLedger) {
    this.context = context;
    this.ledger = ledger;
  }

  line(raw: string, number: number): LineVerdict {
    const text = withoutTerminal(raw);
    if (isPreamble(text) || HEADING.test(text) || TABLE_HEADING.test(text)) return 'noise';
    if (text.length > MAX_LINE) return { unread: 'too long for a counter' };
    const header = HEADER.exec(text);
    if (header !== null) return this.begin(header);
    if (ADVICE.test(text)) {
      this.ledger.note(text.trim());
      return 'noise';
    }
    if (this.time(text, number)) return 'read';
    if (this.metricHeading(text)) return 'noise';
    const row = this.metricRow(text);
    if (row !== null) return 'unread' in row ? row : this.addAll(row.counters, number);
    const counter = this.counter(text);
    if (counter === null) return { unread: 'no counter of perf stat: printed by the command, perhaps' };
    this.add(counter, number);
    return 'read';
  }

  end(): { datasets: Dataset[]; tool: string } {
    for (const [missing, events] of this.missing) this.ledger.note(`${missing}: ${[...events].join(', ')}`);
    if (this.delimiter !== null && this.commas)
      this.ledger.note('perf cuts what it derives at the decimal comma in CSV: left out');
    return { datasets: this.blocks.flatMap(datasetsOf), tool: 'perf-stat' };
  }

  private begin([, watched = '', runs]: RegExpExecArray): LineVerdict {
    const title = watched.replace(/'(.*)'$/, '$1').replace(SURROUNDINGS, '');
    this.metrics = null;
    this.blocks.push({ title: runs === undefined ? title : `${title}, ${runs} runs`, counters: [], times: [] });
    return 'read';
  }

  private time(text: string, line: number): boolean {
    const times = this.blocks.at(-1)?.times;
    const run = numberOf(RUN.exec(text)?.[1] ?? '');
    const time =
      run === null ? secondsOf(text) : { name: `run ${(times?.length ?? 0) + 1}`, value: run, variance: null };
    if (time === null || times === undefined) return false;
    times.push({ ...time, line });
    return true;
  }

  /** Beside a header's counters only what tells its time is one: `12 apples` may be the command's own. */
  private counter(text: string): Counter | null {
    const json = counterOfJson(text);
    if (json !== null) return json;
    const block = this.blocks.at(-1);
    const plain = this.delimiter === null ? counterOf(text) : null;
    const isOpen = block !== undefined && block.times.length === 0;
    if (plain !== null && (isOpen || plain.at !== null)) return plain;
    for (const delimiter of this.delimiter === null ? DELIMITERS : [this.delimiter]) {
      const row = counterOfRow(text, delimiter);
      if (row === null) continue;
      this.delimiter = delimiter;
      this.commas ||= /\d,\d\d(?!\d)/.test(text) && delimiter !== ',';
      return row;
    }
    return null;
  }

  /** A heading stands above all counters: below perf's first line, where there is one. */
  private metricHeading(text: string): boolean {
    const block = this.blocks.at(-1);
    const isOpen = block === undefined || block.counters.length + block.times.length === 0;
    // By interval it comes again every 25 of them.
    if (!isOpen && this.metrics === null) return false;
    const isBelow = block !== undefined && this.metrics === null && counterOf(text) === null;
    const metrics = metricsOfHeading(text, DELIMITERS) ?? (isBelow ? metricsOfTable(text) : null);
    this.metrics = metrics ?? this.metrics;
    return metrics !== null;
  }

  private metricRow(text: string): MetricRow | null {
    return this.metrics === null ? metricsOfObject(text) : metricsOfRow(text, this.metrics);
  }

  private addAll(counters: readonly Counter[], line: number): LineVerdict {
    for (const counter of counters) this.add(counter, line);
    if (counters.length === 0) this.ledger.noteOnce('perf counted nothing that its metrics need');
    return 'read';
  }

  private add(counter: Counter, line: number): void {
    if (this.blocks.length === 0) this.blocks.push({ title: this.context.name, counters: [], times: [] });
    const { counters } = this.blocks.at(-1) as Block;
    const above = counters.at(-1);
    // A further derived value is of the counter above, and of its place.
    const isFurther = counter.event === '' && above !== undefined;
    counters.push({ ...counter, ...(isFurther ? { event: above.event, labels: above.labels } : {}), line });
    if (counter.missing === null) return;
    const events = this.missing.get(counter.missing) ?? new Set();
    this.missing.set(counter.missing, events.add(counter.event));
  }
}
