/** Capture and findings become one HTML file, a pure function: the same capture gives the same bytes. */
import { type Capture, hostClock, hostOf } from '../../datasets/capture.ts';
import { type Finding, foundOf } from '../../datasets/finding.ts';
import type { Range } from '../../datasets/narrow.ts';
import type { UseTable } from '../../datasets/use.ts';
import { client } from '../../generated/report-client.ts';
import { markup } from '../markup.ts';
import { hostTime } from '../when.ts';
import { type Axis, axisOf } from './axis.ts';
import { barHtml, contentsHtml } from './bar-html.ts';
import { capturedHtml } from './captured-html.ts';
import { aroundOf, findingsHtml } from './findings-html.ts';
import { assembled, type Page, type PageWish } from './fit/fit.ts';
import { lanesOf } from './lanes.ts';
import { marksOf } from './marks.ts';
import { overviewHtml } from './overview-html.ts';
import { cutsHtml, pageHtml } from './page-html.ts';
import { sectionHtml } from './panel-html.ts';
import { sectionsOf } from './panels.ts';
import { isOnlyStacks } from './sampled-text.ts';
import { stillPictures } from './still-pictures.ts';
import { writeData } from './wire/report-data.ts';

export interface ReportInput {
  capture: Capture;
  findings: Finding[];
  /** The USE table of each host; none where it was not made. */
  use?: readonly UseTable[];
  /** The incident, in seconds since the capture started: marked on every panel that has time. */
  mark?: number | null;
  /** The capture was cut to this range before; the axis is no longer than it. */
  range?: Range | null;
}

/**
 * The report as one file. What it needs without a script stands in its HTML: findings, pictures, the heads of tables. The
 * rest is in one compressed block, which the script reads.
 */
export function renderReport(input: ReportInput): Promise<string> {
  return assembled(reportPage(input));
}

/** @param wish overrides the capture, and says what was left out of it and how large its pictures may be */
export function reportPage(
  { findings, use = [], mark = null, range = null, ...input }: ReportInput,
  wish?: PageWish,
): Page {
  const { capture, cuts, pictureBytes } = wish ?? { capture: input.capture, cuts: [], pictureBytes: Infinity };
  const sections = sectionsOf(capture, findings);
  const panels = sections.flatMap((section) => section.panels);
  const shown = new Map(panels.map(({ title, id }) => [title, id]));
  const pictures = stillPictures(capture, axisWithin(capture, range), panels, pictureBytes);
  const around = aroundOf(capture, panels);
  const picturesFirst = isToBeLookedAt(capture, findings);
  const text = pageHtml({
    title: titleOf(capture),
    client,
    mark,
    bar: barHtml(capture),
    contents: contentsHtml(sections, findings),
    main: markup`${range !== null && markup`<p class="notice-line">Cut to ${hostTime(range.from, hostClock(capture))}–${hostTime(range.to, hostClock(capture))}. Output without times is whole.</p>`}
${cutsHtml([...cuts, ...pictures.undrawn])}
${overviewHtml(findings, use, around, picturesFirst)}
${sections.map((section) => sectionHtml(section, capture, shown, pictures))}
${picturesFirst && findingsHtml(findings, around)}
${capturedHtml(capture, panels)}`,
    from: capture.name,
  });
  return {
    text,
    pictureBytes: pictures.bytes,
    undrawn: pictures.undrawn,
    data: () => reportData(capture, findings, range),
  };
}

/** A profile by itself is there to be looked at: what was found of it stands below the picture, where it can wait. */
function isToBeLookedAt(capture: Capture, findings: readonly Finding[]): boolean {
  return isOnlyStacks(capture) && foundOf(findings).every(({ severity }) => severity === 'notice');
}

/** What the page's script reads: the whole capture, with the lanes and marks of the time strip. */
export function reportData(capture: Capture, findings: Finding[], range: Range | null = null): Uint8Array {
  const axis = axisWithin(capture, range);
  const lanes = axis === null ? [] : lanesOf(capture, axis, findings);
  return writeData(capture, findings, { axis, lanes, marks: marksOf(capture, findings), pairs: [] });
}

/** The capture's axis, no longer than what it was cut to. */
function axisWithin(capture: Capture, range: Range | null): Axis | null {
  const whole = axisOf(capture);
  return whole === null ? null : { ...whole, ...range };
}

function titleOf(capture: Capture): string {
  const host = hostOf(capture);
  return host === null ? capture.name : `${host.hostname} · ${capture.name}`;
}
