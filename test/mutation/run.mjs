/**
 * Mutation testing by hand: `npm run mutants -- [--most N] [--seed N] [FILE…]`. Changes one operator, condition or number of the rooms
 * of verdicts at a time and runs the rooms' tests that run that place, in one process: only what imports the changed module is
 * loaded again. A change that no test notices is printed with its line: it is either the same program, or something that
 * nobody asserts. By default 40 changes of src/findings and src/signals, always the same for a seed.
 */
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { changesIn } from './changes.mjs';
import { Modules } from './modules.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const ROOMS = ['findings', 'signals'];
/** The random hosts would take as long as all others together. */
const LEFT_OUT = /\/properties\.test\.ts$/;
/** CPU seconds more than the tests took without a change, five times over: what takes longer never ends, however busy the machine is. */
const PATIENCE = 20;

function filesIn(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
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
  const all = files.length > 0 ? files : ROOMS.flatMap((room) => filesIn(join(ROOT, 'src', room), '.ts'));
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
const modules = new Modules({});
const all = files.flatMap((path) => changesIn(modules.source(path).code).map((change) => ({ path, ...change })));
const chosen = shuffled(all, seed).slice(0, most);
const tests = ROOMS.flatMap((room) => filesIn(join(ROOT, 'test', room), '.test.ts')).filter(
  (path) => !LEFT_OUT.test(path),
);

let worker = null;
/** Told the answer of the thread; each answer is waited for before the next is asked. */
let settle = () => {};

function started() {
  const made = new Worker(join(import.meta.dirname, 'worker.mjs'), { workerData: { tests, sources: files } });
  // Once for all answers: a listener for each loses answers.
  made.on('message', (answer) => settle(answer));
  made.on('error', (error) => {
    worker = null;
    settle({ killer: `ended: ${error.message}` });
  });
  return made;
}

/** Asks the thread; null where it does not answer within so many CPU seconds of this process, and is ended. */
async function ask(message, seconds) {
  worker ??= started();
  const began = process.cpuUsage();
  const answer = new Promise((resolved) => {
    settle = resolved;
  });
  const timer = setInterval(() => {
    if (cpuSince(began) >= seconds) settle(null);
  }, 1000);
  worker.postMessage(message);
  const told = await answer;
  clearInterval(timer);
  if (told !== null) return told;
  await worker.terminate();
  worker = null;
  return null;
}

function cpuSince(began) {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

const places = {};
for (const { path, from } of chosen) places[path] = [...(places[path] ?? []), from];
const first = await ask({ places }, 3600);
const { isStatic, files: suites, failed = [first.killer] } = first;
if (failed.length > 0) {
  process.stderr.write(`the tests fail without a change: mend them first\n${failed.join('\n')}\n`);
  process.exit(1);
}

/** The tests that run a place, by file, the quickest file first; of one that is run as the module is loaded all. */
function suitesOf({ path, from }) {
  const place = places[path].indexOf(from);
  return suites
    .map(({ path: file, took, tests: count, runs }) => {
      const own = runs[path][place];
      const known = runs[path].filter((each) => each.length > 0).length;
      const part = isStatic[path][place] ? 1 : own.length / count;
      // What runs more of the module tells sooner.
      return {
        path: file,
        places: isStatic[path][place] ? null : own,
        usual: took * part,
        rank: (took * part) / (1 + known ** 2),
      };
    })
    .filter(({ usual }) => usual > 0)
    .sort((a, b) => a.rank - b.rank);
}

function testsIn(running) {
  return running.every((suite) => suite.places === null)
    ? 'all'
    : running.reduce((sum, suite) => sum + suite.places.length, 0);
}

const told = { killed: 0, 'never ends': 0, SURVIVED: 0 };
for (const change of chosen) {
  const { path, from, until, to } = change;
  const { code, lineOf } = modules.source(path);
  const running = suitesOf(change);
  const usual = running.reduce((sum, each) => sum + each.usual, 0);
  const began = process.cpuUsage();
  const answer =
    running.length === 0
      ? { killer: null }
      : await ask({ path, code: code.slice(0, from) + to + code.slice(until), files: running }, PATIENCE + 5 * usual);
  const outcome = answer === null ? 'never ends' : answer.killer === null ? 'SURVIVED' : 'killed';
  told[outcome]++;
  const what = `${JSON.stringify(code.slice(from, until))} -> ${JSON.stringify(to)}`;
  const whys = {
    killed: `by: ${answer?.killer}`,
    'never ends': 'ended from outside',
    SURVIVED: running.length === 0 ? 'no test runs it' : `${testsIn(running)} tests run it`,
  };
  process.stdout.write(
    `${outcome} ${relative(ROOT, path)}:${lineOf(from)} ${what} (${cpuSince(began).toFixed(1)} s, ${whys[outcome]})\n`,
  );
}
const noticed = chosen.length - told.SURVIVED;
process.stdout.write(
  `${noticed} of ${chosen.length} of ${all.length} noticed (${Math.round((100 * noticed) / chosen.length)}%), ${told['never ends']} of them never end, seed ${seed}\n`,
);
await worker?.terminate();
process.exitCode = told.SURVIVED === 0 ? 0 : 1;
