/** File systems: what the programs feel, which disks alone do not show. */

import { commas, shareText, significant } from '../datasets/amounts.ts';
import { cellAt, rowCount } from '../datasets/cells.ts';
import { rowsWhere, timeAt } from '../datasets/columns.ts';
import type { Events } from '../datasets/shapes.ts';
import { columnNamed, columnOf } from './distribution.ts';
import { allOf, linesOf, rowsBy, topShare } from './rows.ts';
import { type Rule, ruledOut, type Verdict } from './rule.ts';
import { LEAST_ROWS, slowEvents } from './slow-events.ts';
import { mean, whole } from './view.ts';

const SLOWER = ['ext4slower', 'xfsslower', 'btrfsslower', 'zfsslower', 'nfsslower', 'fileslower'];

const slowOperations: Rule = {
  name: 'slow-file-operations',
  subsystem: 'filesystem',
  topic: 'slow file system operations',
  about:
    'Reads, writes, opens and syncs that took longer than the slower tools let pass (10 ms unless told). These are waits of the programs themselves, queueing and locks in the file system included.',
  tools: SLOWER,
  thresholds: {
    rate: {
      value: 1,
      unit: 'slow operations a second',
      why: 'one a second is a steady wait; single ones happen on any disk',
    },
    slow: { value: 10_000, unit: 'us', why: 'the default of the slower tools themselves' },
    least: LEAST_ROWS,
  },
  judge: (view, limits) =>
    view.datasets('events', ...SLOWER).flatMap((events) =>
      slowEvents(view, events, limits, {
        what: 'File operations',
        topic: 'slow file operations',
        by: [columnOf(events, 'process'), fileColumn(events)],
        next: 'coldflame collect --tool biosnoop,offcputime,iostat',
      }),
    ),
};

function fileColumn(events: Events): number {
  return columnNamed(events, 'FILENAME', 'PATH', 'FILE');
}

const failingOpens: Rule = {
  name: 'failing-opens',
  subsystem: 'filesystem',
  topic: 'failing opens',
  about:
    'A program that tries to open files that are not there, again and again: a wrong path, a missing configuration, a search through a long list of folders.',
  tools: ['opensnoop', 'statsnoop'],
  thresholds: {
    share: {
      value: 0.5,
      unit: 'of the opens of one process',
      why: 'library and configuration searches of a start-up fail less than half the time',
    },
    least: { value: 100, unit: 'failed opens', why: 'a start-up fails some tens of times' },
  },
  judge(view, { share = 0, least = 0 }) {
    return view.datasets('events', 'opensnoop', 'statsnoop').flatMap((events): Verdict[] => {
      const [process, error] = [columnOf(events, 'process'), columnNamed(events, 'ERR')];
      if (process < 0 || error < 0) return [];
      const byProcess = rowsBy(events, process);
      const verdicts = [...byProcess].flatMap(([name, rows]): Verdict[] => {
        const failed = rows.filter((row) => Number(cellAt(events, row, error)) > 0);
        if (failed.length < least || failed.length < share * rows.length) return [];
        return [
          {
            verdict: 'found',
            severity: 'notice',
            title: `${name} looks for files that are not there: ${commas(failed.length)} of ${commas(rows.length)} ${events.tool === 'statsnoop' ? 'stats' : 'opens'} fail`,
            detail: topShare(events, failed, fileColumn(events)) ?? '',
            since: timeAt(events.at, failed[0] as number),
            numbers: [{ label: 'failed opens', value: failed.length, unit: '' }],
            evidence: linesOf(events, failed),
            next: `${events.tool} -x -n '${name.replaceAll("'", '')}'`,
          },
        ];
      });
      if (verdicts.length > 0 || rowCount(events) === 0) return verdicts;
      const failed = rowsWhere(rowCount(events), (row) => Number(cellAt(events, row, error)) > 0).length;
      const title = `failing ${events.tool === 'statsnoop' ? 'stats' : 'opens'}: ${commas(failed)} of ${commas(rowCount(events))}`;
      return [ruledOut(title, [], allOf(events.source))];
    });
  },
};

const pageCache: Rule = {
  name: 'page-cache',
  subsystem: 'filesystem',
  topic: 'page cache hit ratio',
  about: 'The share of file reads that memory served (cachestat). A falling ratio turns reads into disk I/O.',
  tools: ['cachestat'],
  thresholds: {
    ratio: { value: 80, unit: '% hits', why: 'below this one read in five waits for a disk' },
    misses: { value: 1000, unit: 'misses an interval', why: 'a low ratio of few reads costs nothing' },
  },
  judge(view, { ratio = 0, misses = 0 }) {
    const hitRatio = view.tracks('cachestat', 'HITRATIO', 'RATIO', 'READ_HIT%')[0];
    const missed = view.tracks('cachestat', 'MISSES')[0];
    if (hitRatio === undefined || missed === undefined || hitRatio.values.length === 0) return [];
    const [share, lost] = [mean(hitRatio.values), mean(missed.values)];
    const numbers = [
      { label: 'hits, mean', value: share, unit: '%' },
      { label: 'misses an interval, mean', value: lost, unit: '' },
    ];
    const evidence = [whole(hitRatio)];
    if (share >= ratio || lost < misses)
      return [
        ruledOut(
          `page cache: ${significant(share)} % hits, ${significant(lost)} misses an interval`,
          numbers,
          evidence,
        ),
      ];
    return [
      {
        verdict: 'found',
        severity: 'warning',
        title: `The page cache misses: ${shareText(share / 100)} hits, ${significant(lost)} misses an interval`,
        detail: 'The files in use are larger than the memory left for them, or are read for the first time.',
        since: timeAt(hitRatio.at, 0),
        numbers,
        evidence,
        next: 'coldflame collect --tool free,filetop,biosnoop',
      },
    ];
  },
};

export const filesystemRules: readonly Rule[] = [slowOperations, failingOpens, pageCache];
