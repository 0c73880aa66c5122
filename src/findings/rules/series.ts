/** Conditions on a signal over time: a level that lasts, or a burst that cost somebody seconds. */
import type { Signals } from '../../signals/index.ts';
import {
  evidenceOf,
  lengthOf,
  levelHeldFor,
  meanOf,
  type Spell,
  secondsOf,
  spellPast,
  type Track,
} from '../../signals/track.ts';
import { trackBasis } from '../basis.ts';
import type { Test } from '../facts.ts';
import { any, NEARLY_ALL, sumOf } from '../numbers.ts';

/** Common to every rule that asks for a lasting condition. */
export const HALF_THE_WINDOW = {
  value: 0.5,
  unit: 'of the time',
  why: 'a condition of half the window is no burst',
} as const;

export interface Lasting {
  /** 1 where the level is held long enough. */
  distance: number;
  /** Where it is past the level; null where it never is. */
  spell: Spell | null;
  mean: number;
}

/** Seconds in a row that are enough of any condition: sar's file of a day hides an incident of minutes in its averages. */
const IN_A_ROW = 60;

/**
 * How far a track is from being past a level for as long as it takes: so much of the time, or a minute without a break.
 *
 * @param share of the time that it takes
 * @param burst seconds that are enough by themselves; Infinity where only the share counts
 * @param countsMean whether a mean past the level is enough too: of a share of the time, a short burst counts by what it took
 */
export function lasting(
  track: Track,
  {
    level,
    share,
    burst = Number.POSITIVE_INFINITY,
    countsMean = false,
  }: { level: number; share: number; burst?: number; countsMean?: boolean },
): Lasting {
  const length = lengthOf(track);
  const enough = Math.min(share * length, burst);
  const spell = spellPast(track, level);
  const held = levelHeldFor(track, enough);
  const mean = meanOf(track);
  return {
    distance: any(
      held / level,
      (spell?.seconds ?? 0) / enough,
      longestIn(track, spell) / IN_A_ROW,
      countsMean ? mean / level : 0,
    ),
    spell,
    mean,
  };
}

/** The longest stretch of a spell, in seconds; 0 where nothing tells how long a value stands for. */
function longestIn(track: Track, spell: Spell | null): number {
  let [longest, current, before] = [0, 0, -2];
  for (const place of spell?.hits ?? []) {
    current = (place === before + 1 ? current : 0) + (secondsOf(track, place) ?? 0);
    longest = Math.max(longest, current);
    before = place;
  }
  return longest;
}

/** By how much a counter grew in all, from its rate. */
export function grownBy(track: Track): number {
  return sumOf(track.values.map((value, i) => value * (secondsOf(track, i) ?? 0)));
}

/** Where and when a track was seen past its level: what every test of one says of that. */
export function seenDuring(
  signals: Signals,
  track: Track,
  spell: Spell | null,
): Pick<Test, 'basis' | 'evidence' | 'since' | 'until'> {
  return {
    basis: [trackBasis(signals, track)],
    evidence: [evidenceOf(track, spell?.hits)],
    since: spell?.since ?? null,
    until: spell?.until ?? null,
  };
}

/** Whether a sentence is about the spell, not about all of the time: it is found, and how long it lasted is told (forHowLong). */
export function isOfSpell(held: Lasting): held is Lasting & { spell: Spell } {
  const { distance, spell } = held;
  return distance >= 1 && spell !== null && spell.share < NEARLY_ALL;
}

/** The mean of the time that a sentence is about. */
export function meanToSay(held: Lasting): number {
  return isOfSpell(held) ? held.spell.mean : held.mean;
}

/** The details of a spell that words need. */
export function lengthDetails(track: Track, spell: Spell | null): { seconds?: number; window?: number } {
  if (spell === null || track.seconds.some(Number.isNaN)) return {};
  return { seconds: spell.seconds, window: lengthOf(track) };
}
