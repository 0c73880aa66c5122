// bench/fold.ts
import { spawnSync as spawnSync3 } from "node:child_process";
import { statSync as statSync2 } from "node:fs";
import { join as join3 } from "node:path";

// bench/lib/agreement.ts
import { readFileSync } from "node:fs";
var faults = [
  { name: "samples without a stack are lost", change: (frames) => frames.length === 1 ? null : frames },
  { name: "samples of tasks that have exited are lost", change: (frames) => frames[0] === ":-1" ? null : frames },
  {
    name: "frames in an anonymous namespace are lost",
    change: (frames) => frames.filter((frame) => !frame.startsWith("(anonymous namespace)"))
  },
  {
    name: "names are cut inside template arguments and at operator()",
    change: (frames) => frames.map((frame) => /\.\(/.test(frame) ? frame : frame.replace(/\((?!anonymous namespace\)).*/, ""))
  },
  {
    name: "deleted modules become `[unknown] `",
    change: (frames) => frames.map((frame) => /^\[(?!unknown\]$).*\]$|^\[unknown\] $/.test(frame) ? "[?]" : frame)
  }
];
function agreement(ourPath, theirPath) {
  let [ours2, theirs] = [weightsIn(ourPath), weightsIn(theirPath)];
  const total = sumOf(ours2);
  const lines = [`${ours2.size} stacks and ${total} of weight against ${theirs.size} and ${sumOf(theirs)}`];
  let apart = difference(ours2, theirs);
  lines.push(`${ours2.size - apart} stacks are the same`);
  for (const { name, change } of faults) {
    [ours2, theirs] = [changed(ours2, change), changed(theirs, (frames) => change(frames) ?? frames)];
    const left = difference(ours2, theirs);
    if (left !== apart) lines.push(`${apart - left} differ because ${name}`);
    apart = left;
  }
  return [...lines, `${apart} differ for no known reason`].map((line) => `- ${line}`).join("\n");
}
function weightsIn(path) {
  const weights = /* @__PURE__ */ new Map();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const space = line.lastIndexOf(" ");
    if (space > 0)
      weights.set(line.slice(0, space), (weights.get(line.slice(0, space)) ?? 0) + Number(line.slice(space + 1)));
  }
  return weights;
}
function changed(weights, change) {
  const result = /* @__PURE__ */ new Map();
  for (const [stack, weight] of weights) {
    const frames = change(stack.split(";"));
    if (frames === null) continue;
    const text = frames.join(";");
    result.set(text, (result.get(text) ?? 0) + weight);
  }
  return result;
}
function difference(ours2, theirs) {
  const apart = /* @__PURE__ */ new Set();
  for (const [stack, weight] of ours2) if (theirs.get(stack) !== weight) apart.add(stack);
  for (const [stack, weight] of theirs) if (ours2.get(stack) !== weight) apart.add(stack);
  return apart.size;
}
function sumOf(weights) {
  return [...weights.values()].reduce((sum, weight) => sum + weight, 0);
}

// bench/lib/captures.ts
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
var DATA = join(import.meta.dirname, "data");
var LARGE_BYTES = 52e7;
var SMALL_BYTES = 3e7;
var ROUND_SECONDS = 40;
var MAX_ROUNDS = 6;
var WORK = `
end=$(( $(date +%s) + $1 )); cd "$2"
during() { while [ "$(date +%s)" -lt $end ]; do "$@" >/dev/null 2>&1 || sleep 0.2; done; }
c() { for i in 1 2 3 4 5 6 7 8; do echo "#include <stdio.h>"; echo "#include <stdlib.h>"; done > /dev/null; echo 'int main(void){return 0;}' | gcc -O2 -x c - -o /dev/null; }
py() { python3 -c "
import ast, glob, json, re
for f in glob.glob('/usr/lib/python3*/*.py')[:120]:
    s = open(f, errors='ignore').read(); ast.dump(ast.parse(s)); json.dumps(s); re.findall(r'\\w+', s)
"; }
node_() { node --perf-basic-prof node_modules/esbuild/bin/esbuild src/cli.ts --bundle --platform=node --outfile=/dev/null; node build.mjs --help; node node_modules/typescript/bin/tsc --noEmit; }
pack() { tar c /usr/include /usr/share/doc 2>/dev/null | head -c 40000000 | xz -1; find /usr -name '*.so*' | head -300 | xargs gzip -1 -c | head -c 30000000; }
sql() { sqlite3 :memory: "create table t(a,b); with recursive c(x) as (select 1 union all select x+1 from c where x<20000) insert into t select x, hex(randomblob(8)) from c; select count(*), b from t group by substr(b,1,2);"; }
vcs() { git log -p --stat; grep -r coldflame src; }
for job in c py node_ pack sql vcs; do during $job & done; wait
`;
function captures() {
  mkdirSync(DATA, { recursive: true });
  const [large, small] = [join(DATA, "large.txt"), join(DATA, "small.txt")];
  if (!existsSync(large)) record(large);
  if (!existsSync(small)) cut(large, small, SMALL_BYTES);
  return { large, small };
}
function record(path) {
  const [data, script] = [join(DATA, "perf.data"), join(DATA, "work.sh")];
  writeFileSync(script, WORK);
  const part = `${path}.part`;
  writeFileSync(part, "");
  for (let round = 0; round < MAX_ROUNDS && statSync(part).size < LARGE_BYTES; round++) {
    process.stderr.write(`recording ${ROUND_SECONDS} s of work: ${Math.round(statSync(part).size / 1e6)} MB so far
`);
    const work = ["sh", script, String(ROUND_SECONDS), join(DATA, "../..")];
    execFileSync("perf", ["record", "-q", "-F", "4999", "-a", "-g", "-o", data, "--", ...work], { stdio: "ignore" });
    spawnSync("sh", ["-c", `perf script -i "${data}" >> "${part}" 2>/dev/null`]);
  }
  if (statSync(part).size > LARGE_BYTES) truncateSync(part, lastBlankLine(part, LARGE_BYTES));
  execFileSync("mv", [part, path]);
}
function cut(from, to, bytes) {
  spawnSync("sh", ["-c", `head -c ${lastBlankLine(from, bytes)} "${from}" > "${to}"`]);
}
function lastBlankLine(path, limit) {
  const window = Buffer.alloc(1 << 20);
  const file = openSync(path, "r");
  readSync(file, window, 0, window.length, limit - window.length);
  closeSync(file);
  return limit - window.length + window.lastIndexOf("\n\n") + 2;
}

// bench/lib/race.ts
import { spawnSync as spawnSync2 } from "node:child_process";
import { existsSync as existsSync2, readFileSync as readFileSync2 } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
var TIME = "/usr/bin/time";
function race(runners, rounds) {
  const runs = runners.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [i, { command }] of runners.entries()) {
      const run = once(command);
      if (round > 0 && run !== null) runs[i]?.push(run);
    }
  }
  return runners.flatMap(({ name }, i) => {
    const own = runs[i] ?? [];
    if (own.length < rounds) return [];
    const peaks = own.map(({ peak }) => peak).filter((peak) => peak !== null);
    return [
      {
        name,
        seconds: median(own.map(({ seconds }) => seconds)),
        peakMegabytes: peaks.length === 0 ? null : median(peaks) / 1024
      }
    ];
  });
}
function once(command) {
  const started = process.hrtime.bigint();
  const line = `exec ${existsSync2(TIME) ? `${TIME} -f %M ` : ""}${command} >/dev/null`;
  const { status, stderr } = spawnSync2("sh", ["-c", line], { encoding: "utf8" });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const peak = Number(stderr.trim().split("\n").at(-1));
  return status === 0 ? { seconds, peak: Number.isFinite(peak) && peak > 0 ? peak : null } : null;
}
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
function table(timings) {
  const first = timings[0]?.seconds ?? 1;
  const rows = timings.map(({ name, seconds, peakMegabytes }) => {
    const peak = peakMegabytes === null ? "" : peakMegabytes.toFixed(0);
    return `| ${name} | ${seconds.toFixed(3)} | ${(seconds / first).toFixed(2)} | ${peak} |`;
  });
  return ["| | seconds | times ours | peak MB |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
function has(program) {
  return spawnSync2("sh", ["-c", `command -v ${program}`]).status === 0;
}
function machine() {
  const load = existsSync2("/proc/loadavg") ? readFileSync2("/proc/loadavg", "utf8").split(" ")[0] : "?";
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model ?? "CPU unknown"}, ${availableParallelism()} cores, ${memory} GB, Node ${process.version}, load ${load}`;
}
function versionOf(command) {
  return spawnSync2("sh", ["-c", `${command} 2>&1`], { encoding: "utf8" }).stdout.trim().split("\n")[0] ?? "";
}

// bench/lib/results.ts
import { existsSync as existsSync3, readFileSync as readFileSync3, writeFileSync as writeFileSync2 } from "node:fs";
import { join as join2 } from "node:path";
var PATH = join2(import.meta.dirname, "RESULTS.md");
function writeResults(name, text) {
  const before = existsSync3(PATH) ? readFileSync3(PATH, "utf8") : "# Measured\n\n`npm run bench -- NAME` measures again.\n";
  const [head = "", ...sections] = before.split(/^(?=## )/m);
  const others = sections.filter((section2) => !section2.startsWith(`## ${name}
`));
  const all = [...others, `## ${name}

${text.trim()}

`].sort();
  writeFileSync2(PATH, `${head.trimEnd()}

${all.map((section2) => `${section2.trim()}
`).join("\n")}`);
  process.stdout.write(`${text.trim()}
`);
}

// bench/fold.ts
var PROGRAM = join3(import.meta.dirname, "../dist/coldflame.js");
var ROUNDS = 5;
var PERL_ROUNDS = 2;
function fold(folder) {
  const { small, large } = captures();
  const sections = [
    `${machine()}; ${versionOf("inferno-collapse-perf --version")}. Whole processes in turn, output thrown away, medians of ${ROUNDS}.`,
    section("small", small),
    `${table(race([ours("export"), { name: "node -e 0", command: "node -e 0" }].map(starting), ROUNDS))}`,
    section("large", large),
    perl(large),
    growth(large),
    same(large, folder),
    conserved(large, folder)
  ];
  writeResults("fold", sections.filter((text) => text !== "").join("\n\n"));
}
function ours(command, path = "") {
  return { name: "coldflame", command: `node "${PROGRAM}" ${command}${path && ` "${path}" --format folded`}` };
}
function starting(runner) {
  return runner.name === "coldflame" ? { name: "coldflame --version", command: `node "${PROGRAM}" --version` } : runner;
}
function section(name, path) {
  const runners = [ours("export", path), { name: "wc -l", command: `wc -l "${path}"` }];
  if (has("inferno-collapse-perf")) {
    runners.push({ name: "inferno-collapse-perf", command: `inferno-collapse-perf "${path}"` });
    runners.push({ name: "inferno-collapse-perf, 1 thread", command: `inferno-collapse-perf -n 1 "${path}"` });
  }
  return `**${name}**, ${(statSync2(path).size / 1e6).toFixed(0)} MB

${table(race(runners, ROUNDS))}`;
}
function perl(path) {
  if (!has("stackcollapse-perf.pl")) return "stackcollapse-perf.pl is not on the PATH.";
  return table(
    race(
      [ours("export", path), { name: "stackcollapse-perf.pl", command: `stackcollapse-perf.pl "${path}"` }],
      PERL_ROUNDS
    )
  );
}
function growth(path) {
  const timings = [1, 2, 4, 8].map((times) => {
    const input = Array(times).fill(`"${path}"`).join(" ");
    return {
      name: `${times} times the large file, through a pipe`,
      command: `sh -c 'cat ${input} | node "${PROGRAM}" export - --format folded'`
    };
  });
  return table(race(timings, 1));
}
function same(path, folder) {
  if (!has("inferno-collapse-perf")) return "";
  const [mine, theirs] = [join3(folder, "ours.folded"), join3(folder, "theirs.folded")];
  spawnSync3("sh", [
    "-c",
    `node "${PROGRAM}" export "${path}" --format folded > "${mine}"; inferno-collapse-perf "${path}" > "${theirs}" 2>/dev/null`
  ]);
  return `Ours against inferno's on the large file:

${agreement(mine, theirs)}`;
}
function conserved(path, folder) {
  const counted = `awk '/^[^ \\t#]/ { for (i = 2; i < NF; i++) if ($i ~ /^[0-9]+\\.[0-9]+:$/) { samples++; weight += $(i + 1) } } END { printf "%d samples, %.0f of weight", samples, weight }'`;
  const mine = join3(folder, "ours.folded");
  const byAwk = versionOf(`${counted} "${path}"`);
  const folded = versionOf(`awk '{ weight += $NF } END { printf "%.0f of weight", weight }' "${mine}"`);
  return `Conserved: awk counts ${byAwk}; the folded stacks hold ${folded}.`;
}
export {
  fold as default
};
