/**
 * `client/flame/d3` bends d3-flame-graph and what that draws with from outside: it names their internals. Whoever takes
 * another version reads what changed there first, and runs the browser tests; then these lines are the new ones.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BENT = [
  { name: 'd3-flame-graph', version: '5.0.0', file: 'dist/d3-flamegraph.es.js', sha256: '7e2eb07775cc70ea' },
  { name: 'd3-selection', version: '3.0.1', file: 'dist/d3-selection.mjs', sha256: '45f0cfa0c4ffc565' },
  { name: 'd3-hierarchy', version: '3.1.3', file: 'dist/d3-hierarchy.mjs', sha256: 'cc421fc190901aa4' },
];

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

test.each(BENT)('$name is the version and the code that was read', ({ name, version, file, sha256 }) => {
  expect(JSON.parse(read('package.json')).devDependencies[name]).toBe(version);
  expect(
    createHash('sha256')
      .update(read('node_modules', name, file))
      .digest('hex'),
  ).toMatch(new RegExp(`^${sha256}`));
});
