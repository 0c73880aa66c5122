/**
 * perf script: an event line, the stack under it, leaf first, and a blank line, in the variants of many versions and
 * field sets.
 *
 *     java 24636/25607 [000] 4794564.109216:    1001001 cycles:
 *             ffffffff8103ce3b native_safe_halt+0xb ([kernel.kallsyms])
 *
 * Each event becomes a profile of its own.
 */
import { FrameKind } from '../datasets/profile.ts';
import { ProfileBuilder } from '../datasets/profile-builder.ts';
import type { Clock, Stacks } from '../datasets/shapes.ts';
import type { Grammar, Head, ParseContext } from './grammar.ts';
import { LineLedger, type LineVerdict, lineReader } from './lines.ts';
import { nameFrames, parseFrameLine } from './perf-script-frame.ts';
import { type Header, parseTimedHeader, parseUntimedHeader } from './perf-script-header.ts';

// PERF_RECORD_LOST lost 1234   PERF_RECORD_LOST_SAMPLES
const RECORD = /\bPERF_RECORD_(\w+)/;
const LOST = /\blost (\d+)/;
/** What `-F` adds under a frame: source lines, code, branch stacks, registers. */
const EXTRA = /^\s+\S+:\d+$|^\s+\S*\[[0-9a-f]+\]$|^\s+\?\?:0$|^\|\d+\s|^ 0x[0-9a-f]+\/0x|^ ABI:\d/;
// # cmdline : /usr/bin/perf record -k CLOCK_MONOTONIC -a -g
const MONOTONIC = /^# cmdline : .* (?:-k ?|--clockid[= ])(?:mono\b|CLOCK_MONOTONIC\b)/;
const HEADER_COMMENT = /^# (?:captured on|cmdline|perf version)\s*:/;

interface Event {
  name: string;
  weighted: boolean;
  profile: ProfileBuilder;
}

interface OpenSample {
  event: Event;
  header: Header;
  /** Leaf first. */
  frames: number[];
}

export const perfScript: Grammar = {
  name: 'perf script',
  claims,
  reader(context: ParseContext) {
    const ledger = new LineLedger();
    const events = new Map<string, Event>();
    let clock: Clock = 'perf';
    let timed = false;
    let sample: OpenSample | null = null;

    function eventNamed(name: string): Event {
      let event = events.get(name);
      if (event === undefined) {
        event = { name, weighted: false, profile: new ProfileBuilder({ samples: context.samples }) };
        events.set(name, event);
      }
      return event;
    }

    function close(): void {
      if (sample === null) return;
      const { header, frames, event } = sample;
      const { profile } = event;
      const { comm, pid, tid, cpu, at } = header;
      let node = profile.child(0, profile.frame(comm === '' ? `:${tid ?? pid ?? '?'}` : comm, FrameKind.process));
      for (let i = frames.length - 1; i >= 0; i--) node = profile.child(node, frames[i] as number);
      profile.add(node, header.period ?? 1, { at, cpu, thread: { comm, pid, tid } });
      if (header.period !== null) event.weighted = true;
      if (at !== null) timed = true;
      sample = null;
    }

    function open(header: Header): LineVerdict {
      close();
      const event = eventNamed(header.event);
      sample = { event, header, frames: [] };
      const frame = header.tail === '' ? null : parseFrameLine(header.tail.replace(/^\s*/, ' '));
      if (frame !== null && /^\s*[0-9a-f]{4,}\s/.test(header.tail)) addFrame(frame);
      return 'read';
    }

    function addFrame(frame: NonNullable<ReturnType<typeof parseFrameLine>>): LineVerdict {
      if (sample === null) return { unread: 'a frame without an event line before it' };
      const java = sample.header.comm === 'java';
      const named = nameFrames(frame, { java, addresses: context.addresses ?? false });
      if (named.length === 0) return 'noise';
      for (const { name, kind, module } of named.reverse()) {
        sample.frames.push(sample.event.profile.frame(name, kind, module));
      }
      return 'read';
    }

    return lineReader(
      {
        line(line) {
          if (line.trim() === '') {
            close();
            return 'noise';
          }
          if (line.startsWith('#')) {
            if (MONOTONIC.test(line)) clock = 'monotonic';
            return 'noise';
          }
          const record = RECORD.exec(line);
          if (record !== null) {
            close();
            const lost = LOST.exec(line);
            if (lost !== null && record[1]?.startsWith('LOST')) ledger.notes.push(`perf lost ${lost[1]} events`);
            return 'noise';
          }
          const header = parseTimedHeader(line) ?? (sample === null ? parseUntimedHeader(line) : null);
          if (header !== null) return open(header);
          const frame = parseFrameLine(line);
          if (frame !== null) return addFrame(frame);
          const late = parseUntimedHeader(line);
          if (late !== null) return open(late);
          return EXTRA.test(line) ? 'noise' : { unread: 'neither an event nor a frame of perf script' };
        },
        end() {
          close();
          const datasets = [...events.values()].map(
            ({ name, weighted, profile }): Stacks => ({
              shape: 'stacks',
              kind: 'on-cpu',
              source: 0,
              tool: context.tool ?? 'perf',
              title: name === '' ? context.name : name,
              clock: timed ? clock : null,
              unit: weighted ? name : 'samples',
              event: name,
              profile: profile.build(),
            }),
          );
          return { datasets };
        },
      },
      ledger,
    );
  },
};

/** Event lines with frames, or with a pid and an event, in the first page; or only perf's own header comments. */
function claims(head: Head): boolean {
  const lines = head.lines.filter((line) => line.trim() !== '');
  const content = lines.filter((line) => !line.startsWith('#'));
  if (content.length === 0) return lines.filter((line) => HEADER_COMMENT.test(line)).length >= 2;
  let headers = 0;
  let frames = 0;
  let other = 0;
  for (const line of content) {
    const header = parseTimedHeader(line) ?? parseUntimedHeader(line);
    const frame = header === null ? parseFrameLine(line) : null;
    if (header !== null && (header.tid !== null || header.event === '')) headers++;
    else if (frame !== null && (frame.module !== null || /^\s/.test(line))) frames++;
    else if (!EXTRA.test(line)) other++;
  }
  return headers > 0 && other * 4 <= headers + frames;
}
