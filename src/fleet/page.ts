/** Many captures on one page: which are different, and in what. It has no script and asks for nothing. */
import { createHash } from 'node:crypto';
import { counted, durationText } from '../datasets/amounts.ts';
import { compareProfiles } from '../datasets/compare.ts';
import { type Severity, type SubjectKind, severities } from '../datasets/finding.ts';
import { groupsOf } from '../datasets/groups.ts';
import { merged } from '../datasets/profile-merge.ts';
import type { Stacks } from '../datasets/shapes.ts';
import { useSigns } from '../datasets/use.ts';
import { version } from '../generated/version.ts';
import { flamegraphSvg } from '../render/flame/svg.ts';
import { Markup, markup } from '../render/markup.ts';
import { byWorst, type Digest, type ProfileDigest, worstOf } from './digest.ts';
import { style } from './page-style.ts';

/** A capture, and where its own report is. */
export interface FleetEntry {
  digest: Digest;
  /** Relative to the page; null where there is none. */
  report: string | null;
}

/** Narrower frames cannot be read in a picture that does not zoom. */
const MIN_WIDTH = { value: 0.1, unit: '%' } as const;

/**
 * @param unreadable captures that could not be read at all, with the reason
 * @returns one HTML file; the same captures give the same bytes
 */
export function fleetPage(entries: readonly FleetEntry[], unreadable: readonly string[]): string {
  const ranked = byWorst(entries.map(({ digest }) => digest));
  const reports = new Map(entries.map(({ digest, report }) => [digest, report]));
  const hosts = new Set(ranked.map(({ host, path }) => host || path)).size;
  const title = `${counted(ranked.length, 'capture')} of ${counted(hosts, 'host')}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${unreadable.length > 0 && markup`<section><h2>Not read</h2><ul>${unreadable.map((fault) => markup`<li>${fault}</li>`)}</ul></section>`}
${capturesHtml(ranked, reports)}
${findingsHtml(ranked)}
${profilesHtml(ranked)}
<footer>Made by coldflame ${version}.</footer>
</main>
</body>
</html>
`.text;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Captures by rows, the worst first, and kinds of resources by columns. */
function capturesHtml(ranked: readonly Digest[], reports: ReadonlyMap<Digest, string | null>): Markup {
  const kinds = [...new Set(ranked.flatMap(({ resources }) => resources.map(({ kind }) => kind)))];
  return markup`<section><h2>Captures, worst first</h2>
<p>In each cell is the worst of the resource: ${severities.map((state) => markup`<span class="${state}">${useSigns[state]}</span> ${state} `)}${useSigns.near} near a threshold ${useSigns.clear} clear ${useSigns.seen} measured, not judged ${useSigns.unknown} not captured.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Captures"><table>
<thead><tr><th scope="col">Host</th><th scope="col">Capture</th><th scope="col">Findings</th>${kinds.map((kind) => markup`<th scope="col">${KIND_WORDS[kind]}</th>`)}</tr></thead>
<tbody>${ranked.map((digest) => captureRow(digest, kinds, reports.get(digest) ?? null))}</tbody>
</table></div></section>`;
}

const KIND_WORDS: Readonly<Record<SubjectKind, string>> = {
  host: 'Host',
  cpu: 'CPUs',
  scheduler: 'Scheduler',
  memory: 'Memory',
  disk: 'Disks',
  filesystem: 'File systems',
  interface: 'Interfaces',
  tcp: 'TCP',
  dns: 'DNS',
  kernel: 'Kernel',
  cgroup: 'Control groups',
  process: 'Processes',
  profile: 'Profiles',
  tool: 'Tools',
};

function captureRow(digest: Digest, kinds: readonly SubjectKind[], report: string | null): Markup {
  const { host, path, started, seconds, kernel, findings, faults } = digest;
  const name = report === null ? path : markup`<a href="${report}">${path}</a>`;
  const when = started === null ? '' : new Date(started * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const facts = [when && `${when} UTC`, seconds === null ? '' : durationText(seconds), kernel && `kernel ${kernel}`];
  const worst = findings.map(
    ({ severity, title }) => markup`<li class="${severity}">${useSigns[severity]} ${title}</li>`,
  );
  const cells = kinds.map((kind) => {
    const resource = digest.resources.find((each) => each.kind === kind);
    if (resource === undefined) return markup`<td></td>`;
    const { state, text } = resource;
    return markup`<td class="${state}">${useSigns[state]} ${state === 'unknown' ? 'not captured' : text}</td>`;
  });
  return markup`<tr><th scope="row">${host || 'unknown'}</th><td>${name}<br><small>${facts.filter(Boolean).join(', ')}</small>${faults.map((fault) => markup`<br><small class="warning">${fault}</small>`)}</td><td><ul>${worst.length > 0 ? worst : markup`<li>none</li>`}</ul></td>${cells}</tr>
`;
}

/** Each rule with the captures that it found something in. */
function findingsHtml(ranked: readonly Digest[]): Markup {
  const all = ranked.flatMap((digest) => digest.findings.map((finding) => ({ digest, ...finding })));
  const rules = [...groupsOf(all, ({ rule }) => rule).values()].map((found) => ({
    rule: found[0]?.rule,
    severity: severities.find((each) => found.some(({ severity }) => severity === each)) as Severity,
    captures: [...new Set(found.map(({ digest }) => digest.host || digest.path))],
    example: found[0]?.title,
  }));
  rules.sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.captures.length - a.captures.length,
  );
  return markup`<section><h2>Findings by rule</h2><div class="scroll" tabindex="0" role="region" aria-label="Findings by rule"><table>
<thead><tr><th scope="col">Rule</th><th scope="col">Worst</th><th scope="col">Hosts</th><th scope="col">Such as</th></tr></thead>
<tbody>${rules.map(({ rule, severity, captures, example }) => markup`<tr><th scope="row">${rule}</th><td class="${severity}">${useSigns[severity]} ${severity}</td><td>${captures.length} of ${ranked.length}: ${captures.slice(0, MAX_NAMED).join(', ')}${captures.length > MAX_NAMED && ' …'}</td><td>${example}</td></tr>\n`)}</tbody></table></div></section>`;
}

const MAX_NAMED = 8;

/** Of each event the flame graph of all captures, and the difference between those with a critical finding and the others. */
function profilesHtml(ranked: readonly Digest[]): Markup {
  const profiled = ranked.filter((digest) => digest.profile !== null);
  const events = groupsOf(profiled, ({ profile }) => `${profile?.event} (${profile?.unit})`);
  return markup`${Array.from(events, ([event, digests]) => {
    const outliers = digests.filter((digest) => worstOf(digest) === 'critical');
    const others = digests.filter((digest) => !outliers.includes(digest));
    const compared = outliers.length > 0 && others.length > 0;
    return markup`<section><h2>${event}</h2>
<figure><figcaption>All ${counted(digests.length, 'capture')}</figcaption>${pictureOf(stacksOf(digests, event), undefined, `flame graph of ${event}`)}</figure>
${compared && differenceHtml(outliers, others, event)}</section>`;
  })}`;
}

function differenceHtml(outliers: readonly Digest[], others: readonly Digest[], event: string): Markup {
  const [after, before] = [stacksOf(outliers, event), stacksOf(others, event)];
  const comparison = compareProfiles(before.profile, after.profile);
  const names = outliers.map(({ host, path }) => host || path).slice(0, MAX_NAMED);
  return markup`<figure><figcaption>${counted(outliers.length, 'capture')} with a critical finding (${names.join(', ')}${outliers.length > MAX_NAMED && ' …'}) against the ${others.length} without, scaled to the same total: red is more there, blue is less</figcaption>${pictureOf(after, comparison, `differential flame graph of ${event}`)}</figure>`;
}

function stacksOf(digests: readonly Digest[], event: string): Stacks {
  const profiles = digests.map(({ profile }) => profile as ProfileDigest);
  const profile = merged(profiles.map((each) => each.profile));
  const unit = profiles[0]?.unit ?? '';
  return { shape: 'stacks', kind: 'on-cpu', source: 0, tool: 'fleet', title: event, clock: null, unit, event, profile };
}

/** As an image: names in it can do nothing. */
function pictureOf(stacks: Stacks, comparison: ReturnType<typeof compareProfiles> | undefined, alt: string): Markup {
  const svg = [...flamegraphSvg(stacks, { minWidth: MIN_WIDTH }, comparison)].join('');
  return markup`<img alt="${alt}" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">`;
}
