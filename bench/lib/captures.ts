/** Real captures to measure with: perf record of this machine at work, made once and kept in bench/data. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const DATA = join(import.meta.dirname, 'data');
const LARGE_BYTES = 520_000_000;
const SMALL_BYTES = 30_000_000;
const ROUND_SECONDS = 40;
const MAX_ROUNDS = 6;

/** What the machine does meanwhile: compilers, interpreters, compression, version control, a database; what is not here is left out. */
const WORK = `
end=$(( $(date +%s) + $1 )); cd "$2"
during() { while [ "$(date +%s)" -lt $end ]; do "$@" >/dev/null 2>&1 || sleep 0.2; done; }
c() { for i in 1 2 3 4 5 6 7 8; do echo "#include <stdio.h>"; echo "#include <stdlib.h>"; done > /dev/null; echo 'int main(void){return 0;}' | gcc -O2 -x c - -o /dev/null; }
py() { python3 -c "
import ast, glob, json, re
for f in glob.glob('/usr/lib/python3*/*.py')[:120]:
    s = open(f, errors='ignore').read(); ast.dump(ast.parse(s)); json.dumps(s); re.findall(r'\\w+', s)
"; }
node_() { node --perf-basic-prof --interpreted-frames-native-stack node_modules/assemblyscript/bin/asc.js src/parsers/fold/assembly/index.ts --importMemory --optimizeLevel 3 --runtime stub --enable simd --outFile /dev/null; }
pack() { tar c /usr/include /usr/share/doc 2>/dev/null | head -c 40000000 | xz -1; find /usr -name '*.so*' | head -300 | xargs gzip -1 -c | head -c 30000000; }
sql() { sqlite3 :memory: "create table t(a,b); with recursive c(x) as (select 1 union all select x+1 from c where x<20000) insert into t select x, hex(randomblob(8)) from c; select count(*), b from t group by substr(b,1,2);"; }
vcs() { git log -p --stat; grep -r coldflame src; }
for job in c py node_ pack sql vcs; do during $job & done; wait
`;

export interface Captures {
  /** More than 500 MB of perf script, and the first 30 MB of it. */
  large: string;
  small: string;
}

/** The captures, recorded where they are not there yet. Takes perf, and the right to sample the whole machine. */
export function captures(): Captures {
  mkdirSync(DATA, { recursive: true });
  const [large, small] = [join(DATA, 'large.txt'), join(DATA, 'small.txt')];
  if (!existsSync(large)) record(large);
  if (!existsSync(small)) cut(large, small, SMALL_BYTES);
  return { large, small };
}

/** Recordings of about these sizes in MB, made once. Takes perf, and the right to sample the whole machine. */
export function recordings(megabytes: readonly number[]): { megabytes: number; path: string }[] {
  mkdirSync(DATA, { recursive: true });
  return megabytes.map((wanted) => {
    const path = join(DATA, `work-${wanted}.data`);
    if (!existsSync(path)) recordOf(path, wanted * 1e6);
    return { megabytes: Math.round(statSync(path).size / 1e6), path };
  });
}

/** A few seconds tell how much a second of work makes; then as many as it takes. */
function recordOf(path: string, bytes: number): void {
  for (let seconds = 8, size = 0, round = 0; round < 4 && Math.abs(size / bytes - 1) > 0.15; round++) {
    if (size > 0) seconds = Math.max(2, Math.round((seconds * bytes) / size));
    process.stderr.write(`recording ${seconds} s of work\n`);
    recordWork(path, seconds);
    size = statSync(path).size;
  }
}

function recordWork(data: string, seconds: number): void {
  const script = join(DATA, 'work.sh');
  writeFileSync(script, WORK);
  const work = ['sh', script, String(seconds), join(DATA, '../..')];
  execFileSync('perf', ['record', '-q', '-F', '4999', '-a', '-g', '-o', data, '--', ...work], { stdio: 'ignore' });
}

/** The same records so many times over, as one recording. */
export function repeated(path: string, times: number): string {
  const to = join(DATA, `${times}-times.data`);
  const whole = readFileSync(path);
  // The header: where its records are and how many bytes.
  const [start, size] = [40, 48].map((at) => Number(whole.readBigUInt64LE(at))) as [number, number];
  const head = Buffer.from(whole.subarray(0, start));
  head.writeBigUInt64LE(BigInt(size * times), 48);
  const file = openSync(to, 'w');
  writeSync(file, head);
  for (let i = 0; i < times; i++) writeAll(file, whole.subarray(start, start + size));
  writeAll(file, movedFeatures(whole, start + size, size * (times - 1)));
  closeSync(file);
  return to;
}

/** What stands behind the records tells of the host and of build IDs: a table of places and sizes, one for each bit of the header. */
function movedFeatures(whole: Buffer, at: number, by: number): Buffer {
  const rest = Buffer.from(whole.subarray(at));
  const bits = [72, 80, 88, 96].map((word) => whole.readBigUInt64LE(word).toString(2).replaceAll('0', '').length);
  const sections = bits.reduce((sum, count) => sum + count, 0);
  for (let i = 0; i < sections; i++) rest.writeBigUInt64LE(rest.readBigUInt64LE(i * 16) + BigInt(by), i * 16);
  return rest;
}

/** A write takes less than 2 GiB at once. */
function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, Math.min(bytes.length - done, 1 << 30));
}

function record(path: string): void {
  const data = join(DATA, 'perf.data');
  const part = `${path}.part`;
  writeFileSync(part, '');
  for (let round = 0; round < MAX_ROUNDS && statSync(part).size < LARGE_BYTES; round++) {
    process.stderr.write(`recording ${ROUND_SECONDS} s of work: ${Math.round(statSync(part).size / 1e6)} MB so far\n`);
    recordWork(data, ROUND_SECONDS);
    spawnSync('sh', ['-c', `perf script -i "${data}" >> "${part}" 2>/dev/null`]);
  }
  if (statSync(part).size > LARGE_BYTES) truncateSync(part, lastBlankLine(part, LARGE_BYTES));
  execFileSync('mv', [part, path]);
}

function cut(from: string, to: string, bytes: number): void {
  spawnSync('sh', ['-c', `head -c ${lastBlankLine(from, bytes)} "${from}" > "${to}"`]);
}

/** Where the last sample before `limit` ends. */
function lastBlankLine(path: string, limit: number): number {
  const window = Buffer.alloc(1 << 20);
  const file = openSync(path, 'r');
  readSync(file, window, 0, window.length, limit - window.length);
  closeSync(file);
  return limit - window.length + window.lastIndexOf('\n\n') + 2;
}
