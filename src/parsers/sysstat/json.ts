/**
 * The JSON of iostat -o JSON, mpstat -o JSON and sadf -j, which put every record on a line of its own:
 *
 *     {"sysstat": {
 *     	"hosts": [
 *     		{
 *     			"statistics": [
 *     				{
 *     					"timestamp": "14:59:30",
 *     					"cpu-load": [
 *     						{"cpu": "all", "usr": 1.01, "nice": 0.00, "sys": 4.02, …},
 *
 * Read line by line, so that a file cut short still gives its whole records, each with its line.
 */
import type { Clock, Dataset } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { type LineVerdict, lineReader } from '../lines.ts';
import { type PointFacts, SeriesBuilder } from '../series-builder.ts';
import { DayClock, type Stamp, stampAt } from '../stamps.ts';
import { firstLines } from '../terminal.ts';
import { unitOf } from './columns.ts';

// "cpu-load": [        "network": {
const SECTION = /^"([\w-]{1,60})": *[[{]$/;
// {"cpu": "0", "intr": [
const PARENT = /^\{"[\w-]{1,60}": *"[^"]*", *"[\w-]{1,60}": *\[$/;
// {"cpu": "all", "usr": 1.01},     "avg-cpu":  {"user": 6.93, "nice": 0.00},     "timestamp": "14:59:30",
const KEYED = /^"([\w-]{1,60})": *(.+)$/;
/** What is said of the host, not of an interval. */
const FACTS = /^"(?:nodename|sysname|release|machine|number-of-cpus|date|file-date|file-utc-time|timezone)":/;
// "nodename": "db1"
const NODE_NAME = /^"nodename": *"([\w.-]{1,253})"/;
/** Shares without a percent sign in their names. */
const SHARES = new Set(['util', 'rrqm', 'wrqm', 'drqm']);

type Json = string | number | boolean | null | { [key: string]: Json } | Json[];

export const sysstatJson: Grammar = {
  name: 'sysstat json',
  claims: (head) => /^\{"sysstat": *\{/.test(firstLines(head)[0] ?? ''),
  begins: { like: /^\{"sysstat": *\{/ },
  reader(context: ParseContext) {
    const statistics = new Statistics(context);
    return lineReader({ line: (line, number) => statistics.line(line, number), end: () => statistics.end() });
  },
};

class Statistics {
  private readonly context: ParseContext;
  private readonly sections = new Map<string, SeriesBuilder>();
  private readonly clock = new DayClock();
  private readonly sinceBootFirst: boolean;
  private section = '';
  private parent: Record<string, string> = {};
  private seen = new Set<string>();
  private report = -1;
  private at: number | null = null;
  private clockName: Clock | null = null;
  private tool: string | null = null;
  private hostname: string | null = null;

  constructor(context: ParseContext) {
    this.context = context;
    this.sinceBootFirst = !/\s-[a-zA-Z]*y/.test(context.command ?? '');
    if (context.interval !== null) this.clockName = 'elapsed';
  }

  line(text: string, number: number): LineVerdict {
    const json = text.trim().replace(/,$/, '');
    if (/^[\s[\]{}]*$/.test(json) || /^\{"sysstat": *\{$/.test(json) || FACTS.test(json)) {
      // Only sadf reads from a file.
      if (json.startsWith('"file-date"')) this.tool = 'sar';
      this.hostname ??= NODE_NAME.exec(json)?.[1] ?? null;
      return 'noise';
    }
    const section = SECTION.exec(json)?.[1];
    if (section !== undefined) return this.open(section);
    if (PARENT.test(json)) {
      const parsed = parseOrNull(`${json}]}`);
      this.parent = labelsOf(isObject(parsed) ? parsed : {});
      return 'read';
    }
    const keyed = KEYED.exec(json);
    const value = parseOrNull(keyed === null ? json : (keyed[2] as string));
    if (value === null) return { unread: 'not a whole record' };
    if (keyed?.[1] === 'timestamp') return this.stamp(value);
    if (!isObject(value)) return { unread: 'not a record' };
    if (keyed !== null) this.open(keyed[1] as string);
    this.add(value, this.parent, number);
    return 'read';
  }

  end(): { datasets: Dataset[]; tool: string; host?: { hostname: string } } {
    const names = [...this.sections.keys()];
    const tool = this.context.tool ?? this.tool ?? 'sar';
    const datasets = names.map((title): Dataset => {
      const metrics = (this.sections.get(title) as SeriesBuilder).build();
      return { shape: 'series', source: 0, tool, title, clock: this.clockName, metrics };
    });
    const host = this.hostname === null ? {} : { host: { hostname: this.hostname } };
    return {
      tool,
      datasets: datasets.filter((dataset) => dataset.shape === 'series' && dataset.metrics.length > 0),
      ...host,
    };
  }

  private open(section: string): LineVerdict {
    if (section === 'hosts' || section === 'statistics') return 'noise';
    this.section = section;
    this.parent = {};
    if (this.report < 0 || this.seen.has(section)) {
      this.report++;
      this.seen = new Set();
    }
    this.seen.add(section);
    return 'read';
  }

  private stamp(value: Json): LineVerdict {
    const stamp = stampOf(value);
    if (stamp === null) return { unread: 'no time in the time stamp' };
    this.at = this.clock.at(stamp);
    this.clockName = stamp.clock;
    return 'read';
  }

  private add(record: { [key: string]: Json }, outer: Record<string, string>, line: number): void {
    const labels = { ...outer, ...labelsOf(record) };
    const { interval } = this.context;
    if (this.section === 'avg-cpu' || 'disk_device' in record) this.tool = 'iostat';
    else if (/-load$|-interrupts$/.test(this.section)) this.tool ??= 'mpstat';
    const first = this.tool === 'iostat' && this.sinceBootFirst;
    const counted = interval === null ? null : (this.report + (first ? 0 : 1)) * interval;
    const facts: PointFacts = { labels, at: this.at ?? counted, line, sinceBoot: first && this.report === 0 };
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === 'number' && Number.isFinite(value)) this.builder().add(name, this.unit(name), value, facts);
      else if (isObject(value)) this.add(value, labels, line);
    }
  }

  private builder(): SeriesBuilder {
    const builder = this.sections.get(this.section) ?? new SeriesBuilder();
    this.sections.set(this.section, builder);
    return builder;
  }

  private unit(name: string): string {
    const share = this.section === 'avg-cpu' || /^(?:cpu|node)-load/.test(this.section) || SHARES.has(name);
    return share ? '%' : unitOf(name);
  }
}

/** mpstat's `"14:59:30"`, iostat's `"11/20/26 14:59:29"`, sadf's `{"date": "2026-11-20", "time": "14:59:30", "utc": 1}`. */
function stampOf(value: Json): Stamp | null {
  if (typeof value === 'string') return stampAt(value);
  if (!isObject(value) || typeof value.date !== 'string' || typeof value.time !== 'string') return null;
  return stampAt(`${value.date}T${value.time}${value.utc === 1 ? 'Z' : ''}`);
}

function labelsOf(record: { [key: string]: Json }): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseOrNull(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
