/** A time as a person types it, as seconds on the capture's axis. */
import type { Manifest } from '../datasets/capture.ts';
import { UserError } from '../errors.ts';

// 14:03:20, 14:03:20.5, 14:03, each with Z for UTC
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(Z)?$/i;
// 12.5, 12.5s
const SECONDS = /^(\d+(?:\.\d+)?)s?$/i;
const DAY = 86_400;

/**
 * `14:03:20` on the host's clock, `13:03:20Z` in UTC, an ISO date and time, or seconds since the capture started.
 *
 * @throws UserError, as of a wrong command line, for anything else, and for a clock time of a capture that tells no clock
 */
export function parseWhen(flag: string, text: string, manifest: Manifest | null): number {
  const seconds = SECONDS.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds);
  if (manifest === null && (CLOCK.test(text) || !Number.isNaN(Date.parse(text))))
    throw new UserError(
      `${flag} ${text} needs the host's clock, and these files do not have it; give seconds, such as ${flag} 12.5`,
      2,
    );
  const clock = CLOCK.exec(text);
  if (clock !== null && manifest !== null && isOfDay(clock)) return ofDay(clock, manifest);
  const date = /^\d{4}-\d{2}-\d{2}[T ]\d/.test(text) ? isoSeconds(text, manifest) : Number.NaN;
  if (manifest !== null && !Number.isNaN(date)) return date - manifest.started;
  throw new UserError(
    `${flag} must be a time: 14:03:20 on the host's clock, 13:03:20Z in UTC, or seconds (got ${text})`,
    2,
  );
}

function isOfDay([, hours, minutes, seconds = '0']: RegExpExecArray): boolean {
  return Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 61;
}

/** Of the day the capture started, or of the next one where that is nearer. */
function ofDay([, hours = '', minutes = '', seconds = '0', utc]: RegExpExecArray, manifest: Manifest): number {
  const zone = utc === undefined ? manifest.utcOffset : 0;
  const midnight = Math.floor((manifest.started + zone) / DAY) * DAY;
  const at = midnight + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) - zone - manifest.started;
  return at < -DAY / 2 ? at + DAY : at > DAY / 2 ? at - DAY : at;
}

/** Without a zone it is the host's own. */
function isoSeconds(text: string, manifest: Manifest | null): number {
  if (/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return Date.parse(text) / 1000;
  return Date.parse(`${text.replace(' ', 'T')}Z`) / 1000 - (manifest?.utcOffset ?? 0);
}
