/**
 * Files of /proc that a person copies into a ticket: meminfo, and the pressure of cpu, memory and io, alone or behind the
 * names that head and grep put before them:
 *
 *     MemTotal:        8053804 kB
 *
 *     some avg10=0.43 avg60=3.43 avg300=4.56 total=123456
 *
 * Where `date +%T` or /proc/uptime stands above each report, it is the report's time.
 *
 * https://docs.kernel.org/accounting/psi.html
 */
import type { Dataset } from '../../datasets/shapes.ts';
import type { Grammar, ParseContext } from '../grammar.ts';
import { lineReader } from '../lines.ts';
import { SeriesBuilder } from '../series-builder.ts';
import { firstLines, isPreamble } from '../terminal.ts';
import { isReadingTime, ReadingTime } from './reading-time.ts';

// MemTotal:        8053804 kB        HugePages_Total:       0
const MEMINFO = /^([A-Z][A-Za-z0-9_()]{1,40}): +(\d{1,20})( kB)?$/;
// some avg10=0.43 avg60=3.43 avg300=4.56 total=123456        /proc/pressure/cpu:some avg10=…
const PRESSURE =
  /^(?:\S*pressure\/(\w+):)?(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d{1,20})$/;
// ==> /proc/pressure/cpu <==
const FILE = /^==> \S*pressure\/(\w+) <==$/;
const AVERAGES = ['avg10', 'avg60', 'avg300'];

export const proc: Grammar = {
  name: 'proc',

  claims(head) {
    const lines = firstLines(head);
    const [first = '', second = ''] = isReadingTime(lines[0] ?? '') ? lines.slice(1) : lines;
    return /^MemTotal: /.test(first) || PRESSURE.test(first) || (FILE.test(first) && PRESSURE.test(second));
  },

  reader(context: ParseContext) {
    const memory = new SeriesBuilder();
    const pressure = new SeriesBuilder();
    const time = new ReadingTime();
    /** How often each of them was printed: the files are read once an interval, from the start on. */
    const reports = new Map<string, number>();
    let resource: string | undefined;

    return lineReader({
      line(line, number) {
        if (isPreamble(line)) return 'noise';
        if (time.take(line)) return 'read';
        const facts = { line: number, sinceBoot: false };
        const file = FILE.exec(line);
        const meminfo = MEMINFO.exec(line);
        const stalled = PRESSURE.exec(line);
        if (file !== null) resource = file[1];
        else if (meminfo !== null) {
          const [, name = '', digits, unit] = meminfo;
          memory.add(name, unit === undefined ? '' : 'KiB', Number(digits), { ...facts, at: time.at, labels: {} });
        } else if (stalled !== null) {
          const [, named = resource, share = '', ...numbers] = stalled;
          const labels: Record<string, string> = { ...(named === undefined ? {} : { resource: named }), share };
          const key = `${share} ${named}`;
          const report = reports.get(key) ?? 0;
          reports.set(key, report + 1);
          const at = time.at ?? (context.interval === null ? null : report * context.interval);
          AVERAGES.forEach((name, i) => {
            pressure.add(name, '%', Number(numbers[i]), { ...facts, at, labels });
          });
          pressure.add('total', 'us', Number(numbers[3]), { ...facts, at, labels });
        } else return { unread: 'not of meminfo, not of pressure' };
        return 'read';
      },
      end() {
        const clock = time.clock ?? (context.interval === null ? null : 'elapsed');
        const shared = { shape: 'series' as const, source: 0, tool: context.tool ?? 'proc' };
        const datasets: Dataset[] = [
          { ...shared, title: 'memory', clock: time.clock, metrics: memory.build() },
          { ...shared, title: 'pressure', clock, metrics: pressure.build() },
        ];
        return { datasets: datasets.filter((dataset) => dataset.shape === 'series' && dataset.metrics.length > 0) };
      },
    });
  },
};
