/** Facts in words: the only place where a sentence of a finding is made, for the terminal, the page, Markdown and JSON. */
import { commas, secondsPer, shareText } from '../../datasets/amounts.ts';
import type { Actor, Measure } from '../../datasets/finding.ts';
import { meaningOf } from '../../datasets/signals.ts';
import type { Quantity, Test, Who } from '../facts.ts';
import type { RuleName } from '../names.ts';
import type { Fact } from '../verdict.ts';
import { cpuWords } from './cpu.ts';
import { diskWords } from './disk.ts';
import { kernelLogWords } from './kernel-log.ts';
import { memoryWords } from './memory.ts';
import { networkWords } from './network.ts';
import { profileWords } from './profiles.ts';
import { reasonText } from './reasons.ts';
import { amountText, labelText, threadsText, unitOf, type Words } from './words.ts';

/** What each rule says: one that lacks its words does not compile. */
export const words: Readonly<Record<RuleName, Words>> = {
  ...kernelLogWords,
  ...memoryWords,
  ...diskWords,
  ...networkWords,
  ...cpuWords,
  ...profileWords,
};

/** Of what was not found its topic, with the number that was seen: why it is not known stands beside it. */
export function titleOf({ rule, verdict, test }: Fact): string {
  const { topic, title, seen } = words[rule.name];
  if (verdict === 'found' && test !== null) return title(test);
  // What cannot be judged is no number to show.
  return test === null || Number.isNaN(test.distance) ? topic : `${topic}: ${seen(test)}`;
}

/** The plainest reason; more than one tells a tired reader no more. */
export function reasonsText(reasons: Fact['reasons']): string {
  const [first] = reasons;
  return first === undefined ? '' : reasonText(first);
}

export function detailOf({ rule, verdict, test, more = 0 }: Fact): string {
  if (verdict !== 'found' || test === null) return '';
  const rest = more === 0 ? '' : `${commas(more)} more pass the same threshold; the panel has all of them.`;
  return [...words[rule.name].details(test), rest].filter((sentence) => sentence !== '').join(' ');
}

export function measureOf(quantity: Quantity): Measure {
  const { signal, stat, value, of } = quantity;
  const { worse } = meaningOf(signal);
  return {
    signal,
    stat,
    value,
    unit: unitOf(signal, stat),
    // A count and a sum grow with the length of the capture: they say nothing of how bad it is.
    worse: stat === 'count' || stat === 'sum' ? null : worse,
    ...(of === undefined ? {} : { of }),
    label: labelText(quantity),
    text: amountText(quantity),
  };
}

export function actorOf(who: Who): Actor {
  const { role, name, pid, processes, share, threads } = who;
  const parts = [
    processes > 1 ? `${processes} processes` : '',
    threads === undefined ? '' : threadsText(threads),
    role === 'victim' ? waitedText(who) : usedText(who),
  ];
  const part = share === undefined ? {} : { share };
  return { role, name, pid, ...part, text: parts.filter((part) => part !== '').join(', ') };
}

function usedText({ quantity, share }: Who): string {
  if (quantity !== undefined) return amountText(quantity);
  return share === undefined ? '' : shareText(share);
}

/** `waited 50 s`, `83% of the waits`; of what is no time the amount alone: the memory of what was killed. */
function waitedText(who: Who): string {
  const { quantity, share } = who;
  if (quantity === undefined) return share === undefined ? '' : `${shareText(share)} of the waits`;
  const isTime = secondsPer(unitOf(quantity.signal, quantity.stat)) !== null;
  return isTime ? `waited ${amountText(quantity)}` : amountText(quantity);
}

/** The sentence of a number that was seen, for a cell of the USE table. */
export function seenText(name: RuleName, test: Test): string {
  return words[name].seen(test);
}
