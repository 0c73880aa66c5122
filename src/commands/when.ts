/** A time as a person types it, as seconds on the capture's axis. */
import { type Capture, type HostClock, hostClock } from '../datasets/capture.ts';
import { windowOf } from '../datasets/window.ts';
import { UserError } from '../errors.ts';
import { atTimeOfDay } from '../render/when.ts';

// 14:03:20, 14:03:20.5, 14:03, each with Z for UTC
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(Z)?$/i;
// 2026-11-20T14:03:20, 2026-11-20 14:03:20+01:00
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/i;
// 12.5, 12.5s
const SECONDS = /^(\d+(?:\.\d+)?)s?$/i;

/**
 * `14:03:20` on the host's clock, `13:03:20Z` in UTC, an ISO date and time, or seconds since the axis begins.
 *
 * @throws UserError, as of a wrong command line, for anything else, and for what the capture's clock does not tell
 */
export function parseWhen(flag: string, text: string, capture: Capture): number {
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds);
  const clock = hostClock(capture);
  const lacks = (what: string): UserError =>
    new UserError(
      `${flag} ${text} needs ${what}, and these files do not have it; give seconds, such as ${flag} 12.5`,
      2,
    );
  if (clock === null && (CLOCK.test(text) || !Number.isNaN(Date.parse(text)))) throw lacks("the host's clock");
  const ofDay = CLOCK.exec(text);
  const isUtc = ofDay === null ? ZONE.test(text) : ofDay[4] !== undefined;
  if (clock?.zoned === false && isUtc && (ofDay !== null || ISO.test(text))) throw lacks("the host's zone");
  if (ofDay !== null && clock !== null && isOfDay(ofDay)) return onDay(ofDay, clock, capture);
  const date = ISO.test(text) ? isoSeconds(text, clock) : Number.NaN;
  if (clock?.dated === false && !Number.isNaN(date)) throw lacks('a date');
  if (clock !== null && !Number.isNaN(date)) return date - clock.started;
  throw new UserError(
    `${flag} must be a time: 14:03:20 on the host's clock, 13:03:20Z in UTC, or seconds (got ${text})`,
    2,
  );
}

function isOfDay([, hours, minutes, seconds = '0']: RegExpExecArray): boolean {
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 61;
}

function onDay(
  [, hours = '', minutes = '', seconds = '0', utc]: RegExpExecArray,
  clock: HostClock,
  capture: Capture,
): number {
  const ofDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const { manifest, datasets } = capture;
  const range =
    manifest === null
      ? windowOf(datasets.filter((dataset) => dataset.clock === 'capture'))
      : { from: 0, to: manifest.ended - manifest.started };
  return atTimeOfDay(ofDay, utc === undefined ? clock : { ...clock, utcOffset: 0 }, range);
}

/** Without a zone it is the host's own. */
function isoSeconds(text: string, clock: HostClock | null): number {
  if (ZONE.test(text)) return Date.parse(text) / 1000;
  return Date.parse(`${text.replace(' ', 'T')}Z`) / 1000 - (clock?.utcOffset ?? 0);
}
