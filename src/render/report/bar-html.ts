/** What stays in view: the bar on top and the list of contents at the left. */

import { bytesText, counted, durationText } from '../../datasets/amounts.ts';
import { type Capture, hostOf, type Manifest, type Run } from '../../datasets/capture.ts';
import type { Finding, Severity } from '../../datasets/finding.ts';
import { type Markup, markup } from '../markup.ts';
import { calendarDay, clockTime, offsetName, zoneName } from '../when.ts';
import { type Section, worstOf } from './panels.ts';
import { printedWindow } from './printed-window.ts';

/** Failed tools named in the bar; the others are counted. */
const MAX_NAMED = 2;

export function barHtml(capture: Capture): Markup {
  const { manifest } = capture;
  const printed = printedWindow(capture);
  return markup`<header class="bar">
<h1>${hostOf(capture)?.hostname ?? capture.name}</h1>
${manifest !== null && markup`<p class="window">${windowHtml(manifest)}</p><p class="host" title="${hostText(manifest)}">${hostText(manifest)}</p>`}
${printed !== null && markup`<p class="window">${printed}</p>`}<p class="tally">${tallyHtml(capture)}</p>
<div class="controls" hidden></div>
</header>`;
}

/** `2026-11-20 21:00:05 to 21:00:35 CET (UTC+01:00)`. */
function windowHtml(manifest: Manifest): Markup {
  const { started, ended, utcOffset } = manifest;
  const local = started + utcOffset;
  return markup`${calendarDay(local)} ${clockTime(local)} to ${clockTime(ended + utcOffset)} ${zoneHtml(manifest)}`;
}

/** `CET (UTC+01:00)`, in a laptop's bar `CET`. */
function zoneHtml(manifest: Manifest): Markup {
  if (manifest.utcOffset === 0) return markup`UTC`;
  const [name, offset] = [zoneName(manifest), offsetName(manifest.utcOffset)];
  return name === offset
    ? markup`${name}`
    : markup`<span title="${offset}">${name}</span><span class="offset"> (${offset})</span>`;
}

/** `30 s · Debian 12, Linux 6.1.0 · 2 CPUs, 23.5 GiB`. */
function hostText({ started, ended, host }: Manifest): string {
  const { os, kernel, cpus, memoryBytes } = host;
  // Debian GNU/Linux 12 (bookworm)
  const system = os.replace(/\s?\([^()]{0,100}\)$/, '').replace(' GNU/Linux', '');
  const size = [cpus === null ? '' : counted(cpus, 'CPU'), memoryBytes === null ? '' : bytesText(memoryBytes)];
  return [
    durationText(ended - started),
    [system, kernel === '' ? '' : `Linux ${kernel}`].filter((part) => part !== '').join(', '),
    size.filter((part) => part !== '').join(', '),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What of the tools and files must be known: `19 of 20 tools ran · biotop failed · 3 lines unread`. */
function tallyHtml({ manifest, sources, damage }: Capture): Markup {
  const runs = manifest?.runs ?? [];
  const tried = runs.filter(({ outcome }) => outcome !== 'missing' && outcome !== 'skipped');
  const bad = tried.filter(({ outcome }) => outcome !== 'ok');
  const unread = sources.reduce((sum, { unreadCount }) => sum + unreadCount, 0);
  const ran =
    tried.length === 0 ? counted(sources.length, 'file') : `${ranText(tried.length - bad.length, tried.length)}`;
  const parts = [
    markup`<a href="#captured">${ran}</a>`,
    ...bad.slice(0, MAX_NAMED).map((run) => markup`<a href="#captured" class="bad">${run.tool} ${endedBadly(run)}</a>`),
    bad.length > MAX_NAMED && markup`<a href="#captured" class="bad">${bad.length - MAX_NAMED} more failed</a>`,
    unread > 0 && markup`<a href="#captured" class="bad">${counted(unread, 'line')} unread</a>`,
    damage.length > 0 && markup`<a href="#captured" class="bad">damaged</a>`,
  ];
  return markup`${parts.filter((part) => part !== false).map((part, i) => markup`${i > 0 && ' · '}${part}`)}`;
}

function ranText(ran: number, tried: number): string {
  return ran === tried ? `${counted(tried, 'tool')} ran` : `${ran} of ${counted(tried, 'tool')} ran`;
}

function endedBadly({ outcome }: Run): string {
  return outcome === 'cut' ? 'was cut' : 'failed';
}

export function contentsHtml(sections: readonly Section[], findings: readonly Finding[]): Markup {
  return markup`<nav class="contents" aria-label="Contents"><ol>
<li><a href="#overview">${dot(worstOf(findings))}Overview</a></li>
${sections.map(
  ({ id, title, panels }) => markup`<li><a href="#${id}">${title}</a>
<ol>${panels.map((panel) => markup`<li><a href="#${panel.id}">${dot(panel.severity)}${panel.title}</a></li>`)}</ol></li>
`,
)}<li><a href="#captured">Captured</a></li>
</ol></nav>`;
}

function dot(severity: Severity | null): Markup | false {
  return severity !== null && markup`<span class="dot ${severity}" role="img" aria-label="${severity}"></span>`;
}
