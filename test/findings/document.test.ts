import { expect, test } from 'vitest';
import { findingsDocument } from '../../src/findings/document.ts';
import { rules } from '../../src/findings/index.ts';
import { parseThresholds } from '../../src/findings/thresholds.ts';
import { toolNamed } from '../../src/tools/index.ts';

test('docs/findings.md is as the rules say (npx vitest run test/findings -u makes it so)', async () => {
  await expect(findingsDocument(rules)).toMatchFileSnapshot('../../docs/findings.md');
});

test('a rule has a name of its own and asks tools that the catalogue has', () => {
  expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
  expect(rules.flatMap(({ tools }) => tools).filter((tool) => tool !== 'sar' && toolNamed(tool) === undefined)).toEqual(
    [],
  );
});

test.each([
  ['{ "run-queue": { "perCpu": 2 } }', null],
  ['{ "run-queue": { "perCpu": "2" } }', 'f: run-queue.perCpu is not a number'],
  ['{ "run-queue": { "perCPU": 2 } }', 'f: run-queue has no threshold perCPU; it has perCpu, share'],
  ['{ "runqueue": {} }', 'f: no rule is called runqueue; docs/findings.md lists them'],
  ['[]', 'f: not an object of names'],
  ['{', /^f: not JSON/],
])('thresholds %s', (text, message) => {
  if (message === null) expect(parseThresholds('f', text)).toEqual({ 'run-queue': { perCpu: 2 } });
  else expect(() => parseThresholds('f', text)).toThrow(message);
});
