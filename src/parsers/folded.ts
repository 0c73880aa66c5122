/**
 * Folded stacks, as stackcollapse-*.pl and the BPF tools with -f print and flamegraph.pl reads them:
 *
 *     java;start_thread;java::run 42
 *
 * With two counts on every line they are two profiles, before and after, as difffolded.pl prints them. One line with one
 * count, and the first of two numbers is part of a name: `a;worker 12 100` is a stack of `worker 12`.
 *
 * https://github.com/brendangregg/FlameGraph
 */
import { FrameKind, type Profile } from '../datasets/profile.ts';
import type { Stacks, StacksKind } from '../datasets/shapes.ts';
import { StackTrie } from '../datasets/stack-trie.ts';
import { FoldEngine, type FoldedHost, MAX_LINE_BYTES } from './fold/engine.ts';
import type { FoldPart } from './fold/fold-part.ts';
import { joinPart, partOf } from './fold/part.ts';
import { profilesOf } from './fold/profiles.ts';
import { FoldTables } from './fold/tables.ts';
import type { Grammar, Head, ParseContext, Parsed, Reader } from './grammar.ts';
import { LineLedger } from './lines.ts';
import { measureOf } from './measure.ts';
import { KIND_OF_SUFFIX } from './stack-frame.ts';
import { isPreamble, withoutInterrupt } from './terminal.ts';

// swapper;start_kernel;rest_init 12
const FOLDED_LINE = /^(.*\S)\s+(\d{1,256}(?:\.\d{1,256})?)$/;
// 13873 root     sh -c while :; do date; sleep 9: a row of ps with a command line
const HAS_COLUMNS = /\S {2,}\S|; /;
/** Of two frames at least; cheaper to look for. */
const DEEP_LINE = /^[^;]*;.*\d\s*$/;
// worker 12: the leaf of a differential's line, with the first count
const LEAF_WITH_COUNT = /\s(\d{1,256}(?:\.\d{1,256})?)$/;
// What the BPF tools say beside the stacks: Detaching...   Tracing blocked time (us) by kernel stack for 5 secs.
const BANNER = /^(?:Detaching\.\.\.|(?:Sampling at|Tracing) .*(?:stack|secs|end)\b.*)$/;
// # austin: 3.0.0   # duration: 200: what Austin says before and behind its stacks
const COMMENT = /^# ?[\w-]+: /;
// WARNING: 8 stack traces could not be displayed.
const WARNING = /^WARN(?:ING)?: /;
// Python's bytes, as bcc on Python 3 printed them: b'java'
const BYTES = /^b'(.*)'$/;
/** One line in so many may be something else: people add a note, terminals break a line. */
const FOLDED_FOR_ONE_OTHER = 20;
/** A short file may have more notes beside it: `a;b 12` is like nothing else. */
const DEEP_FOR_ONE_OTHER = 2;
/** Blocked stacks end in the scheduler: what follows a delimiter there is who woke them. */
const SCHEDULER = /schedule/;

export const folded: Grammar = {
  name: 'folded',
  cut: '\n',

  claims(head) {
    if (!head.lines.some((line) => DEEP_LINE.test(line))) return false;
    const lines = head.lines.map(quiet).filter((line) => !isNoise(line) && !WARNING.test(line));
    const stacks = lines.filter((line) => FOLDED_LINE.test(line));
    const deep = stacks.filter((line) => line.includes(';')).length;
    const others = lines.length - stacks.length;
    return deep > 0 && (others * FOLDED_FOR_ONE_OTHER <= stacks.length || others * DEEP_FOR_ONE_OTHER <= deep);
  },

  begins: {
    like: /^[^;]*;.*\s\d[\d.]*$/,
    // A stack of three frames alone, or two stacks: names of files and prose have a semicolon, too.
    sure([first = '', second = '']) {
      const [one, two] = [first, second].map((line) => FOLDED_LINE.exec(line)?.[1]?.split(';').length ?? 0);
      const isAlone = second.trim() === '' || (two ?? 0) > 0;
      return (
        (one ?? 0) > 1 && !isNoise(first) && !HAS_COLUMNS.test(first) && (((one ?? 0) > 2 && isAlone) || (two ?? 0) > 1)
      );
    },
  },
  own: /^[^;]*;.*\s\d[\d.]*$/,

  reader(context: ParseContext): Reader {
    const reader = new FoldedReader(context);
    const { engine } = reader;
    return {
      write: (chunk) => engine.write(chunk),
      room: () => engine.room(),
      filled: (length) => engine.filled(length),
      end: () => reader.end(),
      part: () => reader.part(),
      join: (part) => reader.join(part),
    };
  },
};

/** Whether every line is a name and a number (`Web Content 12`): stacks of one frame, where stacks are what is asked for. */
export function isOfLoneFrames(head: Head): boolean {
  const lines = head.lines.map(quiet).filter((line) => !isNoise(line) && !WARNING.test(line));
  return lines.length > 0 && lines.every((line) => /\p{L}/u.test(FOLDED_LINE.exec(line)?.[1] ?? ''));
}

function quiet(line: string): string {
  return withoutInterrupt(line).trimEnd();
}

function isNoise(line: string): boolean {
  return isPreamble(line) || BANNER.test(line) || COMMENT.test(line);
}

class FoldedReader implements FoldedHost {
  readonly engine: FoldEngine;
  private readonly context: ParseContext;
  private readonly ledger = new LineLedger();
  private readonly tables: FoldTables;
  /** Whether wakers hang over the stacks they woke. */
  private chains = false;
  private annotated = false;
  private isOfAustin = false;
  /** What Austin counts: microseconds, or, in its memory mode, bytes. */
  private measures: { kind: StacksKind; unit: string } = { kind: 'on-cpu', unit: 'usecs' };

  constructor(context: ParseContext) {
    this.context = context;
    this.engine = new FoldEngine(this, { samples: false, symbols: true });
    this.tables = new FoldTables(this.engine, this.ledger);
    this.tables.event('');
  }

  name(at: number, length: number): number {
    return this.frameId(this.engine.text(at, length), FrameKind.user);
  }

  /** Takes what is no plain stack: one with a delimiter, and what is printed around stacks. */
  line(at: number, length: number): void {
    const text = quiet(this.engine.text(at, length));
    const [, stack, count] = FOLDED_LINE.exec(text) ?? [];
    if (COMMENT.test(text)) this.comment(text);
    else if (stack !== undefined) this.add(stack, Number(count));
    else if (isNoise(text)) this.ledger.noise++;
    else if (WARNING.test(text)) {
      this.ledger.note(text);
      this.ledger.noise++;
    } else this.unread(text, 'not a stack and its count');
  }

  private comment(text: string): void {
    this.ledger.noise++;
    this.isOfAustin ||= text.startsWith('# austin: ');
    if (text === '# mode: memory') this.measures = { kind: 'memory', unit: 'bytes' };
  }

  private add(stack: string, weight: number): void {
    const { calls } = this.engine;
    const names = stack.split(';').filter((name) => name !== '');
    const meeting = meetingOf(names);
    const delimiter = names.indexOf('-');
    this.chains ||= meeting > 0;
    let node = calls.child(0, 0);
    for (const [i, name] of names.entries()) {
      const isOfWaker = meeting > 0 && i > meeting && i < names.length - 1;
      const isOfKernel = delimiter > 0 && i > delimiter;
      const kind = isOfWaker ? FrameKind.waker : isOfKernel && meeting < 0 ? FrameKind.kernel : FrameKind.user;
      node = calls.child(node, this.frameId(name, kind));
    }
    const first = LEAF_WITH_COUNT.exec(stack)?.[1];
    calls.addStack(node, weight, first === undefined ? Number.NaN : Number(first));
  }

  private frameId(printed: string, kind: FrameKind): number {
    const text = BYTES.exec(printed)?.[1] ?? printed;
    const marked = KIND_OF_SUFFIX.get(text.slice(-4));
    if (marked !== undefined) {
      this.annotated = true;
      return this.tables.frames.id(text.slice(0, -4), marked);
    }
    return this.tables.frames.id(text, text === '-' || text === '--' ? FrameKind.delimiter : kind);
  }

  longLine(beginning: string): void {
    this.unread(beginning, `longer than ${MAX_LINE_BYTES} bytes`);
  }

  end(): Parsed {
    this.engine.end();
    const { ledger, engine } = this;
    ledger.close(engine.calls.lineCount(), engine.calls.noiseCount());
    const datasets = this.datasets();
    engine.release();
    return ledger.parsed(datasets);
  }

  /** Whether two counts are a differential is known at the end of the file only. */
  part(): FoldPart | null {
    this.engine.end();
    const part = this.chains || this.engine.calls.pairCount() > 0 ? null : partOf(this.tables);
    return part === null ? null : { ...part, annotated: this.annotated };
  }

  join(part: FoldPart): boolean {
    this.engine.calls.notDifferential();
    this.annotated ||= part.annotated === true;
    return joinPart(this.tables, part);
  }

  private datasets(): Stacks[] {
    const { frames, threads, tasks } = this.tables;
    const [only] = profilesOf(this.engine, 1, { frames, threads: threads.values, threadOfTask: tasks.values });
    const profile = (only as { profile: Profile }).profile;
    if (this.engine.calls.pairCount() === 0) return [this.stacks(profile, '')];
    return [
      this.stacks(withoutFirstCount(profile, profile.self), 'after'),
      this.stacks(withoutFirstCount(profile, this.firstCounts(profile)), 'before'),
    ];
  }

  private firstCounts(profile: Profile): Float64Array {
    const counts = new Float64Array(profile.parent.length);
    const { count, node } = this.engine.pairs();
    // The engine's node 1 is the profile's empty stack.
    for (let i = 0; i < node.length; i++) {
      const at = (node[i] as number) - 1;
      counts[at] = (counts[at] as number) + (count[i] as number);
    }
    return counts;
  }

  private stacks(profile: Profile, event: string): Stacks {
    const { name } = this.context;
    const named = this.isOfAustin ? 'austin' : this.chains ? 'offwaketime' : 'folded';
    const tool = this.context.tool ?? named;
    const { kind, unit } = tool === 'austin' ? this.measures : measureOf(tool === 'folded' ? 'perf' : tool);
    const counted = profile.self.reduce((sum, weight) => sum + weight, 0);
    return {
      shape: 'stacks',
      kind,
      source: 0,
      tool,
      title: event === '' ? name : `${name} (${event})`,
      clock: null,
      unit,
      annotated: this.annotated,
      ...(event === '' ? {} : { event }),
      profile: unit === 'samples' ? { ...profile, sampleCount: counted } : profile,
    };
  }

  private unread(text: string, why: string): void {
    this.ledger.addUnread(this.engine.calls.lineCount(), text, why);
  }
}

/** Where offwaketime hangs the waker over the blocked stack: `--`, before 2018 `-`; -1 in a stack of one thread. */
function meetingOf(names: readonly string[]): number {
  const meeting = names.indexOf('--');
  if (meeting > 0) return meeting;
  const delimiter = names.indexOf('-');
  return SCHEDULER.test(names[delimiter - 1] ?? '') ? delimiter : -1;
}

/** The profile with the given weights, and the first counts taken off the names of the leaves they stand in. */
function withoutFirstCount(profile: Profile, weights: Float64Array): Profile {
  const { parent, frame, frames } = profile;
  const all = { names: [...frames.names], kinds: [...frames.kinds], modules: [...frames.modules] };
  const ids = new Map(frames.names.map((text, id) => [`${frames.kinds[id]}${text}`, id]));
  const leafOf = frames.names.map((text, id) => {
    const name = text.replace(LEAF_WITH_COUNT, '');
    const kind = frames.kinds[id] as FrameKind;
    const known = ids.get(`${kind}${name}`);
    if (known !== undefined) return known;
    all.kinds.push(kind);
    all.modules.push('');
    const created = all.names.push(name) - 1;
    ids.set(`${kind}${name}`, created);
    return created;
  });
  const trie = new StackTrie();
  const place = new Uint32Array(parent.length);
  for (let node = 1; node < parent.length; node++) {
    const above = place[parent[node] as number] as number;
    const id = frame[node] as number;
    place[node] = trie.child(above, id);
    if (profile.self[node] !== 0 || weights[node] !== 0) {
      trie.add(trie.child(above, leafOf[id] as number), weights[node] as number);
    }
  }
  return { ...profile, frames: all, ...trie.columns() };
}
