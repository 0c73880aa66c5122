/** What `analyze --json` prints: hosts, sources, the USE table and findings, as docs/analysis.schema.json describes them. */
import { type Capture, hostOf, type Source } from '../datasets/capture.ts';
import { conclusionOf, type Evidence, type Finding } from '../datasets/finding.ts';
import { type UseTable, useColumns } from '../datasets/use.ts';
import { sourceJson } from './json.ts';

const VERSION = 2;

/** @returns one JSON document in ASCII that ends in a line end: a name in it drives no terminal and turns no text. */
export function analysisJson(
  capture: Capture,
  { findings, use }: { findings: readonly Finding[]; use: readonly UseTable[] },
): string {
  const document = {
    coldflame: VERSION,
    name: capture.name,
    hosts: hostsJson(capture),
    window: windowJson(capture),
    damage: capture.damage,
    sources: capture.sources.map((source) => sourceOf(capture, source)),
    use: use.map((table) => useJson(table)),
    conclusion: conclusionOf(findings),
    findings: findings.map((finding) => findingJson(finding)),
  };
  return `${ascii(JSON.stringify(document, null, 1))}\n`;
}

interface Analysis {
  capture: Capture;
  findings: readonly Finding[];
  use: readonly UseTable[];
}

/** Several captures in one document, none merged: sources, USE tables and findings name their host; the window is none's. */
export function analysesJson(all: readonly Analysis[]): string {
  const sources = all.flatMap(({ capture }) => capture.sources.map((source) => sourceOf(capture, source)));
  const before = all.map((_, i) => all.slice(0, i).reduce((sum, { capture }) => sum + capture.sources.length, 0));
  const document = {
    coldflame: VERSION,
    name: all.map(({ capture }) => capture.name).join(', '),
    hosts: all.flatMap(({ capture }) => hostsJson(capture)),
    window: null,
    damage: all.flatMap(({ capture }) => capture.damage),
    sources,
    use: all.flatMap(({ use }, i) => use.map((table) => useJson(table, before[i]))),
    conclusion: conclusionOf(all.flatMap(({ findings }) => findings)),
    findings: all.flatMap(({ findings }, i) => findings.map((finding) => findingJson(finding, before[i]))),
  };
  return `${ascii(JSON.stringify(document, null, 1))}\n`;
}

function sourceOf(capture: Capture, source: Source): object {
  return { ...sourceJson(source), host: source.host ?? hostOf(capture)?.hostname ?? null };
}

function hostsJson(capture: Capture): unknown[] {
  const host = hostOf(capture);
  return host === null ? [] : [host];
}

function windowJson({ manifest }: Capture): unknown {
  if (manifest === null) return null;
  const { started, ended, utcOffset, zone } = manifest;
  return { started, ended, utcOffset, zone };
}

/** @param before how many sources stand before those of its capture */
export function findingJson({ evidence, ...finding }: Finding, before = 0): unknown {
  return { ...finding, evidence: evidence.map((each) => evidenceJson(each, before)) };
}

function useJson({ host, rows }: UseTable, before = 0): unknown {
  return {
    host,
    rows: rows.map(({ resource, label, ...cells }) => ({
      resource,
      label,
      ...Object.fromEntries(
        useColumns.map((column) => [
          column,
          { ...cells[column], evidence: cells[column].evidence.map((each) => evidenceJson(each, before)) },
        ]),
      ),
    })),
  };
}

/** What is in it for the report's own pictures is left out. */
function evidenceJson({ source, lines }: Evidence, before: number): unknown {
  return { source: source + before, lines };
}

export function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
