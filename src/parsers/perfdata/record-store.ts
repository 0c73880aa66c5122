/** Records as they stand in the file, kept until all are there: objects would be ten times as large. */
import type { Moment } from './side-records.ts';

const FIRST_BYTES = 1 << 18;
const FIRST_RECORDS = 1 << 12;

export class RecordStore {
  /** All of them, one behind the other. */
  bytes = new Uint8Array(FIRST_BYTES);
  private used = 0;
  private length = 0;
  private times = new Float64Array(FIRST_RECORDS);
  private orders = new Float64Array(FIRST_RECORDS);
  private starts = new Uint32Array(FIRST_RECORDS);

  add(record: Uint8Array, { time, order }: Moment): void {
    if (this.used + record.length > this.bytes.length)
      this.bytes = enlarged(this.bytes, new Uint8Array(this.bytes.length * 2));
    if (this.length + 1 >= this.starts.length) {
      const capacity = this.starts.length * 2;
      this.times = enlarged(this.times, new Float64Array(capacity));
      this.orders = enlarged(this.orders, new Float64Array(capacity));
      this.starts = enlarged(this.starts, new Uint32Array(capacity));
    }
    this.bytes.set(record, this.used);
    this.times[this.length] = time;
    this.orders[this.length] = order;
    this.starts[this.length++] = this.used;
    this.used += record.length;
    this.starts[this.length] = this.used;
  }

  /** In the order of time, of those at one time in that of the file. */
  *inOrder(): Generator<{ start: number; size: number; moment: Moment }> {
    const { times, orders, starts } = this;
    const order = new Uint32Array(this.length).map((_, i) => i);
    order.sort((a, b) => {
      const [first, second] = [times[a] as number, times[b] as number];
      return first === second ? (orders[a] as number) - (orders[b] as number) : first - second;
    });
    for (const i of order) {
      const start = starts[i] as number;
      yield {
        start,
        size: (starts[i + 1] as number) - start,
        moment: { time: times[i] as number, order: orders[i] as number },
      };
    }
  }
}

function enlarged<T extends Uint8Array | Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
