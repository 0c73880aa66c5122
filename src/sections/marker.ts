/**
 * Lines that stand between the outputs of tools: headings, prompts with what was typed, dates, and what programs that run
 * others put around them.
 */
import { isPrompt } from '../parsers/terminal.ts';
import { type Command, commandIn } from './command.ts';
import { type Moment, momentOf } from './dates.ts';

export interface Marker {
  /** What it says of the output below it, as a person would call that; null where it says nothing (a date, a fence). */
  title: string | null;
  command: Command | null;
  moment: Moment | null;
  /** Whose output follows, where the marker says so. */
  host: string | null;
  /** What came before it was a file of its own, or a run of the same command: `==> cpu.stat <==`, `watch`. */
  kind: 'heading' | 'prompt' | 'date' | 'fence' | 'log' | 'file';
}

const NOTHING: Marker = { title: null, command: null, moment: null, host: null, kind: 'fence' };
/** Longer lines are nobody's heading. */
const MAX_MARKER = 1024;

// ```   ```console   ~~~   {noformat}   {code:bash}   <pre>   </pre>   [code]   [/code]
const FENCE =
  /^\s{0,8}(?:`{3,}|~{3,}|\{(?:noformat|code)(?::[^}]{1,40})?\}|<\/?(?:pre|code)>|\[\/?code\])\s*[\w+-]{0,20}\s*$/i;
// === vmstat 1 3 ===   ###### free -m ######   ***** iostat *****   --- cmd ---   ==== free   ## vmstat   //// top ////
const DECORATED = /^([=#*+~/_-])\1{1,200}\s*(?:\[\s*)?(\S(?:.{0,400}?\S)?)(?:\s*\])?\s*([=#*+~/_:-]{0,200})$/;
// #==[ Command ]======================================#    of supportconfig, with `# /usr/bin/free -k` below it
const SUPPORTCONFIG = /^#==\[ ([\w ]{1,40}) \]=+#$/;
// + iostat -x 1      ++ date      of sh -x
const TRACED = /^\+{1,4} (\S.*)$/;
// db1 | CHANGED | rc=0 >>      db1 | SUCCESS => {     of ansible
const ANSIBLE = /^([\w.-]{1,253}) \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)(?: \| rc=-?\d{1,3} >>| => ?\{?)?\s*$/;
// [1] 14:03:20 [SUCCESS] db1     of pssh
const PSSH = /^\[\d{1,5}\] \d\d:\d\d:\d\d \[(?:SUCCESS|FAILURE)\] ([\w.@-]{1,253})(?:\s.*)?$/;
// Every 2.0s: free -m                       db1: Mon Oct  9 14:03:20 2023
const WATCH = /^Every \d{1,6}[.,]\ds: (.{1,400}?)(?: {2,}(?:([\w.-]{1,253}): )?(\S.{10,40}))?$/;
// Script started on 2026-11-30 15:53:24+00:00 [COMMAND="vmstat 1 2" <not executed on terminal>]
const SCRIPT_STARTED =
  /^Script started(?: on ([^[]{8,60}?))?(?:, (?:output log )?file is .{1,400}|\s*(\[.{0,2000}\]))?$/;
const SCRIPT_COMMAND = /COMMAND="([^"]{1,1000})"/;
const SCRIPT_DONE = /^Script done(?: on .{8,60}|, .{4,400})?/;
// zzz ***Wed Oct 9 12:00:01 CEST 2019       zzz <10/09/2019 12:00:01> subcount: 1     of OSWatcher and ExaWatcher
const OSWATCHER = /^zzz\s*(?:\*\*\*|<)\s*(.{8,60}?)\s*(?:>.*)?$/;
// ==> /proc/meminfo <==     of head and tail; those of /proc/pressure and of control groups are read by their grammars
const FILE = /^==> (.{1,1000}) <==$/;
// [root@db1 ~]# vmstat 1    root@db1:~# vmstat 1   sh-5.2$ vmstat 1    $ vmstat 1    db1:~ # vmstat 1   db1# vmstat 1   > free
const PROMPT =
  /^(?:\[(?:[\w.-]{1,64}@)?([\w.-]{1,64})[^\]]{0,80}\]|(?:[\w.-]{1,64}@)([\w.-]{1,64})[:~ ][^#$]{0,80}|([\w.-]{1,64}):[^#$ ]{0,80} ?|[\w.@:~/-]{0,64})([#$>%]) ?(\S.*)?$/;
// Output of vmstat 1 3:     vmstat output:     Command: vmstat 1     $ of ticket forms
const SAID = /^(?:output of|running|executing|command|cmd|result of)\b[:\s]+[`'"]?(\S.{0,400}?)[`'"]?\s*:?$/i;

/** Whether the line may be a marker: by what it begins with, a clock in it, or the sign of a prompt. */
export function mayMark(line: string): boolean {
  return (
    line.length <= MAX_MARKER &&
    (/^(?:[^\s\w(]|zzz|Every \d|Script |output of|running|executing|command|cmd|result of)|^\s{0,8}[`~{<]/i.test(
      line,
    ) ||
      /^[\w.@:~/-]{1,120}(?: ~ ?| )?[#$>%]|^[\w.-]{1,64}@[\w.-]{1,64}[:~ ]|^[\w.-]{1,253} \| [A-Z]/.test(line) ||
      /\d[:.]\d\d[:.]\d\d/.test(line))
  );
}

/** What the line is between outputs; null where it is of an output, or of nothing that is known. */
export function markerOf(line: string): Marker | null {
  if (line.length > MAX_MARKER || line.length < 2) return null;
  const text = line.trimEnd();
  return (
    programMarker(text) ??
    headingMarker(text) ??
    promptMarker(text) ??
    momentMarker(text) ??
    (FENCE.test(text) ? NOTHING : null)
  );
}

/** What programs print that run others. */
function programMarker(text: string): Marker | null {
  const zzz = OSWATCHER.exec(text);
  if (zzz !== null) return { ...NOTHING, kind: 'date', moment: momentOf(zzz[1] as string) };
  const watch = WATCH.exec(text);
  if (watch !== null) {
    const [, typed = '', host = null, when = ''] = watch;
    return { kind: 'log', title: typed, command: commandIn(typed), moment: momentOf(when), host };
  }
  const started = SCRIPT_STARTED.exec(text);
  if (started !== null) {
    const typed = SCRIPT_COMMAND.exec(started[2] ?? '')?.[1] ?? null;
    const command = typed === null ? null : commandIn(typed);
    return { kind: 'log', title: typed, command, moment: momentOf(started[1] ?? ''), host: null };
  }
  if (SCRIPT_DONE.test(text)) return { ...NOTHING, kind: 'log' };
  const host = (ANSIBLE.exec(text) ?? PSSH.exec(text))?.[1];
  if (host !== undefined) return { ...NOTHING, kind: 'log', host: host.replace(/^.*@/, '') };
  return null;
}

function headingMarker(text: string): Marker | null {
  const section = SUPPORTCONFIG.exec(text)?.[1];
  if (section !== undefined) return { ...NOTHING, kind: 'heading' };
  const file = FILE.exec(text)?.[1];
  if (file !== undefined) return /\/pressure\/|\/cpu\.|\/cgroup/.test(file) ? null : fileMarker(file);
  const typed = (TRACED.exec(text) ?? SAID.exec(text))?.[1];
  const traced = typed === undefined ? null : commandIn(typed);
  if (traced !== null) return { ...NOTHING, kind: 'heading', title: traced.text, command: traced };
  const decorated = DECORATED.exec(text);
  if (decorated === null) return null;
  const [, mark = '', title = '', behind = ''] = decorated;
  const command = commandIn(title.replace(/:$/, ''));
  const moment = momentOf(title);
  // One line of rule and words is a heading if something is on its other side too, or it names a command.
  const framed = behind.replace(':', '').length > 1 && behind.includes(mark) && /\p{L}/u.test(title);
  const marked = mark === '=' || mark === '#';
  if (!(framed || command !== null || moment !== null || (marked && /^\p{L}[\p{L}\d _./-]{0,80}$/u.test(title))))
    return null;
  if (command === null && /\||\[[kw.]\]|--- ---/.test(title)) return null;
  return {
    kind: moment === null ? 'heading' : 'date',
    title: moment === null ? title : null,
    command,
    moment,
    host: null,
  };
}

function fileMarker(path: string): Marker {
  return { ...NOTHING, kind: 'file', title: path, command: { text: `cat ${path}`, tool: null, interval: null } };
}

function promptMarker(text: string): Marker | null {
  const match = PROMPT.exec(text);
  if (match === null) return null;
  const [, bracketed, addressed, named, sign = '', typed = ''] = match;
  const host = bracketed ?? addressed ?? named ?? null;
  const command = commandIn(typed);
  const bare = host === null && text.indexOf(sign) === 0;
  // `# Time   UID` heads a table, `> text` is a quoted mail: only what names a command was typed behind these.
  if (command === null && (bare || sign === '>' || sign === '%' || named !== undefined)) return null;
  if (command === null && !isPrompt(text)) return null;
  if (command === null && !/^(?:[a-zA-Z_./~(]|$)/.test(typed)) return null;
  if (command === null && host === null && !/^(?:sh|bash)-\d/.test(text)) return null;
  return { kind: 'prompt', title: typed === '' ? null : typed, command, moment: null, host: hostIn(host) };
}

/** `~` and folders stand where hosts do in some prompts. */
function hostIn(word: string | null): string | null {
  return word === null || /^(?:~|root|sh-[\d.]+|bash-[\d.]+|localhost)$/.test(word) ? null : word;
}

function momentMarker(text: string): Marker | null {
  const moment = momentOf(text);
  return moment === null ? null : { ...NOTHING, kind: 'date', moment };
}
