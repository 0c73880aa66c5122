/** What a link to the report says of itself in a ticket, and the command that cuts the same range. */
import type { Capture } from '../../datasets/capture.ts';
import { calendarDay, clockTime, hostTime, zoneName } from '../when.ts';
import { rangeText } from './finding-view.ts';
import type { View } from './view.ts';

/** What the view shows, for whoever reads the ticket: `shop-db-1, 2026-11-20 21:00:18 – 21:00:23 CET (20:00:18 UTC), iostat`. */
export function captionOf(
  { range, base, name, panel }: View,
  { manifest, name: file }: Pick<Capture, 'manifest' | 'name'>,
  panelName: string | null,
): string {
  const host = manifest === null ? file : manifest.host.hostname;
  const parts = [
    host,
    range === null ? wholeText(manifest) : timeText(range, manifest),
    base === null || range === null ? '' : `against ${base === 'rest' ? 'the rest' : rangeText(base, manifest)}`,
    name === null ? '' : `only ${name}`,
    panel === null || panelName === null ? '' : panelName,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function wholeText(manifest: Capture['manifest']): string {
  return manifest === null ? '' : timeText({ from: 0, to: manifest.ended - manifest.started }, manifest);
}

function timeText(range: { from: number; to: number }, manifest: Capture['manifest']): string {
  if (manifest === null) return rangeText(range, null);
  const { started, utcOffset } = manifest;
  const zone = utcOffset === 0 ? 'UTC' : zoneName(manifest);
  const utc = utcOffset === 0 ? '' : ` (${clockTime(started + range.from)} UTC)`;
  return `${calendarDay(started + utcOffset + range.from)} ${rangeText(range, manifest)} ${zone}${utc}`;
}

/** `coldflame analyze capture.tar --from 21:00:18.000 --to 21:00:23.000`; times without a host's clock are seconds. */
export function rangeCommand(
  range: { from: number; to: number },
  { manifest, name }: Pick<Capture, 'manifest' | 'name'>,
): string {
  const time = (at: number): string => (manifest === null ? String(at) : hostTime(at, manifest, 3));
  return `coldflame analyze ${quoted(name)} --from ${time(range.from)} --to ${time(range.to)}`;
}

/** As a shell takes it for one word and the program for a file, whatever is in it. */
function quoted(file: string): string {
  const word = file.startsWith('-') ? `./${file}` : file;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
