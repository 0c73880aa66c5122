/** File systems: what the programs feel, which disks alone do not show. */
import type { Events } from '../datasets/shapes.ts';
import { columnOf, durations } from './distribution.ts';
import { linesOf, rowsBy, topShare } from './rows.ts';
import type { Rule, Verdict } from './rule.ts';
import { mean, whole } from './view.ts';
import { count, duration, percent, round } from './words.ts';

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
  },
  judge(view, { rate = 0, slow = 0 }) {
    return view.datasets('events', ...SLOWER).flatMap((events): Verdict[] => {
      const hits = durations(events).filter(({ usecs }) => usecs >= slow);
      const seconds = spanOf(events) ?? windowOf(view.capture.manifest);
      if (seconds === null) return [];
      const perSecond = hits.length / seconds;
      const numbers = [
        { label: 'slow operations', value: hits.length, unit: '' },
        { label: 'a second', value: perSecond, unit: '/s' },
      ];
      if (perSecond < rate)
        return [
          {
            verdict: 'ruled-out',
            title: `slow file operations: ${count(hits.length)} of ${duration(slow)} or more in ${round(seconds)} s`,
            numbers,
            evidence: [{ source: events.source, lines: null }],
          },
        ];
      const rows = hits.map(({ row }) => row);
      const worst = Math.max(...hits.map(({ usecs }) => usecs));
      const by = [topShare(events, rows, columnOf(events, 'process')), topShare(events, rows, fileColumn(events))];
      return [
        {
          verdict: 'found',
          severity: 'warning',
          title: `File operations are slow: ${count(hits.length)} of ${duration(slow)} or more, up to ${duration(worst)}`,
          detail: by.filter((words) => words !== null).join('; '),
          since: events.at[rows[0] as number] ?? null,
          numbers,
          evidence: linesOf(events, rows),
          next: 'coldflame collect --tool biosnoop,offcputime,iostat',
        },
      ];
    });
  },
};

function fileColumn({ columns }: Events): number {
  return columns.findIndex(({ name }) => name === 'FILENAME' || name === 'PATH' || name === 'FILE');
}

/** Seconds from the first event to the last, where there are two or more with a time. */
function spanOf({ at }: Events): number | null {
  const times = at.filter((time) => time !== null);
  return times.length < 2 ? null : Math.max(1, Math.max(...times) - Math.min(...times));
}

function windowOf(manifest: { started: number; ended: number } | null): number | null {
  return manifest === null ? null : Math.max(1, manifest.ended - manifest.started);
}

const failingOpens: Rule = {
  name: 'failing-opens',
  subsystem: 'filesystem',
  topic: 'failing opens',
  about:
    'A program that tries to open files that are not there, again and again: a wrong path, a missing configuration, a search through a long list of folders.',
  tools: ['opensnoop'],
  thresholds: {
    share: {
      value: 0.5,
      unit: 'of the opens of one process',
      why: 'library and configuration searches of a start-up fail less than half the time',
    },
    least: { value: 100, unit: 'failed opens', why: 'a start-up fails some tens of times' },
  },
  judge(view, { share = 0, least = 0 }) {
    return view.datasets('events', 'opensnoop').flatMap((events): Verdict[] => {
      const [process, error] = [columnOf(events, 'process'), events.columns.findIndex(({ name }) => name === 'ERR')];
      if (process < 0 || error < 0) return [];
      const byProcess = rowsBy(events, process);
      const verdicts = [...byProcess].flatMap(([name, rows]): Verdict[] => {
        const failed = rows.filter((row) => Number(events.rows[row]?.[error]) > 0);
        if (failed.length < least || failed.length < share * rows.length) return [];
        return [
          {
            verdict: 'found',
            severity: 'notice',
            title: `${name} fails to open files: ${count(failed.length)} of ${count(rows.length)} opens`,
            detail: topShare(events, failed, fileColumn(events)) ?? '',
            since: events.at[failed[0] as number] ?? null,
            numbers: [{ label: 'failed opens', value: failed.length, unit: '' }],
            evidence: linesOf(events, failed),
            next: `opensnoop -x -n '${name.replaceAll("'", '')}'`,
          },
        ];
      });
      if (verdicts.length > 0 || events.rows.length === 0) return verdicts;
      const failed = events.rows.filter((row) => Number(row[error]) > 0).length;
      const title = `failing opens: ${count(failed)} of ${count(events.rows.length)}`;
      return [{ verdict: 'ruled-out', title, numbers: [], evidence: [{ source: events.source, lines: null }] }];
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
        {
          verdict: 'ruled-out',
          title: `page cache: ${round(share)} % hits, ${round(lost)} misses an interval`,
          numbers,
          evidence,
        },
      ];
    return [
      {
        verdict: 'found',
        severity: 'warning',
        title: `The page cache misses: ${percent(share / 100)} hits, ${round(lost)} misses an interval`,
        detail: 'The files in use are larger than the memory left for them, or are read for the first time.',
        since: hitRatio.at[0] ?? null,
        numbers,
        evidence,
        next: 'coldflame collect --tool free,filetop,biosnoop',
      },
    ];
  },
};

export const filesystemRules: readonly Rule[] = [slowOperations, failingOpens, pageCache];
