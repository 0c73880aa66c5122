/** What a link to the report says of itself in a ticket, and the command that cuts the same range. */
import { type Capture, hostClock, type PrintedClock } from '../../datasets/capture.ts';
import { calendarDay, clockTime, hostTime, zoneName } from '../when.ts';
import { rangeText } from './finding-view.ts';
import type { View } from './view.ts';

/** What the view shows, for whoever reads the ticket: `shop-db-1, 2026-11-20 21:00:18 – 21:00:23 CET (20:00:18 UTC), iostat`. */
export function captionOf(
  { range, base, name, panel }: View,
  capture: Pick<Capture, 'manifest' | 'printedClock' | 'name'>,
  panelName: string | null,
): string {
  const { manifest, name: file } = capture;
  const clock = hostClock(capture);
  const host = manifest === null ? file : manifest.host.hostname;
  const parts = [
    host,
    range === null ? wholeText(capture) : timeText(range, capture),
    base === null || range === null ? '' : `against ${base === 'rest' ? 'the rest' : rangeText(base, clock)}`,
    name === null ? '' : `only ${name}`,
    panel === null || panelName === null ? '' : panelName,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function wholeText(capture: Pick<Capture, 'manifest' | 'printedClock'>): string {
  const { manifest } = capture;
  return manifest === null ? '' : timeText({ from: 0, to: manifest.ended - manifest.started }, capture);
}

function timeText(
  range: { from: number; to: number },
  { manifest, printedClock = null }: Pick<Capture, 'manifest' | 'printedClock'>,
): string {
  if (manifest === null) return printedText(range, printedClock);
  const { started, utcOffset } = manifest;
  const zone = utcOffset === 0 ? 'UTC' : zoneName(manifest);
  const utc = utcOffset === 0 ? '' : ` (${clockTime(started + range.from)} UTC)`;
  return `${calendarDay(started + utcOffset + range.from)} ${rangeText(range, manifest)} ${zone}${utc}`;
}

/** Of loose files: no zone where nobody printed one. */
function printedText(range: { from: number; to: number }, clock: PrintedClock | null): string {
  const day = clock?.dated === true ? `${calendarDay(clock.started + range.from)} ` : '';
  return `${day}${rangeText(range, clock)}${clock?.zoned === true ? ' UTC' : ''}`;
}

/** `coldflame analyze capture.tar --from 21:00:18.000 --to 21:00:23.000`; times without a host's clock are seconds. */
export function rangeCommand(
  range: { from: number; to: number },
  capture: Pick<Capture, 'manifest' | 'printedClock' | 'name'>,
): string {
  const clock = hostClock(capture);
  const time = (at: number): string => (clock === null ? String(at) : hostTime(at, clock, 3));
  return `coldflame analyze ${quoted(capture.name)} --from ${time(range.from)} --to ${time(range.to)}`;
}

/** As a shell takes it for one word and the program for a file, whatever is in it. */
function quoted(file: string): string {
  const word = file.startsWith('-') ? `./${file}` : file;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
