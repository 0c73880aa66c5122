/** Real captures to measure with: perf record of this machine at work, made once and kept in bench/data. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, truncateSync, writeFileSync } from 'node:fs';
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

function record(path: string): void {
  const [data, script] = [join(DATA, 'perf.data'), join(DATA, 'work.sh')];
  writeFileSync(script, WORK);
  const part = `${path}.part`;
  writeFileSync(part, '');
  for (let round = 0; round < MAX_ROUNDS && statSync(part).size < LARGE_BYTES; round++) {
    process.stderr.write(`recording ${ROUND_SECONDS} s of work: ${Math.round(statSync(part).size / 1e6)} MB so far\n`);
    const work = ['sh', script, String(ROUND_SECONDS), join(DATA, '../..')];
    execFileSync('perf', ['record', '-q', '-F', '4999', '-a', '-g', '-o', data, '--', ...work], { stdio: 'ignore' });
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
