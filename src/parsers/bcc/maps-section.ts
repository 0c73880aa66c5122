/** Maps that a bpftrace program prints at exit, under the table it printed until then. */
import type { Dataset } from '../../datasets/shapes.ts';
import { datasetsOf } from '../bpftrace/datasets.ts';
import { NO_TIME } from '../bpftrace/entry.ts';
import { MapReader } from '../bpftrace/map-reader.ts';
import { Numbers, withoutNumbers } from '../bpftrace/numbers.ts';
import type { LineLedger, LineVerdict } from '../lines.ts';
import type { Section, Surroundings } from './section.ts';

export class MapsSection implements Section {
  /** A file is never known by these: where they stand first it is bpftrace's own. */
  readonly kind = null;
  private readonly around: Surroundings;
  private readonly ledger: LineLedger;
  private readonly maps: MapReader;
  private readonly isAfterTable: () => boolean;

  constructor(around: Surroundings, ledger: LineLedger, isAfterTable: () => boolean) {
    this.around = around;
    this.ledger = ledger;
    this.maps = new MapReader(ledger);
    this.isAfterTable = isAfterTable;
  }

  line(text: string, number: number): LineVerdict | null {
    if (!this.isAfterTable()) return null;
    return this.maps.take(text, { line: number, time: NO_TIME }) ? 'read' : null;
  }

  datasets(): Dataset[] {
    this.maps.end();
    const numbers = new Numbers();
    const others = withoutNumbers(this.maps.entries, numbers);
    return datasetsOf(others, numbers.maps(), 'bpftrace', `${this.around.context.name}: maps`, this.ledger);
  }
}
