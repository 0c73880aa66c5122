/** What the report is made of: a panel for each file of output, by subsystem, and for what gave none a reason. */
import type { Capture, Run } from '../../datasets/capture.ts';
import { type Finding, foundOf, type Severity, severities } from '../../datasets/finding.ts';
import { toolNamed } from '../../tools/index.ts';
import { type Subsystem, subsystems } from '../../tools/tool.ts';
import { findingGroups } from './finding-view.ts';

/** One file of output: its picture, table, text, and how it came to be. */
export interface Panel {
  /** The anchor, the same for the same capture. */
  id: string;
  title: string;
  /** The question it answers; empty for a tool that is not in the catalogue. */
  asks: string;
  reading: string;
  /** Index into the capture's sources. */
  source: number;
  /** Indices into the capture's datasets. */
  datasets: number[];
  run: Run | null;
  /** The worst that was found in it. */
  severity: Severity | null;
  /** A finding that stands by itself rests on it: it is printed. */
  isCited: boolean;
  /** Names of metrics that findings rest on: their charts stand first. */
  citedMetrics: readonly string[];
}

export interface Section {
  id: string;
  title: string;
  panels: Panel[];
  /** What was asked for and gave nothing. */
  absent: Run[];
}

const TITLES: Readonly<Record<Subsystem | 'other', string>> = {
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Disks',
  filesystem: 'File systems',
  network: 'Network',
  language: 'Languages',
  application: 'Applications',
  kernel: 'Kernel',
  hypervisor: 'Hypervisor',
  container: 'Containers',
  other: 'Other files',
};

/** The report's sections in the order of the subsystems; those without anything are left out. */
export function sectionsOf(capture: Capture, findings: readonly Finding[]): Section[] {
  const panels = panelsOf(capture, findings);
  const runs = capture.manifest?.runs ?? [];
  const shown = new Set(capture.sources.map(({ run }) => run));
  const absent = runs.filter((_, i) => !shown.has(i));
  return [...subsystems, 'other' as const]
    .map((subsystem) => ({
      id: subsystem,
      title: TITLES[subsystem],
      panels: panels.filter(({ panel }) => panel === subsystem).map(({ value }) => value),
      absent: absent.filter(({ tool }) => (toolNamed(tool)?.subsystem ?? 'other') === subsystem),
    }))
    .filter((section) => section.panels.length + section.absent.length > 0);
}

function panelsOf(capture: Capture, findings: readonly Finding[]): { panel: Subsystem | 'other'; value: Panel }[] {
  const used = new Map<string, number>();
  const cited = new Set(findingGroups(findings).flatMap(({ finding }) => finding.evidence.map(({ source }) => source)));
  return capture.sources.map((source, index) => {
    const tool = toolNamed(source.tool);
    const value: Panel = {
      id: uniqueId(source.tool, used),
      title: tool?.name ?? source.name,
      asks: tool?.asks ?? '',
      reading: tool?.reading ?? '',
      source: index,
      datasets: capture.datasets.flatMap((dataset, i) => (dataset.source === index ? [i] : [])),
      run: source.run === null ? null : (capture.manifest?.runs[source.run] ?? null),
      severity: worstOf(findings.filter(({ evidence }) => evidence.some((item) => item.source === index))),
      isCited: cited.has(index),
      citedMetrics: metricsCited(index, capture, findings),
    };
    return { panel: tool?.subsystem ?? 'other', value };
  });
}

function metricsCited(source: number, { datasets }: Capture, findings: readonly Finding[]): string[] {
  const names = foundOf(findings).flatMap(({ evidence }) =>
    evidence.flatMap(({ source: own, drawn }) => {
      const dataset = own === source && drawn !== undefined ? datasets[drawn.dataset] : undefined;
      return dataset?.shape === 'series' ? (dataset.metrics[drawn?.metric ?? -1]?.name ?? []) : [];
    }),
  );
  return [...new Set(names)];
}

/** The worst severity among what was found. */
export function worstOf(findings: readonly Finding[]): Severity | null {
  const found = foundOf(findings);
  return severities.find((severity) => found.some((finding) => finding.severity === severity)) ?? null;
}

/** `panel-runqlat`, and `panel-runqlat-2` for the second. */
function uniqueId(name: string, used: Map<string, number>): string {
  const slug =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 40) || 'file';
  const count = (used.get(slug) ?? 0) + 1;
  used.set(slug, count);
  return count === 1 ? `panel-${slug}` : `panel-${slug}-${count}`;
}
