/**
 * A rule to copy: to src/findings/rules/SUBSYSTEM.ts and its list there. Its name goes into src/findings/names.ts first, its sentences
 * into src/findings/say/SUBSYSTEM.ts: both are types, and what is missing does not compile.
 */
import { trackBasis } from '../../src/findings/basis.ts';
import { rule, type Test } from '../../src/findings/facts.ts';
import { collect } from '../../src/findings/steps.ts';
import { evidenceOf, meanOf, spellPast } from '../../src/signals/track.ts';

export const template = rule({
  name: 'run-queue',
  subsystem: 'cpu',
  /** Two rules on one resource explain or contradict one another. */
  resource: 'cpu',
  about: 'What it finds and why it matters, for docs/findings.md.',
  /** Signals, never columns of a tool: whatever tells them is judged. */
  asks: [{ signal: 'system.cpu.run_queue.length' }],
  thresholds: {
    perCpu: {
      value: 2,
      unit: 'runnable threads per CPU',
      why: 'where the number comes from: a book, a man page, arithmetic',
    },
  },
  /** One test for each subject and source that can tell. It is pure: no file, no clock, no sentence. */
  judge: (signals, { perCpu }) =>
    signals.tracks('system.cpu.run_queue.length').map((track): Test => {
      const mean = meanOf(track);
      const limit = perCpu * (signals.cpus ?? 1);
      const spell = spellPast(track, limit);
      return {
        subject: track.subject,
        // 1 is at the threshold and found, above 0.5 near; NaN, with `unclear`, where it cannot be judged.
        distance: mean / limit,
        severity: 'warning',
        measures: [{ signal: 'system.cpu.run_queue.length', stat: 'mean', value: mean }],
        // What was looked at for it decides whether it can be ruled out; evidence is what a reader is shown.
        basis: [trackBasis(signals, track)],
        evidence: [evidenceOf(track)],
        since: spell?.since ?? null,
        until: spell?.until ?? null,
        next: [collect('runqlat', 'perf')],
      };
    }),
});
