/** What `analyze --json` prints: hosts, sources, the USE table and findings, as docs/analysis.schema.json describes them. */
import type { Capture } from '../datasets/capture.ts';
import type { Evidence, Finding } from '../datasets/finding.ts';
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
    sources: capture.sources.map((source) => ({ host: hostOf(capture, source.run), ...sourceJson(source) })),
    use: use.map(useJson),
    findings: findings.map(findingJson),
  };
  return `${ascii(JSON.stringify(document, null, 1))}\n`;
}

function hostsJson({ manifest }: Capture): unknown[] {
  return manifest === null ? [] : [manifest.host];
}

function windowJson({ manifest }: Capture): unknown {
  if (manifest === null) return null;
  const { started, ended, utcOffset, zone } = manifest;
  return { started, ended, utcOffset, zone };
}

function hostOf({ manifest }: Capture, run: number | null): string | null {
  return run === null ? null : (manifest?.host.hostname ?? null);
}

function findingJson({ evidence, ...finding }: Finding): unknown {
  return { ...finding, evidence: evidence.map(evidenceJson) };
}

function useJson({ host, rows }: UseTable): unknown {
  return {
    host,
    rows: rows.map(({ resource, label, ...cells }) => ({
      resource,
      label,
      ...Object.fromEntries(
        useColumns.map((column) => [column, { ...cells[column], evidence: cells[column].evidence.map(evidenceJson) }]),
      ),
    })),
  };
}

/** What is in it for the report's own pictures is left out. */
function evidenceJson({ source, lines }: Evidence): unknown {
  return { source, lines };
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
