/** Names of functions without their arguments, as flame graphs show them. */

export const ANONYMOUS = '(anonymous namespace)';
const CALL_OPERATOR = 'operator()';

// `run(int) const`, `run(int) &&`, `run(int) [clone .cold]`: what may stand behind a list of arguments
const QUALIFIERS = /(?: (?:const|volatile|noexcept|restrict|&&?))*$/;
const [OPENS, CLOSES] = [0x28, 0x29];
const CLONES = /(?: \[clone [^\]]*\]| \[abi:[^\]]*\])+$/;

/**
 * The name without its list of arguments, where that ends the name. Parentheses that stand anywhere else tell functions
 * apart: `main::{lambda(int)#1}::operator()`, `work(int)::Local::run`, `decltype(auto) visit<A>`, `(*conn).serve`.
 */
export function withoutArguments(name: string): string {
  if (!name.includes('(')) return name;
  const clones = name.endsWith(']') ? (CLONES.exec(name)?.[0] ?? '') : '';
  const whole = name.slice(0, name.length - clones.length);
  const body = whole.endsWith(')') ? whole : whole.slice(0, whole.length - (QUALIFIERS.exec(whole)?.[0].length ?? 0));
  const open = openingOf(body);
  if (open <= 0 || body.endsWith(ANONYMOUS)) return name;
  // `operator()` is a name; a blank before it makes it a remark: `StubRoutines (1)`.
  if (body.endsWith(CALL_OPERATOR) || body[open - 1] === ' ') return name;
  return body.slice(0, open) + clones;
}

/** Where the parenthesis opens that ends the name; -1 where none does. */
function openingOf(name: string): number {
  if (!name.endsWith(')')) return -1;
  let depth = 0;
  for (let i = name.length - 1; i >= 0; i--) {
    const code = name.charCodeAt(i);
    if (code === CLOSES) depth++;
    else if (code === OPENS && --depth === 0) return i;
  }
  return -1;
}
