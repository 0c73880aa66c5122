/** What the workload measured itself, beside what a tool said of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture, Run } from '../../src/datasets/capture.ts';
import { numberAt, textAt } from '../../src/datasets/cells.ts';
import type { Dataset, Events } from '../../src/datasets/shapes.ts';

/** One thing that the workload did: what, when on the monotonic clock in seconds, and a value (ns, bytes, or 1). */
interface Deed {
  kind: string;
  at: number;
  value: number;
}
type Journals = ReadonlyMap<string, readonly Deed[]>;

/** What was done and what the tool said, in words, and whether they agree. */
export interface Truth {
  what: string;
  done: number;
  said: number;
  agrees: boolean;
}

export function journals(folder: string): Journals {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8').split('\n').flatMap(deedOf)]));
}

/** open 6338765938203 8594 */
function deedOf(line: string): Deed[] {
  const [kind = '', at, value] = line.split(' ');
  return value === undefined ? [] : [{ kind, at: Number(at) / 1e9, value: Number(value) }];
}

interface Comparison {
  what: string;
  journals: readonly string[];
  kinds: readonly string[];
  /** Other kinds of deeds where they mean the same in one journal. */
  kindsIn?: Readonly<Record<string, readonly string[]>>;
  /** What of the deeds the tool should say. */
  done: (deeds: readonly Deed[]) => number;
  said: (datasets: readonly Dataset[]) => number;
  /** How far they may lie apart: deeds at the edges of the window, as a share and as a number. */
  apart?: number;
}

/** The same activity in several scenes. */
const CLIENTS = ['client', 'branch-client'];
const SERVERS = ['server', 'branch-server'];
/** What ext4 syncs: what the NFS server is asked to as well. */
const ON_EXT4 = ['ledger', 'backup-ledger', 'nfs-ledger'];
const LEDGERS = [...ON_EXT4, 'xfs-ledger', 'btrfs-ledger', 'zfs-ledger'];

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  opensnoop: {
    what: 'opens',
    journals: ['opens'],
    kinds: ['open', 'open-missing'],
    done: count,
    said: rowsOf('opens', ['COMM'], ({ row, text }) => text(row, 'PATH').startsWith('/srv/shop/')),
  },
  execsnoop: { what: 'execs', journals: ['execs'], kinds: ['exec'], done: count, said: rowsNaming('--order=') },
  exitsnoop: {
    what: 'exits',
    journals: ['execs'],
    kinds: ['exec'],
    done: count,
    said: rowsOf('invoice', ['PCOMM', 'COMM']),
  },
  killsnoop: {
    what: 'signals',
    journals: ['signals'],
    kinds: ['kill'],
    done: count,
    said: rowsOf('signals', ['COMM']),
  },
  statsnoop: { what: 'stats', journals: ['stats'], kinds: ['stat'], done: count, said: rowsOf('stats', ['COMM']) },
  tcpconnect: {
    what: 'connects',
    journals: CLIENTS,
    kinds: ['connect'],
    done: count,
    said: rowsOf('client', ['COMM']),
  },
  tcpaccept: { what: 'accepts', journals: SERVERS, kinds: ['accept'], done: count, said: rowsOf('server', ['COMM']) },
  tcpconnlat: {
    what: 'connects',
    journals: CLIENTS,
    kinds: ['connect'],
    done: count,
    said: rowsOf('client', ['COMM']),
  },
  tcplife: {
    what: 'KB received',
    journals: CLIENTS,
    kinds: ['received'],
    done: (deeds) => sum(deeds) / 1024,
    said: sumOf('client', 'RX_KB'),
  },
  gethostlatency: {
    what: 'look-ups',
    journals: ['names'],
    kinds: ['lookup'],
    done: count,
    said: rowsOf('names', ['COMM']),
  },
  filelife: {
    what: 'files removed',
    journals: LEDGERS,
    kinds: ['scratch'],
    done: count,
    said: rowsOf('ledger', ['COMM']),
  },
  ext4slower: slower('ledger', 'backup-ledger'),
  xfsslower: slower('xfs-ledger'),
  btrfsslower: slower('btrfs-ledger'),
  nfsslower: slower('nfs-ledger'),
  // The server syncs a file for a client that closes it as well.
  ext4dist: { ...fsyncs(...ON_EXT4), kindsIn: { 'nfs-ledger': ['fsync', 'scratch'] } },
  xfsdist: fsyncs('xfs-ledger'),
  btrfsdist: fsyncs('btrfs-ledger'),
  ffaults: {
    what: 'page faults',
    journals: ['faults'],
    kinds: ['faults'],
    done: sum,
    said: countsOf(/^mapped\.dat$/),
  },
  mysqld_qslower: {
    what: 'queries above 1 ms',
    journals: ['mysqld'],
    kinds: ['query'],
    done: count,
    said: rowsNaming(''),
  },
};

function count(deeds: readonly Deed[]): number {
  return deeds.length;
}

function sum(deeds: readonly Deed[]): number {
  return deeds.reduce((total, { value }) => total + value, 0);
}

/** S by bcc's tools, F by those of libbpf-tools. */
const FSYNC = /^[SF]$/;

/** fsyncs of the ledger that took longer than a millisecond. */
function slower(...journals: string[]): Comparison {
  return {
    what: 'fsyncs above 1 ms',
    journals,
    kinds: ['fsync'],
    done: (deeds) => deeds.filter(({ value }) => value >= 1e6).length,
    said: rowsOf('ledger', ['COMM', 'TASK'], ({ row, text }) => FSYNC.test(text(row, 'T') || text(row, 'TYPE'))),
    apart: 0.15,
  };
}

function fsyncs(...journals: string[]): Comparison {
  return {
    what: 'fsyncs',
    journals,
    kinds: ['fsync'],
    done: count,
    said: (datasets) =>
      datasets.reduce((total, dataset) => {
        if (dataset.shape !== 'histogram') return total;
        const { labels, starts, counts } = dataset;
        labels.forEach((label, group) => {
          if (Object.values(label).some((value) => /fsync/.test(value)))
            for (let i = starts[group] ?? 0; i < (starts[group + 1] ?? 0); i++) total += counts[i] ?? 0;
        });
        return total;
      }, 0),
  };
}

interface Row {
  row: number;
  text: (row: number, column: string) => string;
}

function rowsOf(process: string, columns: readonly string[], also: (row: Row) => boolean = () => true) {
  return (datasets: readonly Dataset[]): number =>
    eachRow(datasets, (row) => {
      const name = columns.map((column) => row.text(row.row, column)).find((text) => text !== '');
      return name === process && also(row) ? 1 : 0;
    });
}

/** Rows that have the text anywhere. */
function rowsNaming(word: string) {
  return (datasets: readonly Dataset[]): number =>
    eachRow(datasets, (_, events, row) =>
      events.columns.some((_, i) => textAt(events, row, i).includes(word)) ? 1 : 0,
    );
}

function sumOf(process: string, column: string) {
  return (datasets: readonly Dataset[]): number =>
    eachRow(datasets, ({ text }, events, row) => {
      if (text(row, 'COMM') !== process) return 0;
      return numberAt(
        events,
        row,
        events.columns.findIndex(({ name }) => name === column),
      );
    });
}

function eachRow(datasets: readonly Dataset[], worth: (row: Row, events: Events, index: number) => number): number {
  let total = 0;
  for (const dataset of datasets) {
    if (dataset.shape !== 'events') continue;
    const text = (row: number, column: string) =>
      textAt(
        dataset,
        row,
        dataset.columns.findIndex(({ name }) => name === column),
      );
    for (let row = 0; row < dataset.lines.length; row++) total += worth({ row, text }, dataset, row);
  }
  return total;
}

function countsOf(key: RegExp) {
  return (datasets: readonly Dataset[]): number =>
    datasets.reduce((total, dataset) => {
      if (dataset.shape !== 'counts') return total;
      for (let i = 0; i < dataset.values.length; i++)
        if (dataset.keys[dataset.key[i] ?? 0]?.some((part) => key.test(part))) total += dataset.values[i] ?? 0;
      return total;
    }, 0);
}

/** Of the tool, from when it was attached to when it ended; null where nothing is compared, or it did not run. */
export function compared(
  tool: string,
  run: Run,
  datasets: readonly Dataset[],
  { manifest }: Capture,
  did: Journals,
): Truth | null {
  const comparison = COMPARISONS[tool];
  if (comparison === undefined || run.outcome !== 'ok' || run.attached === null || manifest?.monotonic == null)
    return null;
  const [from, to] = [run.attached, Math.min(run.ended ?? Number.POSITIVE_INFINITY, manifest.ended - manifest.started)];
  const deeds = comparison.journals.flatMap((name) => {
    const kinds = comparison.kindsIn?.[name] ?? comparison.kinds;
    return (did.get(name) ?? []).filter(({ kind, at }) => {
      const since = at - (manifest.monotonic ?? 0);
      return kinds.includes(kind) && since >= from && since <= to;
    });
  });
  const [done, said] = [comparison.done(deeds), comparison.said(datasets)].map(Math.round) as [number, number];
  // At the edges: what is under way when a tool attaches, and when it is told to end.
  const tolerance = Math.max(2, (comparison.apart ?? 0.06) * done) + (1.5 * done) / Math.max(1, deeds.length);
  const lost = lostBy(run);
  const agrees = said - done <= tolerance && done - said <= tolerance + lost;
  return { what: `${comparison.what}${lost > 0 ? ` (it says that it lost ${lost} events)` : ''}`, done, said, agrees };
}

/** Lost 113 events on CPU #0! */
const LOST = /^Lost (\d+) events on CPU/gm;

/** Events of all kinds that the tool says it could not take, as far as its manifest has what it said. */
function lostBy({ stderr }: Run): number {
  return [...stderr.matchAll(LOST)].reduce((total, [, count]) => total + Number(count), 0);
}
