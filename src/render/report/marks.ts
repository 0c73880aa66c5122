/** Events that have a name, to stand on the clock: the incident, and when what was found began. */

import type { Capture } from '../../datasets/capture.ts';
import { rowCount, textAt } from '../../datasets/cells.ts';
import { timeAt } from '../../datasets/columns.ts';
import { type Finding, foundOf, type Severity } from '../../datasets/finding.ts';
import type { Events } from '../../datasets/shapes.ts';
import { findingGroups } from './finding-view.ts';

export interface Mark {
  /** Seconds on the axis. */
  at: number;
  /** `nightly-backup started`. */
  label: string;
  severity: Severity;
}

/** More stand too close to be told apart. */
const MAX_MARKS = 12;
/** A process that was there when tracing began did not start then. */
const JUST_BEGUN = 0.2;

/** Starts of the processes that causes name, kills for lack of memory, and kernel errors that have a time. */
export function marksOf(capture: Capture, findings: readonly Finding[]): Mark[] {
  const found = foundOf(findings);
  const causes = findingGroups(findings).map(({ finding }) => finding);
  const all = [...started(capture, causes), ...killed(capture), ...kernelErrors(found)];
  return all.sort((a, b) => a.at - b.at).slice(0, MAX_MARKS);
}

function eventsOf(capture: Capture, tool: string): Events[] {
  return capture.datasets.filter(
    (dataset): dataset is Events => dataset.shape === 'events' && dataset.tool === tool && dataset.clock === 'capture',
  );
}

/** The first exec of each process that uses what a finding is about. What follows from a cause names its children, too. */
function started(capture: Capture, found: readonly Finding[]): Mark[] {
  const severities = new Map<string, Severity>();
  for (const { actors, severity } of found)
    for (const { role, name } of actors) if (role === 'user' && !severities.has(name)) severities.set(name, severity);
  const marks = new Map<string, Mark>();
  for (const events of eventsOf(capture, 'execsnoop')) {
    const column = events.columns.findIndex(({ role }) => role === 'process');
    for (let row = 0; row < rowCount(events); row++) {
      const [name, at] = [textAt(events, row, column), timeAt(events.at, row)];
      const severity = severities.get(name);
      if (severity === undefined || at === null || at < JUST_BEGUN || marks.has(name)) continue;
      marks.set(name, { at, label: `${name} started`, severity });
    }
  }
  return [...marks.values()];
}

function killed(capture: Capture): Mark[] {
  return eventsOf(capture, 'oomkill').flatMap((events) => {
    // The last process column is the one that was killed.
    const column = events.columns.findLastIndex(({ role }) => role === 'process');
    return Array.from({ length: rowCount(events) }, (_, row): Mark[] => {
      const at = timeAt(events.at, row);
      return at === null ? [] : [{ at, label: `OOM kill: ${textAt(events, row, column)}`, severity: 'critical' }];
    }).flat();
  });
}

function kernelErrors(found: readonly Finding[]): Mark[] {
  return found.flatMap(({ subsystem, since, title, severity, isPast }): Mark[] =>
    subsystem !== 'kernel' || since === null || since <= 0 || isPast ? [] : [{ at: since, label: title, severity }],
  );
}
