/** Two tools that print neither a table nor a histogram: runqlen -O, whose answer is one number, and oomkill, which tells. */
import type { Events, Series } from '../../datasets/shapes.ts';
import { type ColumnPlan, EventsBuilder } from '../events-builder.ts';
import type { LineVerdict } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { secondsOfClock } from './lines.ts';
import type { BccKind, Section, Surroundings } from './section.ts';

// runqocc: 41.09%
// runqocc, CPU 3   100.00%
const OCCUPANCY = /^runqocc(?:, CPU (\d+)\s+|: )(\d+(?:\.\d+)?)%$/;

/** How often threads were queued, in percent, for all CPUs or each. */
export class OccupancySection implements Section {
  kind: BccKind | null = null;
  private readonly around: Surroundings;
  private readonly series = new SeriesBuilder();
  /** How many reports each CPU had. */
  private readonly reports = new Map<string, number>();
  private timed = false;

  constructor(around: Surroundings) {
    this.around = around;
  }

  line(text: string, number: number): LineVerdict | null {
    const match = text.startsWith('runqocc') ? OCCUPANCY.exec(text) : null;
    if (match === null) return null;
    const cpu = match[1];
    const labels: Record<string, string> = cpu === undefined ? {} : { cpu };
    const at = this.time(cpu ?? '');
    this.series.add('runqocc', '%', Number(match[2]), { labels, at, line: number, sinceBoot: false });
    this.kind = 'bcc-columns';
    return 'read';
  }

  datasets(): Series[] {
    const metrics = this.series.build();
    if (metrics.length === 0) return [];
    const { name, interval } = this.around.context;
    const clock = this.timed ? 'day' : interval === null ? null : 'elapsed';
    return [{ shape: 'series', source: 0, tool: 'runqlen', title: name, clock, metrics }];
  }

  private time(cpu: string): number | null {
    const { stamp, context } = this.around;
    const report = (this.reports.get(cpu) ?? 0) + 1;
    this.reports.set(cpu, report);
    if (stamp !== null) this.timed = true;
    if (stamp !== null || this.timed) return stamp?.at ?? null;
    return context.interval === null ? null : report * context.interval;
  }
}

// 21:03:39 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("perl"), 3850642 pages, loadavg: 0.99 0.39 0.30 3/282 22724
const OOM_KILL =
  /^(\d\d:\d\d:\d\d) Triggered by PID (\d+) \("(.{0,64})"\), OOM kill of PID (\d+) \("(.{0,64})"\), (\d+) pages(?:, loadavg: (.*))?$/;

const OOM_COLUMNS: readonly ColumnPlan[] = [
  { name: 'TIME', type: 'text', unit: '', role: 'time' },
  { name: 'triggered by PID', type: 'number', unit: '', role: null },
  { name: 'triggered by', type: 'text', unit: '', role: null },
  { name: 'killed PID', type: 'number', unit: '', role: 'pid' },
  { name: 'killed', type: 'text', unit: '', role: 'process' },
  { name: 'pages', type: 'number', unit: 'pages', role: 'size' },
  { name: 'loadavg', type: 'text', unit: '', role: null },
];

/** Who ran out of memory and who was killed for it. The line is prose: the columns' names are ours. */
export class OomKillSection implements Section {
  kind: BccKind | null = null;
  private readonly around: Surroundings;
  private readonly events = new EventsBuilder(OOM_COLUMNS);

  constructor(around: Surroundings) {
    this.around = around;
  }

  line(text: string, number: number): LineVerdict | null {
    const match = text.length < 500 && text.includes('OOM kill') ? OOM_KILL.exec(text) : null;
    if (match === null) return null;
    const [, time = '', by, comm = '', killed, victim = '', pages, loadavg] = match;
    const cells = [time, Number(by), comm, Number(killed), victim, Number(pages), loadavg?.trim() ?? null];
    this.events.add(cells, secondsOfClock(time), number);
    this.kind = 'bcc-columns';
    return 'read';
  }

  datasets(): Events[] {
    if (this.events.length === 0) return [];
    const title = this.around.context.name;
    return [{ shape: 'events', source: 0, tool: 'oomkill', title, clock: 'day', ...this.events.build() }];
  }
}
