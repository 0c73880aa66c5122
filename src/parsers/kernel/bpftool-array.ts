/**
 * The array in many lines that `bpftool -p` prints: each record begins with a brace at the end of a line, and the array
 * ends at the margin.
 *
 *     [{
 *             "id": 10,
 *             "type": "xdp",
 *         },{
 *     ]
 */
import type { LineLedger } from '../lines.ts';
import { type Fields, recordsOf } from './bpftool-line.ts';

/** Some hundred programs of forty lines. */
const MAX_LINES = 100_000;
// [{        },{
const RECORD = /^(?:\[| {4}\},)\{$/;

export interface Listed {
  fields: Fields;
  line: number;
}

export class BpftoolArray {
  private readonly ledger: LineLedger;
  private lines: string[] = [];
  private begun = 0;

  constructor(ledger: LineLedger) {
    this.ledger = ledger;
  }

  get isOpen(): boolean {
    return this.lines.length > 0;
  }

  /** Takes a line, which counts as read; the records are there with the last. */
  take(text: string, number: number): Listed[] {
    if (!this.isOpen) this.begun = number;
    this.lines.push(text);
    if (text === ']') return this.close();
    if (this.lines.length > MAX_LINES) this.abandon(`an array longer than ${MAX_LINES} lines`);
    return [];
  }

  /** Gives back the lines of an array that does not end, or is none. */
  abandon(why: string): void {
    this.lines.forEach((text, i) => {
      this.ledger.withdraw(this.begun + i, text, why);
    });
    this.lines = [];
  }

  private close(): Listed[] {
    const listed = recordsOf(this.lines.join('\n'));
    if (listed === null) this.abandon('not an array of programs or attachments');
    const starts = this.lines.flatMap((line, i) => (RECORD.test(line) ? [this.begun + i] : []));
    this.lines = [];
    return (listed ?? []).map((fields, i) => ({ fields, line: starts[i] ?? this.begun }));
  }
}
