/**
 * Grammars of what a host has counted, printed once or again and again: files of /proc and what prints the same. Each line
 * tells some numbers by name; a time above a reading (`date +%T`, /proc/uptime) is that of all of it.
 */
import type { Dataset } from '../datasets/shapes.ts';
import type { Beginning, Grammar, ParseContext } from './grammar.ts';
import { LineLedger, type LineParser, lineReader } from './lines.ts';
import { isReadingTime, ReadingTime } from './procps/reading-time.ts';
import { SeriesBuilder } from './series-builder.ts';
import { firstLines, isPreamble } from './terminal.ts';

export interface Reading {
  name: string;
  value: number;
  unit?: string;
  labels?: Record<string, string>;
}

/** What a line tells: numbers, nothing of its own (a heading), or null where it is none of the file's. */
export type Told = readonly Reading[] | null;

export interface CounterFile {
  name: string;
  /** Its row in the catalogue. */
  tool: string;
  title: string;
  begins: Beginning;
  /** Reads the lines of one reading after another; what it remembers is of one file. */
  open(context: ParseContext): (text: string) => Told;
  /** Reads a table that stands below the numbers of a reading, at its time. */
  below?(context: ParseContext, time: ReadingTime): LineParser;
}

/** Lines that head the next or say nothing. */
export const NOTHING: readonly Reading[] = [];
const NO_LABELS: Record<string, string> = {};
/** Of a whole reading so many lines decide. */
const LINES = 8;

export function counterGrammar({ name, tool, title, begins, open, below }: CounterFile): Grammar {
  const isFirst = (lines: readonly string[]) =>
    begins.like.test(lines[0] ?? '') && (begins.sure?.(lines.slice(0, LINES)) ?? true);
  return {
    name,
    claims(head) {
      const lines = firstLines(head);
      return isFirst(isReadingTime(lines[0] ?? '') ? lines.slice(1) : lines);
    },
    begins,
    reader(context) {
      const ledger = new LineLedger();
      const series = new SeriesBuilder();
      const time = new ReadingTime();
      const read = open(context);
      const table = below?.(context, time);
      let report = -1;
      let first: string | null = null;
      /** The readings of an interval that the command tells, where no time stands above them. */
      const elapsed = () => (context.interval === null ? null : report * context.interval);
      return lineReader(
        {
          line(text, number) {
            if (time.take(text)) return 'read';
            const told = isPreamble(text) ? null : read(text);
            if (told === null)
              return isPreamble(text) ? 'noise' : (table?.line(text, number) ?? { unread: `not of ${title}` });
            const key = told[0] === undefined ? null : `${told[0].name} ${JSON.stringify(told[0].labels ?? null)}`;
            if (first === null || key === first) report += key === null ? 0 : 1;
            first ??= key;
            const at = time.at ?? elapsed();
            for (const { name: metric, value, unit = '', labels = NO_LABELS } of told)
              series.add(metric, unit, value, { labels, at, line: number, sinceBoot: false });
            return 'read';
          },
          end() {
            const clock = time.clock ?? (context.interval === null ? null : 'elapsed');
            const dataset: Dataset = { shape: 'series', source: 0, tool, title, clock, metrics: series.build() };
            return {
              tool,
              datasets: [...(dataset.metrics.length === 0 ? [] : [dataset]), ...(table?.end().datasets ?? [])],
            };
          },
        },
        ledger,
      );
    },
  };
}

/** The words of a line behind its first, each a number; null where one is not. */
export function numbersIn(words: readonly string[]): number[] | null {
  const numbers = words.map((word) => (/^\d{1,20}$/.test(word) ? Number(word) : null));
  return numbers.includes(null) ? null : (numbers as number[]);
}
