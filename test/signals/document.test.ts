import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type SignalName, signals } from '../../src/datasets/signals.ts';
import { signalsDocument } from '../../src/signals/document.ts';

test('docs/signals.md is as the vocabulary and the catalogue say (npx vitest run test/signals -u makes it so)', async () => {
  await expect(signalsDocument()).toMatchFileSnapshot('../../docs/signals.md');
});

test('each signal is in the document once', () => {
  const rows = [...signalsDocument().matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  expect(rows.sort()).toEqual((Object.keys(signals) as SignalName[]).sort());
});

/** A signal that nobody asks for is no use, and one that nobody tells is no signal. */
test('a signal is named where it is told or asked for', () => {
  const src = join(import.meta.dirname, '../../src');
  const text = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('generated') && path !== 'datasets/signals.ts')
    .map((path) => readFileSync(join(src, path), 'utf8'))
    .join('\n');
  const unused = Object.keys(signals).filter(
    (name) => !text.includes(`'${name}'`) && !/^system\.pressure\./.test(name),
  );
  expect(unused).toEqual([]);
});
