import { expect, test } from 'vitest';
import { rules } from '../../src/findings/index.ts';
import { ruleNames } from '../../src/findings/names.ts';
import { parseThresholds } from '../../src/findings/thresholds.ts';
import { toolTells } from '../../src/signals/index.ts';
import { tools } from '../../src/tools/index.ts';

test('a rule has a name of its own, and asks signals that a tool of the catalogue tells', () => {
  expect(rules.map(({ name }) => name).sort()).toEqual([...ruleNames].sort());
  const untold = rules.filter(
    ({ asks }) => asks.length > 0 && !tools.some((tool) => asks.some((ask) => toolTells(tool, ask))),
  );
  // What tells it can be read, and is not collected yet.
  expect(untold.map(({ name }) => name)).toEqual([]);
});

test.each([
  ['{ "run-queue": { "perCpu": 2 } }', null],
  ['{ "run-queue": { "perCpu": "2" } }', 'f: run-queue.perCpu is not a number'],
  ['{ "run-queue": { "perCPU": 2 } }', 'f: run-queue has no threshold perCPU; it has perCpu, share, burst, seconds'],
  ['{ "runqueue": {} }', 'f: no rule is called runqueue; docs/findings.md lists them'],
  ['[]', 'f: not an object of names'],
  ['{', /^f: not JSON/],
])('thresholds %s', (text, message) => {
  if (message === null) expect(parseThresholds('f', text)).toEqual({ 'run-queue': { perCpu: 2 } });
  else expect(() => parseThresholds('f', text)).toThrow(message);
});
