/** Capture and findings become one HTML file, a pure function: the same capture gives the same bytes. */
import { deflateSync } from 'node:zlib';
import type { Capture } from '../../datasets/capture.ts';
import type { Finding } from '../../datasets/finding.ts';
import type { Range } from '../../datasets/narrow.ts';
import { client } from '../../generated/report-client.ts';
import { version } from '../../generated/version.ts';
import { Markup, markup } from '../markup.ts';
import { barHtml, contentsHtml } from './bar-html.ts';
import { capturedHtml } from './captured-html.ts';
import { findingsHtml } from './findings-html.ts';
import { sectionHtml } from './panel-html.ts';
import { sectionsOf } from './panels.ts';
import { hostTime } from './when.ts';
import { writeReportData } from './wire/report-data.ts';

export interface ReportInput {
  capture: Capture;
  findings: Finding[];
  /** The incident, in seconds since the capture started: marked on every panel that has time. */
  mark?: number | null;
  /** The capture was cut to this range before; the axis is no longer than it. */
  range?: Range | null;
  /** What was left out to make the report smaller, in words. */
  cuts?: readonly string[];
}

/** Nothing from anywhere, and only the one script and the one style sheet of this file. */
function policy(): string {
  return `default-src 'none'; script-src '${client.scriptHash}'; style-src '${client.styleHash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/**
 * The report as one file. What it needs without a script stands in its HTML: findings, pictures, the heads of tables. The
 * rest is in one compressed block, which the script reads.
 */
export function renderReport({ capture, findings, mark = null, range = null, cuts = [] }: ReportInput): string {
  const sections = sectionsOf(capture, findings);
  const panels = sections.flatMap((section) => section.panels);
  const shown = new Map(panels.map(({ title, id }) => [title, id]));
  const data = deflateSync(writeReportData(capture, findings, range), { level: 9 });
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="coldflame ${version}">
<title>${titleOf(capture)}</title>
<style>${new Markup(client.style)}</style>
</head>
<body${mark !== null && markup` data-mark="${mark}"`}>
<a class="skip" href="#findings">Skip to the findings</a>
${barHtml(capture, findings)}
<section id="strip" aria-label="Time" hidden></section>
<div class="layout">
${contentsHtml(sections, findings)}
<main>
<noscript><p class="notice-line">Scripts are off: pictures and tables are as they were drawn, and show the first rows only.</p></noscript>
${range !== null && markup`<p class="notice-line">Cut to ${hostTime(range.from, capture.manifest)}–${hostTime(range.to, capture.manifest)}. Output without times is whole.</p>`}
${cuts.length > 0 && markup`<p class="notice-line">Left out to make this report smaller: ${cuts.join('; ')}.</p>`}
${findingsHtml(capture, findings, panels)}
${sections.map((section) => sectionHtml(section, capture, shown))}
${capturedHtml(capture, panels)}
<footer>Made by coldflame ${version} from ${capture.name}. Carries d3 (ISC), d3-flame-graph (Apache-2.0) and uPlot (MIT).</footer>
</main>
</div>
<script type="application/octet-stream" id="data">${new Markup(data.toString('base64'))}</script>
<script>${new Markup(client.script)}</script>
</body>
</html>
`.text;
}

function titleOf({ manifest, name }: Capture): string {
  return manifest === null ? name : `${manifest.host.hostname} · ${name}`;
}
