/** What a copy from a terminal holds beside what the tool printed: the prompt, `^C`, cleared screens, and what people cut. */
import type { Head } from './grammar.ts';

// # ./opensnoop -T   root@db1:~/my tools# iostat -x 1   [root@db1 tools]# opensnoop   sh-5.2$ sudo opensnoop   $
const PROMPT = /^(?:\[[^\]]{1,80}\]|[\w.@:~/-]{1,120}|[\w.-]{1,64}@[\w.-]{1,64}:[^#$]{0,80})?[#$](?: \S|$)/;
// ...   ......   [...]   [..]   [...   [...truncated...]   [... more of it]   ... (omitted for brevity)   <screen clears>
const CUT = /^\s*(?:\[\.{2,3}[^\]]*\]?|\.{3,}\]?(?: \([^)]*\))?|<screen clears>)$/;
// (END)   --More--   --More--(15%)   lines 1-24/100 (END)     of a pager       [1]+  Stopped     vmstat 1     of a shell
const PAGED =
  /^\s*(?:\(END\)|--More--(?:\(\d{1,3}%\))?|lines \d+-\d+(?:\/\d+)?(?: \(END\))?|\[\d{1,3}\][+-]? +(?:\d{1,10}|(?:Stopped|Done|Terminated|Running)(?: .*)?))$/;
// ^CAttached 3 probes   ^C^C   sshd: 14^C
const INTERRUPT = /^(?:\^C)+|\^C$/g;

/** Whether the line is a shell's prompt, with a command or alone. */
export function isPrompt(line: string): boolean {
  return PROMPT.test(line);
}

/** Whether the line stands for lines that somebody left out, or for where a page of them ended. */
export function isCut(line: string): boolean {
  return CUT.test(line) || PAGED.test(line);
}

/** The line without the `^C` that was typed to stop the tool: it stands before or behind whatever was printed next. */
export function withoutInterrupt(line: string): string {
  // Asked of every line of most files.
  return line.includes('^C') ? line.replace(INTERRUPT, '') : line;
}

const ESCAPE = '\u001b';
/** As many as clear a screen. */
const MAX_ESCAPES = 16;

/** The line without what a terminal was told before it, the clearing of the screen, and without `^C`. */
export function withoutTerminal(line: string): string {
  let text = line;
  for (let i = 0; i < MAX_ESCAPES && text.startsWith(`${ESCAPE}[`); i++) {
    let end = 2;
    while (end < text.length && /[0-9;?]/.test(text[end] as string)) end++;
    text = text.slice(end + 1);
  }
  return withoutInterrupt(text);
}

/** Lines that stand around a tool's output without being of it: blank ones, `^C`, `[...]`, a shell's prompt. */
export function isPreamble(line: string): boolean {
  const text = withoutInterrupt(line);
  return text.trim() === '' || isCut(text) || isPrompt(text);
}

/** The first line that says what the file is, and those after it; blank and preamble lines before it are left out. */
export function firstLines(head: Head, isNoise: (line: string) => boolean = isPreamble): readonly string[] {
  const first = head.lines.findIndex((line) => !isNoise(line));
  return first < 0 ? [] : head.lines.slice(first);
}
