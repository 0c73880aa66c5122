/** What stays in view: the bar on top and the list of contents at the left. */

import { counted, durationText } from '../../datasets/amounts.ts';
import type { Capture } from '../../datasets/capture.ts';
import type { Finding } from '../../datasets/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { calendarDay, clockTime, zoneName } from '../when.ts';
import { type Section, worstOf } from './panels.ts';

export function barHtml(capture: Capture, findings: readonly Finding[]): Markup {
  const { manifest } = capture;
  return markup`<header class="bar">
<h1>${manifest === null ? capture.name : manifest.host.hostname}</h1>
${manifest !== null && markup`<p class="window">${windowText(manifest)}</p>`}
<p class="tally">${tallyHtml(capture, findings)}</p>
<div class="controls" hidden></div>
</header>`;
}

function windowText(manifest: NonNullable<Capture['manifest']>): Markup {
  const { started, ended, utcOffset } = manifest;
  const local = started + utcOffset;
  const utc = markup`<span class="utc">${clockTime(started)}–${clockTime(ended)} UTC</span>`;
  return markup`<span>${calendarDay(local)} ${clockTime(local)}–${clockTime(ended + utcOffset)} ${utcOffset === 0 ? 'UTC' : zoneName(manifest)}</span> ${utcOffset !== 0 && utc} <span>${durationText(ended - started)}</span>`;
}

function tallyHtml({ manifest, sources, damage }: Capture, findings: readonly Finding[]): Markup {
  const failed = manifest?.runs.filter(({ outcome }) => outcome === 'failed' || outcome === 'cut').length ?? 0;
  const absent = manifest?.runs.filter(({ outcome }) => outcome === 'missing' || outcome === 'skipped').length ?? 0;
  const unread = sources.reduce((sum, { unreadCount }) => sum + unreadCount, 0);
  const found = findings.filter(({ verdict }) => verdict === 'found').length;
  const parts = [
    markup`<a href="#findings">${counted(found, 'finding')}</a>`,
    markup`<a href="#captured">${counted(sources.length, 'file')}</a>`,
    failed > 0 && markup`<a href="#captured" class="bad">${failed} failed</a>`,
    absent > 0 && markup`<a href="#captured">${absent} not captured</a>`,
    unread > 0 && markup`<a href="#captured" class="bad">${counted(unread, 'line')} unread</a>`,
    damage.length > 0 && markup`<a href="#captured" class="bad">damaged</a>`,
  ];
  return markup`${parts.filter((part) => part !== false).map((part, i) => markup`${i > 0 && ' · '}${part}`)}`;
}

export function contentsHtml(sections: readonly Section[], findings: readonly Finding[]): Markup {
  const worst = worstOf(findings);
  return markup`<nav class="contents" aria-label="Contents"><ol>
<li><a href="#findings">${dot(worst)}Findings</a></li>
${sections.map(
  ({ id, title, panels }) => markup`<li><a href="#${id}">${title}</a>
<ol>${panels.map((panel) => markup`<li><a href="#${panel.id}">${dot(panel.severity)}${panel.title}</a></li>`)}</ol></li>
`,
)}<li><a href="#captured">What was captured</a></li>
</ol></nav>`;
}

function dot(severity: Finding['severity'] | null): Markup | false {
  return severity !== null && markup`<span class="dot ${severity}" role="img" aria-label="${severity}"></span>`;
}
