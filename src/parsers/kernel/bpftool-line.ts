/** The lines of bpftool prog show and bpftool perf show. https://github.com/libbpf/bpftool (prog.c, perf.c) */

/** The fields of a program or an attachment by the names bpftool prints; a crafted one may be called `__proto__`. */
export type Fields = Map<string, string | number>;

// 6: cgroup_skb  tag 6deef7357e7b4530  gpl        (a copy from a manual page is indented)
const PROGRAM = /^ {0,16}(\d{1,10}): ([a-z_0-9]{2,40}) {2}(?=\S)(.*)$/;
// pid 21711  fd 5: prog_id 5  kprobe  func __x64_sys_write  offset 0
const ATTACHMENT = /^ {0,16}pid (\d{1,10}) {2}fd (\d{1,10}): prog_id (\d{1,10}) {2}([a-z_0-9]{2,40}) {2}(\S.*)$/;
// 	loaded_at 2019-11-07T16:22:14+0000  uid 0        (a copy may hold blanks for the tab)
const TAIL = /^(?:\t+\S| +(?:loaded_at|xlated|btf_id|pids|metadata|verified_insns)\b)/;
/** Words that stand alone. */
const FLAGS = new Set(['gpl', 'orphaned', 'offloaded_to']);
/** Sizes in bytes, printed with the unit. */
const BYTES = /^(\d+)B$/;

/** The first line of a program; null where the line is none. */
export function programHead(line: string): Fields | null {
  const match = PROGRAM.exec(line);
  if (match === null) return null;
  const [, id = '', type = '', rest = ''] = match;
  const fields = pairsOf(rest);
  return fields.has('tag') || fields.has('name') ? new Map([['id', Number(id)], ['type', type], ...fields]) : null;
}

/** Whether the line may hold more fields of the program above. */
export function isProgramTail(line: string): boolean {
  return TAIL.test(line);
}

/** `xlated 64B  not jited  memlock 4096B  map_ids 1,2` */
export function programTail(line: string): Fields {
  return pairsOf(line.trim());
}

/** A line of bpftool perf show; null where the line is none. */
export function attachmentOf(line: string): Fields | null {
  const match = ATTACHMENT.exec(line);
  if (match === null) return null;
  const [, pid = '', fd = '', program = '', type = '', rest = ''] = match;
  const named = type.endsWith('tracepoint') ? [['tracepoint', rest.trim()] as const] : pairsOf(rest);
  return new Map<string, string | number>([
    ...([
      ['pid', Number(pid)],
      ['fd', Number(fd)],
      ['prog_id', Number(program)],
      ['type', type],
    ] as const),
    ...named,
  ]);
}

/** Pairs stand two blanks apart; after `gpl` the counters follow with one. */
function pairsOf(text: string): Fields {
  const fields: Fields = new Map();
  for (const part of text.split(/ {2,}/)) addPair(fields, part.trim());
  return fields;
}

function addPair(fields: Fields, part: string): void {
  const [word = '', ...rest] = part.split(' ');
  if (FLAGS.has(word) && rest.length !== 1) {
    fields.set(word, 'yes');
    // gpl run_time_ns 81632 run_cnt 10
    for (let i = 0; i + 1 < rest.length; i += 2) fields.set(rest[i] as string, fieldValue(rest[i + 1] as string));
  } else if (part === 'not jited') fields.set(part, 'yes');
  // run_time_ns 81632 run_cnt 10
  else if (rest.length === 3 && rest[1] === 'run_cnt') {
    fields.set(word, fieldValue(rest[0] as string));
    fields.set('run_cnt', fieldValue(rest[2] as string));
  } else if (word !== '') fields.set(word, rest.length === 0 ? 'yes' : fieldValue(rest.join(' ')));
}

function fieldValue(text: string): string | number {
  const bytes = BYTES.exec(text)?.[1];
  if (bytes !== undefined) return Number(bytes);
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

// [{"id":10,"type":"xdp",…
const JSON_BEGIN = /^\[\{\s*"(?:id|pid)":/;

/** Whether an array in lines of its own begins with these two: `bpftool -p` prints `[{` and `        "id": 10,`. */
export function beginsRecords(line: string, next: string): boolean {
  return line === '[{' && JSON_BEGIN.test(line + next);
}

/** `bpftool -j`: all of it is an array on one line; null for any other array. */
export function recordsOf(json: string): Fields[] | null {
  if (!JSON_BEGIN.test(json)) return null;
  const parsed = parsedArray(json);
  if (parsed === null || !parsed.every((record) => 'tag' in record || 'prog_id' in record)) return null;
  return parsed.map(fieldsOf);
}

function fieldsOf({ jited, ...record }: Record<string, unknown>): Fields {
  const fields: Fields = new Map();
  for (const [name, value] of Object.entries(record)) fields.set(NAMES.get(name) ?? name, plain(value));
  if (jited === false) fields.set('not jited', 'yes');
  return fields;
}

/** JSON spells two fields as other words than the plain output. */
const NAMES = new Map([
  ['bytes_xlated', 'xlated'],
  ['bytes_jited', 'jited'],
  ['bytes_memlock', 'memlock'],
  ['gpl_compatible', 'gpl'],
  ['fd_type', 'type'],
]);

function plain(value: unknown): string | number {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((item) => typeof item?.pid === 'number' && typeof item.comm === 'string')) {
    return value.map(({ pid, comm }) => `${comm}(${pid})`).join(', ');
  }
  return Array.isArray(value) && value.every((item) => typeof item !== 'object')
    ? value.join(',')
    : JSON.stringify(value);
}

function parsedArray(text: string): Record<string, unknown>[] | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every((item) => typeof item === 'object' && item !== null) ? parsed : null;
  } catch {
    return null;
  }
}
