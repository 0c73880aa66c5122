/**
 * Lines that stand between the outputs of tools: headings, prompts with what was typed, dates, and what programs that run
 * others put around them.
 */
import { isJournalMark } from '../parsers/kernel/dmesg-line.ts';
import { isPrompt } from '../parsers/terminal.ts';
import { type Command, commandIn, mayBeCommand } from './command.ts';
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
  /** How many lines it is. */
  lines: number;
}

const NOTHING: Marker = { title: null, command: null, moment: null, host: null, kind: 'fence', lines: 1 };
/** Longer lines are nobody's heading. */
const MAX_MARKER = 1024;

// ```   ```console   ~~~   {noformat}   {code:bash}   {panel}   <pre>   </pre>   [code]   [/code]   .. code-block:: text
const FENCE =
  /^\s{0,8}(?:`{3,}|~{3,}|\{(?:noformat|code|panel|quote)(?::[^}]{1,200})?\}|<\/?(?:pre|code)>|\[\/?code\]|\.\. code(?:-block)?::)\s*[\w+-]{0,20}\s*$/i;
// {code:title=free -m|borderStyle=solid}     {noformat:title=vmstat}
const TITLED_FENCE = /^\{(?:noformat|code|panel):(?:[^}|]{1,80}\|){0,4}title=([^}|]{1,100})(?:\|[^}]{0,200})?\}\s*$/i;
// ----------------     above and below web[1-3],db7 of dshbak and clush, and a person's heading
const RULE = /^([-=#*~_+])\1{4,200}$/;
// web1    web[1-3],db7    web[1-2] (2)
const HOSTS =
  /^((?:[A-Za-z\d][\w.-]{0,253}(?:\[[\d,-]{1,200}\])?[\w.-]{0,253})(?:,[\w.[\],-]{1,1000})?)(?: \(\d{1,6}\))?$/;
// db1.example.com   web-1.prod   10.0.0.7   web1   ip-10-0-0-7   db-03; not CMake.js and os.path.join
const HOST_NAME =
  /^(?:[a-z][a-z\d-]{0,62}(?:\.[a-z\d-]{1,63}){1,6}\.(?:com|net|org|edu|gov|local|lan|internal|corp|cloud|[a-z]{2})|[a-z][a-z-]{0,60}\d[a-z\d-]{0,60}(?:\.[a-z\d-]{1,63}){1,6}|\d{1,3}(?:\.\d{1,3}){3}|[a-z](?:[a-z\d]|-(?!-)){0,60}\d)$/;
/** Of what people count besides hosts: `=== run1 ===`, `### eth0`, `== notes.txt ==`. */
const NO_HOST =
  /^(?:run|test|try|round|step|part|day|phase|pass|loop|sample|iteration|iter|attempt|case|example|item|section|snapshot|before|after|cpu|core|node|numa|eth|en[ops]|wlan|lo|bond|br|veth|tun|sd[a-z]|vd[a-z]|xvd[a-z]|hd[a-z]|nvme|dm|md|loop|sr|disk|zone|cycle|utf|sha|http|ipv|win|python|base|es|arm|gen|t|v|h|p|q|no|nr|top)-?\d|\.(?:txt|log|out|md|json|csv|conf|sh|py|service|slice|scope)$/i;
// === vmstat 1 3 ===   ###### free -m ######   ***** iostat *****   --- cmd ---   ==== free   ## vmstat   //// top ////
const DECORATED = /^([=#*+~/_-])\1{1,200}\s*(?:\[\s*)?(\S(?:.{0,400}?\S)?)(?:\s*\])?\s*([=#*+~/_:-]{0,200})$/;
// #==[ Command ]======================================#    of supportconfig, with `# /usr/bin/free -k` below it
const SUPPORTCONFIG = /^#==\[ ([\w ]{1,40}) \]=+#$/;
// + iostat -x 1      ++ date      of sh -x
const TRACED = /^\+{1,4} (\S.*)$/;
// db1 | CHANGED | rc=0 >>      db1 | SUCCESS => {     of ansible
const ANSIBLE = /^([\w.-]{1,253}) \| (?:CHANGED|SUCCESS|FAILED|UNREACHABLE!?)(?: \| rc=-?\d{1,3} >>| => ?\{?)?\s*$/;
// [1] 14:03:20 [SUCCESS] db1     [2] 14:03:20 [SUCCESS] db2:22     of pssh
const PSSH = /^\[\d{1,5}\] \d\d:\d\d:\d\d \[(?:SUCCESS|FAILURE)\] ([\w.@-]{1,253})(?::\d{1,5})?(?:\s.*)?$/;
// Every 2.0s: free -m     db1: Mon Oct  9 14:03:20 2023       Alle 2,0s: free -m     db1: Mo 9. Okt 14:03:20 CEST 2023
const WATCH =
  /^(?:Every|Alle|Toutes les|Cada|Ogni|Co|Elke|Каждые) \d{1,6}[.,]\ds: (.{1,400}?)(?: {2,}(?:([\w.-]{1,253}): )?(\S.{10,40}))?$/;
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
// /app # vmstat 1   (venv) root@db1:~# vmstat 1   PS C:\\Users\\me> ssh db1 free   C:\\>ssh db1 free
const PROMPT =
  /^(?:\[(?:[\w.-]{1,64}@)?([\w.-]{1,64})[^\]]{0,80}\]|(?:[\w.-]{1,64}@)([\w.-]{1,64})[:~ ][^#$]{0,80}|([\w.-]{1,64}):[^#$ ]{0,80} ?|[~/][\w./-]{0,64} |(?:PS )?[A-Z]:\\[^>]{0,200}|[\w.@:~/-]{0,64})([#$>%]) ?(\S.*)?$/;
// (venv) root@db1:~# free      [14:03:20] root@db1:~# free
const BEFORE_PROMPT = /^(?:\([\w.:/-]{1,64}\) |\[\d\d:\d\d:\d\d\] (?=\S+@))/;
// ┌──(root㉿db1)-[~]      ╭─alice@db1 ~/src     above the line that is typed
const PROMPT_ABOVE = /^[┌╭][─-]{0,4}[ ([]{0,3}[\w.-]{1,64}[@㉿]([\w.-]{1,64})(?:\W.{0,120})?$/u;
// ➜  ~ vmstat 1     ❯ uptime     └─# df      ╰─$ df
const ARROWED = /^(?:.{0,120}[➜❯✗»λ]\s+|[└╰][─-]{0,4}[#$➤>] ?)(\S.*)$/u;
// ~ vmstat 1        app git:(main) free         behind the arrow
const FOLDER = /^\S{1,64}\s+(?:git:\(\S{1,80}\)\s+)?/;
// ### `vmstat 1 3`    **free -m:**    >>> uptime    <<< df -h >>>    :: ss -s ::    [ iostat -x ]    3. mpstat 1    2) free
const DECORATION =
  /^(?:[^\p{L}\p{N}/]{1,200})?(?:\d{1,2}[.)]\s{1,4})?[^\p{L}\p{N}/]{0,8}(.{0,400}?)[^\p{L}\p{N}]{0,200}$/u;
// Output of vmstat 1 3:     vmstat output:     Command: vmstat 1     $ of ticket forms
const SAID = /^(?:output of|running|executing|command|cmd|result of)\b[:\s]+[`'"]?(\S.{0,400}?)[`'"]?\s*:?$/i;

const PLAIN = /^(?:[a-zA-Z/]|\d{1,2}[^.)])(?:.{0,1000}\w)?$/;

/** Whether the line may be a marker: by what it begins with, a clock in it, or the sign of a prompt. */
export function mayMark(line: string): boolean {
  return (
    line.length <= MAX_MARKER &&
    (/^(?:[^\s\w(]|zzz|Every \d|Script |output of|running|executing|command|cmd|result of)|^\s{0,8}[`~{<]/i.test(
      line,
    ) ||
      /^[\w.@:~/-]{1,120}(?: ~ ?| )?[#$>%]|^[\w.-]{1,64}@[\w.-]{1,64}[:~ ]|^[\w.-]{1,253} \| [A-Z]|^\([\w.:/-]{1,64}\) \S|^(?:PS )?[A-Z]:\\|^[\p{L} ]{2,12} \d{1,6}[.,]\ds: /u.test(
        line,
      ) ||
      /\d[:.]\d\d[:.]\d\d|^\d{10}/.test(line))
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
    return { ...NOTHING, kind: 'log', title: typed, command: commandIn(typed), moment: momentOf(when), host };
  }
  const started = SCRIPT_STARTED.exec(text);
  if (started !== null) {
    const typed = SCRIPT_COMMAND.exec(started[2] ?? '')?.[1] ?? null;
    const command = typed === null ? null : commandIn(typed);
    return { ...NOTHING, kind: 'log', title: typed, command, moment: momentOf(started[1] ?? '') };
  }
  if (SCRIPT_DONE.test(text)) return { ...NOTHING, kind: 'log' };
  const host = (ANSIBLE.exec(text) ?? PSSH.exec(text))?.[1];
  if (host !== undefined) return { ...NOTHING, kind: 'log', host: host.replace(/^.*@/, '') };
  return null;
}

function headingMarker(text: string): Marker | null {
  const section = SUPPORTCONFIG.exec(text)?.[1];
  if (section !== undefined) return { ...NOTHING, kind: 'heading' };
  const titled = TITLED_FENCE.exec(text)?.[1];
  if (titled !== undefined) return { ...NOTHING, kind: 'heading', title: titled, command: commandIn(titled) };
  const file = FILE.exec(text)?.[1];
  if (file !== undefined) return /\/pressure\/|\/cpu\.|\/cgroup/.test(file) ? null : fileMarker(file);
  const typed = (TRACED.exec(text) ?? SAID.exec(text))?.[1];
  const traced = typed === undefined ? null : commandIn(typed);
  if (traced !== null) return { ...NOTHING, kind: 'heading', title: traced.text, command: traced };
  const decorated = isJournalMark(text) ? null : DECORATED.exec(text);
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
    ...NOTHING,
    kind: moment === null ? 'heading' : 'date',
    title: moment === null ? title : null,
    command,
    moment,
    host: hostNamed(title),
  };
}

/** The title of a section that is a host's name; null where it may be anything else. */
export function hostNamed(title: string): string | null {
  return HOST_NAME.test(title) && !NO_HOST.test(title) && commandIn(title) === null ? title : null;
}

/** A title between two rules. dshbak's and clush's are of dashes, and what is between them is whose the output is. */
export function boxedMarker([rule = '', line = '', below = '']: readonly string[]): Marker | null {
  const mark = RULE.exec(rule.trimEnd())?.[1];
  if (mark === undefined || below.trimEnd() !== rule.trimEnd() || line.length > MAX_MARKER) return null;
  const title = plainTitle(line);
  const command = commandIn(title);
  const host = command === null ? ((mark === '-' ? HOSTS.exec(line.trim())?.[1] : null) ?? hostNamed(title)) : null;
  if (command === null && host === null && !/^\p{L}[^|]{0,80}$/u.test(title)) return null;
  return { ...NOTHING, kind: 'heading', title: title === '' ? line.trim() : title, command, host, lines: 3 };
}

/** What a person's heading says, without the marks around it; what was typed behind a prompt of arrows. */
export function plainTitle(line: string): string {
  // Most lines are no title and have nothing around them.
  if (line.length > MAX_MARKER || PLAIN.test(line)) return line;
  const typed = ARROWED.exec(line)?.[1];
  if (typed !== undefined) return mayBeCommand(typed) ? typed : typed.replace(FOLDER, '');
  return DECORATION.exec(line.trim())?.[1] ?? line;
}

function fileMarker(path: string): Marker {
  return {
    ...NOTHING,
    kind: 'file',
    title: path,
    command: { text: `cat ${path}`, tool: null, interval: null, host: null, isShell: false },
  };
}

function promptMarker(line: string): Marker | null {
  const above = PROMPT_ABOVE.exec(line)?.[1];
  if (above !== undefined) return { ...NOTHING, kind: 'prompt', host: hostIn(above) };
  const text = line.replace(BEFORE_PROMPT, '');
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
  return { ...NOTHING, kind: 'prompt', title: typed === '' ? null : typed, command, host: hostIn(host) };
}

/** `~` and folders stand where hosts do in some prompts. */
function hostIn(word: string | null): string | null {
  return word === null || /^(?:~|root|sh-[\d.]+|bash-[\d.]+|localhost)$/.test(word) ? null : word;
}

function momentMarker(text: string): Marker | null {
  // Date: Mon, 09 Oct 2023 14:03:20 +0200 tells when a mail was sent, or a page.
  const moment = /^date: \p{L}{3}, /iu.test(text) ? null : momentOf(text);
  return moment === null ? null : { ...NOTHING, kind: 'date', moment };
}
