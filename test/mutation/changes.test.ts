/** What of a module a mutant may change: code, whatever quotes stand in comments, and nothing of texts. */
import { expect, test } from 'vitest';

const { changesIn, codeOf } = (await import(new URL('changes.mjs', import.meta.url).href)) as {
  codeOf(js: string): string;
  changesIn(js: string): { from: number; until: number; to: string }[];
};

/** As many characters, so that places stay. */
const blanked = (text: string) => text.replace(/[^\n]/g, '~');

test.each([
  // A quote in a comment hides nothing that follows.
  ["// it's\na > b; // don't", `${blanked("// it's")}\na > b; ${blanked("// don't")}`],
  ['/* "one */ a > b /* two" */', `${blanked('/* "one */')} a > b ${blanked('/* two" */')}`],
  ['f("a > b", c > d)', 'f("~~~~~", c > d)'],
  ["f('it\\'s > ', c > d)", "f('~~~~~~~~', c > d)"],
  // Texts of templates, not what is put into them; templates in templates.
  ['`a > @{b > `c > @{d > e}`} > f`', '`~~~~@{b > `~~~~@{d > e}`}~~~~`'],
  // Regular expressions, with a stroke in a class, and divisions.
  ['x = /[/"]> a/g; b > c', 'x = /~~~~~~~~~; b > c'],
  ['return /> a/.test(b) && b / c > d / e', 'return /~~~~.test(b) && b / c > d / e'],
  ['(a + b) / c > d / e', '(a + b) / c > d / e'],
])('%s', (js, code) => {
  const put = (text: string) => text.replaceAll('@', '$');
  expect(codeOf(put(js))).toBe(put(code));
});

test('operators, conditions and numbers, and nothing that esbuild puts around', () => {
  const js = `var __x = (a) => a > 1;
module.exports = __toCommonJS(m_exports);
// don't
const f = (a, b) => a >= 10 && !b;
0 && (module.exports = {
`;
  const changed = changesIn(js).map(({ from, until, to }) => `${js.slice(from, until)}${to}`);
  expect(changed.sort()).toEqual([' &&  || ', ' >=  > ', '!', '1021']);
});
