/**
 * One output of a tool as its sections come: those that one loop or one tool started again printed are one source, read by
 * one reader, with the lines of the file and the times that stood above them.
 */
import type { Host, Unread } from '../datasets/capture.ts';
import { partitionPoint } from '../datasets/columns.ts';
import { eachRecord, renumber, retime } from '../datasets/in-file.ts';
import type { Clock, Dataset } from '../datasets/shapes.ts';
import { sysstatBanner } from '../parsers/cells.ts';
import type { Grammar, ParseContext, Parsed, Reader } from '../parsers/grammar.ts';
import { dateOfBanner } from '../parsers/sysstat/banner-date.ts';
import type { Over } from './cut.ts';
import type { Moment } from './dates.ts';

/** Lines of a source that stand one after another in the file. */
interface Stretch {
  /** Where it begins, in the source and in the text. */
  own: number;
  first: number;
}

/** A run of the tool: from this line of the source on. */
interface Run {
  own: number;
  moment: Moment | null;
  /** Midnight of the day that the tool's banner names, on the host's clock. */
  midnight: number | null;
}

const DAY = 86_400;
const HALF_DAY = 43_200;

export interface PlaceInFile {
  numberOf(line: number): number;
  momentAt(line: number): Moment | null;
}

export class SectionSource {
  readonly grammar: Grammar;
  readonly over: Over;
  host: string | null;
  facts: Partial<Host> = {};
  /** Lines around it that are nobody's: headings, dates, blank lines. */
  between = 0;
  private readonly reader: Reader;
  private readonly place: PlaceInFile;
  private readonly stretches: Stretch[] = [];
  private readonly runs: Run[] = [];
  private lines = 0;

  constructor(grammar: Grammar, context: ParseContext, over: Over, place: PlaceInFile) {
    this.grammar = grammar;
    this.reader = grammar.reader(context);
    this.over = over;
    this.host = over.host;
    this.place = place;
  }

  /** A section of it begins: the tool's next run, or the next round of a loop. */
  begin(over: Over, line: string): void {
    if (this.runs.length > 0) this.reader.run?.();
    this.host ??= over.host;
    const banner = sysstatBanner(line);
    if (banner !== null) this.facts = { hostname: banner.host, kernel: banner.kernel, cpus: banner.cpus };
    this.runs.push({ own: this.lines + 1, moment: over.moment, midnight: banner && dateOfBanner(banner.date) });
  }

  /** @param first the number of the first of the lines in the text */
  async write(bytes: Uint8Array, first: number, lines: number): Promise<void> {
    const last = this.stretches.at(-1);
    if (last === undefined || last.first + (this.lines + 1 - last.own) !== first)
      this.stretches.push({ own: this.lines + 1, first });
    this.lines += lines;
    await this.reader.write(bytes);
  }

  /** What was read, with the lines of the file. */
  async end(isOnlyMoment: boolean): Promise<Parsed> {
    const parsed = await this.reader.end();
    for (const dataset of parsed.datasets) {
      this.setTimes(dataset, isOnlyMoment);
      renumber(dataset, (line) => this.fileLine(line));
    }
    const unread = parsed.unread.map((each): Unread => ({ ...each, line: this.fileLine(each.line) }));
    return {
      ...parsed,
      unread,
      lines: parsed.lines + this.between,
      noise: parsed.noise + this.between,
      tool: parsed.tool,
    };
  }

  get hasMoment(): boolean {
    return this.runs.some(({ moment }) => moment !== null);
  }

  private fileLine(line: number): number {
    return this.place.numberOf(this.textLine(line));
  }

  private textLine(line: number): number {
    const { own, first } = lastUpTo(this.stretches, line) ?? { own: 1, first: 1 };
    return first + line - own;
  }

  /** Times for what tells none of its own, or only of the day, or since it was started. */
  private setTimes(dataset: Dataset, isOnlyMoment: boolean): void {
    const { clock } = dataset;
    if (dataset.shape === 'stacks' || dataset.shape === 'text') return;
    if (clock === 'day') this.setDays(dataset);
    if (clock !== null && clock !== 'elapsed') return;
    const each = this.place.momentAt(this.textLine(1));
    if (each !== null) {
      retime(dataset, each.clock, (line) => this.place.momentAt(this.textLine(line))?.at ?? null);
      return;
    }
    const moments = this.runs.flatMap(({ moment }) => moment ?? []);
    const [first] = moments;
    // A clock that starts again with each run, and nothing that tells when.
    if (first === undefined && clock === 'elapsed' && this.runs.length > 1) retime(dataset, null, () => null);
    if (first === undefined || moments.length < this.runs.length) return;
    // Below one date a loop printed, or a tool went on for nobody knows how long.
    if (isOnlyMoment && clock === null && mostInARun(dataset) > 1) return;
    const started = this.startsOf(dataset);
    const timeOf = (line: number, at: number | null) => {
      const run = lastUpTo(this.runs, line);
      const begun = this.reader.run === undefined && run !== null ? (started.get(run) ?? 0) : 0;
      return run === null ? null : (run.moment as Moment).at + (clock === 'elapsed' ? (at ?? 0) - begun : 0);
    };
    retime(dataset, unrolled(first.clock, moments), timeOf);
  }

  /** Lays a clock of the day on the date that stood above the run. */
  private setDays(dataset: Dataset): void {
    const dated = this.runs.every(({ midnight, moment }) => midnight !== null || moment?.clock === 'local');
    if (!dated || this.runs.length === 0) return;
    const offsets = new Map<Run, number>();
    for (const [run, first] of this.startsOf(dataset)) {
      const clock = first % DAY;
      const at = run.moment?.clock === 'local' ? run.moment.at : null;
      const midnight = run.midnight ?? Math.floor((at as number) / DAY) * DAY;
      const local = at !== null && midnight + clock < at - HALF_DAY ? midnight + DAY + clock : midnight + clock;
      offsets.set(run, local - first);
    }
    retime(dataset, 'local', (line, at) => {
      const run = lastUpTo(this.runs, line);
      return at === null || run === null ? null : at + (offsets.get(run) ?? 0);
    });
  }

  /** The first time in each run. */
  private startsOf(dataset: Dataset): Map<Run, number> {
    const starts = new Map<Run, number>();
    eachRecord(dataset, (line, at) => {
      const run = lastUpTo(this.runs, line);
      if (run !== null && at !== null && !(at >= (starts.get(run) ?? Number.POSITIVE_INFINITY))) starts.set(run, at);
    });
    return starts;
  }
}

/** The last of a list that begins at `line` or before it. */
function lastUpTo<T extends { own: number }>(list: readonly T[], line: number): T | null {
  return list[partitionPoint(list.length, (i) => (list[i] as T).own <= line) - 1] ?? null;
}

/** Clocks of the day that were printed one after another go on past midnight. */
function unrolled(clock: Clock, moments: readonly Moment[]): Clock {
  if (clock === 'day')
    for (let i = 1; i < moments.length; i++) {
      const [before, moment] = [moments[i - 1] as Moment, moments[i] as Moment];
      while (moment.at < before.at - HALF_DAY) moment.at += DAY;
    }
  return clock;
}

/** How often the metric of a series that was printed most often was; a table or a report of anything else is one. */
function mostInARun(dataset: Dataset): number {
  if (dataset.shape !== 'series') return 1;
  return dataset.metrics.reduce((most, { values }) => Math.max(most, values.length), 0);
}
