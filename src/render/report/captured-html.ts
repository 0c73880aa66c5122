/** What was captured: the window, every tool and how it ended, what was damaged, what was not read. */
import { bytesText, commas, counted, durationText } from '../../datasets/amounts.ts';
import type { Capture, Run, Source } from '../../datasets/capture.ts';
import { maskedText, type Redaction, redactedText } from '../../datasets/masking.ts';
import { type Markup, markup } from '../markup.ts';
import { calendarDay, clockTime, zoneName } from '../when.ts';
import type { Panel } from './panels.ts';
import { printedWindow } from './printed-window.ts';
import { endingText } from './run-text.ts';

/** How many unread lines of a file are listed; the count says how many there are. */
const UNREAD_SHOWN = 20;
const UNREAD_CHARACTERS = 160;
/** How many settings of the host are listed, and how much of each: a boot line may be of 4 KB, a host of a thousand mounts. */
const SETTINGS_SHOWN = 1000;
const SETTING_CHARACTERS = 1000;

export function capturedHtml(
  capture: Capture,
  panels: readonly Panel[],
  { id = 'captured', title = 'What was captured' } = {},
): Markup {
  const { manifest, damage, sources } = capture;
  const notes = [
    ...(manifest?.notes ?? []),
    ...sources.flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}`)),
  ];
  return markup`<section id="${id}" class="captured" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${hostHtml(capture)}
${damage.length > 0 && markup`<h3>Damaged</h3><ul>${damage.map((text) => markup`<li>${text}</li>`)}</ul>`}
${notes.length > 0 && markup`<h3>Said by the collector and the tools</h3><ul>${notes.map((text) => markup`<li>${text}</li>`)}</ul>`}
<div class="scroll" tabindex="0" role="region" aria-label="Files${id === 'captured' ? '' : `, ${id}`}"><table><caption>Files</caption>
<thead><tr><th scope="col">tool</th><th scope="col">file</th><th scope="col">ended</th><th scope="col">read as</th><th scope="col" class="n">lines</th><th scope="col" class="n">unread</th></tr></thead>
<tbody>${sources.map((source, i) =>
    sourceRow(
      source,
      panels.find((panel) => panel.source === i),
    ),
  )}
${(manifest?.runs ?? []).filter((_, i) => !sources.some(({ run }) => run === i)).map(absentRow)}</tbody></table></div>
${unreadHtml(sources)}
${maskingHtml(capture)}
${settingsHtml(manifest?.host.facts ?? {})}
</section>`;
}

/** How the host is set up: what `diff` compares of two, here of one. */
function settingsHtml(facts: Readonly<Record<string, string>>): Markup | false {
  const all = Object.entries(facts);
  if (all.length === 0) return false;
  const rest = all.length - SETTINGS_SHOWN;
  return markup`<details class="settings"><summary>${counted(all.length, 'host setting')}</summary><table><tbody>${all.slice(0, SETTINGS_SHOWN).map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value.length > SETTING_CHARACTERS ? `${value.slice(0, SETTING_CHARACTERS)}…` : value}</td></tr>\n`)}</tbody></table>
${rest > 0 && markup`<p class="quiet">and ${commas(rest)} more in the capture’s manifest.json</p>`}</details>`;
}

/** What the masking took out, and that it knows no more than names and shapes of secrets. */
function maskingHtml({ masking }: Capture): Markup | string {
  if (masking === undefined) return markup`<p class="quiet">Passwords and tokens are not masked (--no-mask).</p>`;
  const masked = maskedText(masking) ?? 'No secrets';
  const { redaction } = masking;
  return markup`<p class="quiet">${masked} masked. Secrets are known by the names before them and by their shapes: what has neither is still here.</p>
${redaction !== undefined && redactionHtml(redaction)}`;
}

/** What --redact replaced, what it left out, and examples of what may be a name and is still here. */
function redactionHtml({ names, leftOut, kept }: Redaction): Markup {
  const examples = [
    ['Processes', kept.processes],
    ['Paths', kept.paths],
    ['Words', kept.words],
  ] as const;
  return markup`<h3>Redacted</h3>
<p class="quiet">Replaced by pseudonyms: ${redactedText({ names })}. The same name has the same pseudonym everywhere.</p>
${leftOut.length > 0 && markup`<p class="quiet">Lines whose meaning is unknown were left out of ${leftOut.join(', ')}.</p>`}
<p class="quiet">Kept, and to be looked at before the report leaves the company:</p>
<ul>${examples.map(([what, words]) => words.length > 0 && markup`<li>${what}: ${words.join(', ')}</li>`)}</ul>`;
}

function hostHtml(capture: Capture): Markup {
  const { manifest, name } = capture;
  const printed = printedWindow(capture);
  if (manifest === null)
    return markup`<p class="quiet">${name}: output of tools without a capture's manifest, so host${printed === null && ', window'} and command lines are not known.${printed !== null && ` It tells of ${printed}.`}</p>`;
  const { host, started, ended, utcOffset } = manifest;
  const facts: [string, string | null][] = [
    ['Host', host.hostname],
    ['System', `${host.os}, kernel ${host.kernel}, ${host.arch}`],
    ['CPUs', host.cpus === null ? null : commas(host.cpus)],
    ['Memory', host.memoryBytes === null ? null : bytesText(host.memoryBytes)],
    ['Started', `${calendarDay(started + utcOffset)} ${clockTime(started + utcOffset)} ${zoneName(manifest)}`],
    ['In UTC', `${calendarDay(started)} ${clockTime(started)}`],
    ['Length', durationText(ended - started)],
  ];
  return markup`<dl class="facts-list">${facts.map(([label, value]) => value !== null && markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function sourceRow(source: Source, panel: Panel | undefined): Markup {
  const run = panel?.run ?? null;
  return markup`<tr><th scope="row">${panel === undefined ? source.tool : markup`<a href="#${panel.id}">${source.tool}</a>`}</th><td>${source.name}</td><td>${run === null ? '' : endingText(run)}</td><td>${source.grammar}</td><td class="n">${commas(source.lines)}</td><td class="n">${commas(source.unreadCount)}</td></tr>
`;
}

function absentRow(run: Run): Markup {
  return markup`<tr class="absent"><th scope="row">${run.tool}</th><td></td><td>${endingText(run)}</td><td></td><td class="n"></td><td class="n"></td></tr>
`;
}

function unreadHtml(sources: readonly Source[]): Markup {
  const withUnread = sources.filter(({ unreadCount }) => unreadCount > 0);
  if (withUnread.length === 0) return markup`<p class="quiet">Every line was read.</p>`;
  return markup`<h3>Lines that could not be read</h3>
${withUnread.map(
  ({ name, unread, unreadCount }) => markup`<details><summary>${name}: ${counted(unreadCount, 'line')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Unread lines of ${name}"><table><thead><tr><th scope="col" class="n">line</th><th scope="col">why</th><th scope="col">text</th></tr></thead>
<tbody>${unread.slice(0, UNREAD_SHOWN).map(({ line, why, text }) => markup`<tr><td class="n">${line}</td><td>${why}</td><td><code>${text.slice(0, UNREAD_CHARACTERS)}</code></td></tr>`)}</tbody></table></div>
${unreadCount > UNREAD_SHOWN && markup`<p class="quiet">and ${commas(unreadCount - Math.min(UNREAD_SHOWN, unread.length))} more</p>`}</details>`,
)}`;
}
