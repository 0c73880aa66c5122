/** Names of functions without their arguments, as flame graphs show them. */

export const ANONYMOUS = '(anonymous namespace)';

/**
 * The name up to its arguments: the first parenthesis outside of template arguments that is neither
 * `(anonymous namespace)` nor of `operator()`. Where angle brackets do not match, the first of all.
 */
export function withoutArguments(name: string): string {
  let depth = 0;
  let first = -1;
  for (let i = 0; i < name.length; i++) {
    const char = name[i];
    if (char === '(') {
      if (name.startsWith(ANONYMOUS, i)) i += ANONYMOUS.length - 1;
      else if (name.startsWith('operator()', i - 8)) i++;
      else if (depth === 0) return name.slice(0, i);
      else if (first < 0) first = i;
    } else if (char === '<' && !isOperator(name, i)) depth++;
    else if (char === '>' && depth > 0 && name[i - 1] !== '-' && name[i - 1] !== '=' && !isOperator(name, i)) depth--;
  }
  return depth > 0 && first >= 0 ? name.slice(0, first) : name;
}

/** Whether the bracket at `i` belongs to `operator<`, `operator<<`, `operator>=` and the like. */
function isOperator(name: string, i: number): boolean {
  return name.endsWith('operator', i) || name.slice(Math.max(0, i - 9), i) === `operator${name[i]}`;
}
