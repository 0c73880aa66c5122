/** What the rooms' tests use of vitest, in one process: tests are gathered and run one after another, expectations are vitest's own. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  addCustomEqualityTesters,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** The file whose tests are gathered or run. */
let file = '';
let suite = null;

const expect = Object.assign((value, message) => chai.expect(value, message), {
  ...chai.expect,
  ...globalThis[ASYMMETRIC_MATCHERS_OBJECT],
  getState: () => getState(expect),
  setState: (state) => setState(state, expect),
  addEqualityTesters: addCustomEqualityTesters,
});
globalThis[GLOBAL_EXPECT] = expect;
setState({ assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null }, expect);
chai.Assertion.addMethod('toMatchFileSnapshot', async function (path) {
  const wanted = readFileSync(resolve(dirname(file), path), 'utf8');
  if (this._obj !== wanted) throw new Error(`not what ${path} says`);
});

function test(name, run) {
  suite.tests.push({ name, run });
}
const rowOf = (row) => (Array.isArray(row) ? row : [row]);
test.each = (rows) => (name, run) => {
  for (const [i, row] of rows.entries()) test(`${name} ${i}`, () => run(...rowOf(row)));
};
test.skipIf = (isSkipped) => (isSkipped ? () => {} : test);
test.runIf = (isRun) => test.skipIf(!isRun);
function describe(_name, gather) {
  gather();
}
describe.each = (rows) => (_name, gather) => {
  for (const row of rows) gather(...rowOf(row));
};
describe.skipIf = (isSkipped) => (isSkipped ? () => {} : describe);

export const shim = {
  test,
  it: test,
  describe,
  expect,
  beforeAll: (run) => suite.before.push(run),
  afterAll: (run) => suite.after.push(run),
};

/** Of a machine with other work to do: more than vitest.config.ts has. */
const MOST_MILLISECONDS = 300_000;

/** What waits for something that never comes is an error. */
async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), MOST_MILLISECONDS);
  });
  await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The tests of a file. `load` runs its text. */
export function gathered(path, load) {
  file = path;
  suite = { path, tests: [], before: [], after: [] };
  load();
  return suite;
}

/**
 * Runs a file's tests, or those at some places, as long as `each` says so: it is told the name of every one, the error or null, and
 * its place.
 */
export async function runSuite({ path, tests, before, after }, each, places = tests.keys()) {
  file = path;
  const errorOf = async (run) => {
    try {
      await inTime(run());
      return null;
    } catch (error) {
      return error;
    }
  };
  try {
    for (const run of before) await run();
    for (const place of places) {
      const { name, run } = tests[place];
      if (!(await each(name, await errorOf(run), place))) break;
    }
  } finally {
    for (const run of after) await errorOf(run);
  }
}
