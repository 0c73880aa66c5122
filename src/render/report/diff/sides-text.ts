/** The two captures in words: what they are, and in what they differ. */
import { bytesText, commas, durationText } from '../../../datasets/amounts.ts';
import { type Capture, COUNTED_FACTS, hostOf, type Manifest } from '../../../datasets/capture.ts';
import { calendarDay, clockTime, zoneName } from '../../when.ts';
import { type Compared, lengthOf } from './compared.ts';

/** What must be known before any number of the two is compared: another host, kernel, or size; null where none is. */
export function differenceNote([before, after]: Compared['sides']): string | null {
  const [was, is] = [before.manifest, after.manifest];
  if (was === null || is === null) return null;
  if (was.host.hostname === is.host.hostname && was.started === is.started)
    return 'Both are one capture: it began at the same moment on the same host.';
  const differing = factsOf(was)
    .map(([label, value], i) => [label, value, factsOf(is)[i]?.[1] ?? ''] as const)
    .filter(([, a, b]) => a !== b && a !== '' && b !== '')
    .map(([label, a, b]) => `${label} (${a} before, ${b} after)`);
  return differing.length === 0 ? null : `The captures differ in ${differing.join(', ')}.`;
}

function factsOf({ host }: Manifest): [label: string, value: string][] {
  return [
    ['host', host.hostname],
    ['system', host.os],
    ['kernel', host.kernel],
    ['architecture', host.arch],
    ['CPUs', host.cpus === null ? '' : commas(host.cpus)],
    ['memory', host.memoryBytes === null ? '' : bytesText(host.memoryBytes)],
  ];
}

/** How the hosts are set up, where that differs: kernel settings, governor, limits. */
export function factsThatDiffer([before, after]: Compared['sides']): { name: string; before: string; after: string }[] {
  const [was, is] = [before.manifest?.host.facts ?? {}, after.manifest?.host.facts ?? {}];
  // A host of which no facts were taken differs in none.
  if (Object.keys(was).length === 0 || Object.keys(is).length === 0) return [];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((name) => ({ name, before: was[name] ?? '', after: is[name] ?? '' }))
    .filter(({ name, before: a, after: b }) => a !== b && !COUNTED_FACTS.has(name));
}

/** `shop-1, 2026-11-19 14:03:20 UTC, 30 s`; a loose file by its name. */
export function sideText(capture: Capture, host: boolean): string {
  const { name, manifest } = capture;
  if (manifest === null) {
    const file = name.split('/').at(-1) ?? name;
    const named = hostOf(capture);
    return host && named !== null ? `${named.hostname}, ${file}` : file;
  }
  const local = manifest.started + manifest.utcOffset;
  const when = `${calendarDay(local)} ${clockTime(local)} ${zoneName(manifest)}`;
  return `${host ? `${manifest.host.hostname}, ` : ''}${when}, ${durationText(lengthOf(manifest) ?? 0)}`;
}
