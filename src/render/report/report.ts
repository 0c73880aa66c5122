/** The report: one HTML file that opens anywhere. */
import type { Capture } from '../../datasets/capture.ts';
import type { Finding } from '../../datasets/finding.ts';
import { markup } from '../markup.ts';

/** @returns the whole document. The same capture gives the same text. */
export function renderReport({ capture }: { capture: Capture; findings: Finding[] }): string {
  return markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${capture.name}</title>
<h1>${capture.name}</h1>
<ul>${capture.sources.map((source) => markup`<li>${source.name}: ${source.grammar}, ${source.lines} lines</li>`)}</ul>
</html>
`.text;
}
