/** Kernel messages that several files of a capture tell: dmesg, dmesg -T and /var/log/messages have the same ones. */
import type { Capture } from './capture.ts';
import { eventsAt, textAt } from './cells.ts';
import { hasTime, rowsWhere } from './columns.ts';
import type { Events } from './shapes.ts';

const MESSAGE = 'message';

/**
 * Leaves each message in one dataset: in that which tells its time on the axis of the others, or at all, and of those in the longest.
 * Notes on the others say so.
 */
export function tellOnce(capture: Capture): void {
  const logs = capture.datasets.filter(isLog);
  const inOrder = logs.toSorted((a, b) => timeKnown(b) - timeKnown(a) || b.lines.length - a.lines.length);
  const told = new Map<string, number>();
  for (const log of inOrder) {
    const own = new Map<string, number>();
    const column = log.columns.findIndex(({ name }) => name === MESSAGE);
    const rows = rowsWhere(log.lines.length, (row) => {
      const text = plain(textAt(log, row, column));
      const count = (own.get(text) ?? 0) + 1;
      own.set(text, count);
      return count > (told.get(text) ?? 0);
    });
    for (const [text, count] of own) told.set(text, Math.max(count, told.get(text) ?? 0));
    const left = log.lines.length - rows.length;
    if (left === 0) continue;
    Object.assign(log, eventsAt(log, rows));
    capture.sources[log.source]?.notes.push(`${left} messages that another file tells, too, are left to that`);
  }
}

function timeKnown({ at, clock }: Events): number {
  if (!hasTime(at)) return 0;
  return clock === 'capture' ? 2 : 1;
}

function isLog(dataset: { shape: string; tool: string }): dataset is Events {
  return dataset.shape === 'events' && dataset.tool === 'dmesg';
}

/** The message as every log has it. */
function plain(text: string): string {
  return text.replace(/^\[ *\d+\.\d+\] /, '').trim();
}
