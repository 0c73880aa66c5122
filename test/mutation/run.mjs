/**
 * Mutation testing by hand: `npm run mutants -- [--most N] [--seed N] [FILE…]`. Changes one operator, condition or number of the rooms
 * of verdicts at a time, in a copy of the project, and runs the rooms' tests against it. A change that no test notices is printed
 * with its line: it is either the same program, or something that nobody asserts. By default 40 changes of src/findings and
 * src/signals, always the same for a seed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
/** The copy has what the tests of these rooms read. */
const COPIED = ['src', 'test', 'samples', 'docs', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'build.mjs'];
/** What asserts these rooms; the random hosts would take as long as all others together. */
const TESTS = ['test/findings', 'test/signals', '--exclude', '**/properties.test.ts'];

/** Operators as the formatter writes them, with a space on either side; words and numbers; conditions. */
const CHANGES = [
  [/ >= /g, () => ' > '],
  [/ > /g, () => ' >= '],
  [/ <= /g, () => ' < '],
  [/ < /g, () => ' <= '],
  [/ === /g, () => ' !== '],
  [/ !== /g, () => ' === '],
  [/ && /g, () => ' || '],
  [/ \|\| /g, () => ' && '],
  [/ \+ /g, () => ' - '],
  [/ - /g, () => ' + '],
  [/ \* /g, () => ' / '],
  [/ \/ /g, () => ' * '],
  [/\bMath\.min\b/g, () => 'Math.max'],
  [/\bMath\.max\b/g, () => 'Math.min'],
  [/(?<=[^\w.])true\b(?!;)/g, () => 'false'],
  [/(?<=[ (])!(?=[\w(])/g, () => ''],
  [/(?<=[ (-])\d[\d_]*(?:\.\d+)?(?=[,;) ])/g, (number) => `${2 * Number(number.replaceAll('_', '')) + 1}`],
];

// A comment, a text, a template without what is put into it, or a regular expression.
const NOT_CODE =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.|\$(?!\{))*`|(?<=[(,=:[!&|?]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** Every change of a file: where, and what stands there then. Types, imports and texts stay as they are. */
function changesOf(file) {
  const text = readFileSync(file, 'utf8');
  const blank = (part) => part.replace(/[^\n]/g, '~');
  const code = text
    .replace(NOT_CODE, blank)
    .replace(/^import [\s\S]*?;$/gm, blank)
    .replace(/^(?:export )?(?:type|interface) [\s\S]*?^[}\]]?.*;?$/gm, (part) =>
      /^\s/.test(part) ? part : blank(part),
    )
    .replace(/=> /g, '~~~');
  return CHANGES.flatMap(([pattern, to]) =>
    [...code.matchAll(pattern)].map(({ index, 0: from }) => ({
      file,
      from: index,
      until: index + from.length,
      to: to(from),
    })),
  );
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function asked(words) {
  const [options, files] = [{ most: 40, seed: 1 }, []];
  for (let i = 0; i < words.length; i++) {
    const name = words[i].replace(/^--/, '');
    if (name !== words[i] && Object.hasOwn(options, name)) options[name] = Number(words[++i]);
    else files.push(resolve(words[i]));
  }
  const all =
    files.length > 0 ? files : [...filesIn(join(ROOT, 'src/findings')), ...filesIn(join(ROOT, 'src/signals'))];
  return { ...options, files: all };
}

/** The same order for a seed: a linear congruential generator (Numerical Recipes). */
function shuffled(items, seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

const { most, seed, files } = asked(process.argv.slice(2));
const chosen = shuffled(files.flatMap(changesOf), seed).slice(0, most);
const copy = mkdtempSync(join(tmpdir(), 'coldflame-mutants-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
for (const name of COPIED) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
for (const name of ['node_modules', 'dist']) symlinkSync(join(ROOT, name), join(copy, name));

function passes() {
  const args = ['vitest', 'run', '--project', 'program', '--maxWorkers=1', '--bail=1', '--reporter=dot', ...TESTS];
  return spawnSync('npx', args, { cwd: copy, stdio: 'ignore', timeout: 600_000 }).status === 0;
}

if (!passes()) {
  process.stderr.write('the tests fail without a change: mend them first\n');
  process.exit(1);
}
let killed = 0;
for (const { file, from, until, to } of chosen) {
  const text = readFileSync(file, 'utf8');
  const place = join(copy, relative(ROOT, file));
  writeFileSync(place, text.slice(0, from) + to + text.slice(until));
  const survived = passes();
  writeFileSync(place, text);
  if (!survived) killed++;
  const line = text.slice(0, from).split('\n').length;
  const verdict = survived ? 'SURVIVED' : 'killed';
  process.stdout.write(
    `${verdict} ${relative(ROOT, file)}:${line} ${JSON.stringify(text.slice(from, until))} -> ${JSON.stringify(to)}\n`,
  );
}
process.stdout.write(
  `${killed} of ${chosen.length} killed (${Math.round((100 * killed) / chosen.length)}%), seed ${seed}\n`,
);
process.exitCode = killed === chosen.length ? 0 : 1;
