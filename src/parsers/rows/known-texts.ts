/** Numbers for texts by their bytes: a name that comes a million times is made a string once. */

const LEAST_SLOTS = 64;
/** Names may be made to collide: what is not found by then is not known. */
const MAX_PROBES = 32;
/** Where there are more, most texts are new, and to keep the bytes of each takes more memory than it saves time. */
const MAX_TEXTS = 1 << 18;

export class KnownTexts {
  /** Open addressing: one more than the place of a text, 0 where a slot is free. */
  private slots = new Int32Array(LEAST_SLOTS);
  private count = 0;
  private bytes = new Uint8Array(1024);
  private starts = new Uint32Array(LEAST_SLOTS);
  private hashes = new Int32Array(LEAST_SLOTS);
  private values = new Uint32Array(LEAST_SLOTS);
  private end = 0;

  /** What was kept for the text; -1 for one that is not known. A text is found by its bytes, never by its hash alone. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to);
    const mask = this.slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const place = (this.slots[(hash + probe) & mask] as number) - 1;
      if (place < 0) return -1;
      if (this.hashes[place] === hash && this.holds(place, bytes, from, to)) return this.values[place] as number;
    }
    return -1;
  }

  /** Keeps a whole number for a text that is not known yet; not beyond so many, and none that collides with too many others. */
  add(bytes: Uint8Array, from: number, to: number, value: number): void {
    if (this.count >= MAX_TEXTS) return;
    if (2 * (this.count + 1) > this.slots.length) this.grow();
    const hash = hashOf(bytes, from, to);
    const place = this.count;
    if (!this.put(place, hash)) return;
    this.count++;
    this.room(to - from);
    this.bytes.set(bytes.subarray(from, to), this.end);
    this.starts[place] = this.end;
    this.end += to - from;
    this.starts[place + 1] = this.end;
    this.hashes[place] = hash;
    this.values[place] = value;
  }

  private holds(place: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[place] as number;
    if ((this.starts[place + 1] as number) - start !== to - from) return false;
    for (let i = 0; i < to - from; i++) if (this.bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }

  private put(place: number, hash: number): boolean {
    const mask = this.slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & mask;
      if (this.slots[slot] !== 0) continue;
      this.slots[slot] = place + 1;
      return true;
    }
    return false;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    // One more: where the last text ends.
    this.starts = larger(this.starts, this.slots.length + 1);
    this.hashes = larger(this.hashes, this.slots.length);
    this.values = larger(this.values, this.slots.length);
    for (let place = 0; place < this.count; place++) this.put(place, this.hashes[place] as number);
  }

  private room(length: number): void {
    if (this.end + length > this.bytes.length) this.bytes = larger(this.bytes, 2 * (this.end + length));
  }
}

function larger<Column extends Uint8Array | Uint32Array | Int32Array>(column: Column, length: number): Column {
  const grown = new (column.constructor as new (length: number) => Column)(length);
  grown.set(column);
  return grown;
}

/** FNV-1a. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}
