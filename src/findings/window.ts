/**
 * The signals of the window alone. While the tools were being attached, compilers ran and half of the tools were not there: what
 * was seen then is of the collecting as much as of the host.
 */
import { rowsWhere } from '../datasets/columns.ts';
import type { SubjectKind } from '../datasets/finding.ts';
import type { Range } from '../datasets/narrow.ts';
import type { SignalName } from '../datasets/signals.ts';
import type { Signals } from '../signals/index.ts';
import { pick, secondsOf, type Track, timeOf } from '../signals/track.ts';

export function withinWindow(signals: Signals): Signals {
  const { window } = signals;
  if (window === null || window.from <= 0) return signals;
  const known = new Map<string, readonly Track[]>();
  return {
    ...signals,
    tracks(signal: SignalName, of?: SubjectKind): readonly Track[] {
      const key = `${signal} ${of ?? ''}`;
      const cut = known.get(key) ?? signals.tracks(signal, of).map((track) => cutTo(track, window));
      known.set(key, cut);
      return cut;
    },
  };
}

/** What was read before the window and never in it stays: uptime and free are read once, at the start. */
function cutTo(track: Track, { from }: Range): Track {
  const places = rowsWhere(track.values.length, (i) => {
    const at = timeOf(track, i);
    return at === null || at - (secondsOf(track, i) ?? 0) / 2 >= from;
  });
  return places.length === 0 || places.length === track.values.length ? track : pick(track, places);
}
