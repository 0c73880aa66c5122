/** When a reading of a file of /proc was made, where the line above it tells: `date +%T`, or what /proc/uptime says. */
import type { Clock } from '../../datasets/shapes.ts';
import { DayClock, stampAt } from '../stamps.ts';

// 14:03:20
const STAMP = /^\d{2}:\d{2}:\d{2}$/;
// 13746.63 25103.87
const UPTIME = /^(\d{1,12}\.\d{2}) \d{1,15}\.\d{2}$/;

export function isReadingTime(line: string): boolean {
  return STAMP.test(line) || UPTIME.test(line);
}

/** Of a stamp the clock of the day; of an uptime the kernel's, which has run on since boot. */
export class ReadingTime {
  /** Null before the first such line. */
  at: number | null = null;
  clock: Clock | null = null;
  private readonly days = new DayClock();

  /** Whether the line is one of them, which is taken as the time of what follows. */
  take(line: string): boolean {
    const stamp = STAMP.test(line) ? stampAt(line) : null;
    const uptime = UPTIME.exec(line)?.[1];
    if (stamp !== null) [this.at, this.clock] = [this.days.at(stamp), 'day'];
    else if (uptime !== undefined) [this.at, this.clock] = [Number(uptime), 'monotonic'];
    return stamp !== null || uptime !== undefined;
  }
}
