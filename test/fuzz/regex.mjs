// node test/fuzz/regex.mjs: how the time of each regular expression of src grows with the line, up to 1,000,000 characters. A line is what
// stands in the comment above the expression, with one character of it or of the expression drawn out. Says which grow faster than the line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';

/** The pump under which it takes longest at this length is the one that is looked at. */
const FIRST = 3_000;
const LENGTHS = [1_000, 10_000, 100_000, 1_000_000];
/** Milliseconds: what takes longer is not tried on a longer line. */
const LONGEST = 2_000;
/** On a busy machine it gets no more than a part of the CPU. */
const PATIENCE = 4;
/** A line ten times as long may take so many times as long; what takes less than this to read says nothing. */
const [GROWTH, TELLING] = [30, 20];
// = /^a\/b[/]$/u;      (/x/.test      : /y/g,      a slash elsewhere divides, or begins a comment
const LITERAL =
  /(?<=(?:[(,=:[!&|?{};]|\breturn|^)\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[dgimsuvy]*/gm;
const CONTEXT = createContext({ input: '' });
const ROOT = join(import.meta.dirname, '../../src');

const files = readdirSync(ROOT, { recursive: true }).filter((name) => /\.ts$/.test(name) && !/generated/.test(name));
const expressions = files.flatMap((file) => expressionsIn(file));
let slow = 0;
for (const expression of expressions)
  for (const { where, source, pump, times } of growthOf(expression)) {
    slow++;
    const shown = `${where}: ${source.slice(0, 160)}\n    ${JSON.stringify(pump)}: ${times.map((time) => time.toFixed(1)).join(', ')} ms\n`;
    process.stdout.write(shown);
  }
process.stdout.write(`${expressions.length} expressions, ${slow} grow faster than the line\n`);

function expressionsIn(file) {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(LITERAL)].flatMap(({ 0: source, index }) => {
    const line = text.slice(0, index).split('\n').length - 1;
    const isComment = /^\s*(?:\/\/|\*|\/\*)/.test(text.split('\n')[line].slice(0, 12));
    return isComment || !isExpression(source)
      ? []
      : [{ where: `src/${file}:${line + 1}`, source, lines: commentsAbove(text, line) }];
  });
}

/** Slashes stand in texts, too. */
function isExpression(source) {
  try {
    new Script(`(${source})`);
    return true;
  } catch {
    return false;
  }
}

/** The lines that the expression is said to read; they stand apart by several blanks. */
function commentsAbove(text, line) {
  const lines = text.split('\n');
  const said = [];
  for (let at = line - 1; at >= 0 && at > line - 4; at--) {
    const comment = /^\s*(?:\/\/|\*) ?(.*)$/.exec(lines[at]);
    if (comment === null) continue;
    said.push(...comment[1].split(/ {6,}/));
  }
  return said.filter((each) => each !== '').slice(0, 4);
}

/** The pumps under which it grows: the worst alone. */
function growthOf({ where, source, lines }) {
  const pumps = new Set(
    [...'a1A .:-/_("=,;[<|\t\r%+@#{\\', ...(source.match(/[^\\^$*?+(){}[\]|]/g) ?? [])].slice(0, 32),
  );
  const seeds = ['', ...lines];
  let worst = null;
  for (const seed of seeds)
    for (const pump of pumps)
      for (const at of seed === '' ? [0] : [0, Math.floor(seed.length / 2), seed.length]) {
        const input = (n) => `${seed.slice(0, at)}${pump.repeat(n)}${seed.slice(at)}\u0001`;
        const time = timeOf(source, input(FIRST));
        if (worst === null || time > worst.time) worst = { time, input, pump: `${seed.slice(0, at)}${pump}…` };
      }
  const times = [];
  for (const length of LENGTHS) {
    times.push(Math.min(timeOf(source, worst.input(length)), timeOf(source, worst.input(length))));
    if (times.at(-1) > LONGEST) break;
  }
  const last = times.at(-1);
  // Against every shorter line: of one that took long by chance the longer ones tell.
  const grows =
    last > TELLING &&
    times.slice(0, -1).some((time, i) => last > GROWTH * 10 ** (times.length - 2 - i) * Math.max(time, 0.05));
  return grows ? [{ where, source, pump: worst.pump, times }] : [];
}

/** Milliseconds of one look, or of one replacement of all; LONGEST + 1 where it does not end by then. */
function timeOf(source, input) {
  const isGlobal = /\/[a-z]*g[a-z]*$/.test(source);
  CONTEXT.input = input;
  const script = new Script(isGlobal ? `input.replace(${source}, '')` : `(${source}).exec(input)`);
  const [before, began] = [process.cpuUsage(), performance.now()];
  try {
    script.runInContext(CONTEXT, { timeout: PATIENCE * LONGEST });
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return LONGEST + 1;
  }
  // The wall's clock counts what others took on a busy machine, the CPU's what V8's other threads did.
  const { user, system } = process.cpuUsage(before);
  return Math.min((user + system) / 1000, performance.now() - began);
}
