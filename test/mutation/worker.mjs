/** Runs the rooms' tests for one change after another; a change that never ends is ended from outside, with this thread. */
import { Session } from 'node:inspector/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { Modules, WRAPPER } from './modules.mjs';
import { gathered, runSuite, shim } from './vitest.mjs';

const { tests, sources } = workerData;
const modules = new Modules({ vitest: shim });

function suiteOf(path) {
  return gathered(path, () => modules.load(path));
}

/**
 * All tests once, without a change. For each place of each source that is asked for: the tests that run it, by file, and whether it
 * is run when the module is loaded.
 */
async function baseline(places) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const covered = async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const functions = new Map(result.map((script) => [script.url, script.functions]));
    return mapped(places, (path, at) => isRun(functions.get(pathToFileURL(path).href), at + WRAPPER.length));
  };
  const suites = tests.map(suiteOf);
  for (const path of sources) modules.load(path);
  const isStatic = await covered();
  const files = [];
  const failed = [];
  for (const suite of suites) {
    const began = process.cpuUsage();
    const runs = mapped(places, () => []);
    await runSuite(suite, async (name, error, place) => {
      if (error !== null) failed.push(`${suite.path} ${name}: ${error.message}`);
      for (const [path, isCovered] of Object.entries(await covered()))
        for (const [i, each] of isCovered.entries()) if (each) runs[path][i].push(place);
      return true;
    });
    const { user, system } = process.cpuUsage(began);
    files.push({ path: suite.path, took: (user + system) / 1e6, tests: suite.tests.length, runs });
  }
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
  return { isStatic, files, failed };
}

function mapped(places, of) {
  return Object.fromEntries(Object.entries(places).map(([path, ats]) => [path, ats.map((at) => of(path, at))]));
}

/** Whether the innermost range that holds a place was run. */
function isRun(functions = [], at) {
  let [smallest, count] = [Number.POSITIVE_INFINITY, 0];
  for (const { ranges } of functions)
    for (const range of ranges) {
      const size = range.endOffset - range.startOffset;
      if (at < range.startOffset || at >= range.endOffset || size > smallest) continue;
      [smallest, count] = [size, range.count];
    }
  return count > 0;
}

/** @param files whose tests to run, each with their places, null for all of it @returns the first that fails, null for none */
async function mutant({ path, code, files }) {
  modules.change(path, code);
  let first = null;
  try {
    for (const { path: file, places } of files) {
      const each = (name, error) => {
        if (error !== null) first = name;
        return error === null;
      };
      await runSuite(suiteOf(file), each, places ?? undefined);
      if (first !== null) break;
    }
    return first;
  } catch (error) {
    return `not loaded: ${error.message}`;
  } finally {
    modules.change(path, null);
  }
}

parentPort.on('message', async (asked) => {
  parentPort.postMessage(asked.places === undefined ? { killer: await mutant(asked) } : await baseline(asked.places));
});
