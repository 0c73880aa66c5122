/**
 * perf script: an event line, the stack under it, leaf first, and a blank line, in the variants of many versions and
 * field sets.
 *
 *     java 24636/25607 [000] 4794564.109216:    1001001 cycles:
 *             ffffffff8103ce3b native_safe_halt+0xb ([kernel.kallsyms])
 *
 * Each event becomes a profile of its own.
 */
import type { Grammar, Head } from '../grammar.ts';
import { isComplaint, isExtra } from './script-extra.ts';
import { parseFrameLine, parseUsualFrame } from './script-frame.ts';
import { isFrameTail, parseTimedHeader, parseUntimedHeader } from './script-header.ts';
import { perfScriptReader } from './script-reader.ts';

// `4794564.109216: `, `[002] 100003 cycles:u:`: what any event line has, and hardly a text
const EVENT_OR_TIME = /\d\.\d{1,9}:\s|[\d\]]\s{1,64}\S{1,400}:(?:\s|$)/;
const HEADER_COMMENT = /^# (?:captured on|cmdline|perf version)\s*:/;

export const perfScript: Grammar = {
  name: 'perf script',
  claims,
  begins: { like: /\s\d{1,20}\.\d{6}(?:\d{3})?:(?:\s|$)/, sure: isSample },
  // A frame, or the line over a stack.
  own: /^\s+[0-9a-f]{1,16} \S|\s\d{1,20}\.\d{6}(?:\d{3})?:\s/,
  reader: perfScriptReader,
  // A blank line ends a sample.
  cut: '\n\n',
};

/** Event lines with frames, or with a pid and an event, in the first page; or only perf's own header comments. */
function claims(head: Head): boolean {
  if (!head.lines.some((line) => line.startsWith('#') || EVENT_OR_TIME.test(line))) return false;
  const lines = head.lines.filter((line) => line.trim() !== '');
  const content = lines.filter((line) => !line.startsWith('#'));
  if (content.length === 0) return lines.filter((line) => HEADER_COMMENT.test(line)).length >= 2;
  const count = { sure: 0, headers: 0, frames: 0, other: 0, whole: 0 };
  let isUnderHeader = false;
  for (const line of content) {
    // Most lines: to look for all that others may be in them takes 4 ms.
    if (parseUsualFrame(line) !== null) {
      count.frames++;
      if (isUnderHeader) count.whole++;
      isUnderHeader = false;
      continue;
    }
    isUnderHeader = false;
    if (isExtra(line) || isComplaint(line)) continue;
    const timed = parseTimedHeader(line);
    const header = timed ?? parseUntimedHeader(line);
    if (header !== null) {
      count.headers++;
      isUnderHeader = timed !== null && timed.tid !== null && timed.event !== '';
      if (timed !== null && timed.tid !== null) count.sure++;
      if (isFrameTail(header.tail)) count.frames++;
    } else if (isFrame(line)) count.frames++;
    else count.other++;
  }
  // Prose has lines that end in a number and a word with a colon; it has no time of perf's, and no frames.
  const isSure = count.sure > 0 || (count.headers > 0 && count.frames > 0);
  // A short file may be damaged in one of its few samples.
  const isShort = count.sure > 1 && count.frames > 0 && count.other === 1;
  // An event line with a frame under it is nothing else, whatever stands around it.
  return count.whole > 0 || (isSure && (isShort || count.other * 4 <= count.headers + count.frames));
}

/** A thread, a time and an event, with frames under it or on its line, or another such line next. */
function isSample([first = '', second = '']: readonly string[]): boolean {
  const header = /^\s{0,16}\S/.test(first) ? parseTimedHeader(first) : null;
  if (header === null || header.tid === null) return false;
  return (
    isFrameTail(header.tail) || isFrame(second) || parseUsualFrame(second) !== null || parseTimedHeader(second) !== null
  );
}

/**
 * One blank stands between a frame's address and its name where no module tells it from a row of a table:
 * `  1646859134     0         6    0.00    0.00`, `   65  sudo iptables -L`.
 */
function isFrame(line: string): boolean {
  const frame = parseFrameLine(line);
  return frame !== null && (frame.module !== null || /^\s+\S+(?: \S|$)/.test(line));
}
