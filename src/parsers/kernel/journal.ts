/** One line of journalctl -o json: https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format */
import { jsonObject } from '../json-object.ts';
import { FACILITIES, LEVELS, type Message } from './dmesg-line.ts';

/** A record; its message is null where it is not the kernel's. */
export interface JournalRecord {
  message: Message | null;
}

// {"__CURSOR":"s=…","_TRANSPORT":"kernel","MESSAGE":"…"}
const RECORD = /^\{.{0,20000}"(?:__REALTIME_TIMESTAMP|_TRANSPORT|SYSLOG_IDENTIFIER)" ?:/;

/** Null for a line that is no record of a journal. */
export function journalRecord(line: string): JournalRecord | null {
  if (line[0] !== '{' || !RECORD.test(line)) return null;
  const fields = jsonObject(line);
  if (fields === null) return null;
  const { _TRANSPORT: transport, SYSLOG_IDENTIFIER: identifier, MESSAGE: text } = fields;
  if ((transport !== 'kernel' && identifier !== 'kernel') || typeof text !== 'string') return { message: null };
  const stamp = typeof fields.__REALTIME_TIMESTAMP === 'string' ? fields.__REALTIME_TIMESTAMP : null;
  const at = stamp !== null && /^\d{10,17}$/.test(stamp) ? Number(stamp) / 1e6 : null;
  const level = LEVELS[Number(fields.PRIORITY)] ?? null;
  const facility = FACILITIES[Number(fields.SYSLOG_FACILITY ?? 0)] ?? null;
  const host = typeof fields._HOSTNAME === 'string' ? fields._HOSTNAME : null;
  return { message: { stamp, at, clock: at === null ? null : 'epoch', facility, level, host, text } };
}
