/** Folded stacks, against sorting whole lines. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import { toFolded } from '../../src/exports/folded.ts';

type Stack = { names: [name: string, kind: FrameKind][]; weight: number };

function folded(stacks: readonly Stack[]): string {
  const builder = new ProfileBuilder({ samples: false });
  for (const { names, weight } of stacks)
    builder.add(
      names.reduce((node, [name, kind]) => builder.child(node, builder.frame(name, kind)), 0),
      weight,
    );
  // A chunk is gone when the next one is asked for.
  let text = '';
  for (const chunk of toFolded(builder.build())) text += new TextDecoder().decode(chunk);
  return text;
}

function sortedLines(stacks: readonly Stack[]): string {
  const weights = new Map<string, number>();
  for (const { names, weight } of stacks) {
    const stack = names.map(([name, kind]) => (kind === FrameKind.inlined ? `${name}_[i]` : name)).join(';');
    weights.set(stack, (weights.get(stack) ?? 0) + weight);
  }
  const lines = [...weights].filter(([, weight]) => weight !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([stack, weight]) => `${stack} ${weight}\n`).join('');
}

// What stands before and behind `;` in the order of characters, beginnings of one another, and more than one byte.
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'a!',
    'ab',
    'a<',
    'b',
    'é',
    '漢字',
    'x'.repeat(300),
    '\u{10000}',
    '\ue000',
    '\uffee',
    'name of',
    'name of eight',
    'name of eight!',
  ),
  fc.string({
    unit: fc.constantFrom('x', '\0', 'é', '\u{1f525}', '\ufb00', '<', 'abcdefg'),
    minLength: 1,
    maxLength: 20,
  }),
);
const kind = fc.constantFrom(FrameKind.user, FrameKind.kernel, FrameKind.inlined);
const weight = fc.constantFrom(0, 1, 7, 9, 10, 1234567, 2 ** 53, 0.5, -1, 1e21);
const stack = fc.record({ names: fc.array(fc.tuple(name, kind), { maxLength: 5 }), weight });

test('lines are those of sorted stacks, frames of the same text together', () => {
  fc.assert(fc.property(fc.array(stack, { maxLength: 40 }), (stacks) => folded(stacks) === sortedLines(stacks)));
});

test('a stack 100,000 frames deep is one line, and more than a chunk of lines all arrive', () => {
  const deep: Stack = { names: Array(100_000).fill(['frame', FrameKind.user]), weight: 3 };
  expect(folded([deep])).toBe(`${Array(100_000).fill('frame').join(';')} 3\n`);
  const many = Array.from(
    { length: 40_000 },
    (_, i): Stack => ({ names: [[`frame ${i}`, FrameKind.user]], weight: i + 1 }),
  );
  expect(folded(many)).toBe(sortedLines(many));
});
