/** A user's own thresholds, from a file. */
import { UserError } from '../errors.ts';
import { rules, type ThresholdOverrides } from './index.ts';

/**
 * @param name of the file, for messages
 * @param text JSON: `{ "run-queue": { "perCpu": 2 } }`
 * @throws UserError when it is not JSON, or names a rule or threshold that is not known, or sets one to no number: a
 *   threshold that silently stays as it was would be a wrong answer.
 */
export function parseThresholds(name: string, text: string): ThresholdOverrides {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name}: not JSON (${(error as Error).message})`, 2);
  }
  for (const [ruleName, limits] of entriesOf(name, value)) {
    const rule = rules.find((known) => known.name === ruleName);
    if (rule === undefined)
      throw new UserError(`${name}: no rule is called ${ruleName}; docs/findings.md lists them`, 2);
    for (const [limit, number] of entriesOf(`${name}: ${ruleName}`, limits)) {
      if (!Object.hasOwn(rule.thresholds, limit)) {
        const known = Object.keys(rule.thresholds).join(', ') || 'none';
        throw new UserError(`${name}: ${ruleName} has no threshold ${limit}; it has ${known}`, 2);
      }
      if (typeof number !== 'number') throw new UserError(`${name}: ${ruleName}.${limit} is not a number`, 2);
    }
  }
  return value as ThresholdOverrides;
}

function entriesOf(where: string, value: unknown): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UserError(`${where}: not an object of names`, 2);
  return Object.entries(value);
}
