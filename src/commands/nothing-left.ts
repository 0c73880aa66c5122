/** Nothing is left of stacks that were narrowed: what was asked for, and what could have been. */
import { commas } from '../datasets/amounts.ts';
import { extent } from '../datasets/extent.ts';
import type { Profile, Samples, Thread } from '../datasets/profile.ts';
import { EmptyInput } from '../errors.ts';

/** So many are named. */
const MOST_NAMED = 8;

type NarrowingName = 'comm' | 'pid' | 'tid' | 'cpu' | 'from' | 'to';

/** What was asked for, as it was typed. */
type Narrowing = Readonly<Partial<Record<NarrowingName, unknown>>>;

/** What there is of that which an option asks for; of `--from` and `--to`, which go together, the first that was given tells. */
const THERE_IS: Readonly<Record<NarrowingName, (profiles: readonly Profile[]) => string>> = {
  comm: (profiles) => namesOf(profiles, ({ comm }) => comm),
  pid: (profiles) => namesOf(profiles, ({ pid, comm }) => (pid === null ? null : `${pid} (${comm})`)),
  tid: (profiles) => namesOf(profiles, ({ tid, comm }) => (tid === null ? null : `${tid} (${comm})`)),
  cpu: (profiles) => `CPU ${mostFrequent(profiles, ({ cpu }, i) => (cpu[i] === -1 ? null : String(cpu[i])))}`,
  from: timesOf,
  to: timesOf,
};

/**
 * @param name of what was read
 * @param profiles before they were narrowed
 */
export function nothingLeft(name: string, profiles: readonly Profile[], options: Narrowing): EmptyInput {
  const given = (Object.keys(THERE_IS) as NarrowingName[]).filter((option) => (options[option] ?? '') !== '');
  const asked = given.map((option) => `--${option} ${[options[option]].flat().join(' ')}`).join(' ');
  if (profiles.every(({ samples }) => samples === null))
    return new EmptyInput(
      `${name}: ${asked} is for single samples, as perf script prints them; folded stacks name no threads, CPUs or times`,
    );
  const known = [...new Set(given.map((option) => THERE_IS[option](profiles)))].join('; ');
  return new EmptyInput(`${name}: no sample of ${asked}; there is ${known}`);
}

function namesOf(profiles: readonly Profile[], nameOf: (thread: Thread) => string | null): string {
  return mostFrequent(profiles, ({ thread }, i, { threads }) => nameOf(threads[thread[i] as number] as Thread));
}

/** The names of the samples, those of most samples first; a sample whose name was not printed has none. */
function mostFrequent(
  profiles: readonly Profile[],
  nameOf: (samples: Samples, i: number, profile: Profile) => string | null,
): string {
  const counts = new Map<string, number>();
  for (const profile of profiles)
    for (let i = 0; i < (profile.samples?.stack.length ?? 0); i++) {
      const name = nameOf(profile.samples as Samples, i, profile);
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  const names = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ') || 'none'}${more > 0 ? ` and ${commas(more)} more` : ''}`;
}

function timesOf(profiles: readonly Profile[]): string {
  const spans = profiles.flatMap(({ samples }) => extent((samples?.at ?? []).filter((at) => !Number.isNaN(at))));
  const [first, last] = extent(spans);
  return first <= last ? `${commas(first, 3)} s to ${commas(last, 3)} s` : 'no time';
}
